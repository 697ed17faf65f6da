"""What a house draws, read from sensors that Home Assistant has already."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.battery_commons.battery.house import ConnectionLimits
from custom_components.battery_commons.meter import HouseMeter
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")


def show(hass: HomeAssistant, state: str, entity_id: str = "sensor.grid", unit: str | None = "W") -> None:
    hass.states.async_set(entity_id, state, {"unit_of_measurement": unit} if unit else {})


def shown_w(hass: HomeAssistant, **data: Any) -> float | None:
    reading = HouseMeter(hass, {"grid_power": "sensor.grid", **data}).reading()
    return None if reading is None else reading.power_w


def test_what_is_drawn_is_positive(hass: HomeAssistant) -> None:
    show(hass, "1234.5")

    assert shown_w(hass) == 1234.5
    assert shown_w(hass, inverted=True) == -1234.5


def test_a_sensor_may_count_in_kilowatts(hass: HomeAssistant) -> None:
    show(hass, "1.5", unit="kW")

    assert shown_w(hass) == 1500


def test_what_is_returned_may_have_a_sensor_of_its_own(hass: HomeAssistant) -> None:
    show(hass, "0")
    show(hass, "1.2", "sensor.returned", "kW")

    assert shown_w(hass, grid_return="sensor.returned") == -1200


@pytest.mark.parametrize("state", ["unavailable", "unknown", "nan", "inf", "-inf", "a lot", ""])
def test_a_sensor_that_states_no_power_gives_no_reading(hass: HomeAssistant, state: str) -> None:
    show(hass, state)

    assert shown_w(hass) is None


@pytest.mark.parametrize("unit", [None, "kWh", "A", "%"])
def test_a_sensor_that_counts_something_else_gives_no_reading(hass: HomeAssistant, unit: str | None) -> None:
    show(hass, "12", unit=unit)

    assert shown_w(hass) is None


def test_one_of_two_sensors_that_is_lost_leaves_no_reading(hass: HomeAssistant) -> None:
    show(hass, "500")
    show(hass, "unavailable", "sensor.returned")

    assert shown_w(hass, grid_return="sensor.returned") is None
    assert shown_w(hass, grid_return="sensor.renamed") is None


def test_a_reading_is_as_old_as_the_older_of_its_parts(
    hass: HomeAssistant, noon: FrozenDateTimeFactory
) -> None:
    show(hass, "0", "sensor.returned")
    noon.tick(timedelta(seconds=20))
    show(hass, "500")

    reading = HouseMeter(hass, {"grid_power": "sensor.grid", "grid_return": "sensor.returned"}).reading()

    assert reading is not None
    assert reading.at == NOW


def test_a_power_that_stays_the_same_is_as_fresh_as_its_last_report(
    hass: HomeAssistant, noon: FrozenDateTimeFactory
) -> None:
    show(hass, "500")
    noon.tick(timedelta(minutes=10))
    show(hass, "500")

    reading = HouseMeter(hass, {"grid_power": "sensor.grid"}).reading()

    assert reading is not None
    assert reading.at == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("data", "limit_w"),
    [({"fuse_a": 25, "phases": 3}, 17_250), ({"fuse_a": 35, "phases": 1}, 8_050), ({"fuse_a": 35}, 8_050)],
)
def test_the_fuse_limits_both_directions(hass: HomeAssistant, data: dict[str, Any], limit_w: float) -> None:
    assert HouseMeter(hass, data).limits == ConnectionLimits(limit_w, limit_w)


def test_a_fuse_that_is_not_known_limits_nothing(hass: HomeAssistant) -> None:
    assert not HouseMeter(hass, {}).limits.bind
