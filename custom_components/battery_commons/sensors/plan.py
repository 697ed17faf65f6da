"""The plan of one battery, slot by slot, as Home Assistant shows it."""

from collections.abc import Sequence
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import UnitOfPower
from homeassistant.util import dt as dt_util

from ..battery.outlook import expected_charge
from ..battery_coordinator import BatteryCoordinator, battery_limits
from ..community.plan import Slot
from ..explanation.home import explain_planned
from .description import BatterySensorDescription, discharging_w


def _planned_power(battery: BatteryCoordinator) -> float | None:
    slot = battery.plan.slot_at(dt_util.utcnow()) if battery.plan else None
    return None if slot is None else discharging_w(slot.power_w)


PLAN = BatterySensorDescription(
    key="plan",
    translation_key="plan",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    suggested_display_precision=0,
    value_fn=_planned_power,
)


def slots_to_show(battery: BatteryCoordinator) -> list[dict[str, Any]]:
    """Return the slots of a battery's plan that are not over, in the sign that Home Assistant uses.

    The state of charge expected at the end of each counts on from the present one, with the plan's powers: it
    is not known from the first slot on that leaves the battery to its own house, nor while it is paused.
    """
    plan, now = battery.plan, dt_util.utcnow()
    if plan is None:
        return []
    slots = tuple(slot for slot in plan.slots if slot.end > now)
    reading = None if battery.settings.is_paused(now) else battery.fresh_reading
    charges = expected_charge(
        slots,
        reading.state_of_charge if reading else None,
        battery_limits(battery.subentry),
        battery.settings,
        now,
    )
    return [_shown(battery, slot, charge) for slot, charge in zip(slots, charges, strict=True)]


def what_slots_hang_on(battery: BatteryCoordinator) -> Sequence[object]:
    """Return what makes other slots to show, by being different.

    The reading is not among it: who shows the slots anew with every reading writes them every few seconds.
    """
    plan, now = battery.plan, dt_util.utcnow()
    slot = plan.slot_at(now) if plan else None
    return plan, slot, battery.settings, battery.settings.is_paused(now), battery.fresh_reading is None


def _shown(battery: BatteryCoordinator, slot: Slot, charge: float | None) -> dict[str, Any]:
    return {
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "power_w": discharging_w(slot.power_w),
        "reason": slot.reason,
        "explanation": explain_planned(battery, slot),
        "state_of_charge": None if charge is None else round(100 * charge, 1),
        "price_per_kwh": slot.price_per_kwh,
        "transformer_load_w": slot.transformer_load_w,
        "transformer_limit_w": slot.transformer_limit_w,
    }
