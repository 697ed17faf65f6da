"""What a resident does about votes, and how time passes for a ballot."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.battery_commons.const import DOMAIN
from tests.home.ballot_box import CLOSES, BallotBox
from tests.home.conftest import ENTRY
from tests.home.living import pass_time

SENSOR, EVENT = "sensor.ansen_open_vote", "event.ansen_vote"
LOOK = timedelta(minutes=5, seconds=1)
CAST = "/api/v1/votes/vote-1/ballots"
STORED = f"battery_commons.{ENTRY}.votes"


async def vote(hass: HomeAssistant, choice: str = "b", **data: Any) -> None:
    await hass.services.async_call(DOMAIN, "vote", {"choice": choice, **data}, blocking=True)
    await hass.async_block_till_done()


async def get(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def refused(hass: HomeAssistant, choice: str = "b", **data: Any) -> str:
    """Return the words with which a vote is refused."""
    with pytest.raises(HomeAssistantError) as raised:
        await vote(hass, choice, **data)
    return str(raised.value.translation_key)


async def until_cast(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    for _ in range(14):
        await pass_time(hass, clock, LOOK)


async def close(hass: HomeAssistant, clock: FrozenDateTimeFactory, box: BallotBox) -> None:
    box.state = "decided"
    clock.move_to(CLOSES + timedelta(seconds=2))
    await pass_time(hass, clock, LOOK)


def choices(box: BallotBox) -> list[str]:
    return [ballot["choice"] for ballot in box.ballots.values()]
