"""A decision on record can be told, and made, again."""

import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.control.bands import Extremes
from battery_commons.domain.battery import Battery
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store.decisions import Correction, KeptDecision
from battery_commons.tick.decision_record import read_record, record_of, replayed
from battery_commons.tick.planner import Decision, VillagePlanner
from battery_commons.tick.why import expected_at, was_released, why
from tests.village.tick.test_planner import BATTERIES, in_shadow, village

MODELS = [model for model in ControlModel if model is not ControlModel.M6]


def second_decision(model: ControlModel, situation: Situation) -> Decision:
    """Return what is decided a quarter hour after another plan, which counts as the one in force."""
    planner = VillagePlanner(model, lambda _: AFTER_NET_METERING)
    so_far = Extremes.of_a_new_day(len(situation.transformers))
    planner.decide(replace(situation, now=situation.now - SLOT), so_far)
    return planner.decide(situation, so_far)


def kept(model: ControlModel = ControlModel.M4, situation: Situation | None = None) -> KeptDecision:
    situation = situation or village()
    return record_of(second_decision(model, situation), situation)


@pytest.mark.parametrize("model", MODELS)
def test_what_is_kept_makes_the_same_plan_again(model: ControlModel) -> None:
    situation = in_shadow(village(), "a/b")
    decision = second_decision(model, situation)

    record = read_record(record_of(decision, situation))

    assert replayed(record)
    np.testing.assert_array_equal(record.problem.base_load_w, decision.problem.base_load_w)
    if decision.problem.former_power_w is not None:
        np.testing.assert_array_equal(record.problem.former_power_w, decision.problem.former_power_w)


def test_a_plan_that_was_another_is_not_called_the_same() -> None:
    content = kept()
    homes = {id_: json.loads(home) for id_, home in content.homes.items()}
    homes["a"][0]["power_w"] = [[1234, 96]]

    changed = replace(content, homes={id_: json.dumps(home) for id_, home in homes.items()})

    assert not replayed(read_record(changed))


def test_without_an_erased_home_it_can_be_told_but_not_made_again() -> None:
    content = kept()
    record = read_record(replace(content, homes={id_: h for id_, h in content.homes.items() if id_ != "b"}))

    assert record.erased == 1
    assert set(record.batteries) == {"a/b", "c/b"}
    with pytest.raises(ValueError, match="gone"):
        replayed(record)


def test_nothing_of_a_home_is_in_the_villages_part() -> None:
    content = kept()

    assert not any(battery.id in content.village for battery in BATTERIES)
    assert json.loads(content.homes["a"])[0]["battery"]["id"] == "a/b"
    assert "b/b" not in content.homes["a"]


def test_why_gives_the_figures_that_the_decision_rested_on() -> None:
    situation = village()
    decision = second_decision(ControlModel.M4, situation)
    record = read_record(record_of(decision, situation))
    start = slot_start(situation.now) + 24 * SLOT
    planned = {each.battery_id: each for each in decision.plan.batteries}["b/b"]
    guard = [Correction("b/b", start + timedelta(minutes=4), -900.0), Correction("b/b", start + SLOT, 1.0)]

    told = why(record, "b/b", start + timedelta(minutes=7), guard)

    assert (told.power_w, told.reason) == (planned.power_w[24], planned.reasons[24])
    assert told.expected.base_w == decision.plan.base_load_w["t2"][24]
    assert told.expected.planned_w == pytest.approx(decision.plan.load_w("t2", {"b/b", "c/b"})[24])
    assert told.left_alone_w == pytest.approx(told.expected.planned_w - (planned.power_w[24] or 0))
    assert told.expected.low_w <= told.expected.base_w <= told.expected.high_w
    assert told.stored_share == 0.5
    assert told.corrections == guard[:1]


def test_why_knows_no_battery_that_had_no_part() -> None:
    with pytest.raises(LookupError, match="x/b"):
        why(read_record(kept()), "x/b", village().now, [])


def test_why_says_nothing_of_a_slot_that_the_plan_does_not_reach() -> None:
    record = read_record(kept())
    for moment in (record.at - SLOT, record.at + timedelta(days=3)):
        with pytest.raises(ValueError, match="says nothing"):
            why(record, "a/b", moment, [])


def test_a_battery_that_was_not_heard_of_is_told_apart() -> None:
    situation = village()
    situation = replace(situation, stored_wh={"b/b": 5_000.0})

    told = why(read_record(kept(ControlModel.M4, situation)), "a/b", situation.now, [])

    assert (told.reason, told.could_be_steered, told.power_w) == (PlanReason.OWN_HOUSE, False, None)


def test_a_shadow_does_not_count_in_what_was_expected() -> None:
    situation = in_shadow(village(), "a/b")
    record = read_record(kept(ControlModel.M4, situation))

    expected = expected_at(record, slot_start(situation.now))["t1"]

    assert expected.planned_w == expected.base_w


def test_homes_are_free_45_minutes_after_the_last_plan() -> None:
    record = read_record(kept())

    assert not was_released(record, record.at + timedelta(minutes=44))
    assert was_released(record, record.at + timedelta(minutes=45))


@given(st.dictionaries(st.sampled_from(["format", "model", "start", "x"]), st.none() | st.integers()))
def test_any_other_content_is_called_unreadable(content: dict[str, object]) -> None:
    other = KeptDecision(datetime(2026, 6, 21, 12, tzinfo=UTC), json.dumps(content), {})
    with pytest.raises(ValueError, match="version"):
        read_record(other)


@pytest.mark.parametrize(("batteries", "most_mb"), [(10, 1.3), (100, 6.0)])
def test_a_day_of_decisions_takes_no_more_room_than_docs_say(batteries: int, most_mb: float) -> None:
    many = [Battery(f"{n:016x}/battery", f"t{1 + n % 2}", 10_000, 5_000, 5_000) for n in range(batteries)]
    rng = np.random.default_rng(1)
    stored = {battery.id: float(rng.uniform(1_000, 9_000)) for battery in many}
    content = kept(ControlModel.M4, replace(village(), batteries=many, stored_wh=stored))

    parts = [content.village, *content.homes.values()]

    assert 96 * sum(len(zlib.compress(part.encode(), 9)) for part in parts) < most_mb * 1e6
