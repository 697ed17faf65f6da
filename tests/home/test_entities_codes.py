"""Codes red and green: in the calendar, as an event at its moment, and joined with one press."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.living import VILLAGE_LOOK, act, entity, pass_time, restart, state
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon", "home")
HOUR = timedelta(hours=1)
START, END = NOW + HOUR, NOW + 2 * HOUR
CALENDAR = "calendar.ansen_codes_red_and_green"
EVENT = "event.ansen_code"
JOIN = "button.ansen_join_the_next_code"

type Say = Callable[..., Awaitable[None]]


def code(code_id: str = "c1", start: datetime = START, end: datetime = END, **changes: Any) -> dict[str, Any]:
    return {
        "id": code_id,
        "code": "red",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "reason": "Everybody cooks",
        "expected_effect_w": -12_300,
        "joins": None,
    } | changes


@pytest.fixture
def told(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Collect what is told, as an automation that waits for the event sees it."""
    story: list[tuple[str, str]] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        silent = {"unknown", "unavailable"}
        if new is not None and old is not None and new.state not in silent and old.state != "unavailable":
            story.append((new.attributes["event_type"], new.attributes["id"]))

    async_track_state_change_event(hass, EVENT, note)
    return story


@pytest.fixture
def say(hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator) -> Say:
    """Return how to let the village say that there are these codes, and the home hear it."""

    async def say(*codes: dict[str, Any]) -> None:
        coordinator.village_extra = {"codes": list(codes)}
        await pass_time(hass, noon, VILLAGE_LOOK)

    return say


async def events(hass: HomeAssistant, start: datetime, end: datetime) -> list[dict[str, Any]]:
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": CALENDAR, "start_date_time": start.isoformat(), "end_date_time": end.isoformat()},
        blocking=True,
        return_response=True,
    )
    found: Any = answer
    listed: list[dict[str, Any]] = found[CALENDAR]["events"]
    return listed


async def test_a_code_is_announced_starts_and_ends_at_its_very_moments(
    hass: HomeAssistant, say: Say, noon: FrozenDateTimeFactory, told: list[tuple[str, str]]
) -> None:
    await say(code())
    assert told == [("announced", "c1")]

    noon.move_to(START - timedelta(seconds=0.1))
    await pass_time(hass, noon, timedelta(0))
    assert told == [("announced", "c1")]
    await pass_time(hass, noon, timedelta(seconds=0.2))
    assert told[1:] == [("started", "c1")]

    noon.move_to(END - timedelta(seconds=0.1))
    await pass_time(hass, noon, timedelta(0))
    await pass_time(hass, noon, timedelta(seconds=0.2))
    assert told[2:] == [("ended", "c1")]


async def test_the_event_says_what_an_automation_needs(hass: HomeAssistant, say: Say) -> None:
    await say(code())

    attributes = entity(hass, EVENT).attributes
    assert {key: attributes[key] for key in ("event_type", "id", "code", "start", "end", "reason")} == {
        "event_type": "announced",
        "id": "c1",
        "code": "red",
        "start": "2026-06-21T13:01:00+00:00",
        "end": "2026-06-21T14:01:00+00:00",
        "reason": "Everybody cooks",
    }


async def test_a_code_that_is_on_already_is_told_as_two_things(say: Say, told: list[tuple[str, str]]) -> None:
    await say(code(start=NOW))

    assert told == [("announced", "c1"), ("started", "c1")]


async def test_a_code_that_is_taken_back_is_withdrawn(say: Say, told: list[tuple[str, str]]) -> None:
    await say(code())
    await say()

    assert told[1:] == [("withdrawn", "c1")]


async def test_a_code_goes_on_and_ends_while_the_village_is_silent(
    hass: HomeAssistant,
    say: Say,
    noon: FrozenDateTimeFactory,
    coordinator: FakeCoordinator,
    told: list[tuple[str, str]],
) -> None:
    await say(code())
    coordinator.unreachable = True
    await pass_time(hass, noon, VILLAGE_LOOK)

    noon.move_to(START)
    await pass_time(hass, noon, timedelta(seconds=0.1))
    noon.move_to(END)
    await pass_time(hass, noon, timedelta(seconds=0.1))

    assert told == [("announced", "c1"), ("started", "c1"), ("ended", "c1")]


async def test_nothing_is_told_again_after_a_restart(
    hass: HomeAssistant,
    say: Say,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    device: BatteryDevice,
    told: list[tuple[str, str]],
) -> None:
    await say(code())

    await restart(hass, home, device, noon, timedelta(minutes=5))
    assert told == [("announced", "c1")]

    noon.move_to(START)
    await pass_time(hass, noon, timedelta(seconds=0.1))
    assert told[1:] == [("started", "c1")]


