"""What a description of a sensor holds, and how figures are told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.components.sensor import SensorEntityDescription

from ..battery_coordinator import BatteryCoordinator
from ..village_coordinator import VillageCoordinator

type Value = float | str | datetime | None


@dataclass(frozen=True, kw_only=True)
class BatterySensorDescription(SensorEntityDescription):
    """A sensor of a battery; without a value it is unavailable."""

    value_fn: Callable[[BatteryCoordinator], Value]


@dataclass(frozen=True, kw_only=True)
class VillageSensorDescription(SensorEntityDescription):
    """A sensor of the village; without a value it is unavailable."""

    value_fn: Callable[[VillageCoordinator], Value]
    until_fn: Callable[[VillageCoordinator], datetime | None] | None = None
    """Until when the value is what it is since models are compared: that is then said beside it."""
    is_estimate_fn: Callable[[VillageCoordinator], bool] | None = None
    """Whether the value is no measurement but an estimate: that is then said beside it."""


def discharging_w(power_w: float | None) -> int | None:
    """Return a power in Home Assistant's own convention for batteries, in watts: positive = discharging.

    Everywhere else in this integration positive is charging. This is the one place where the sign turns.
    """
    return None if power_w is None else -round(power_w)


def tens(figure: float | None) -> float | None:
    """Return a figure in whole tens: finer steps of a Wh or of a village's W would only fill the recorder."""
    return None if figure is None else round(figure, -1)
