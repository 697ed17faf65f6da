"""An activation knows when it was received, planned, sent and accepted, and how far it can be kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from battery_commons.control.problem import ControlProblem
from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import CalledWindow, FlexCall, OperatorSignals, PowerLimit
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.activations import (
    after_answers,
    after_plan,
    asks,
    homes_behind,
    is_honoured,
    planned_slots,
    without_ask,
)
from tests.village.control.conftest import START, make_problem

NOW = datetime(2025, 6, 1, 0, 3, tzinfo=UTC)
LATER = START + 8 * SLOT
ASK = Ask("event-1", "t1", Asked.LIMIT, LATER, LATER + 4 * SLOT)
SLOT_OF_IT = ActivationSlot(LATER, 20_000, -5_000, None, 30_000, -9_000)


def flat() -> ControlProblem:
    return make_problem(base_load_kw=np.full(96, 30.0))


def test_each_event_is_one_ask_of_each_part_of_the_grid_from_its_first_to_its_last_moment() -> None:
    signals = OperatorSignals(
        limits=[
            PowerLimit("a", "t1", LATER + SLOT, LATER + 2 * SLOT, 1.0, None),
            PowerLimit("a", "t1", LATER, LATER + SLOT, 1.0, None),
            PowerLimit("a", "t2", LATER, None, 1.0, None),
        ],
        calls=[FlexCall("b", "t1", LATER, [0.0, 0.0])],
        windows=[CalledWindow("c", LATER, None)],
    )

    assert asks(signals, NOW) == [
        Ask("a", "t1", Asked.LIMIT, LATER, LATER + 2 * SLOT),
        Ask("a", "t2", Asked.LIMIT, LATER, None),
        Ask("b", "t1", Asked.CALL, LATER, LATER + 2 * SLOT),
        Ask("c", FEEDER_ID, Asked.WINDOW, LATER, None),
    ]


def test_what_is_over_is_not_asked_any_more() -> None:
    signals = OperatorSignals(calls=[FlexCall("b", "t1", LATER, [0.0, 0.0])])

    assert asks(signals, LATER + SLOT)
    assert not asks(signals, LATER + 2 * SLOT)


def test_an_activation_keeps_its_beginning_when_only_the_rest_of_it_is_told() -> None:
    first = after_plan(None, ASK, [SLOT_OF_IT], NOW, NOW)

    assert after_plan(first, replace(ASK, start=LATER + SLOT), [], NOW, LATER).ask == ASK


def test_what_is_asked_and_planned_is_told_by_quarter_hour() -> None:
    signals = OperatorSignals(limits=[PowerLimit("event-1", "t1", ASK.start, ASK.end, 20_000, None)])
    power_w = np.full((3, 96), -2_000.0)

    slots = planned_slots(ASK, signals, flat(), power_w)

    assert [slot.start for slot in slots] == [LATER + i * SLOT for i in range(4)]
    assert slots[0] == ActivationSlot(LATER, 20_000, None, None, 30_000, -6_000)
    assert (slots[0].planned_w, slots[0].beyond_w) == (24_000, 4_000)


def test_of_the_whole_village_all_batteries_and_loads_count() -> None:
    ask = replace(ASK, subject=FEEDER_ID, kind=Asked.CALL)
    signals = OperatorSignals(calls=[FlexCall("event-1", FEEDER_ID, LATER, [-3_000.0] * 4)])

    slots = planned_slots(ask, signals, flat(), np.full((3, 96), -500.0))

    assert (slots[0].ceiling_w, slots[0].batteries_w, slots[0].beyond_w) == (-3_000, -1_500, 1_500)
    assert homes_behind(FEEDER_ID, flat()) == {"home-0", "home-1", "home-2"}


def test_of_a_part_of_the_grid_that_the_village_does_not_know_there_is_nothing_to_tell() -> None:
    ask = replace(ASK, subject="elsewhere")

    assert planned_slots(ask, OperatorSignals(), flat(), np.zeros((3, 96))) == []
    assert homes_behind("elsewhere", flat()) == set()


@pytest.mark.parametrize(
    ("slot", "beyond_w"),
    [
        (SLOT_OF_IT, 1_000),
        (replace(SLOT_OF_IT, batteries_w=-12_000), 0),
        (replace(SLOT_OF_IT, batteries_w=-40_000), 5_000),
        (replace(SLOT_OF_IT, highest_w=None, ceiling_w=-10_000), 1_000),
    ],
)
def test_a_slot_knows_by_how_much_it_misses_what_is_asked(slot: ActivationSlot, beyond_w: float) -> None:
    assert slot.beyond_w == beyond_w


def test_the_first_plan_that_honours_an_ask_is_the_one_that_counts() -> None:
    first = after_plan(None, ASK, [SLOT_OF_IT], NOW, NOW + timedelta(seconds=2))

    second = after_plan(first, ASK, [replace(SLOT_OF_IT, highest_w=10_000)], NOW, NOW + SLOT)

    assert (second.planned_at, first.overload_w, second.overload_w) == (
        NOW + timedelta(seconds=2),
        1_000,
        11_000,
    )


def test_one_beyond_the_horizon_is_not_planned_yet() -> None:
    assert after_plan(None, ASK, [], NOW, NOW).planned_at is None


def test_another_version_of_an_event_begins_anew() -> None:
    first = after_plan(None, ASK, [SLOT_OF_IT], NOW, NOW)

    again = after_plan(first, ASK, [SLOT_OF_IT], NOW + SLOT, NOW + 2 * SLOT)

    assert (again.received_at, again.planned_at) == (NOW + SLOT, NOW + 2 * SLOT)


def test_the_response_is_from_receipt_to_the_last_home_that_accepted() -> None:
    seconds = [timedelta(seconds=each) for each in range(10)]
    answers = {
        "a": (True, NOW + seconds[2]),
        "b": (True, NOW + seconds[5]),
        "c": (False, NOW + seconds[9]),
        "d": None,
    }

    activation = after_answers(Activation(ASK, NOW), answers)

    assert activation.response == seconds[5]
    assert (activation.homes_asked, activation.homes_accepted, activation.homes_refused) == (4, 2, 1)
    assert activation.unreachable == 1


@pytest.mark.parametrize(
    ("kind", "models"),
    [
        (Asked.LIMIT, {"M2", "M3", "M4", "M5", "M6", "M4+M5"}),
        (Asked.CALL, {"M2", "M3", "M4", "M5", "M6", "M4+M5"}),
        (Asked.WINDOW, {"M5", "M4+M5"}),
    ],
)
def test_not_every_model_does_something_about_everything(kind: Asked, models: set[str]) -> None:
    ask = replace(ASK, kind=kind)

    assert {model.value for model in ControlModel if is_honoured(ask, model)} == models


def test_an_ask_that_is_gone_has_ended_or_else_was_withdrawn() -> None:
    activation = Activation(ASK, NOW)
    assert ASK.end is not None

    assert without_ask(activation, ASK.end + SLOT).ended_at == ASK.end
    assert without_ask(activation, NOW + SLOT).withdrawn_at == NOW + SLOT
    assert not without_ask(activation, NOW + SLOT).is_open
