"""Codes beside the ticks, on a real database: baselines fixed, responses measured, proposals made."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.control.bands import Extremes
from battery_commons.control.flash_mob import with_response
from battery_commons.domain.bylaws import CodeRules
from battery_commons.domain.flash_mob import VILLAGE, Need, of_home, of_transformer
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.mob.evening import ResultState
from battery_commons.mob.keeping.results import codes_over
from battery_commons.mob.keeping.told import announced_residents
from battery_commons.store import Store
from battery_commons.store.audit import VILLAGE_ITSELF, Act, Author
from battery_commons.tick.planner import Decision, VillagePlanner
from tests.village.mob.lived import LivedVillage

DAYS = 40
DAY = timedelta(days=1)
RED = CongestionSignal.RED


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody else to leave the processor to."""
    monkeypatch.setattr("battery_commons.mob.keeping.measuring.sleep", lambda _seconds: None)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a village that has lived for 40 days."""
    file = tmp_path_factory.mktemp("past") / "village.db"
    with closing(Store.open(file)) as store:
        LivedVillage(store).live_through(range(DAYS))
    return file


@pytest.fixture
def lived(past: Path, tmp_path: Path) -> Iterator[LivedVillage]:
    with closing(Store.open(Path(shutil.copy(past, tmp_path / "village.db")))) as store:
        yield LivedVillage(store)


@pytest.fixture
def young(tmp_path: Path) -> Iterator[LivedVillage]:
    with closing(Store.open(tmp_path / "village.db")) as store:
        yield LivedVillage(store)


def test_village_and_homes_are_measured_the_same_evening_without_the_battery(lived: LivedVillage) -> None:
    code = lived.announce(DAYS)
    lived.live(DAYS, change_w=-600.0, battery_w=3_000.0)

    lived.look_after(DAYS, hours=2.25)

    measured = lived.store.responses(code)
    subjects = {VILLAGE, of_transformer("t1"), of_home(lived.homes["zon"]), of_home(lived.homes["accu"])}
    assert set(measured) == subjects
    for subject in subjects:
        change = measured[subject].window
        assert change.low_w <= -600 <= change.high_w
        assert change.high_w - change.low_w < 1_500
    [over] = codes_over(lived.store, lived.evening(DAYS) - DAY, lived.clock.at)
    assert over.state is ResultState.MEASURED


def test_what_was_put_off_is_measured_four_hours_later_and_then_it_is_closed(lived: LivedVillage) -> None:
    code = lived.announce(DAYS)
    lived.live(DAYS, change_w=-600.0)

    lived.look_after(DAYS, hours=2.25)
    assert lived.store.responses(code)[VILLAGE].after is None

    lived.look_after(DAYS, hours=6.5)
    after = lived.store.responses(code)[VILLAGE].after
    assert after is not None
    assert after.low_w < 0 < after.high_w
    [over] = lived.store.codes_since(lived.evening(DAYS))
    # The home that shares no meter is not waited for.
    assert over.closed


def test_the_baseline_is_fixed_at_the_announcement_and_nothing_moves_it(lived: LivedVillage) -> None:
    code = lived.announce(DAYS)
    fixed = lived.store.baselines(code)

    lived.store.add_house_readings(
        lived.homes["zon"],
        [MeterReading(lived.clock.at + n * SLOT, 9_000.0) for n in range(1, 20)],
    )
    lived.live(DAYS)
    lived.look_after(DAYS, hours=6.5)

    assert lived.store.baselines(code) == fixed
    own = lived.store.responses(code)[of_home(lived.homes["accu"])].window
    assert own.low_w < 0 < own.high_w


def test_days_with_a_code_do_not_tell_what_is_usual(lived: LivedVillage) -> None:
    lived.announce(DAYS)
    lived.live(DAYS, change_w=-5_000.0)
    lived.look_after(DAYS, hours=6.5)

    later = lived.announce(DAYS + 1)

    days = lived.store.baselines(later)[VILLAGE].window.days
    assert lived.evening(DAYS).date() not in days
    assert lived.evening(DAYS - 1).date() in days


def test_readings_that_are_late_are_waited_for_and_then_given_up(lived: LivedVillage) -> None:
    code = lived.announce(DAYS)

    lived.look_after(DAYS, hours=24)
    [over] = codes_over(lived.store, lived.evening(DAYS), lived.clock.at)
    assert (over.state, lived.store.responses(code)) == (ResultState.WAITING, {})

    lived.look_after(DAYS, hours=24 * 9)
    [over] = codes_over(lived.store, lived.evening(DAYS), lived.clock.at)
    assert over.state is ResultState.UNMEASURED


def test_a_code_of_before_anything_was_measured_is_not_waited_for(lived: LivedVillage) -> None:
    start = lived.evening(DAYS)
    lived.store.announce_code(RED, start, start + 8 * SLOT, start - DAY / 2)

    lived.look_after(DAYS, hours=24 * 9)

    [over] = codes_over(lived.store, start, lived.clock.at)
    assert over.state is ResultState.UNMEASURED


def test_a_village_without_a_past_measures_nothing_and_says_so(young: LivedVillage) -> None:
    young.live_through(range(5))
    young.announce(5)
    young.live(5)

    young.look_after(5, hours=6.5)

    [over] = codes_over(young.store, young.evening(5), young.clock.at)
    assert over.state is ResultState.UNMEASURED


SHARING = ("zon", "accu", "een", "twee", "drie", "vier", "vijf", "zes")


@pytest.fixture(scope="module")
def unmetered_past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a village of which only homes are measured, and each of them not on one day in eight."""
    file = tmp_path_factory.mktemp("unmetered") / "village.db"
    with closing(Store.open(file)) as store:
        lived = LivedVillage(store, names=(*SHARING, "stil"), metered=False)
        with store.together():
            for day in range(DAYS):
                lived.live(day, silent={SHARING[day % len(SHARING)]})
    return file


