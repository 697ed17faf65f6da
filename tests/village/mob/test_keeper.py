"""Codes beside the ticks, on a real database: baselines fixed, responses measured, proposals made."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
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
from battery_commons.mob_results import codes_over
from battery_commons.mob_told import announced_residents
from battery_commons.store import Store
from battery_commons.store.audit import VILLAGE_ITSELF, Act, Author
from battery_commons.tick import Decision, VillagePlanner
from tests.village.mob.lived import HOMES, LivedVillage

DAYS = 40
DAY = timedelta(days=1)
RED = CongestionSignal.RED


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


def test_a_village_without_a_past_measures_nothing_and_says_so(young: LivedVillage) -> None:
    young.live_through(range(5))
    young.announce(5)
    young.live(5)

    young.look_after(5, hours=6.5)

    [over] = codes_over(young.store, young.evening(5), young.clock.at)
    assert over.state is ResultState.UNMEASURED


def test_without_a_transformers_meter_five_homes_that_share_theirs_stand_for_the_village(
    tmp_path: Path,
) -> None:
    with closing(Store.open(tmp_path / "village.db")) as store:
        unmetered = LivedVillage(store, names=(*HOMES, "een", "twee", "drie"), metered=False)
        unmetered.live_through(range(DAYS))
        code = unmetered.announce(DAYS)
        unmetered.live(DAYS, change_w=-600.0, battery_w=3_000.0)

        unmetered.look_after(DAYS, hours=6.5)

        together = store.responses(code)[VILLAGE]
        assert together.homes == 5
        assert together.window.low_w <= -3_000 <= together.window.high_w < 0
        [over] = codes_over(store, unmetered.evening(DAYS), unmetered.clock.at)
        assert over.result().told().en.startswith("The 5 homes that share their meter: together")


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