async def test_a_code_that_ended_during_a_restart_ends_after_it(
    hass: HomeAssistant,
    say: Say,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    device: BatteryDevice,
    told: list[tuple[str, str]],
) -> None:
    """What an automation holds back in a code red must be let go again."""
    await say(code(start=NOW))

    await restart(hass, home, device, noon, timedelta(hours=3))

    assert told[2:] == [("ended", "c1")]


async def test_nothing_is_told_before_home_assistant_has_started(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
    told: list[tuple[str, str]],
) -> None:
    """The automations that wait for it may not be there yet."""
    hass.set_state(CoreState.starting)
    coordinator.village_extra = {"codes": [code()]}
    await restart(hass, home, device, noon, timedelta(minutes=5))
    await pass_time(hass, noon, VILLAGE_LOOK)
    assert told == []

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert told == [("announced", "c1")]


async def test_the_calendar_is_on_during_a_code_and_says_why(
    hass: HomeAssistant, say: Say, noon: FrozenDateTimeFactory
) -> None:
    assert state(hass, CALENDAR) == "off"
    await say(code())

    calendar = entity(hass, CALENDAR)
    assert calendar.state == "off"
    assert calendar.attributes["message"] == "Code red: use less power"
    assert calendar.attributes["description"] == (
        "Everybody cooks\nExpected effect on the transformer: -12.3 kW"
    )

    noon.move_to(START)
    await pass_time(hass, noon, timedelta(seconds=0.1))
    assert state(hass, CALENDAR) == "on"
    noon.move_to(END)
    await pass_time(hass, noon, timedelta(seconds=0.1))
    assert state(hass, CALENDAR) == "off"


async def test_the_calendar_gives_every_code_that_touches_a_period(hass: HomeAssistant, say: Say) -> None:
    later = code("c2", END + HOUR, END + 2 * HOUR, code="green", reason="", expected_effect_w=None)
    await say(later, code())

    both = await events(hass, NOW, END + 4 * HOUR)
    assert [event["summary"] for event in both] == ["Code green: use power", "Code red: use less power"]
    assert [event["summary"] for event in await events(hass, NOW, END)] == ["Code red: use less power"]
    assert await events(hass, END, END + HOUR) == []
    assert entity(hass, CALENDAR).attributes["message"] == "Code red: use less power"


async def test_the_calendar_speaks_the_language_of_the_home(
    hass: HomeAssistant, say: Say, home: MockConfigEntry
) -> None:
    await hass.config.async_update(language="nl")
    await hass.config_entries.async_reload(home.entry_id)
    await hass.async_block_till_done()
    await say(code())

    (event,) = await events(hass, NOW, END)
    assert event["summary"] == "Code rood: gebruik minder stroom"
    assert event["description"].endswith("Verwacht effect op de transformator: -12,3 kW")


