"""Every blueprint, in a running Home Assistant: what it does, and what it leaves alone."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import PropertyMock, patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import DomainBlueprints
from homeassistant.core import CoreState, HomeAssistant, ServiceCall, State
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
    mock_restore_cache,
)

FOLDER = Path(__file__).parents[2] / "blueprints" / "automation"
BLUEPRINTS = sorted((FOLDER / "battery_commons").glob("*.yaml"))
NOW = datetime(2026, 1, 14, 15, 0, tzinfo=dt_util.UTC)
EVENT = "event.ansen_code"
SIGNAL = "sensor.ansen_congestion_signal"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def _blueprints(hass: HomeAssistant) -> AsyncIterator[None]:
    """Let Home Assistant find the blueprints where we keep them, and stop what was made of them."""
    with patch.object(DomainBlueprints, "blueprint_folder", PropertyMock(return_value=FOLDER)):
        yield
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "automation.ours"}, blocking=True
        )


@pytest.fixture
async def village(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> str:
    """Return the entry of a village that has an event and a signal, on a winter's afternoon in Drenthe."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    entry = MockConfigEntry(domain="battery_commons", title="Ansen")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("battery_commons", "village")}
    )
    for entity_id in (EVENT, SIGNAL):
        domain, object_id = entity_id.split(".")
        er.async_get(hass).async_get_or_create(
            domain,
            "battery_commons",
            object_id,
            suggested_object_id=object_id,
            config_entry=entry,
            device_id=device.id,
        )
    hass.states.async_set(EVENT, "unknown")
    hass.states.async_set(SIGNAL, "neutral", {"codes": []})
    return str(entry.entry_id)


def code(
    kind: str, start: datetime, *, code_id: str = "c1", hours: float = 3, reason: str = ""
) -> dict[str, Any]:
    end = start + timedelta(hours=hours)
    return {"id": code_id, "code": kind, "start": start.isoformat(), "end": end.isoformat(), "reason": reason}


async def tell(hass: HomeAssistant, moment: str, told: dict[str, Any]) -> None:
    """Let the event entity tell that something happened with a code now, as ours does."""
    state = dt_util.utcnow().isoformat(timespec="milliseconds")
    hass.states.async_set(EVENT, state, {"event_type": moment, **told})
    await hass.async_block_till_done()


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set up an automation from a blueprint, in a Home Assistant that runs."""
    if name != "weekly_summary":
        inputs["code_event"] = EVENT
    config = {"use_blueprint": {"path": f"battery_commons/{name}.yaml", "input": inputs}}
    assert await async_setup_component(
        hass, "automation", {"automation": {"alias": "ours", "id": "ours", **config}}
    )
    await hass.async_block_till_done()
    assert hass.states.is_state("automation.ours", "on")


async def start_again(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set the automation up in a Home Assistant that is only starting, and let it start."""
    hass.set_state(CoreState.not_running)
    await use(hass, name, **inputs)
    await hass.async_start()
    await hass.async_block_till_done()


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, length: timedelta) -> None:
    freezer.tick(length)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
async def test_every_blueprint_explains_itself_in_both_languages_and_says_where_it_is_kept(
    hass: HomeAssistant, path: Path
) -> None:
    blueprint = await async_get_blueprints(hass).async_get_blueprint(f"battery_commons/{path.name}")
    assert blueprint.validate() is None
    english, dutch = str(blueprint.metadata["description"]).strip().split("\n\n")
    assert " the " in english
    assert " het " in dutch or " de " in dutch
    assert blueprint.metadata["source_url"].endswith(
        f"/main/blueprints/automation/battery_commons/{path.name}"
    )
    for key, field in blueprint.inputs.items():
        assert field["name"], key
        assert "selector" in field, key


# --- Telling about codes ----------------------------------------------------------------------------


@pytest.fixture
def messages(hass: HomeAssistant) -> list[ServiceCall]:
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    return calls


@pytest.fixture
def phone(hass: HomeAssistant, village: str) -> tuple[str, list[ServiceCall]]:
    """Return a phone with the app: its device, and what it gets."""
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "anna")}, name="Anna's phone"
    )
    dr.async_get(hass).async_update_device(device.id, name_by_user="Renamed")
    return device.id, async_mock_service(hass, "notify", "mobile_app_anna_s_phone")