@pytest.fixture
def unmetered(unmetered_past: Path, tmp_path: Path) -> Iterator[LivedVillage]:
    with closing(Store.open(Path(shutil.copy(unmetered_past, tmp_path / "village.db")))) as store:
        yield LivedVillage(store, metered=False)


def test_without_a_transformers_meter_the_homes_that_share_theirs_stand_for_the_village(
    unmetered: LivedVillage,
) -> None:
    code = unmetered.announce(DAYS)
    unmetered.live(DAYS, change_w=-600.0, battery_w=3_000.0)

    unmetered.look_after(DAYS, hours=6.5)

    together = unmetered.store.responses(code)[VILLAGE]
    assert together.homes == 8
    assert together.window.low_w <= -4_800 <= together.window.high_w < 0
    [over] = codes_over(unmetered.store, unmetered.evening(DAYS), unmetered.clock.at)
    assert over.result().told().en.startswith("The 8 homes that share their meter: together")
    assert over.code.closed


def test_a_home_that_is_not_heard_of_counts_as_usual_and_not_among_the_homes(unmetered: LivedVillage) -> None:
    code = unmetered.announce(DAYS)
    unmetered.live(DAYS, change_w=-600.0, silent={"twee"})

    unmetered.look_after(DAYS, hours=6.5)

    together = unmetered.store.responses(code)[VILLAGE]
    assert together.homes == 7
    assert together.window.low_w <= -4_200 <= together.window.high_w < 0
    # It may still come.
    [over] = unmetered.store.codes_since(unmetered.evening(DAYS))
    assert not over.closed


def test_too_few_homes_that_are_heard_of_tell_nothing(unmetered: LivedVillage) -> None:
    code = unmetered.announce(DAYS)
    unmetered.live(DAYS, silent={"een", "twee"})

    unmetered.look_after(DAYS, hours=6.5)

    assert VILLAGE not in unmetered.store.responses(code)


def test_a_home_that_leaves_in_a_code_is_not_waited_for(unmetered: LivedVillage) -> None:
    unmetered.announce(DAYS)
    unmetered.live(DAYS)
    unmetered.store.leave(unmetered.homes["een"])

    unmetered.look_after(DAYS, hours=6.5)

    [over] = codes_over(unmetered.store, unmetered.evening(DAYS), unmetered.clock.at)
    assert over.state is ResultState.UNMEASURED