async def test_codes_of_a_village_that_cannot_be_heard_are_not_shown_as_certain(
    hass: HomeAssistant, say: Say, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    await say(code())
    coordinator.unreachable = True
    await pass_time(hass, noon, VILLAGE_LOOK)

    assert state(hass, CALENDAR) == "unavailable"
    assert state(hass, JOIN) == "unavailable"


async def test_the_signal_lists_the_codes_that_are_not_over_and_leaves_them_out_of_the_recorder(
    hass: HomeAssistant, say: Say
) -> None:
    over = code("c0", NOW - HOUR, NOW)
    await say(over, code(joins=True))

    signal = entity(hass, "sensor.ansen_congestion_signal")
    assert signal.attributes["codes"] == [
        {
            "id": "c1",
            "code": "red",
            "start": "2026-06-21T13:01:00+00:00",
            "end": "2026-06-21T14:01:00+00:00",
            "reason": "Everybody cooks",
            "joins": True,
        }
    ]
    assert signal.state_info is not None
    assert "codes" in signal.state_info["unrecorded_attributes"]


async def test_the_signal_lists_the_codes_also_while_the_load_is_too_old_for_a_signal(
    hass: HomeAssistant, say: Say, coordinator: FakeCoordinator
) -> None:
    coordinator.load_at = (NOW - timedelta(minutes=16)).isoformat()
    await say(code())

    signal = entity(hass, "sensor.ansen_congestion_signal")
    assert signal.state == "unknown"
    assert [listed["id"] for listed in signal.attributes["codes"]] == ["c1"]


async def test_one_press_joins_the_code_that_comes_next(
    hass: HomeAssistant, say: Say, coordinator: FakeCoordinator
) -> None:
    later = code("c2", END + HOUR, END + 2 * HOUR)
    await say(later, code())

    await act(hass, "press", JOIN)

    assert coordinator.bodies("POST", "/api/v1/codes/c1/answer") == [{"version": 1, "joins": True}]


async def test_there_is_nothing_to_join_without_a_code_or_after_joining(
    hass: HomeAssistant, say: Say
) -> None:
    assert state(hass, JOIN) == "unavailable"
    await say(code())
    assert state(hass, JOIN) == "unknown"
    await say(code(joins=True))
    assert state(hass, JOIN) == "unavailable"
    await say(code(joins=False))
    assert state(hass, JOIN) == "unknown"


@pytest.mark.parametrize(
    ("refusal", "error", "key"),
    [
        ((HTTPStatus.NOT_FOUND, "not_offered"), ServiceValidationError, "code_unknown"),
        ((HTTPStatus.UNAUTHORIZED, "unauthorized"), HomeAssistantError, "unauthorized"),
        ((HTTPStatus.INTERNAL_SERVER_ERROR, "broken"), HomeAssistantError, "cannot_connect"),
    ],
)
async def test_a_village_that_does_not_take_an_answer_says_why(
    hass: HomeAssistant,
    say: Say,
    coordinator: FakeCoordinator,
    refusal: tuple[HTTPStatus, str],
    error: type[HomeAssistantError],
    key: str,
) -> None:
    await say(code())
    coordinator.refusal = refusal

    with pytest.raises(error) as raised:
        await act(hass, "press", JOIN)

    assert raised.value.translation_key == key


# --- What a code came to --------------------------------------------------------------------------

RESULT: dict[str, Any] = {
    "state": "measured",
    "village": {"change_w": -14_000.0, "low_w": -20_000.0, "high_w": -8_000.0},
    "own": {"change_w": -400.0, "low_w": -700.0, "high_w": -100.0},
    "joined": 23,
    "en": "Together 14 kW less. You 0.4 kW less.",
    "nl": "Samen 14 kW minder. Jij 0,4 kW minder.",
}
REPORT = "sensor.ansen_last_code_change_together"


async def test_what_a_code_came_to_is_told_shown_and_kept_in_the_calendar(
    hass: HomeAssistant, say: Say, noon: FrozenDateTimeFactory, told: list[tuple[str, str]]
) -> None:
    hass.config.language = "nl"
    await say(code())
    for moment in (START, END):
        noon.move_to(moment)
        await pass_time(hass, noon, timedelta(seconds=1))
    await say(code(result={"state": "waiting", "en": "Not known yet.", "nl": "Nog niet bekend."}))
    assert told[-1] == ("ended", "c1")
    assert state(hass, REPORT) == "unavailable"

    await say(code(result=RESULT))
    await say(code(result=RESULT))

    assert [news for news, _ in told] == ["announced", "started", "ended", "reported"]
    attributes = entity(hass, EVENT).attributes
    assert attributes["report"] == "Samen 14 kW minder. Jij 0,4 kW minder."
    assert (attributes["village_change_w"], attributes["own_change_w"]) == (-14_000, -400)
    assert float(state(hass, REPORT)) == -14
    assert entity(hass, REPORT).attributes["report"] == "Samen 14 kW minder. Jij 0,4 kW minder."
    (event,) = await events(hass, START, END)
    assert event["description"].splitlines()[-1] == "Samen 14 kW minder. Jij 0,4 kW minder."


async def test_a_result_that_cannot_be_is_not_believed(hass: HomeAssistant, say: Say) -> None:
    await say(code(result=RESULT | {"village": {"change_w": 1.0, "low_w": 2.0, "high_w": 3.0}}))

    assert state(hass, "binary_sensor.ansen_coordinator") == "off"


async def test_what_was_done_for_a_code_is_told_to_the_village_once_each(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    data = {"code_id": "c1", "did": ["washing", "car", "washing"]}
    await hass.services.async_call("battery_commons", "tell_code_deeds", data, blocking=True)
    await hass.async_block_till_done()

    assert coordinator.bodies("POST", "/api/v1/codes/c1/did") == [{"version": 1, "did": ["washing", "car"]}]


async def test_deeds_for_a_code_that_is_over_for_long_are_refused(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    coordinator.refusals["/api/v1/codes/c1/did"] = (HTTPStatus.NOT_FOUND, "not_offered")

    data: dict[str, Any] = {"code_id": "c1", "did": []}
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call("battery_commons", "tell_code_deeds", data, blocking=True)
    assert raised.value.translation_key == "code_unknown"
