"""What a home remembers, also when much happens at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.battery_commons.battery.account import BatteryAccount, Moved
from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.community.announcements import KnownCode
from custom_components.battery_commons.community.envelope import Refusal, RefusedError
from custom_components.battery_commons.community.status import CodeWindow, CongestionSignal
from custom_components.battery_commons.memory import HomeMemory
from tests.home.village import BATTERY, HOME, NOW, Village

LIMITS = BatteryLimits(10_000, 5_000, 5_000)
ACCOUNT = "battery_commons.entry.account"
HOUR = timedelta(hours=1)


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


async def recalled(hass: HomeAssistant, village: Village) -> HomeMemory:
    memory = HomeMemory(hass, "entry", village.public_key)
    await memory.async_load()
    return memory


async def test_a_battery_begins_as_it_was_set_up_and_goes_on_as_its_resident_decides(
    hass: HomeAssistant, village: Village
) -> None:
    memory = HomeMemory(hass, "entry", village.public_key)
    memory.async_meet(BATTERY, Settings(shadow=True))
    assert memory.settings(BATTERY).shadow is True
    assert memory.settings("another").shadow is False

    await memory.async_put_settings(BATTERY, partial(replace, shadow=False))
    again = await recalled(hass, village)
    again.async_meet(BATTERY, Settings(shadow=True))

    assert again.settings(BATTERY).shadow is False


async def test_an_account_that_changes_all_the_time_is_written_once_in_a_quarter_of_an_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, village: Village, hass_storage: dict[str, Any]
) -> None:
    memory = HomeMemory(hass, "entry", village.public_key)
    written: list[float] = []
    for minute in range(46):
        memory.async_put_account(BATTERY, BatteryAccount(throughput_wh=minute))
        freezer.tick(timedelta(minutes=1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        if ACCOUNT in hass_storage:
            kept = hass_storage[ACCOUNT]["data"]["accounts"][BATTERY]["throughput_wh"]
            written += [kept] if kept not in written else []

    assert written == [14, 29, 44]


async def test_account_and_known_codes_are_recalled(hass: HomeAssistant, village: Village) -> None:
    memory = HomeMemory(hass, "entry", village.public_key)
    window = CodeWindow("c1", CongestionSignal.RED, NOW, NOW + HOUR, "Everybody cooks", None, None)
    known = {"c1": KnownCode(window, has_started=True)}
    account = BatteryAccount(Moved(1, 2), 3, NOW.date(), 4, 5, 6, 7)
    memory.async_put_account(BATTERY, account)
    memory.async_put_known_codes(known)
    await memory.async_write_account()

    again = await recalled(hass, village)

    assert again.account(BATTERY) == account
    assert again.known_codes == known


async def test_a_home_that_is_forgotten_leaves_nothing_behind(
    hass: HomeAssistant, village: Village, hass_storage: dict[str, Any]
) -> None:
    memory = HomeMemory(hass, "entry", village.public_key)
    await admit(memory, village.signed_plan())
    memory.async_put_account(BATTERY, BatteryAccount())
    await memory.async_write_account()
    assert len(hass_storage) == 2

    await memory.async_forget()

    assert hass_storage == {}
