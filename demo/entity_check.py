"""Holds what Home Assistant shows against what truly happened in the battery and at the meter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from battery_commons.domain.time import SLOT, Clock
from custom_components.battery_commons.battery.order import DEAD_BAND_W
from demo.battery_simulator import Step
from demo.evidence import AcceptedPlan

AROUND = timedelta(seconds=1.5)
"""Wall time by which an entity may trail the device: one look takes about a second on a busy machine."""
POWER_TOLERANCE_W = 2.0
"""Registers and states are rounded to a watt each."""
SETPOINT_TOLERANCE_W = DEAD_BAND_W + POWER_TOLERANCE_W
"""What is asked moves within the home's dead band without a write to the device."""
CHARGE_TOLERANCE = 0.2
"""Percent: the register counts tenths, the state may be rounded once more."""
LOAD_TOLERANCE_W = 100.0
"""The load is shown in kW; see `suggested_display_precision`."""
HOME_REASONS = {"reserve_reached", "battery_full", "limited_by_battery"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What Home Assistant's REST API gave for one battery and its village at one moment."""

    at: datetime
    """Wall time of the request."""
    battery: Mapping[str, Mapping[str, Any]]
    """States by their key, such as `state_of_charge`."""
    village: Mapping[str, Mapping[str, Any]]


def disagreements(
    shown: Shown,
    trajectory: Iterable[Step],
    plans: Sequence[AcceptedPlan],
    meter: Iterable[tuple[datetime, float]],
    clock: Clock,
) -> list[str]:
    """Return every entity that does not tell what was so around the moment of its last report."""
    truth = list(trajectory)
    found = [
        _power(shown, "power", [s.power_w for s in _near(shown, "power", truth, clock)], POWER_TOLERANCE_W),
        _power(
            shown,
            "setpoint",
            [s.setpoint_w for s in _near(shown, "setpoint", truth, clock)],
            SETPOINT_TOLERANCE_W,
        ),
        _lease_end(shown, plans, clock),
        _reason(shown, plans, clock),
        _mode(shown),
        _load(shown, meter, clock),
    ]
    return [problem for problem in found if problem]


def charge_disagreement(
    shown: Shown, trajectory: Iterable[Step], capacity_wh: float, clock: Clock
) -> str | None:
    """Return what is wrong with the state of charge, if anything."""
    near = _near(shown, "state_of_charge", list(trajectory), clock)
    state = _value(shown.battery["state_of_charge"])
    charges = [100 * step.energy_wh / capacity_wh for step in near]
    if state is None or not charges:
        return f"state_of_charge shows {shown.battery['state_of_charge']['state']}"
    if min(charges) - CHARGE_TOLERANCE <= state <= max(charges) + CHARGE_TOLERANCE:
        return None
    return f"state_of_charge shows {state:.1f} %, and was {min(charges):.1f} to {max(charges):.1f} %"


def _near(shown: Shown, key: str, truth: Sequence[Step], clock: Clock) -> list[Step]:
    reported_at = datetime.fromisoformat(shown.battery[key]["last_reported"]).astimezone(UTC)
    first, last = clock.to_village(reported_at - AROUND), clock.to_village(reported_at + AROUND)
    return [s for s in truth if s.start <= last and s.start + timedelta(hours=s.hours) >= first]


def _power(shown: Shown, key: str, truths: Sequence[float | None], tolerance_w: float) -> str | None:
    """Hold a power against the true ones, whose sign is the other: here discharging is positive."""
    value = _value(shown.battery[key])
    for truth in truths:
        if truth is None or value is None:
            if truth is value:
                return None
        elif abs(truth + value) <= tolerance_w:
            return None
    was = " or ".join(sorted({"none" if truth is None else f"{-truth:.0f} W" for truth in truths}))
    return f"{key} shows {shown.battery[key]['state']}, and was {was}"


def _lease_end(shown: Shown, plans: Sequence[AcceptedPlan], clock: Clock) -> str | None:
    state = shown.battery["lease_end"]["state"]
    if not plans:
        return None if state in _NOTHING else f"lease_end shows {state} without a plan"
    try:
        end = datetime.fromisoformat(state)
    except ValueError:
        return f"lease_end shows {state}"
    ends = [clock.to_wall(plan.lease_until) for plan in plans]
    known = any(abs(end - each) <= timedelta(seconds=1) for each in ends)
    return None if known else f"lease_end shows {state}, which no plan has"


def _reason(shown: Shown, plans: Sequence[AcceptedPlan], clock: Clock) -> str | None:
    state = shown.battery["reason"]["state"]
    moment = clock.to_village(shown.at)
    asked = {
        str(plan.reason_at(at))
        for plan in plans
        for at in (moment, moment - SLOT)
        if plan.reason_at(at) is not None
    }
    return None if state in asked | HOME_REASONS else f"reason shows {state}, the plan says {sorted(asked)}"


def _mode(shown: Shown) -> str | None:
    steered = _value(shown.battery["setpoint"]) is not None
    mode = shown.battery["mode"]["state"]
    right = mode == ("village" if steered else "self_consumption")
    return None if right else f"mode shows {mode} while the setpoint is {shown.battery['setpoint']['state']}"


def _load(shown: Shown, meter: Iterable[tuple[datetime, float]], clock: Clock) -> str | None:
    state = shown.village["transformer_load"]
    value = _value(state)
    if value is None:
        return f"transformer_load shows {state['state']}"
    if state["attributes"].get("unit_of_measurement") == "kW":
        value *= 1000
    moment = clock.to_village(shown.at)
    recent = [load_w for at, load_w in meter if moment - 2 * SLOT <= at <= moment]
    if any(abs(value - load_w) <= LOAD_TOLERANCE_W for load_w in recent):
        return None
    return f"transformer_load shows {value:.0f} W, the meter said {[round(w) for w in recent]}"


_NOTHING = {"unavailable", "unknown"}


def _value(state: Mapping[str, Any]) -> float | None:
    return None if state["state"] in _NOTHING else float(state["state"])
