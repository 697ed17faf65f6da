"""What a resident sends when they ask for help: enough to find the problem, nothing that opens a door."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.battery_commons.battery.controller import Outcome
from custom_components.battery_commons.battery.follower import UNREACHABLE
from custom_components.battery_commons.battery.watch import Finding
from custom_components.battery_commons.issues import IssueWatch
from custom_components.battery_commons.meter import HouseMeter
from tests.home.conftest import SUBENTRY, WEBHOOK
from tests.home.coordinator import ADDRESS, TOKEN, FakeCoordinator
from tests.home.doorstep import Doorstep
from tests.home.village import HOME, NOW

pytestmark = pytest.mark.usefixtures("noon")
SECRETS = (TOKEN, WEBHOOK, ADDRESS, "village.example", HOME, "192.0.2.", "EX-0001")


@pytest.fixture(autouse=True)
async def _ready(hass: HomeAssistant) -> None:
    """Set diagnostics up before anything serves."""
    assert await async_setup_component(hass, "diagnostics", {})


async def diagnose(hass: HomeAssistant, hass_client: ClientSessionGenerator, home: MockConfigEntry) -> Any:
    return await get_diagnostics_for_config_entry(hass, hass_client, home)


async def test_what_helps_to_find_a_problem_is_there(
    hass: HomeAssistant,
    home: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    doorstep: Doorstep,
    coordinator: FakeCoordinator,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await doorstep.post(doorstep.signed_plan(sequence=8, home_id="another"))
    await hass.async_block_till_done()
    hass.states.async_set("sensor.meter", "400", {"unit_of_measurement": "W"})
    home.runtime_data.meter = HouseMeter(hass, {"grid_power": "sensor.meter"})

    found = await diagnose(hass, hass_client, home)

    assert found["village"]["reachable"] is True
    assert (found["village"]["latency_s"], found["village"]["clock_error_s"]) == (0, 0)
    assert found["village"]["refused_plan"]["refusal"] == "wrong_home"
    assert (found["village"]["has_address"], found["village"]["reached_by"]) == (True, "webhook")
    assert found["village"]["stream_problem"] is None
    assert found["village"]["status"]["transformer_name"] == "Dorpsstraat"
    assert (found["plan"]["sequence"], found["plan"]["slot_seconds"]) == (7, 900)
    assert found["meter"]["reading"]["power_w"] == 400
    assert found["meter"]["limits"] == {"import_w": None, "export_w": None}
    (battery,) = found["batteries"]
    assert battery["outcome"]["decision"]["reason"] == "relieve_import"
    assert battery["explanation"].startswith("Discharges with 2.0 kW: ")
    assert [slot["power_w"] for slot in battery["slots"]] == [-2000, 3000, None, 0]
    assert battery["set_up_with"]["map"] == "sunspec_der"


async def test_a_home_without_village_plan_and_meter_is_diagnosed_too(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    coordinator: FakeCoordinator,
) -> None:
    coordinator.unreachable = True
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    found = await diagnose(hass, hass_client, entry)

    assert found["village"]["reachable"] is False
    assert "does not answer" in found["village"]["problem"]
    assert (found["village"]["status"], found["meter"]) == (None, None)
    assert found["plan"] == {"sequence": 0}


async def test_the_name_of_a_home_is_left_out(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "name": "Kerkstraat 12"})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert "Kerkstraat" not in str(await diagnose(hass, hass_client, entry))


async def test_no_secret_is_anywhere_also_not_in_the_middle_of_what_a_device_said(
    hass: HomeAssistant,
    home: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    doorstep: Doorstep,
    coordinator: FakeCoordinator,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    battery = home.runtime_data.batteries[SUBENTRY]
    battery.data = replace(battery.data, findings={Finding.NOT_FOLLOWING: NOW})
    IssueWatch(hass, home).async_look(NOW)
    battery.data = Outcome(
        None, UNREACHABLE, f"192.0.2.7:502 and 192.0.2.99, EX-0001: no route, said {ADDRESS}/{WEBHOOK}"
    )
    coordinator.village_extra = {"account": {"saving_month_eur": 12.34, "shared_month_eur": 1.5}}
    await home.runtime_data.village.async_refresh()

    found = await diagnose(hass, hass_client, home)

    dump = str(found)
    assert not [secret for secret in SECRETS if secret in dump]
    assert "12.34" not in dump
    assert "no route" in found["batteries"][0]["outcome"]["problem"]
    assert found["issues"] == [f"battery_not_following_{SUBENTRY}"]


async def test_a_short_address_does_not_blot_out_other_words(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({**entry.subentries[SUBENTRY].data, "name": "Attic", "host": "at"}),
            subentry_type="battery",
            title="Attic",
            unique_id=None,
        ),
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    found = await diagnose(hass, hass_client, entry)

    assert [battery["set_up_with"]["name"] for battery in found["batteries"]] == ["Garage", "Attic"]
    assert found["batteries"][1]["set_up_with"]["host"] == "**REDACTED**"


async def test_what_a_home_did_for_a_code_is_left_out(
    hass: HomeAssistant,
    home: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    coordinator: FakeCoordinator,
) -> None:
    own = {"change_w": -432.0, "low_w": -500.0, "high_w": -400.0}
    result = {"state": "measured", "village": own | {"change_w": -450.0}, "own": own, "en": "You did 0.4 kW."}
    code = {
        "id": "c1",
        "code": "red",
        "start": NOW.isoformat(),
        "end": (NOW + timedelta(hours=1)).isoformat(),
        "joins": True,
        "did": ["washing"],
        "result": result,
    }
    coordinator.village_extra = {"codes": [code], "shown_by_name": True}
    await home.runtime_data.village.async_refresh()

    found = await diagnose(hass, hass_client, home)

    (told,) = found["village"]["status"]["codes"]
    assert (told["code_id"], told["code"], told["is_measured"]) == ("c1", "red", True)
    dump = str(told)
    assert not [own for own in ("washing", "-432", "0.4 kW", "joins") if own in dump]
