"""What a battery's sensors say, and when they are not to be believed."""

import math
import re
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.driver import BatteryError, Control
from tests.home.battery.entities.simulated import MODE, POWER, SETPOINT, SOC, Accu
from tests.home.village import NOW

PERCENT = {"unit_of_measurement": "%"}
WATT = {"unit_of_measurement": "W"}


async def test_a_battery_is_read_in_our_own_terms(accu: Accu) -> None:
    accu.live(5, 1_200)

    reading = await accu.open("generic_watts", {"setpoint": SETPOINT}).read()

    assert reading.state_of_charge == pytest.approx(0.5, abs=1e-3)
    assert reading.power_w == 1_200
    assert (reading.at - NOW).total_seconds() == 5


async def test_a_power_in_kilowatts_is_a_power_in_watts(accu: Accu, hass: HomeAssistant) -> None:
    hass.states.async_set(POWER, "-1.25", {"unit_of_measurement": "kW"})

    assert (await accu.open("generic_watts", {"setpoint": SETPOINT}).read()).power_w == 1_250


async def test_a_sensor_that_counts_charging_as_positive_is_taken_so(accu: Accu, hass: HomeAssistant) -> None:
    hass.states.async_set(POWER, "800", WATT)

    battery = accu.open("generic_watts", {"setpoint": SETPOINT}, inverted=True)

    assert (await battery.read()).power_w == 800


async def test_a_sensor_for_each_direction_makes_one_power(accu: Accu, hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.charging", "0.4", {"unit_of_measurement": "kW"})
    hass.states.async_set("sensor.discharging", "900", WATT)
    entities = {"charge_power": "sensor.charging", "discharge_power": "sensor.discharging"}
    battery = accu.open("generic_watts", {"setpoint": SETPOINT, **entities})

    assert (await battery.read()).power_w == -500


async def test_a_battery_at_rest_has_no_power_of_minus_nothing(accu: Accu) -> None:
    reading = await accu.open("generic_watts", {"setpoint": SETPOINT}).read()

    assert math.copysign(1, reading.power_w) == 1


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "words"),
    [
        (SOC, "unavailable", PERCENT, f"{SOC} is unavailable"),
        (SOC, "unknown", PERCENT, f"{SOC} is unknown"),
        (SOC, "nan", PERCENT, "impossible percentage: nan"),
        (SOC, "101", PERCENT, "impossible percentage: 101"),
        (SOC, "-1", PERCENT, "impossible percentage: -1"),
        (SOC, "half", PERCENT, "impossible percentage: half"),
        (SOC, "0.5", {"unit_of_measurement": "kWh"}, "counts kWh, not percent"),
        (POWER, "unavailable", WATT, f"{POWER} is unavailable"),
        (POWER, "inf", WATT, "states no power: inf W"),
        (POWER, "100", {}, "states no power: 100 without a unit"),
        (POWER, "100", {"unit_of_measurement": "A"}, "states no power: 100 A"),
        (POWER, "1000000", WATT, "impossible power: -1000000 W"),
        (SETPOINT, "unavailable", WATT, f"{SETPOINT} is unavailable"),
    ],
)
async def test_a_battery_that_does_not_answer_sensibly_says_why(
    accu: Accu, hass: HomeAssistant, entity_id: str, state: str, attributes: dict[str, str], words: str
) -> None:
    hass.states.async_set(entity_id, state, attributes)

    with pytest.raises(BatteryError, match=re.escape(words)):
        await accu.open("generic_watts", {"setpoint": SETPOINT}).read()


async def test_an_entity_that_was_renamed_is_named(accu: Accu, hass: HomeAssistant) -> None:
    hass.states.async_remove(SOC)

    with pytest.raises(BatteryError, match=f"{SOC} does not exist"):
        await accu.open("generic_watts", {"setpoint": SETPOINT}).read()


async def test_a_reading_is_as_old_as_its_older_sensor(
    accu: Accu, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})
    freezer.tick(90)
    hass.states.async_set(SOC, "50", PERCENT)

    assert (await battery.read()).at == NOW


class Integration:
    """An integration that reports what changes only, by the registries."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.entry = MockConfigEntry(domain="sessy")
        self.entry.add_to_hass(hass)
        self.device = dr.async_get(hass).async_get_or_create(
            config_entry_id=self.entry.entry_id, identifiers={("sessy", "1")}
        )

    def adopt(self, entity_id: str) -> None:
        self.hass.states.async_remove(entity_id)
        domain, object_id = entity_id.split(".")
        er.async_get(self.hass).async_get_or_create(
            domain,
            "sessy",
            object_id,
            suggested_object_id=object_id,
            config_entry=self.entry,
            device_id=self.device.id,
        )


async def test_a_device_that_only_reports_changes_is_fresh_while_another_of_its_sensors_speaks(
    accu: Accu, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    integration = Integration(hass)
    for entity_id in (SOC, POWER, "sensor.frequency"):
        integration.adopt(entity_id)
    accu.show()
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})

    freezer.tick(90)
    hass.states.async_set("sensor.frequency", "50.01")

    assert (await battery.read()).at == NOW + timedelta(seconds=90)


@pytest.mark.parametrize("sibling", ["number.accu_limit", "sensor.lost", "sensor.of_another_device"])
async def test_a_device_is_not_fresh_because_it_was_written_to_or_lost_or_another_speaks(
    accu: Accu, hass: HomeAssistant, freezer: FrozenDateTimeFactory, sibling: str
) -> None:
    integration = Integration(hass)
    for entity_id in (SOC, POWER, "number.accu_limit", "sensor.lost"):
        integration.adopt(entity_id)
    accu.show()
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})

    freezer.tick(90)
    hass.states.async_set(sibling, "unavailable" if sibling == "sensor.lost" else "1")

    assert (await battery.read()).at == NOW


@pytest.mark.parametrize(
    ("preset", "entities", "options", "control", "regulates"),
    [
        ("generic_watts", {"setpoint": SETPOINT}, {}, Control.WATTS, False),
        (
            "generic_watts",
            {"setpoint": SETPOINT, "control": MODE},
            {"obey": "to_full", "own_house": "zero"},
            Control.WATTS,
            True,
        ),
        ("homewizard", {"mode": MODE}, {"own_house": "zero", "standby": "standby"}, Control.MODE, True),
        ("enphase", {"reserve": "input_number.accu_reserve"}, {}, Control.RESERVE, True),
    ],
)
async def test_a_battery_says_what_it_understands_and_whether_it_serves_its_own_house(
    accu: Accu,
    preset: str,
    entities: dict[str, str],
    options: dict[str, str],
    control: Control,
    regulates: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    traits = accu.open(preset, entities, options=options, own_reserve=20).traits

    assert (traits.control, traits.regulates, traits.own_timer) == (control, regulates, None)


async def test_a_battery_of_a_kind_that_is_not_known_any_more_says_so(accu: Accu) -> None:
    with pytest.raises(BatteryError, match="no batteries of the kind dynamo"):
        accu.open("dynamo", {})
