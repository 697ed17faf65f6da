"""Residents are told about codes, on what they choose and about what they choose."""

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall, State
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
    mock_restore_cache,
)

from tests.home.blueprints.automations import EVENT, HOUR, NOW, code, pass_time, start_again, tell, use


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


async def test_what_a_code_came_to_is_told_in_the_words_of_the_village(
    hass: HomeAssistant, village: str, messages: list[ServiceCall]
) -> None:
    await use(hass, "code_notify", notify_entities=["notify.street"])
    report = {"report": "Samen 14 kW minder tussen 17:00 en 20:00."}
    await tell(hass, "reported", code("red", NOW - 5 * HOUR) | report)

    assert [(call.data["title"], call.data["message"]) for call in messages] == [
        ("Code rood heeft dit opgeleverd", "Samen 14 kW minder tussen 17:00 en 20:00.")
    ]


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
