"""A home and a village that are not of the same age."""

import logging
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.const import LOGGER
from tests.home.conftest import SUBENTRY
from tests.home.device import BatteryDevice
from tests.home.living import state
from tests.home.village import Village

pytestmark = pytest.mark.usefixtures("noon")


async def test_a_home_of_before_votes_and_accounts_goes_on_where_it_was(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    village: Village,
    device: BatteryDevice,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its files know no reports of codes and no ballots, and its village answers none of the new calls."""
    key = f"battery_commons.{entry.entry_id}"
    plan = village.plan()
    plan["batteries"][0]["battery_id"] = SUBENTRY
    inbox = {"sequence": 7, "digest": "", "envelope": village.seal(plan)}
    settings = {"paused": False, "reserve": 0.2, "preference": "balanced", "shadow": False}
    code = {"id": "c1", "code": "red", "reason": "", "has_started": True}
    code |= {"start": "2026-06-21T11:00:00+00:00", "end": "2026-06-21T12:30:00+00:00"}
    hass_storage[key] = {"version": 1, "data": {"inbox": inbox, "settings": {SUBENTRY: settings}}}
    hass_storage[f"{key}.account"] = {"version": 1, "data": {"accounts": {}, "codes": [code]}}

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert (state(hass, "sensor.garage_mode"), device.order_w) == ("village", 2000)
    assert state(hass, "number.garage_reserve") == "20.0"
    for new in ("sensor.ansen_account_balance", "sensor.ansen_open_vote", "switch.ansen_shown_by_name"):
        assert state(hass, new) == "unavailable"
    assert not [said for said in caplog.records if said.name == LOGGER.name and said.levelno > logging.INFO]
