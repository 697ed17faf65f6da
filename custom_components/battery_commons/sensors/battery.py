"""What a battery does and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfPower
from homeassistant.util import dt as dt_util

from ..battery.follower import Mode, Reason
from ..battery.outlook import Action, action_of, next_action
from ..battery_coordinator import BatteryCoordinator, battery_limits
from .description import BatterySensorDescription, discharging_w, tens


def _state_of_charge(battery: BatteryCoordinator) -> float | None:
    reading = battery.fresh_reading
    return None if reading is None else round(100 * reading.state_of_charge, 1)


def _power(battery: BatteryCoordinator) -> float | None:
    reading = battery.fresh_reading
    return None if reading is None else discharging_w(reading.power_w)


def _stored_energy(battery: BatteryCoordinator) -> float | None:
    reading = battery.fresh_reading
    return None if reading is None else tens(reading.state_of_charge * _capacity_wh(battery))


def _capacity_wh(battery: BatteryCoordinator) -> float:
    return battery_limits(battery.subentry).capacity_wh


def _next(battery: BatteryCoordinator) -> tuple[Action, datetime] | None:
    plan, now = battery.plan, dt_util.utcnow()
    if plan is None or now >= plan.lease_until:
        return None
    return next_action(plan, battery.settings, now)


def _next_action(battery: BatteryCoordinator) -> Action | None:
    following = _next(battery)
    return following[0] if following else None


def _next_action_at(battery: BatteryCoordinator) -> datetime | None:
    following = _next(battery)
    return following[1] if following else None


def followed_share(battery: BatteryCoordinator) -> int | None:
    """Return for which part of the time under a setpoint today it was kept, in percent."""
    share = battery.memory.account(battery.battery_id).followed_share(dt_util.now().date())
    return None if share is None else round(100 * share)


BATTERY_SENSORS = (
    BatterySensorDescription(
        key="state_of_charge",
        translation_key="state_of_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_state_of_charge,
    ),
    BatterySensorDescription(
        key="power",
        translation_key="power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_power,
    ),
    BatterySensorDescription(
        key="stored_energy",
        translation_key="stored_energy",
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_stored_energy,
    ),
    BatterySensorDescription(
        key="setpoint",
        translation_key="setpoint",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        value_fn=lambda battery: discharging_w(battery.data.decision.setpoint_w),
    ),
    BatterySensorDescription(
        key="mode",
        translation_key="mode",
        device_class=SensorDeviceClass.ENUM,
        options=[mode.value for mode in Mode],
        value_fn=lambda battery: battery.data.decision.mode,
    ),
    BatterySensorDescription(
        key="next_action",
        translation_key="next_action",
        device_class=SensorDeviceClass.ENUM,
        options=[action.value for action in Action],
        value_fn=_next_action,
    ),
    BatterySensorDescription(
        key="next_action_at",
        translation_key="next_action_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_next_action_at,
    ),
    BatterySensorDescription(
        key="lease_end",
        translation_key="lease_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda battery: battery.plan.lease_until if battery.plan else None,
    ),
    BatterySensorDescription(
        key="charged_for_village",
        translation_key="charged_for_village",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda b: tens(b.memory.account(b.battery_id).for_village.charged_wh),
    ),
    BatterySensorDescription(
        key="discharged_for_village",
        translation_key="discharged_for_village",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda b: tens(b.memory.account(b.battery_id).for_village.discharged_wh),
    ),
    BatterySensorDescription(
        key="cycles",
        translation_key="cycles",
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda b: round(b.memory.account(b.battery_id).cycles(_capacity_wh(b)), 2),
    ),
    BatterySensorDescription(
        key="followed_share",
        translation_key="followed_share",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=followed_share,
    ),
)

EXPLAINED_FOR = timedelta(minutes=1)
"""A sentence with a figure in it would be another one every few seconds."""


def what_explanation_hangs_on(battery: BatteryCoordinator) -> Sequence[object]:
    """Return what makes the last explanation wrong, by being different."""
    decision, now = battery.data.decision, dt_util.utcnow()
    slot = battery.plan.slot_at(now) if battery.plan else None
    minute = now.timestamp() // EXPLAINED_FOR.total_seconds()
    return decision.mode, decision.reason, action_of(decision.setpoint_w), slot, minute


REASON = BatterySensorDescription(
    key="reason",
    translation_key="reason",
    device_class=SensorDeviceClass.ENUM,
    options=[reason.value for reason in Reason],
    value_fn=lambda battery: battery.data.decision.reason,
)
