"""What this home's batteries have moved for the village, counted at home, those that are gone included."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import UnitOfEnergy

from ..battery.account import BatteryAccount


@dataclass(frozen=True, kw_only=True)
class ContributionDescription(SensorEntityDescription):
    """A sum over the home's batteries, in Wh, as of a local day."""

    value_fn: Callable[[Iterable[BatteryAccount], date], float]


def today_wh(accounts: Iterable[BatteryAccount], today: date) -> float:
    """Return what the batteries have moved for the village on the local day `today`."""
    return sum(account.today_wh(today) for account in accounts)


def this_month_wh(accounts: Iterable[BatteryAccount], today: date) -> float:
    """Return what the batteries have moved for the village in the month of the local day `today`."""
    return sum(account.this_month_wh(today) for account in accounts)


CONTRIBUTION_SENSORS = tuple(
    ContributionDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=value_fn,
    )
    for key, value_fn in (("contribution_today", today_wh), ("contribution_month", this_month_wh))
)
