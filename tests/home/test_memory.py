"""What a home remembers, also when much happens at once."""

import asyncio
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.community.envelope import Refusal, RefusedError
from custom_components.battery_commons.memory import HomeMemory
from tests.home.village import BATTERY, HOME, NOW, Village

LIMITS = BatteryLimits(10_000, 5_000, 5_000)


async def admit(memory: HomeMemory, envelope: dict[str, Any]) -> None:
    await memory.async_admit(envelope, home_id=HOME, batteries={BATTERY: LIMITS}, now=NOW)


async def test_an_older_plan_does_not_overtake_a_newer_one_that_is_being_written(
    hass: HomeAssistant, village: Village
) -> None:
    memory = HomeMemory(hass, "entry", village.public_key)

    async def slow_disk(*_: object) -> None:
        await asyncio.sleep(0)

    with patch.object(Store, "async_save", slow_disk):
        newer, older = await asyncio.gather(
            admit(memory, village.signed_plan(sequence=8)),
            admit(memory, village.signed_plan(sequence=7)),
            return_exceptions=True,
        )

    assert newer is None
    assert isinstance(older, RefusedError)
    assert older.refusal is Refusal.STALE_SEQUENCE
    assert memory.inbox.sequence == 8


async def test_a_plan_that_cannot_be_kept_is_not_put_in_force(hass: HomeAssistant, village: Village) -> None:
    memory = HomeMemory(hass, "entry", village.public_key)

    with (
        patch.object(Store, "async_save", side_effect=OSError("disk full")),
        pytest.raises(OSError, match="full"),
    ):
        await admit(memory, village.signed_plan())

    assert memory.inbox.plan is None
