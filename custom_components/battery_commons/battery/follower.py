"""What the battery does now: the plan, cut to what the home allows. Pure: everything it needs is handed in.

The home keeps the last word. Whatever the plan says, the setpoint stays within the battery's limits, does not
discharge below the resident's reserve and does not outlive the lease.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..community.plan import BatteryPlan, Slot, VillageReason
from .driver import BatteryLimits, BatteryReading

FRESH_FOR = timedelta(seconds=60)
"""A reading older than this is no ground to steer on."""
FULL = 0.998
"""A state of charge from which a battery takes nothing more."""
LONGEST_OVERLAP = timedelta(seconds=10)
"""How far a setpoint's own timer reaches into the next slot, so that the change-over leaves no gap."""
LIMIT_TOLERANCE_W = 1.0
SHORTEST_ORDER = timedelta(seconds=1)
"""A device's own timer counts whole seconds."""
LONGEST_ORDER = timedelta(days=1)


class Mode(StrEnum):
    """Who steers the battery."""

    VILLAGE = "village"
    SELF_CONSUMPTION = "self_consumption"
    PAUSED = "paused"
    UNREACHABLE = "unreachable"


class Reason(StrEnum):
    """Why the battery does what it does: the village's reasons, and the home's own."""

    OWN_HOUSE = VillageReason.OWN_HOUSE
    RELIEVE_IMPORT = VillageReason.RELIEVE_IMPORT
    RELIEVE_EXPORT = VillageReason.RELIEVE_EXPORT
    RELIEVE_FEEDER = VillageReason.RELIEVE_FEEDER
    LOW_PRICE = VillageReason.LOW_PRICE
    HIGH_PRICE = VillageReason.HIGH_PRICE
    HOLD = VillageReason.HOLD
    NO_PLAN = "no_plan"
    LEASE_EXPIRED = "lease_expired"
    PAUSED = "paused"
    RESERVE_REACHED = "reserve_reached"
    BATTERY_FULL = "battery_full"
    LIMITED_BY_BATTERY = "limited_by_battery"
    STALE_READING = "stale_reading"
    DEVICE_UNREACHABLE = "device_unreachable"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the resident has decided."""

    paused: bool = False
    reserve: float = 0.1
    """The state of charge (0 to 1) below which the battery is not discharged for the village."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the battery is to do now."""

    mode: Mode
    reason: Reason
    setpoint_w: float | None = None
    """Positive = charge; None releases the battery to its own house."""
    revert_at: datetime | None = None
    """When the device itself must end the setpoint; set exactly when there is one."""


UNREACHABLE = Decision(Mode.UNREACHABLE, Reason.DEVICE_UNREACHABLE)
"""What counts while the battery does not answer."""


def decide(
    plan: BatteryPlan | None,
    reading: BatteryReading,
    limits: BatteryLimits,
    settings: Settings,
    now: datetime,
) -> Decision:
    """Return what the battery, which stood as `reading` says, is to do at `now`."""
    if settings.paused:
        return Decision(Mode.PAUSED, Reason.PAUSED)
    if not -FRESH_FOR <= now - reading.at <= FRESH_FOR:
        return Decision(Mode.UNREACHABLE, Reason.STALE_READING)
    if plan is not None and plan.lease_until - now < SHORTEST_ORDER:
        return Decision(Mode.SELF_CONSUMPTION, Reason.LEASE_EXPIRED)
    if plan is None or (slot := plan.slot_at(now)) is None:
        return Decision(Mode.SELF_CONSUMPTION, Reason.NO_PLAN)
    if slot.power_w is None:
        return Decision(Mode.SELF_CONSUMPTION, Reason(slot.reason))
    setpoint_w, reason = _within_bounds(slot.power_w, Reason(slot.reason), reading, limits, settings)
    revert_at = min(_timer_end(plan, slot), now + _room(setpoint_w, reading, limits, settings))
    return Decision(Mode.VILLAGE, reason, setpoint_w, revert_at)


def next_change(plan: BatteryPlan | None, now: datetime) -> datetime | None:
    """Return when the decision may change by itself: at the end of the slot or of the lease."""
    if plan is None:
        return None
    slot = plan.slot_at(now)
    ends = [plan.lease_until - SHORTEST_ORDER, plan.lease_until] + ([slot.end] if slot else [])
    return min((end for end in ends if end > now), default=None)


def whole_seconds(revert_at: datetime, lease_until: datetime, now: datetime) -> int:
    """Return what the device's timer is set to: to `revert_at`, never past the lease, at least a second."""
    reach = math.ceil((revert_at - now).total_seconds())
    return max(1, min(reach, math.floor((lease_until - now).total_seconds())))


def _within_bounds(
    power_w: float, reason: Reason, reading: BatteryReading, limits: BatteryLimits, settings: Settings
) -> tuple[float, Reason]:
    if power_w < 0 and reading.state_of_charge <= settings.reserve:
        return 0.0, Reason.RESERVE_REACHED
    if power_w > 0 and reading.state_of_charge >= FULL:
        return 0.0, Reason.BATTERY_FULL
    bounded_w = min(max(power_w, -limits.max_discharge_w), limits.max_charge_w)
    cut = abs(bounded_w - power_w) > LIMIT_TOLERANCE_W
    return bounded_w, Reason.LIMITED_BY_BATTERY if cut else reason


def _timer_end(plan: BatteryPlan, slot: Slot) -> datetime:
    overlap = min(LONGEST_OVERLAP, (slot.end - slot.start) / 4)
    return min(slot.end + overlap, plan.lease_until)


def _room(setpoint_w: float, reading: BatteryReading, limits: BatteryLimits, settings: Settings) -> timedelta:
    """Return how long the battery can keep a setpoint before it is full or down to the reserve.

    The device's timer is cut to this, so that the reserve holds also when the home falls silent. What the
    battery itself loses is left out: it is some percent, and every new reading counts it in.
    """
    if abs(setpoint_w) < LIMIT_TOLERANCE_W:
        return LONGEST_ORDER
    lowest, state_of_charge = settings.reserve, reading.state_of_charge
    share = state_of_charge - lowest if setpoint_w < 0 else 1 - state_of_charge
    return max(SHORTEST_ORDER, timedelta(hours=share * limits.capacity_wh / abs(setpoint_w)))
