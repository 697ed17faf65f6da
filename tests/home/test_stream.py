"""A home that the village cannot call: it opens a stream, and follows what comes down it."""

from datetime import timedelta
from http import HTTPStatus
from unittest.mock import AsyncMock, Mock

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.community.envelope import Refusal
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import VILLAGE_LOOK, entity, pass_time
from tests.home.streams import FakeSocket, FakeStreams

COORDINATOR = "binary_sensor.ansen_coordinator"

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    """Let no time pass between two tries, and keep how long it would have been."""
    sleep = AsyncMock()
    monkeypatch.setattr("custom_components.battery_commons.stream.sleep", sleep)
    return sleep


def reached_by(hass: HomeAssistant) -> str:
    return str(entity(hass, COORDINATOR).attributes["reached_by"])


async def settle(hass: HomeAssistant) -> None:
    """Let everything that is under way get to where it waits."""
    for _ in range(3):
        await hass.async_block_till_done()


async def hear(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, coordinator: FakeCoordinator, **said: object
) -> None:
    """Let the home hear what the village says of itself."""
    coordinator.village_extra = dict(said)
    await pass_time(hass, clock, VILLAGE_LOOK)
    await settle(hass)


@pytest.fixture
async def stream(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    coordinator: FakeCoordinator,
    streams: FakeStreams,
) -> FakeSocket:
    """Return the stream of a home whose webhook the village could not reach."""
    streams.answers = True
    await hear(hass, noon, coordinator, webhook_reached=False)
    (socket,) = streams.opened
    return socket


async def test_a_home_that_is_reached_by_webhook_opens_no_stream(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    coordinator: FakeCoordinator,
    streams: FakeStreams,
) -> None:
    await hear(hass, noon, coordinator)
    await hear(hass, noon, coordinator, webhook_reached=True)

    assert streams.tries == 0
    assert reached_by(hass) == "none"


async def test_a_home_that_was_not_reached_says_where_it_is_and_follows_what_comes_down(
    hass: HomeAssistant, stream: FakeSocket, doorstep: Doorstep, device: BatteryDevice
) -> None:
    assert stream.said == [{"version": 1, "sequence": 0}]

    stream.tell(doorstep.signed_plan())
    await settle(hass)

    assert stream.said[1:] == [{"version": 1, "accepted": True, "sequence": 7}]
    assert device.order_w == 2000
    assert reached_by(hass) == "stream"


async def test_what_comes_down_is_believed_no_more_than_what_is_posted(
    hass: HomeAssistant, home: MockConfigEntry, stream: FakeSocket, doorstep: Doorstep, device: BatteryDevice
) -> None:
    forged = doorstep.signed_plan()
    forged["payload"] = forged["payload"].replace("-2000.0", "-4000.0")
    stream.tell(forged)
    stream.tell_text("[" * 100_000)
    stream.tell(doorstep.signed_plan(sequence=8, home_id="another"))
    await settle(hass)

    assert [answer["reason"] for answer in stream.said[1:]] == ["bad_signature", "malformed", "wrong_home"]
    assert device.order_w is None
    assert home.runtime_data.village.refused_plan.refusal is Refusal.WRONG_HOME


async def test_a_plan_that_came_both_ways_counts_once_and_an_older_one_not_at_all(
    hass: HomeAssistant, home: MockConfigEntry, stream: FakeSocket, doorstep: Doorstep
) -> None:
    plan = doorstep.signed_plan()
    await doorstep.post(plan)
    in_force = home.runtime_data.memory.inbox

    stream.tell(plan)
    stream.tell(doorstep.signed_plan(sequence=6))
    await settle(hass)

    assert [answer["accepted"] for answer in stream.said[1:]] == [True, False]
    assert home.runtime_data.memory.inbox == in_force


async def test_a_stream_that_ends_is_opened_again_and_goes_on_where_it_was(
    hass: HomeAssistant, stream: FakeSocket, streams: FakeStreams, doorstep: Doorstep, waits: AsyncMock
) -> None:
    stream.tell(doorstep.signed_plan())
    await settle(hass)

    stream.end()
    await settle(hass)

    assert streams.opened[-1].said == [{"version": 1, "sequence": 7}]
    assert waits.await_args_list[0].args[0] <= 1
    assert reached_by(hass) == "stream"


async def test_a_village_that_falls_silent_is_called_again(
    hass: HomeAssistant, home: MockConfigEntry, stream: FakeSocket, streams: FakeStreams, waits: AsyncMock
) -> None:
    stream.fall_silent()
    await settle(hass)

    assert len(streams.opened) == 2


async def test_while_the_stream_is_down_nothing_else_is_claimed(
    hass: HomeAssistant, home: MockConfigEntry, stream: FakeSocket, streams: FakeStreams
) -> None:
    streams.answers = False
    stream.end()
    await settle(hass)

    assert reached_by(hass) == "none"


async def test_a_village_that_opens_no_stream_is_asked_ever_less_often(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    coordinator: FakeCoordinator,
    streams: FakeStreams,
    waits: AsyncMock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.battery_commons.stream.random.random", lambda: 1.0)
    asked: list[float] = []

    async def wait(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 11:
            streams.answers = True

    waits.side_effect = wait
    await hear(hass, noon, coordinator, webhook_reached=False)

    assert asked == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert home.runtime_data.village.stream_problem is None


async def test_a_home_that_is_reached_again_closes_its_stream(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    stream: FakeSocket,
    coordinator: FakeCoordinator,
    doorstep: Doorstep,
) -> None:
    await hear(hass, noon, coordinator)  # A village that has started again has not tried yet.
    assert stream.is_open

    await hear(hass, noon, coordinator, webhook_reached=True)
    await doorstep.post(doorstep.signed_plan(sequence=9))
    await hass.async_block_till_done()

    assert not stream.is_open
    assert reached_by(hass) == "webhook"


async def test_an_unloaded_home_closes_its_stream(
    hass: HomeAssistant, home: MockConfigEntry, stream: FakeSocket, streams: FakeStreams
) -> None:
    assert await hass.config_entries.async_unload(home.entry_id)

    assert not stream.is_open
    assert len(streams.opened) == 1


async def test_a_home_without_an_address_opens_its_stream_by_itself(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    coordinator: FakeCoordinator,
    streams: FakeStreams,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "async_generate_url", Mock(side_effect=NoURLAvailableError))
    streams.answers = True

    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)

    assert coordinator.bodies("PUT", "/api/v1/home")[0]["webhook_urls"] == []
    assert len(streams.opened) == 1
    assert reached_by(hass) == "stream"


async def test_a_village_that_no_longer_knows_the_home_is_left_alone(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    stream: FakeSocket,
    streams: FakeStreams,
    coordinator: FakeCoordinator,
) -> None:
    coordinator.refusal = (HTTPStatus.UNAUTHORIZED, "unauthorized")

    await pass_time(hass, noon, timedelta(seconds=11))
    await settle(hass)

    assert not stream.is_open
    assert len(streams.opened) == 1