async def test_a_code_red_is_told_with_its_times_and_reason(
    hass: HomeAssistant, village: str, messages: list[ServiceCall]
) -> None:
    await use(hass, "code_notify", notify_entities=["notify.street"])
    await tell(hass, "announced", code("red", NOW + HOUR, reason="The transformer is at 104 %, isn't it."))

    assert [call.data for call in messages] == [
        {
            "entity_id": ["notify.street"],
            "title": "Code rood aangekondigd",
            "message": "Vandaag van 17:00 tot 20:00. The transformer is at 104 %, isn't it. "
            "Gebruik dan zo min mogelijk stroom.",
        }
    ]


async def test_a_code_green_of_tomorrow_is_told_in_english_too(
    hass: HomeAssistant, village: str, messages: list[ServiceCall]
) -> None:
    await use(hass, "code_notify", notify_entities=["notify.street"], language="en")
    await tell(hass, "announced", code("green", NOW + 20 * HOUR, hours=2))

    assert messages[0].data["title"] == "Code green announced"
    assert (
        messages[0].data["message"] == "Tomorrow from 12:00 to 14:00. Switch on then what has to run anyway."
    )


async def test_a_phone_gets_a_button_to_join_and_pressing_it_joins(
    hass: HomeAssistant, village: str, phone: tuple[str, list[ServiceCall]]
) -> None:
    answers = async_mock_service(hass, "battery_commons", "respond_to_code")
    device_id, received = phone
    await use(hass, "code_notify", phones=[device_id])
    await tell(hass, "announced", code("red", NOW + HOUR, code_id="2026-01-14/1"))

    (button,) = received[0].data["data"]["actions"]
    assert button["title"] == "Ik doe mee"
    hass.bus.async_fire("mobile_app_notification_action", {"action": "SOMETHING_ELSE"})
    await hass.async_block_till_done()
    assert not answers
    hass.bus.async_fire("mobile_app_notification_action", {"action": button["action"]})
    await hass.async_block_till_done()
    assert [call.data for call in answers] == [
        {"code_id": "2026-01-14/1", "joins": True, "config_entry": village}
    ]


async def test_only_announcements_carry_the_button_and_only_where_it_is_wanted(
    hass: HomeAssistant, village: str, phone: tuple[str, list[ServiceCall]]
) -> None:
    device_id, received = phone
    await use(hass, "code_notify", phones=[device_id], join_button=False)
    await tell(hass, "announced", code("red", NOW + HOUR))
    await tell(hass, "started", code("red", NOW + HOUR))
    assert [call.data["title"] for call in received] == ["Code rood aangekondigd", "Code rood begint nu"]
    assert all("actions" not in call.data["data"] for call in received)


async def test_only_the_codes_and_moments_that_are_asked_for_are_told(
    hass: HomeAssistant, village: str, messages: list[ServiceCall]
) -> None:
    await use(hass, "code_notify", notify_entities=["notify.street"], codes=["red"], moments=["withdrawn"])
    await tell(hass, "withdrawn", code("green", NOW + HOUR))
    await tell(hass, "announced", code("red", NOW + HOUR))
    assert not messages
    await tell(hass, "withdrawn", code("red", NOW + HOUR))
    assert messages[0].data["title"] == "Code rood gaat niet door"
    assert messages[0].data["message"] == "Vandaag van 17:00 tot 20:00."


async def test_two_codes_at_once_are_told_both(
    hass: HomeAssistant, village: str, messages: list[ServiceCall]
) -> None:
    await use(hass, "code_notify", notify_entities=["notify.street"])
    for kind in ("red", "green"):
        state = dt_util.utcnow().isoformat(timespec="milliseconds")
        hass.states.async_set(
            EVENT, state, {"event_type": "announced", **code(kind, NOW + HOUR)}, force_update=True
        )
    await hass.async_block_till_done()
    assert [call.data["title"] for call in messages] == ["Code rood aangekondigd", "Code groen aangekondigd"]


