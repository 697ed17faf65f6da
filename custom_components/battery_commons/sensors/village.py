"""How the village stands, by its own fresh word."""

from collections.abc import Callable
from datetime import timedelta

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfMass, UnitOfPower, UnitOfTime
from homeassistant.util import dt as dt_util

from ..community.status import Account, CongestionSignal, ForecastPeak, VillageStatus
from ..village_coordinator import VillageCoordinator
from .description import VillageSensorDescription, tens

EURO = "EUR"
PEAK_LASTS = timedelta(minutes=15)
"""A forecast peak is the mean of a quarter of an hour: past that, it is no forecast any more."""


def _load(village: VillageCoordinator) -> float | None:
    return tens(village.data.load_w) if village.load_is_fresh(dt_util.utcnow()) else None


def _headroom(village: VillageCoordinator) -> float | None:
    load_w = _load(village)
    return None if load_w is None else tens(village.data.limit_w - abs(load_w))


def _is_estimate(village: VillageCoordinator) -> bool:
    return bool(village.data and village.data.load_estimated)


def _signal(village: VillageCoordinator) -> str | None:
    return village.data.signal if village.load_is_fresh(dt_util.utcnow()) else None


def _data_age(village: VillageCoordinator) -> int | None:
    """Return how many whole minutes ago the load was measured, however long ago that is."""
    if (at := village.data.load_at) is None:
        return None
    return max(timedelta(0), dt_util.utcnow() - at) // timedelta(minutes=1)


def _peak(
    find: Callable[[VillageStatus], ForecastPeak | None], village: VillageCoordinator
) -> ForecastPeak | None:
    peak = find(village.data)
    return peak if peak is not None and dt_util.utcnow() < peak.at + PEAK_LASTS else None


def _transformer_peak(village: VillageCoordinator) -> ForecastPeak | None:
    return _peak(lambda status: status.transformer_peak, village)


def _feeder_peak(village: VillageCoordinator) -> ForecastPeak | None:
    return _peak(lambda status: status.feeder_peak, village)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _code_report(village: VillageCoordinator) -> float | None:
    code = village.data.measured_code
    change = code.result.village if code is not None and code.result is not None else None
    return None if change is None else tens(change.change_w)


def _account(village: VillageCoordinator) -> Account:
    return village.data.account or Account(None, None)


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
        is_estimate_fn=_is_estimate,
    ),
    VillageSensorDescription(
        key="transformer_limit",
        translation_key="transformer_limit",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda village: village.data.limit_w,
    ),
    VillageSensorDescription(
        key="transformer_headroom",
        translation_key="transformer_headroom",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_headroom,
        is_estimate_fn=_is_estimate,
    ),
    VillageSensorDescription(
        key="transformer_peak",
        translation_key="transformer_peak",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        value_fn=lambda village: tens(peak.power_w) if (peak := _transformer_peak(village)) else None,
    ),
    VillageSensorDescription(
        key="transformer_peak_at",
        translation_key="transformer_peak_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda village: peak.at if (peak := _transformer_peak(village)) else None,
    ),
    VillageSensorDescription(
        key="feeder_peak",
        translation_key="feeder_peak",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        value_fn=lambda village: tens(peak.power_w) if (peak := _feeder_peak(village)) else None,
    ),
    VillageSensorDescription(
        key="feeder_peak_at",
        translation_key="feeder_peak_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda village: peak.at if (peak := _feeder_peak(village)) else None,
    ),
    VillageSensorDescription(
        key="data_age",
        translation_key="data_age",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_data_age,
    ),
    VillageSensorDescription(
        key="control_model",
        translation_key="control_model",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda village: village.data.control_model,
        until_fn=lambda village: village.data.comparing_until if village.data else None,
    ),
    VillageSensorDescription(
        key="members_online",
        translation_key="members_online",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda village: village.data.members_online,
    ),
    VillageSensorDescription(
        key="co2_saved",
        translation_key="co2_saved",
        device_class=SensorDeviceClass.WEIGHT,
        native_unit_of_measurement=UnitOfMass.KILOGRAMS,
        suggested_display_precision=1,
        value_fn=lambda village: _rounded(village.data.co2_saved_kg, 1),
        is_estimate_fn=lambda _: True,
    ),
    VillageSensorDescription(
        key="own_sun",
        translation_key="own_sun",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=lambda village: _percent(village.data.own_sun_share),
    ),
    VillageSensorDescription(
        key="hours_saved",
        translation_key="hours_saved",
        native_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        value_fn=lambda village: _rounded(village.data.hours_saved, 2),
    ),
    VillageSensorDescription(
        key="peak_shaved",
        translation_key="peak_shaved",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda village: tens(village.data.peak_shaved_w),
    ),
    VillageSensorDescription(
        key="saving_month",
        translation_key="saving_month",
        device_class=SensorDeviceClass.MONETARY,
        native_unit_of_measurement=EURO,
        suggested_display_precision=2,
        value_fn=lambda village: _rounded(_account(village).saving_month_eur, 2),
    ),
    VillageSensorDescription(
        key="shared_month",
        translation_key="shared_month",
        device_class=SensorDeviceClass.MONETARY,
        native_unit_of_measurement=EURO,
        suggested_display_precision=2,
        value_fn=lambda village: _rounded(_account(village).shared_month_eur, 2),
    ),
)

CODE_REPORT = VillageSensorDescription(
    key="code_report",
    translation_key="code_report",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
    suggested_display_precision=1,
    value_fn=_code_report,
)
OPEN_VOTE = SensorEntityDescription(key="open_vote", translation_key="open_vote")
ACCOUNT_BALANCE = SensorEntityDescription(
    key="account_balance",
    translation_key="account_balance",
    device_class=SensorDeviceClass.MONETARY,
    native_unit_of_measurement=EURO,
    suggested_display_precision=2,
)

SIGNAL = VillageSensorDescription(
    key="congestion_signal",
    translation_key="congestion_signal",
    device_class=SensorDeviceClass.ENUM,
    options=[signal.value for signal in CongestionSignal],
    value_fn=_signal,
)


def _rounded(figure: float | None, digits: int) -> float | None:
    return None if figure is None else round(figure, digits)
