"""The check of Home Assistant's entities finds every figure and word that is not so."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from battery_commons.domain.time import SLOT
from demo.battery_simulator import Step
from demo.entity_check import Shown, charge_disagreement, disagreements
from demo.evidence import AcceptedPlan
from tests.village.demo.conftest import SPEED, VILLAGE, WALL, HandClock

CHARGING = Step(VILLAGE, 0.25, power_w=2_000, energy_wh=5_000, setpoint_w=2_000, house_w=0)
PLAN = AcceptedPlan(VILLAGE, VILLAGE + 3 * SLOT, VILLAGE, [2_000, 0], ["relieve_export", "hold"])
METER = [(VILLAGE, -180_000.0)]
TRUE_STATES = {
    "state_of_charge": "50.0",
    "power": "-2000.0",
    "setpoint": "-2000.0",
    "mode": "village",
    "reason": "relieve_export",
    "lease_end": (WALL + 3 * SLOT / SPEED).isoformat(),
}


def shown(load_kw: str = "-180.0", **states: str) -> Shown:
    """Return what Home Assistant shows ten seconds later, true but for what is given."""
    at = WALL + timedelta(seconds=10)
    battery: dict[str, dict[str, Any]] = {
        key: {"state": state, "last_reported": at.isoformat()}
        for key, state in (TRUE_STATES | states).items()
    }
    load = {"state": load_kw, "attributes": {"unit_of_measurement": "kW"}}
    return Shown(at, battery, {"transformer_load": load})


def problems(seen: Shown, clock: HandClock, step: Step = CHARGING) -> list[str]:
    return disagreements(seen, [step], [PLAN], METER, clock)


def test_what_is_so_is_not_objected_to(clock: HandClock) -> None:
    assert problems(shown(), clock) == []
    assert charge_disagreement(shown(), [CHARGING], 10_000, clock) is None


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("power", "2000.0"),  # The sign was not turned.
        ("power", "-1900.0"),
        ("power", "unavailable"),
        ("setpoint", "-1900.0"),
        ("setpoint", "2000.0"),
        ("mode", "self_consumption"),
        ("reason", "high_price"),
        ("lease_end", "unavailable"),
        ("lease_end", (WALL + timedelta(hours=1)).isoformat()),
    ],
)
def test_what_is_not_so_is_named(clock: HandClock, key: str, state: str) -> None:
    (problem, *_) = problems(shown(**{key: state}), clock)
    assert problem.startswith(key)


@pytest.mark.parametrize("load_kw", ["180.0", "-170.0", "unavailable"])
def test_a_load_that_the_meter_never_said_is_named(clock: HandClock, load_kw: str) -> None:
    (problem,) = problems(shown(load_kw), clock)
    assert problem.startswith("transformer_load")


@pytest.mark.parametrize("state", ["51.0", "unknown"])
def test_a_wrong_state_of_charge_is_named(clock: HandClock, state: str) -> None:
    assert charge_disagreement(shown(state_of_charge=state), [CHARGING], 10_000, clock)


def test_a_setpoint_within_the_homes_dead_band_need_not_be_written(clock: HandClock) -> None:
    assert problems(shown(setpoint="-2020.0"), clock) == []


def test_a_battery_that_is_left_alone_shows_no_setpoint(clock: HandClock) -> None:
    alone = replace(CHARGING, setpoint_w=None)
    assert problems(shown(setpoint="unknown", mode="self_consumption"), clock, alone) == []
    assert problems(shown(mode="self_consumption"), clock, alone)


def test_what_was_so_long_before_the_report_does_not_excuse_it(clock: HandClock) -> None:
    old = replace(CHARGING, start=VILLAGE - timedelta(hours=3))
    assert any(problem.startswith("power") for problem in problems(shown(), clock, old))