async def test_an_event_that_only_comes_back_after_a_reload_is_told_once(
    hass: HomeAssistant, village: str, messages: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await use(hass, "code_notify", notify_entities=["notify.street"])
    await tell(hass, "announced", code("red", NOW + HOUR))
    told = hass.states.get(EVENT)
    assert told is not None
    await pass_time(hass, freezer, timedelta(minutes=1))
    hass.states.async_set(EVENT, "unavailable")
    hass.states.async_set(EVENT, told.state, told.attributes)
    await hass.async_block_till_done()
    assert len(messages) == 1


async def test_what_was_announced_while_home_assistant_was_away_is_told_when_it_is_back(
    hass: HomeAssistant, village: str, messages: list[ServiceCall]
) -> None:
    await tell(hass, "announced", code("red", NOW + HOUR))
    await start_again(hass, "code_notify", notify_entities=["notify.street"])
    assert len(messages) == 1


async def test_after_a_restart_nothing_old_is_told_again(
    hass: HomeAssistant, village: str, messages: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await tell(hass, "announced", code("red", NOW + HOUR))
    freezer.tick(timedelta(minutes=2))
    last = {"last_triggered": (NOW + timedelta(seconds=1)).isoformat()}
    mock_restore_cache(hass, [State("automation.ours", "on", last)])
    await start_again(hass, "code_notify", notify_entities=["notify.street"])
    assert not messages


@pytest.mark.parametrize("state", ["unavailable", "unknown"])
async def test_a_village_that_cannot_be_heard_is_no_news(
    hass: HomeAssistant, village: str, messages: list[ServiceCall], state: str
) -> None:
    await use(hass, "code_notify", notify_entities=["notify.street"])
    hass.states.async_set(EVENT, state)
    await hass.async_block_till_done()
    assert not messages


async def test_a_phone_that_has_left_does_not_keep_the_others_from_being_told(
    hass: HomeAssistant, village: str, messages: list[ServiceCall]
) -> None:
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    gone = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "gone")}, name="Gone"
    )
    await use(hass, "code_notify", notify_entities=["notify.street"], phones=[gone.id])
    await tell(hass, "announced", code("red", NOW + HOUR))
    assert len(messages) == 1


# --- An appliance -----------------------------------------------------------------------------------

READY = "input_boolean.washing_is_in"


@pytest.fixture
async def washing(hass: HomeAssistant, village: str) -> list[ServiceCall]:
    """Return the presses on the start button; the washing machine has a toggle that says it is filled."""
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"washing_is_in": {}}})
    await async_setup_component(hass, "homeassistant", {})
    calls: list[ServiceCall] = async_mock_service(hass, "button", "press")
    return calls


WASHING = {
    "ready": READY,
    "start": [{"action": "button.press", "target": {"entity_id": "button.start"}}],
    "latest_start": "21:00:00",
}


async def turn(hass: HomeAssistant, entity_id: str, state: str) -> None:
    await hass.services.async_call("input_boolean", f"turn_{state}", {"entity_id": entity_id}, blocking=True)
    await hass.async_block_till_done()


