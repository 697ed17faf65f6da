"""What a battery's plan comes to: what it does next, and how full it will be. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from ..community.plan import BatteryPlan, Slot
from .driver import BatteryLimits
from .settings import Settings

EFFICIENCY = 0.95
"""What is left of energy on its way into a battery, and again on its way out: that of a common battery."""
STANDSTILL_W = 1.0
"""A plan's powers are whole watts: less is none."""


class Action(StrEnum):
    """What a battery does, in a word."""

    CHARGE = "charge"
    DISCHARGE = "discharge"
    HOLD = "hold"
    """It stands still and keeps its energy."""
    OWN_HOUSE = "own_house"


def action_of(power_w: float | None) -> Action:
    """Return what a battery with this order does; None leaves it to its own house."""
    if power_w is None:
        return Action.OWN_HOUSE
    if abs(power_w) < STANDSTILL_W:
        return Action.HOLD
    return Action.CHARGE if power_w > 0 else Action.DISCHARGE


def next_action(plan: BatteryPlan, settings: Settings, now: datetime) -> tuple[Action, datetime] | None:
    """Return what the battery is to do next that it does not do now, and when; None where nothing changes.

    While the battery is paused it serves its own house, and what it does next waits for the end of the pause;
    a pause without an end has nothing after it.
    """
    if settings.is_paused(now):
        if (resumes := settings.paused_until) is None:
            return None
        present = Action.OWN_HOUSE
    else:
        resumes = now
        present = action_of(slot.power_w) if (slot := plan.slot_at(now)) else Action.OWN_HOUSE
    for slot in plan.slots:
        if slot.end > resumes and action_of(slot.power_w) is not present:
            return action_of(slot.power_w), max(slot.start, resumes)
    return None


def expected_charge(
    slots: tuple[Slot, ...],
    state_of_charge: float | None,
    limits: BatteryLimits,
    settings: Settings,
    now: datetime,
) -> list[float | None]:
    """Return how full (0 to 1) the battery will be at the end of each slot, from how full it is `now`.

    None where nobody can know: from the first slot on that leaves the battery to its own house.
    """
    expected: list[float | None] = []
    for slot in slots:
        if state_of_charge is not None:
            hours = max(timedelta(0), slot.end - max(slot.start, now)) / timedelta(hours=1)
            state_of_charge = _after(slot.power_w, hours, state_of_charge, limits, settings)
        expected.append(state_of_charge)
    return expected


def _after(
    power_w: float | None, hours: float, state_of_charge: float, limits: BatteryLimits, settings: Settings
) -> float | None:
    if power_w is None:
        return None
    if power_w >= 0:
        charged_wh = settings.capped_w(min(power_w, limits.max_charge_w)) * hours * EFFICIENCY
        return min(1.0, state_of_charge + charged_wh / limits.capacity_wh)
    discharged_wh = settings.capped_w(min(-power_w, limits.max_discharge_w)) * hours / EFFICIENCY
    lowest = min(settings.floor, state_of_charge)
    return max(lowest, state_of_charge - discharged_wh / limits.capacity_wh)