def test_a_home_with_another_battery_is_measured_again_once_enough_is_known(lived: LivedVillage) -> None:
    lived.has_battery("accu", "b2")
    # While neither is heard of, and on the days of the former, what the house drew is not known.
    for day in range(DAYS, DAYS + 30):
        lived.live(day)
    code = lived.announce(DAYS + 30)
    lived.live(DAYS + 30, change_w=-600.0, battery_w=3_000.0)

    lived.look_after(DAYS + 30, hours=6.5)

    own = lived.store.responses(code)[of_home(lived.homes["accu"])].window
    assert own.low_w <= -600 <= own.high_w < 0
    days = lived.store.baselines(code)[of_home(lived.homes["accu"])].window.days
    assert min(days) >= lived.evening(DAYS).date()


def test_a_battery_that_tells_late_is_waited_for(lived: LivedVillage) -> None:
    # Its home shares no meter that would be waited for.
    lived.has_battery("stil", "b9")
    lived.battery_reports(DAYS - 1, 0.0)
    code = lived.announce(DAYS)
    lived.live(DAYS, change_w=-600.0, battery_w=5_000.0, silent={"stil"})
    lived.look_after(DAYS, hours=6.5)
    assert lived.store.responses(code)[VILLAGE].window.change_w == pytest.approx(4_400, abs=1_500)

    lived.battery_reports(DAYS, 5_000.0)
    lived.look_after(DAYS, hours=20)

    assert lived.store.responses(code)[VILLAGE].window.change_w == pytest.approx(-600, abs=1_500)


def test_a_code_withdrawn_while_it_ran_is_not_measured(lived: LivedVillage) -> None:
    code = lived.announce(DAYS)
    lived.live(DAYS)
    lived.clock.at = lived.evening(DAYS) + timedelta(hours=1)
    lived.store.withdraw_code(code, lived.clock.at)

    lived.look_after(DAYS, hours=6.5)

    assert lived.store.responses(code) == {}
    assert codes_over(lived.store, lived.evening(DAYS), lived.clock.at) == []


def test_m6_plans_on_the_codes_really_announced_with_the_responses_measured(lived: LivedVillage) -> None:
    for event in range(3):
        lived.announce(DAYS + 2 * event)
        lived.live(DAYS + 2 * event, change_w=-2_000.0)
        lived.live(DAYS + 2 * event + 1)
        lived.look_after(DAYS + 2 * event, hours=6.5)
    lived.announce(DAYS + 6)

    residents = announced_residents(lived.store, lived.store.transformers(), lived.clock.at)

    [window] = residents.windows
    assert (window.code, window.start, window.length) == (RED, lived.evening(DAYS + 6), 8)
    situation, decision = busy_evening(lived)
    shift_w = with_response(decision.problem, residents.windows, residents.learned).base_load_w
    inside = (shift_w - decision.problem.base_load_w)[0, window.slots(decision.problem.grid)]
    # Half of it: after three events, residents are trusted as much as the assumption that nobody acts.
    assert inside == pytest.approx(-1_000.0, rel=0.15)
    assert situation.now == lived.clock.at


def busy_evening(lived: LivedVillage, peak_w: float = 90_000.0) -> tuple[Situation, Decision]:
    """Have the last tick expect an evening of `peak_w` behind the transformer of 100 kW."""
    now = lived.clock.at
    past = slot_start(now) - timedelta(days=28)
    evening = lived.evening(0).hour
    slots = {
        past + i * SLOT: peak_w if evening <= (past + i * SLOT).hour < evening + 2 else 20_000.0
        for i in range(28 * 96)
    }
    situation = Situation(
        now=now,
        transformers=[Transformer("t1", "Brink", 100_000)],
        base_load={"t1": MeasuredSeries.of_slots(slots, now)},
        batteries=[],
        stored_wh={},
        prices={},
    )
    planner = VillagePlanner(ControlModel.M4, lambda _: AFTER_NET_METERING)
    decision = planner.decide(situation, Extremes.of_a_new_day(1))
    lived.decided = situation, decision
    return situation, decision


def test_an_evening_near_the_limit_is_proposed_with_its_reason(lived: LivedVillage) -> None:
    lived.clock.at = lived.evening(DAYS) - timedelta(hours=8)
    busy_evening(lived)

    lived.keeper.look()

    [proposal] = lived.store.proposals(lived.clock.at)
    assert (proposal.code, proposal.start, proposal.end - proposal.start) == (
        RED,
        lived.evening(DAYS),
        8 * SLOT,
    )
    assert (proposal.because.need, proposal.because.name) == (Need.LIMIT, "Brink")
    assert proposal.because.figure == pytest.approx(0.9)
    assert proposal.effect is None
    assert lived.store.announced_codes(lived.clock.at) == []