async def test_a_filled_machine_starts_when_code_green_begins_and_only_once(
    hass: HomeAssistant, washing: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    await tell(hass, "announced", code("green", NOW + HOUR))
    assert not washing

    await pass_time(hass, freezer, HOUR)
    await tell(hass, "started", code("green", NOW + HOUR))
    assert len(washing) == 1
    assert hass.states.is_state(READY, "off")
    await pass_time(hass, freezer, 24 * HOUR)
    assert len(washing) == 1


async def test_a_machine_filled_during_code_green_starts_at_once(
    hass: HomeAssistant, washing: list[ServiceCall]
) -> None:
    hass.states.async_set(SIGNAL, "green", {"codes": [code("green", NOW - HOUR)]})
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    assert len(washing) == 1


async def test_an_empty_machine_does_not_start(hass: HomeAssistant, washing: list[ServiceCall]) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await tell(hass, "started", code("green", NOW))
    assert not washing


async def test_code_red_and_a_green_that_is_called_off_start_nothing(
    hass: HomeAssistant, washing: list[ServiceCall]
) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    await tell(hass, "started", code("red", NOW))
    # The signal may be a moment behind the event.
    hass.states.async_set(SIGNAL, "green", {"codes": [code("green", NOW - HOUR, code_id="c2")]})
    await tell(hass, "withdrawn", code("green", NOW - HOUR, code_id="c2"))
    assert not washing


async def test_without_a_code_green_the_machine_starts_at_the_latest_time(
    hass: HomeAssistant, washing: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await use(hass, "appliance_in_code_green", **WASHING)
    await turn(hass, READY, "on")
    hass.states.async_set(EVENT, "unavailable")
    hass.states.async_set(SIGNAL, "unavailable")
    await pass_time(hass, freezer, timedelta(hours=4, minutes=59))
    assert not washing
    await pass_time(hass, freezer, timedelta(minutes=1))
    assert len(washing) == 1


@pytest.mark.parametrize(("later", "starts"), [(timedelta(minutes=20), 1), (timedelta(hours=2), 0)])
async def test_a_latest_time_that_passed_during_a_restart_counts_for_an_hour(
    hass: HomeAssistant,
    washing: list[ServiceCall],
    freezer: FrozenDateTimeFactory,
    later: timedelta,
    starts: int,
) -> None:
    await turn(hass, READY, "on")
    freezer.tick(timedelta(hours=5) + later)
    await start_again(hass, "appliance_in_code_green", **WASHING)
    assert len(washing) == starts


# --- A charger --------------------------------------------------------------------------------------

CHARGER, MEMORY, CURRENT = "input_boolean.charger", "input_boolean.held", "input_number.current"


@pytest.fixture
async def car(hass: HomeAssistant, village: str) -> None:
    """Let a car charge, on a charger with a switch and on one with a current."""
    switches = {"charger": {"initial": True}, "held": {}}
    current = {"min": 0, "max": 32, "initial": 16}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    assert await async_setup_component(hass, "input_number", {"input_number": {"current": current}})
    await async_setup_component(hass, "homeassistant", {})


BY_SWITCH = {"charger": CHARGER, "memory": MEMORY}
BY_CURRENT = {"charger": CURRENT, "memory": MEMORY}


async def test_a_charger_is_off_in_code_red_and_on_again_afterwards(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "announced", code("red", NOW + HOUR))
    assert hass.states.is_state(CHARGER, "on")
    await tell(hass, "started", code("red", NOW))
    assert hass.states.is_state(CHARGER, "off")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CHARGER, "on")
    assert hass.states.is_state(MEMORY, "off")


async def test_a_charger_that_was_off_stays_off(hass: HomeAssistant, car: None) -> None:
    await turn(hass, CHARGER, "off")
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CHARGER, "off")


async def test_who_switches_the_charger_on_in_code_red_keeps_it_on(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    await turn(hass, CHARGER, "on")
    await tell(hass, "announced", code("green", NOW + 9 * HOUR, code_id="c2"))
    assert hass.states.is_state(CHARGER, "on")


async def test_another_code_that_is_announced_meanwhile_does_not_free_the_charger(
    hass: HomeAssistant, car: None
) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(SIGNAL, "red", {"codes": [code("red", NOW)]})
    await tell(hass, "announced", code("green", NOW + 9 * HOUR, code_id="c2"))
    assert hass.states.is_state(CHARGER, "off")


async def test_a_code_red_that_is_called_off_frees_the_charger_at_once(
    hass: HomeAssistant, car: None
) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(SIGNAL, "red", {"codes": [code("red", NOW)]})
    await tell(hass, "withdrawn", code("red", NOW))
    assert hass.states.is_state(CHARGER, "on")


async def test_a_current_is_lowered_and_put_back(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_CURRENT)
    await tell(hass, "started", code("red", NOW))
    assert hass.states.is_state(CURRENT, "6.0")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CURRENT, "16.0")


async def test_a_current_that_was_set_by_hand_meanwhile_stays(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_CURRENT)
    await tell(hass, "started", code("red", NOW))
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": CURRENT, "value": 10}, blocking=True
    )
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(CURRENT, "10.0")
    assert hass.states.is_state(MEMORY, "off")


