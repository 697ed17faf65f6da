"""A real Home Assistant that the village cannot call: it opens a stream, and follows what comes down it.

The tests share one village with the other files in this order; the last one gives the home its address back.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession

from demo.home_assistant import HomeAssistant
from demo.village import Home, RunningVillage

from .test_two_homes import eventually, real_homes, until_steered

NOWHERE = "http://127.0.0.1:9"


def unreachable(running: RunningVillage) -> tuple[Home, HomeAssistant]:
    return real_homes(running)[1]


async def move(assistant: HomeAssistant, url: str) -> None:
    """Let Home Assistant take `url` for its own address, and tell the village."""
    await assistant.command("config/core/update", internal_url=url)
    await assistant.call_service("homeassistant", "reload_config_entry", entry_id=assistant.entry_id)


def is_reached_by(assistant: HomeAssistant, way: str) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        sensor = (await assistant.states()).get(f"{assistant.entry_id}_coordinator")
        return sensor is not None and sensor["attributes"].get("reached_by") == way

    return holds


async def sequence(home: Home, assistant: HomeAssistant) -> int:
    plan = (await assistant.states())[f"{home.battery_id}_plan"]
    return int(plan["attributes"].get("sequence", 0))


async def links(running: RunningVillage) -> list[dict[str, Any]]:
    """Return what the village shows of the ways to its homes."""
    async with ClientSession() as session, session.get(f"{running.pages_url}/api/state") as answer:
        return list((await answer.json())["links"].values())


async def follows(running: RunningVillage, home: Home, assistant: HomeAssistant) -> None:
    """Wait until a newer plan is in force and the battery does what it says."""
    before = await sequence(home, assistant)

    async def is_newer() -> bool:
        return await sequence(home, assistant) > before

    await eventually("a newer plan is in force", is_newer, 60)
    await until_steered(running, 60)


async def test_a_home_at_a_wrong_address_follows_plans_that_come_down_its_stream(
    running: RunningVillage,
) -> None:
    home, assistant = unreachable(running)
    await until_steered(running, 60)

    await move(assistant, NOWHERE)

    await eventually("the home is reached by its stream", is_reached_by(assistant, "stream"), 90)
    await follows(running, home, assistant)
    (link,) = [link for link in await links(running) if link["stream_open"]]
    assert link["way"] == "stream"
    assert link["failures"]["address 1"] >= 1
    assert NOWHERE not in str(link)


async def test_a_coordinator_that_starts_again_is_called_again(running: RunningVillage) -> None:
    home, assistant = unreachable(running)
    await running.coordinator.kill()
    await eventually("the home notices", is_reached_by(assistant, "none"), 60)

    await running.coordinator.start()

    await eventually("the home is reached by its stream", is_reached_by(assistant, "stream"), 90)
    await follows(running, home, assistant)


async def test_a_home_that_has_its_address_back_is_reached_by_webhook(running: RunningVillage) -> None:
    home, assistant = unreachable(running)

    await move(assistant, assistant.url)

    await eventually("the home is reached by webhook", is_reached_by(assistant, "webhook"), 90)
    await follows(running, home, assistant)
    assert not [link for link in await links(running) if link["stream_open"]]