def test_a_village_that_announces_by_itself_waits_for_the_last_moment(lived: LivedVillage) -> None:
    lived.store.change_settings(
        lambda former: replace(former, codes=CodeRules(by_itself=True, hours_ahead=4))
    )
    lived.clock.at = lived.evening(DAYS) - timedelta(hours=8)
    busy_evening(lived)
    lived.keeper.look()
    assert lived.store.announced_codes(lived.clock.at) == []

    lived.clock.at = lived.evening(DAYS) - timedelta(hours=4, minutes=13)
    busy_evening(lived)
    lived.keeper.look()

    [announced] = lived.store.announced_codes(lived.clock.at)
    assert announced.window.reason == (
        "De transformator Brink wordt op 90 % van zijn grens verwacht. / "
        "The transformer Brink is expected at 90 % of its limit."
    )
    assert announced.window.expected_effect_w is None
    assert lived.store.proposals(lived.clock.at) == []
    entry = lived.store.audit()[0]
    assert (entry.act, entry.administrator) == (Act.CODE_ANNOUNCED, VILLAGE_ITSELF)


def test_a_village_that_announces_by_itself_wakes_nobody(lived: LivedVillage) -> None:
    # 17:00 less nine hours is 8:00; the last half hour for that begins while people sleep until 7:45.
    rules = CodeRules(by_itself=True, hours_ahead=9, quiet_until=time(7, 45))
    lived.store.change_settings(lambda former: replace(former, codes=rules))
    lived.clock.at = lived.evening(DAYS) - timedelta(hours=9, minutes=28)
    busy_evening(lived)
    lived.keeper.look()
    assert lived.store.announced_codes(lived.clock.at) == []

    lived.clock.at += timedelta(minutes=15)
    lived.keeper.look()

    assert len(lived.store.announced_codes(lived.clock.at)) == 1


def test_a_day_that_has_its_code_red_is_asked_for_no_other(lived: LivedVillage) -> None:
    lived.store.change_settings(lambda former: replace(former, codes=CodeRules(most_per_week=7)))
    lived.clock.at = lived.evening(DAYS) - timedelta(hours=8)
    evening = lived.evening(DAYS)
    # By hand, for later than the village itself would have asked.
    lived.store.announce_code(RED, evening + 3 * DAY / 24, evening + 5 * DAY / 24, lived.clock.at)
    busy_evening(lived)

    lived.keeper.look()

    assert lived.store.proposals(lived.clock.at) == []


def test_what_was_dismissed_is_not_proposed_again(lived: LivedVillage) -> None:
    lived.clock.at = lived.evening(DAYS) - timedelta(hours=8)
    busy_evening(lived)
    lived.keeper.look()
    [proposal] = lived.store.proposals(lived.clock.at)
    lived.store.dismiss_proposal(proposal.id, Author("Anna", lived.clock.at))
    lived.keeper.look()

    assert lived.store.proposals(lived.clock.at) == []


def test_an_evening_that_is_calm_after_all_is_not_proposed_any_more(lived: LivedVillage) -> None:
    lived.clock.at = lived.evening(DAYS) - timedelta(hours=8)
    busy_evening(lived)
    lived.keeper.look()
    assert lived.store.proposals(lived.clock.at)

    busy_evening(lived, peak_w=20_000.0)
    assert lived.decided is not None
    assert np.allclose(lived.decided[1].problem.base_load_w, 20_000.0)
    lived.keeper.look()

    assert lived.store.proposals(lived.clock.at) == []


def test_what_was_expected_hours_ago_is_not_proposed_any_more(lived: LivedVillage) -> None:
    lived.clock.at = lived.evening(DAYS) - timedelta(hours=9)
    busy_evening(lived)
    lived.keeper.look()
    assert lived.store.proposals(lived.clock.at)

    # No plan has been made since.
    lived.clock.at += timedelta(hours=1)
    lived.keeper.look()

    assert lived.store.proposals(lived.clock.at) == []