async def test_a_charger_is_put_back_when_code_red_ended_during_a_restart(
    hass: HomeAssistant, car: None
) -> None:
    await turn(hass, MEMORY, "on")
    await turn(hass, CHARGER, "off")
    await tell(hass, "ended", code("red", NOW - 4 * HOUR))
    await start_again(hass, "ev_in_code_red", **BY_SWITCH)
    assert hass.states.is_state(CHARGER, "on")


async def test_a_charger_stays_held_when_code_red_still_runs_after_a_restart(
    hass: HomeAssistant, car: None
) -> None:
    await turn(hass, MEMORY, "on")
    await turn(hass, CHARGER, "off")
    hass.states.async_set(SIGNAL, "unavailable")
    await tell(hass, "started", code("red", NOW - HOUR))
    await start_again(hass, "ev_in_code_red", **BY_SWITCH)
    assert hass.states.is_state(CHARGER, "off")


async def test_a_charger_that_could_not_be_reached_is_put_back_when_it_is_back(
    hass: HomeAssistant, car: None
) -> None:
    await use(hass, "ev_in_code_red", **BY_CURRENT)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(CURRENT, "unavailable")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(MEMORY, "on")
    hass.states.async_set(CURRENT, "6.0")
    await hass.async_block_till_done()
    assert hass.states.is_state(CURRENT, "16.0")


async def test_an_unavailable_event_moves_no_charger(hass: HomeAssistant, car: None) -> None:
    await use(hass, "ev_in_code_red", **BY_SWITCH)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(EVENT, "unavailable")
    await hass.async_block_till_done()
    assert hass.states.is_state(CHARGER, "off")
    assert hass.states.is_state(MEMORY, "on")


# --- A heat pump ------------------------------------------------------------------------------------

THERMOSTAT, KEPT = "climate.living_room", "input_number.kept"
HEATING = {
    "thermostat": THERMOSTAT,
    "memory": KEPT,
    "warmer": 1.5,
    "cooler": 2,
    "highest": 22,
    "lowest": 18.5,
}


@pytest.fixture
async def heating(hass: HomeAssistant, village: str) -> None:
    """Let a thermostat stand at 20 degrees, which does what it is told."""
    assert await async_setup_component(
        hass, "input_number", {"input_number": {"kept": {"min": 0, "max": 100, "step": 0.1, "initial": 0}}}
    )
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 20})

    async def obey(call: ServiceCall) -> None:
        hass.states.async_set(THERMOSTAT, "heat", {"temperature": call.data["temperature"]})

    hass.services.async_register("climate", "set_temperature", obey)


def temperature(hass: HomeAssistant) -> float:
    state = hass.states.get(THERMOSTAT)
    assert state is not None
    return float(state.attributes["temperature"])


@pytest.mark.parametrize(("kind", "during"), [("green", 21.5), ("red", 18.5)])
async def test_the_heating_shifts_within_its_limits_during_a_code_and_back_afterwards(
    hass: HomeAssistant, heating: None, kind: str, during: float
) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "announced", code(kind, NOW + HOUR))
    assert temperature(hass) == 20
    await tell(hass, "started", code(kind, NOW))
    assert temperature(hass) == during
    await tell(hass, "ended", code(kind, NOW))
    assert temperature(hass) == 20
    assert hass.states.is_state(KEPT, "0.0")


@pytest.mark.parametrize(("normal", "kind"), [(23, "green"), (17, "red")])
async def test_a_home_beyond_the_limits_is_never_moved_the_other_way(
    hass: HomeAssistant, heating: None, normal: float, kind: str
) -> None:
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": normal})
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code(kind, NOW))
    assert temperature(hass) == normal


async def test_code_red_goes_before_code_green_and_one_follows_the_other(
    hass: HomeAssistant, heating: None
) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("green", NOW))
    hass.states.async_set(SIGNAL, "green", {"codes": [code("green", NOW)]})
    await tell(hass, "started", code("red", NOW, code_id="c2"))
    assert temperature(hass) == 18.5
    await tell(hass, "ended", code("red", NOW, code_id="c2"))
    assert temperature(hass) == 21.5
    hass.states.async_set(SIGNAL, "neutral", {"codes": []})
    await tell(hass, "ended", code("green", NOW))
    assert temperature(hass) == 20


