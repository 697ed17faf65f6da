"""What the batteries and the village tell. Every reading here is a fresh one, or it is unavailable."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .battery.follower import Mode, Reason
from .battery_coordinator import BatteryCoordinator
from .community.status import CongestionSignal
from .entity import BatteryEntity, VillageEntity
from .home import BatteryCommonsConfigEntry
from .village_coordinator import VillageCoordinator

PARALLEL_UPDATES = 0

type Value = float | str | datetime | None


@dataclass(frozen=True, kw_only=True)
class BatterySensorDescription(SensorEntityDescription):
    """A sensor of a battery; without a value it is unavailable."""

    value_fn: Callable[[BatteryCoordinator], Value]


@dataclass(frozen=True, kw_only=True)
class VillageSensorDescription(SensorEntityDescription):
    """A sensor of the village; without a value it is unavailable."""

    value_fn: Callable[[VillageCoordinator], Value]


def discharging_w(power_w: float | None) -> float | None:
    """Return a power in Home Assistant's own convention for batteries: positive while discharging.

    Everywhere else in this integration positive is charging. This is the one place where the sign turns.
    """
    return None if power_w is None else 0.0 - power_w


def _state_of_charge(battery: BatteryCoordinator) -> float | None:
    reading = battery.data.reading
    return None if reading is None else 100 * reading.state_of_charge


def _power(battery: BatteryCoordinator) -> float | None:
    reading = battery.data.reading
    return None if reading is None else discharging_w(reading.power_w)


def _planned_power(battery: BatteryCoordinator) -> float | None:
    slot = battery.plan.slot_at(dt_util.utcnow()) if battery.plan else None
    return None if slot is None else discharging_w(slot.power_w)


def _load(village: VillageCoordinator) -> float | None:
    return village.data.load_w if village.load_is_fresh(dt_util.utcnow()) else None


def _signal(village: VillageCoordinator) -> str | None:
    return village.data.signal if village.load_is_fresh(dt_util.utcnow()) else None


BATTERY_SENSORS = (
    BatterySensorDescription(
        key="state_of_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_state_of_charge,
    ),
    BatterySensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_power,
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
        key="reason",
        translation_key="reason",
        device_class=SensorDeviceClass.ENUM,
        options=[reason.value for reason in Reason],
        value_fn=lambda battery: battery.data.decision.reason,
    ),
    BatterySensorDescription(
        key="lease_end",
        translation_key="lease_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda battery: battery.plan.lease_until if battery.plan else None,
    ),
)

PLAN = BatterySensorDescription(
    key="plan",
    translation_key="plan",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    suggested_display_precision=0,
    value_fn=_planned_power,
)

VILLAGE_SENSORS = (
    VillageSensorDescription(
        key="transformer_load",
        translation_key="transformer_load",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_load,
    ),
    VillageSensorDescription(
        key="transformer_limit",
        translation_key="transformer_limit",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=0,
        value_fn=lambda village: village.data.limit_w,
    ),
    VillageSensorDescription(
        key="congestion_signal",
        translation_key="congestion_signal",
        device_class=SensorDeviceClass.ENUM,
        options=[signal.value for signal in CongestionSignal],
        value_fn=_signal,
    ),
    VillageSensorDescription(
        key="control_model",
        translation_key="control_model",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda village: village.data.control_model,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BatteryCommonsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the village and of every battery."""
    data = entry.runtime_data
    async_add_entities(VillageSensor(data.village, description) for description in VILLAGE_SENSORS)
    for subentry_id, battery in data.batteries.items():
        async_add_entities(
            [*(BatterySensor(battery, description) for description in BATTERY_SENSORS), PlanSensor(battery)],
            config_subentry_id=subentry_id,
        )


class BatterySensor(BatteryEntity, SensorEntity):
    """A figure or a word about one battery."""

    entity_description: BatterySensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Return what the last look at the battery found."""
        return self.entity_description.value_fn(self.coordinator)

    @property
    @override
    def available(self) -> bool:
        """Return whether there is something to tell."""
        return super().available and self.native_value is not None


class PlanSensor(BatterySensor):
    """The power that the village's plan has for this slot, with the slots to come."""

    _unrecorded_attributes = frozenset({"slots"})

    def __init__(self, coordinator: BatteryCoordinator) -> None:
        """Show the plan of the battery of `coordinator`."""
        super().__init__(coordinator, PLAN)

    @property
    @override
    def available(self) -> bool:
        """Return whether a plan is in force, also where it leaves the battery to its own house."""
        plan = self.coordinator.plan
        return plan is not None and dt_util.utcnow() < plan.lease_until

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return the slots that are not over, in the sign that the state has."""
        plan, now = self.coordinator.plan, dt_util.utcnow()
        if plan is None:
            return None
        slots = [
            {"start": slot.start.isoformat(), "power_w": discharging_w(slot.power_w), "reason": slot.reason}
            for slot in plan.slots
            if slot.end > now
        ]
        return {"sequence": plan.sequence, "slots": slots}


class VillageSensor(VillageEntity, SensorEntity):
    """A figure or a word about the village."""

    entity_description: VillageSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Return what the village last told."""
        return self.entity_description.value_fn(self.coordinator) if self.coordinator.data else None

    @property
    @override
    def available(self) -> bool:
        """Return whether there is something to tell."""
        return super().available and self.native_value is not None
