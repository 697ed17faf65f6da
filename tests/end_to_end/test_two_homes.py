"""Plans reach real homes and move real batteries, through restarts and losses, and end with their lease.

The tests share one village and run in this order; the last one takes its coordinator away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from demo.home_assistant import HomeAssistant
from demo.village import Home, RunningVillage


async def eventually(what: str, holds: Callable[[], Awaitable[bool]], within_s: float = 40.0) -> None:
    """Wait until something holds, and fail with `what` should hold when it does not in time."""
    try:
        async with asyncio.timeout(within_s):
            while not await holds():
                await asyncio.sleep(0.3)
    except TimeoutError:
        pytest.fail(f"not within {within_s:.0f} s: {what}")


def real_homes(running: RunningVillage) -> list[tuple[Home, HomeAssistant]]:
    return [(h, h.household) for h in running.homes if isinstance(h.household, HomeAssistant)]


async def shown(home: Home, assistant: HomeAssistant, key: str) -> Any:
    """Return what Home Assistant shows for one of the battery's entities; None while it has none."""
    state = (await assistant.states()).get(f"{home.battery_id}_{key}")
    return None if state is None else state["state"]


async def is_steered(home: Home, assistant: HomeAssistant) -> bool:
    return home.simulator.setpoint_w is not None and await shown(home, assistant, "mode") == "village"


async def until_steered(running: RunningVillage, within_s: float = 40.0) -> None:
    for home, assistant in real_homes(running):
        await eventually(f"{assistant.name} is steered", partial(is_steered, home, assistant), within_s)


async def test_two_real_homes_follow_the_villages_plan(running: RunningVillage) -> None:
    assert len(real_homes(running)) == 2
    await until_steered(running)

    for home, assistant in real_homes(running):

        async def agrees(home: Home = home, assistant: HomeAssistant = assistant) -> bool:
            setpoint = float(await shown(home, assistant, "setpoint"))
            return home.simulator.setpoint_w is not None and abs(setpoint + home.simulator.setpoint_w) < 30

        # Home Assistant's batteries are positive while discharging, the simulator's while charging.
        await eventually("the setpoint shown is the one in force, with the sign turned", agrees)


async def test_a_coordinator_killed_and_started_again_within_the_lease_goes_unnoticed(
    running: RunningVillage,
) -> None:
    await running.coordinator.kill()
    home, assistant = real_homes(running)[0]
    before = (await assistant.states())[f"{home.battery_id}_plan"]["attributes"]["sequence"]
    assert await is_steered(home, assistant)

    await running.coordinator.start()

    async def has_newer_plan() -> bool:
        plan = (await assistant.states())[f"{home.battery_id}_plan"]
        return bool(plan["attributes"].get("sequence", 0) > before)

    await eventually("a newer plan is in force", has_newer_plan)
    await until_steered(running)


async def test_a_home_assistant_restarted_within_the_lease_takes_its_plan_up_again(
    running: RunningVillage,
) -> None:
    home, assistant = real_homes(running)[1]

    await assistant.restart()

    await eventually("it is steered again", partial(is_steered, home, assistant), 60)


async def test_a_lost_battery_is_said_to_be_lost_and_followed_again_when_it_is_back(
    running: RunningVillage,
) -> None:
    home, assistant = real_homes(running)[0]
    await home.simulator.drop_link()

    async def is_lost() -> bool:
        return [await shown(home, assistant, key) for key in ("mode", "power", "state_of_charge")] == [
            "unreachable",
            "unavailable",
            "unavailable",
        ]

    await eventually("the loss is shown, and no stale reading", is_lost)

    async def ended_by_itself() -> bool:
        home.simulator.advance()
        return home.simulator.setpoint_w is None

    await eventually("the battery's own timer has ended its order", ended_by_itself)
    await home.simulator.listen("127.0.0.1", home.port)
    await eventually("it is steered again", partial(is_steered, home, assistant), 60)


async def test_a_pause_by_the_resident_counts_at_once_and_a_resume_too(running: RunningVillage) -> None:
    home, assistant = real_homes(running)[0]
    switch = (await assistant.entities())[f"{home.battery_id}_participation"]

    async def is_released() -> bool:
        return home.simulator.setpoint_w is None and await shown(home, assistant, "reason") == "paused"

    await assistant.call_service("switch", "turn_off", entity_id=switch)
    await eventually("the battery is released, and the reason shown", is_released, 5)

    await assistant.call_service("switch", "turn_on", entity_id=switch)
    await eventually("it is steered again", partial(is_steered, home, assistant), 60)


async def test_without_a_coordinator_every_home_falls_back_at_the_end_of_its_lease(
    running: RunningVillage,
) -> None:
    await until_steered(running)
    await running.coordinator.kill()
    try:
        homes = real_homes(running)
        shown_ends = [await shown(home, assistant, "lease_end") for home, assistant in homes]
        ends = [datetime.fromisoformat(each) for each in shown_ends]

        async def all_released() -> bool:
            for home in running.homes:
                home.simulator.advance()
            return all(home.simulator.setpoint_w is None for home in running.homes)

        await eventually("every battery serves its own house", all_released, 60)
        # A light household may have been sent its last plan a little after these two.
        assert datetime.now(UTC) <= max(ends) + timedelta(seconds=2)
        for home, assistant in homes:
            assert await shown(home, assistant, "mode") == "self_consumption"
            assert await shown(home, assistant, "reason") == "lease_expired"
    finally:
        await running.coordinator.start()  # For whoever comes next.