async def test_a_temperature_that_was_set_by_hand_meanwhile_stays(hass: HomeAssistant, heating: None) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 21})
    await tell(hass, "ended", code("red", NOW))
    assert temperature(hass) == 21
    assert hass.states.is_state(KEPT, "0.0")


async def test_the_heating_is_put_back_when_the_code_ended_during_a_restart(
    hass: HomeAssistant, heating: None
) -> None:
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": KEPT, "value": 20}, blocking=True
    )
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 18.5})
    await tell(hass, "ended", code("red", NOW - 4 * HOUR))
    await start_again(hass, "heat_pump_boost", **HEATING)
    assert temperature(hass) == 20


async def test_a_thermostat_that_could_not_be_reached_is_put_back_when_it_is_back(
    hass: HomeAssistant, heating: None
) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(THERMOSTAT, "unavailable")
    await tell(hass, "ended", code("red", NOW))
    assert hass.states.is_state(THERMOSTAT, "unavailable")
    hass.states.async_set(THERMOSTAT, "heat", {"temperature": 18.5})
    await hass.async_block_till_done()
    assert temperature(hass) == 20


async def test_an_unavailable_event_moves_no_heating(hass: HomeAssistant, heating: None) -> None:
    await use(hass, "heat_pump_boost", **HEATING)
    await tell(hass, "started", code("red", NOW))
    hass.states.async_set(EVENT, "unavailable")
    await hass.async_block_till_done()
    assert temperature(hass) == 18.5


# --- The week ---------------------------------------------------------------------------------------

FIGURES = {"contribution": "sensor.contribution", "peak_shaved": "sensor.peak", "co2_saved": "sensor.co2"}
WEEKLY = {"notify_entities": ["notify.street"], "day": "wed", "time": "19:00:00", **FIGURES}


@pytest.fixture
def _figures(hass: HomeAssistant, village: str) -> None:
    hass.states.async_set("sensor.contribution", "31.4", {"unit_of_measurement": "kWh"})
    hass.states.async_set("sensor.peak", "24", {"unit_of_measurement": "kW"})
    hass.states.async_set("sensor.co2", "unavailable")


@pytest.mark.usefixtures("_figures")
async def test_once_a_week_the_figures_that_the_village_tells_are_sent(
    hass: HomeAssistant, messages: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await use(hass, "weekly_summary", **WEEKLY)
    for _ in range(7):
        await pass_time(hass, freezer, timedelta(hours=3))
        await pass_time(hass, freezer, timedelta(hours=21))
    assert [call.data for call in messages] == [
        {
            "entity_id": ["notify.street"],
            "title": "Je dorp en jij",
            "message": "Dit huis bewoog deze maand 31,4 kWh voor het dorp. "
            "De batterijen samen verlaagden de piek van vandaag met 24 kW.",
        }
    ]


@pytest.mark.usefixtures("_figures")
async def test_a_phone_gets_the_week_as_well(
    hass: HomeAssistant, phone: tuple[str, list[ServiceCall]], freezer: FrozenDateTimeFactory
) -> None:
    device_id, received = phone
    await use(
        hass, "weekly_summary", **WEEKLY | {"phones": [device_id], "notify_entities": [], "language": "en"}
    )
    await pass_time(hass, freezer, timedelta(hours=3))
    assert received[0].data["message"].startswith("This home moved 31.4 kWh for the village this month.")


async def test_without_any_figure_nothing_is_sent(
    hass: HomeAssistant, village: str, messages: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    for entity_id in FIGURES.values():
        hass.states.async_set(entity_id, "unavailable")
    await use(hass, "weekly_summary", **WEEKLY)
    await pass_time(hass, freezer, timedelta(hours=3))
    assert not messages


@pytest.mark.usefixtures("_figures")
async def test_a_restart_sends_no_week(hass: HomeAssistant, messages: list[ServiceCall]) -> None:
    await start_again(hass, "weekly_summary", **WEEKLY)
    assert not messages
