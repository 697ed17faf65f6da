"""The actions: what a resident's automations may ask, and what they hear when it cannot be."""

import json
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import probatio as vol
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.const import DOMAIN
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import TOKEN, FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import BATTERY_LOOK, pass_time, state

pytestmark = pytest.mark.usefixtures("noon", "home")
GARAGE = {"entity_id": "sensor.garage_power"}


async def perform(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Perform an action, and return its answer if it is one that answers."""
    answers = action.startswith("get_") or action == "export_my_data"
    answer = await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=answers)
    await hass.async_block_till_done()
    return answer


def device_id(hass: HomeAssistant, home: MockConfigEntry, identifier: str) -> str:
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identifier), home.entry_id)
    assert device is not None
    return device.id


async def test_a_pause_keeps_a_battery_to_its_own_house_until_it_is_resumed(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await doorstep.post(doorstep.signed_plan(power_w=[-2000.0] * 8))

    await perform(hass, "pause", **GARAGE)
    await pass_time(hass, noon, timedelta(minutes=20))
    assert (state(hass, "sensor.garage_mode"), device.order_w) == ("paused", None)

    await perform(hass, "resume", **GARAGE)
    assert (state(hass, "sensor.garage_mode"), device.order_w) == ("village", 2000)


async def test_a_pause_with_a_duration_ends_by_itself(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await doorstep.post(doorstep.signed_plan(power_w=[-2000.0] * 8))

    await perform(hass, "pause", duration={"minutes": 10}, **GARAGE)
    await pass_time(hass, noon, timedelta(minutes=9, seconds=50))
    assert device.order_w is None
    await pass_time(hass, noon, timedelta(seconds=15))
    assert device.order_w == 2000


@pytest.mark.parametrize("duration", [{"minutes": 0}, {"minutes": -5}, {"days": 400}, "soon"])
async def test_a_duration_that_makes_no_sense_is_refused(hass: HomeAssistant, duration: object) -> None:
    with pytest.raises(vol.Invalid):
        await perform(hass, "pause", duration=duration, **GARAGE)

    assert state(hass, "switch.garage_takes_part") == "on"


async def test_a_battery_is_aimed_at_by_its_device(hass: HomeAssistant, home: MockConfigEntry) -> None:
    await perform(hass, "pause", device_id=device_id(hass, home, SUBENTRY))

    assert state(hass, "switch.garage_takes_part") == "off"


async def test_a_battery_is_aimed_at_by_its_area(hass: HomeAssistant, home: MockConfigEntry) -> None:
    area = ar.async_get(hass).async_create("Garage")
    dr.async_get(hass).async_update_device(device_id(hass, home, SUBENTRY), area_id=area.id)

    await perform(hass, "pause", area_id=area.id)

    assert state(hass, "switch.garage_takes_part") == "off"


@pytest.mark.parametrize("action", ["pause", "resume", "set_reserve", "get_plan"])
@pytest.mark.parametrize("target", ["the village", "another entity"])
async def test_an_action_that_aims_at_no_battery_says_so(
    hass: HomeAssistant, home: MockConfigEntry, action: str, target: str
) -> None:
    aim = (
        {"device_id": device_id(hass, home, home.entry_id)}
        if target == "the village"
        else {"entity_id": "sun.sun"}
    )
    extra = {"reserve": 50} if action == "set_reserve" else {}

    with pytest.raises(ServiceValidationError) as raised:
        await perform(hass, action, **aim, **extra)

    assert raised.value.translation_key == "no_battery_aimed_at"


async def test_an_action_must_aim_at_something(hass: HomeAssistant) -> None:
    with pytest.raises(vol.Invalid):
        await perform(hass, "pause")


async def test_a_reserve_is_set_in_percent_and_told_to_the_village(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    await perform(hass, "set_reserve", reserve=45, **GARAGE)
    await pass_time(hass, noon, 2 * BATTERY_LOOK)

    assert float(state(hass, "number.garage_reserve")) == 45
    assert coordinator.bodies("PUT", "/api/v1/home")[-1]["batteries"][0]["reserve"] == 0.45


@pytest.mark.parametrize("reserve", [-1, 101, "nan", "much"])
async def test_a_reserve_that_makes_no_sense_is_refused(hass: HomeAssistant, reserve: object) -> None:
    with pytest.raises(vol.Invalid):
        await perform(hass, "set_reserve", reserve=reserve, **GARAGE)

    assert float(state(hass, "number.garage_reserve")) == 10


async def test_the_plan_is_answered_slot_by_slot(hass: HomeAssistant, doorstep: Doorstep) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    answer = await perform(hass, "get_plan", **GARAGE)

    (plan,) = answer["batteries"]
    assert (plan["battery_id"], plan["name"], plan["sequence"]) == (SUBENTRY, "Garage", 7)
    assert plan["lease_until"] == "2026-06-21T12:46:00+00:00"
    assert [slot["power_w"] for slot in plan["slots"]] == [2000, -3000, None, 0]


async def test_without_a_plan_the_answer_says_so(hass: HomeAssistant) -> None:
    answer = await perform(hass, "get_plan", **GARAGE)

    (plan,) = answer["batteries"]
    assert (plan["sequence"], plan["lease_until"], plan["slots"]) == (None, None, [])


async def test_the_contribution_is_answered_with_what_the_village_tells(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.village_extra = {"account": {"saving_month_eur": 7.12, "shared_month_eur": None}}
    await pass_time(hass, noon, 2 * BATTERY_LOOK)

    assert await perform(hass, "get_contribution") == {
        "today_kwh": 0,
        "month_kwh": 0,
        "saving_month_eur": 7.12,
        "shared_month_eur": None,
        "batteries": [
            {
                "battery_id": SUBENTRY,
                "name": "Garage",
                "charged_for_village_kwh": 0,
                "discharged_for_village_kwh": 0,
                "followed_share": None,
            }
        ],
    }


async def test_what_a_silent_village_told_before_is_not_answered(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.village_extra = {"account": {"saving_month_eur": 7.12, "shared_month_eur": 1.0}}
    await pass_time(hass, noon, 2 * BATTERY_LOOK)
    coordinator.unreachable = True
    await pass_time(hass, noon, 2 * BATTERY_LOOK)

    answer = await perform(hass, "get_contribution")

    assert (answer["saving_month_eur"], answer["shared_month_eur"]) == (None, None)


async def test_an_answer_to_a_code_reaches_the_village(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    await perform(hass, "respond_to_code", code_id="c1", joins=False, config_entry=home.entry_id)

    assert coordinator.bodies("POST", "/api/v1/codes/c1/answer") == [{"version": 1, "joins": False}]


REQUESTS: dict[str, dict[str, Any]] = {
    "respond_to_code": {"code_id": "c1", "joins": True},
    "vote": {"choice": "a"},
    "export_my_data": {},
}


@pytest.mark.parametrize(
    ("action", "key"),
    [("respond_to_code", "code_unknown"), ("vote", "no_votes_yet"), ("export_my_data", "no_data_yet")],
)
async def test_what_a_village_does_not_offer_is_said_in_words(
    hass: HomeAssistant, coordinator: FakeCoordinator, action: str, key: str
) -> None:
    coordinator.refusal = (HTTPStatus.NOT_FOUND, "not_offered")

    with pytest.raises(ServiceValidationError) as raised:
        await perform(hass, action, **REQUESTS[action])

    assert raised.value.translation_key == key


@pytest.mark.parametrize("action", REQUESTS)
async def test_a_village_that_does_not_answer_is_said_in_words(
    hass: HomeAssistant, coordinator: FakeCoordinator, action: str
) -> None:
    coordinator.unreachable = True

    with pytest.raises(HomeAssistantError) as raised:
        await perform(hass, action, **REQUESTS[action])

    assert raised.value.translation_key == "cannot_connect"


async def test_own_data_is_answered_from_home_and_village_and_opens_no_door(
    hass: HomeAssistant, home: MockConfigEntry, doorstep: Doorstep, coordinator: FakeCoordinator
) -> None:
    await doorstep.post(doorstep.signed_plan())
    coordinator.home_data = {"version": 1, "home": {"name": "Dorpsstraat 5"}, "telemetry": []}

    answer = await perform(hass, "export_my_data")

    assert answer["village"] == coordinator.home_data
    (battery,) = answer["home"]["batteries"]
    assert battery["settings"]["reserve"] == 0.1
    assert battery["set_up_with"]["capacity_wh"] == 10_000
    assert battery["plan"]["sequence"] == 7
    assert battery["account"]["throughput_wh"] == 0
    assert answer["home"]["contribution"]["today_kwh"] == 0
    for secret in (TOKEN, home.data["webhook_id"]):
        assert secret not in str(answer)


async def test_actions_are_there_while_no_home_is_set_up_and_say_so(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(home.entry_id)

    with pytest.raises(ServiceValidationError) as raised:
        await perform(hass, "vote", **REQUESTS["vote"])
    assert raised.value.translation_key == "service_config_entry_not_loaded"
    with pytest.raises(ServiceValidationError) as raised:
        await perform(hass, "pause", **GARAGE)
    assert raised.value.translation_key == "no_battery_aimed_at"


INTEGRATION = Path(__file__).parents[2] / "custom_components" / "battery_commons"


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_every_action_and_field_has_its_words_its_icon_and_its_form(
    hass: HomeAssistant, language: str
) -> None:
    offered = hass.services.async_services_for_domain(DOMAIN)
    forms = await hass.async_add_executor_job(load_yaml_dict, str(INTEGRATION / "services.yaml"))
    icons = json.loads((INTEGRATION / "icons.json").read_text())["services"]
    words = json.loads((INTEGRATION / "translations" / f"{language}.json").read_text())["services"]

    assert offered.keys() == forms.keys() == icons.keys() == words.keys()
    for action, form in forms.items():
        assert words[action].get("fields", {}).keys() == form.get("fields", {}).keys()
        assert all(
            field["name"] and field["description"] for field in words[action].get("fields", {}).values()
        )


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(
    "key",
    ["code_unknown", "no_votes_yet", "no_data_yet", "no_battery_aimed_at", "unauthorized", "cannot_connect"],
)
def test_every_refusal_has_its_words(language: str, key: str) -> None:
    words = json.loads((INTEGRATION / "translations" / f"{language}.json").read_text())

    assert words["exceptions"][key]["message"]
