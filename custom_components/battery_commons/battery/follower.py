"""What the battery does now: the plan, cut to what the home allows. Pure: everything it needs is handed in.

The home keeps the last word. Whatever the plan says, the setpoint stays within the limits of the battery and
of the house's connection, does not discharge below the resident's reserve and does not outlive the lease.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..community.plan import BatteryPlan, Slot, VillageReason
from .driver import BatteryLimits, BatteryReading, Bounds
from .settings import Settings

FRESH_FOR = timedelta(seconds=60)
"""A reading older than this is no ground to steer on, where the kind of battery says nothing else."""
FULL = 0.998
"""A state of charge from which a battery takes nothing more."""
LONGEST_OVERLAP = timedelta(seconds=10)
"""How far a setpoint's own timer reaches into the next slot, so that the change-over leaves no gap."""
LIMIT_TOLERANCE_W = 1.0
SHORTEST_ORDER = timedelta(seconds=1)
"""A device's own timer counts whole seconds."""
LONGEST_ORDER = timedelta(days=1)
UNBOUNDED = Bounds(-math.inf, math.inf)


class Mode(StrEnum):
    """Who steers the battery."""

    VILLAGE = "village"
    SELF_CONSUMPTION = "self_consumption"
    PAUSED = "paused"
    SHADOW = "shadow"
    """The plan is shown and not followed."""
    UNREACHABLE = "unreachable"


class Reason(StrEnum):
    """Why the battery does what it does: the village's reasons, and the home's own."""

    OWN_HOUSE = VillageReason.OWN_HOUSE
    RELIEVE_IMPORT = VillageReason.RELIEVE_IMPORT
    RELIEVE_EXPORT = VillageReason.RELIEVE_EXPORT
    RELIEVE_FEEDER = VillageReason.RELIEVE_FEEDER
    GRID_OPERATOR = VillageReason.GRID_OPERATOR
    LOW_PRICE = VillageReason.LOW_PRICE
    HIGH_PRICE = VillageReason.HIGH_PRICE
    HOLD = VillageReason.HOLD
    OTHER = VillageReason.OTHER
    NO_PLAN = "no_plan"
    LEASE_EXPIRED = "lease_expired"
    PAUSED = "paused"
    RESERVE_REACHED = "reserve_reached"
    BATTERY_FULL = "battery_full"
    LIMITED_BY_BATTERY = "limited_by_battery"
    LIMITED_BY_RESIDENT = "limited_by_resident"
    LIMITED_BY_CONNECTION = "limited_by_connection"
    METER_LOST = "meter_lost"
    SECOND_CONTROLLER = "second_controller"
    SIGN_REVERSED = "sign_reversed"
    STALE_READING = "stale_reading"
    DEVICE_UNREACHABLE = "device_unreachable"


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
    *,
    connection: Bounds | None = UNBOUNDED,
    fresh_for: timedelta = FRESH_FOR,
) -> Decision:
    """Return what the battery, which stood as `reading` says, is to do at `now`.

    `connection` is what the house's connection leaves to it, None where that cannot be guarded now. In shadow
    mode the setpoint is what the village would have the battery do; nobody may order it.
    """
    released = Mode.SHADOW if settings.shadow else Mode.SELF_CONSUMPTION
    if settings.is_paused(now):
        return Decision(Mode.PAUSED, Reason.PAUSED)
    if not -fresh_for <= now - reading.at <= fresh_for:
        return Decision(Mode.UNREACHABLE, Reason.STALE_READING)
    if plan is None or (slot := _slot_in_force(plan, now)) is None:
        runs_out = plan is not None and plan.lease_until - now < SHORTEST_ORDER
        return Decision(released, Reason.LEASE_EXPIRED if runs_out else Reason.NO_PLAN)
    if slot.power_w is None:
        return Decision(released, Reason(slot.reason))
    if connection is None:
        return Decision(released, Reason.METER_LOST)
    setpoint_w, reason = _kept_home(slot, slot.power_w, reading, limits, settings, allowed=connection)
    revert_at = min(_timer_end(plan, slot), now + _room(setpoint_w, reading, limits, settings))
    return Decision(Mode.SHADOW if settings.shadow else Mode.VILLAGE, reason, setpoint_w, revert_at)


def bounds(reading: BatteryReading, limits: BatteryLimits, settings: Settings) -> Bounds:
    """Return what the battery itself and its resident allow the village at this moment."""
    is_low, is_full = reading.state_of_charge <= settings.floor, reading.state_of_charge >= FULL
    return Bounds(
        0.0 if is_low else -settings.capped_w(limits.max_discharge_w),
        0.0 if is_full else settings.capped_w(limits.max_charge_w),
    )


def next_change(plan: BatteryPlan | None, now: datetime, settings: Settings | None = None) -> datetime | None:
    """Return when the decision may change by itself: at the end of a slot, the lease or a pause."""
    ends = [settings.paused_until] if settings and settings.paused and settings.paused_until else []
    if plan is not None:
        ends += [plan.lease_until - SHORTEST_ORDER, plan.lease_until]
        # A plan may begin later; a slot begins where the one before it ends.
        ends += [slot.start for slot in plan.slots[:1]]
        ends += [slot.end for slot in plan.slots if slot.start <= now < slot.end]
    return min((end for end in ends if end > now), default=None)


def whole_seconds(revert_at: datetime, lease_until: datetime, now: datetime) -> int:
    """Return what the device's timer is set to: to `revert_at`, never past the lease, at least a second."""
    reach = math.ceil((revert_at - now).total_seconds())
    return max(1, min(reach, math.floor((lease_until - now).total_seconds())))


def _slot_in_force(plan: BatteryPlan, now: datetime) -> Slot | None:
    slot = plan.slot_at(now) if plan.lease_until - now >= SHORTEST_ORDER else None
    return None if slot is None or math.isnan(slot.power_w or 0.0) else slot


def _kept_home(
    slot: Slot,
    power_w: float,
    reading: BatteryReading,
    limits: BatteryLimits,
    settings: Settings,
    *,
    allowed: Bounds,
) -> tuple[float, Reason]:
    """Return what is left of the `power_w` of a slot, and the reason to give.

    What battery and resident allow counts last: a house over its limit cannot make an empty battery help.
    """
    guarded_w = allowed.clip(power_w)
    kept_w = bounds(reading, limits, settings).clip(guarded_w)
    if abs(kept_w - power_w) <= LIMIT_TOLERANCE_W:
        return kept_w, Reason(slot.reason)
    if power_w < 0 and reading.state_of_charge <= settings.floor:
        return kept_w, Reason.RESERVE_REACHED
    if power_w > 0 and reading.state_of_charge >= FULL:
        return kept_w, Reason.BATTERY_FULL
    if kept_w == guarded_w:
        return kept_w, Reason.LIMITED_BY_CONNECTION
    rated_w = min(max(guarded_w, -limits.max_discharge_w), limits.max_charge_w)
    return kept_w, Reason.LIMITED_BY_BATTERY if kept_w == rated_w else Reason.LIMITED_BY_RESIDENT


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
    lowest, state_of_charge = settings.floor, reading.state_of_charge
    share = state_of_charge - lowest if setpoint_w < 0 else 1 - state_of_charge
    return max(SHORTEST_ORDER, timedelta(hours=share * limits.capacity_wh / abs(setpoint_w)))
