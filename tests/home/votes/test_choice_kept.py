"""What was chosen stays where it is."""

import json

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_CALL_SERVICE, MATCH_ALL
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.diagnostics import async_get_config_entry_diagnostics
from tests.home.ballot_box import BallotBox
from tests.home.living import entity
from tests.home.votes.voter import (
    SENSOR,
    close,
    until_cast,
    vote,
)

pytestmark = pytest.mark.usefixtures("noon", "box", "home")


async def test_the_choice_is_nowhere_in_what_home_assistant_tells_logs_or_gives_away(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    box: BallotBox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    heard: list[str] = []
    hass.bus.async_listen(MATCH_ALL, callback(lambda event: heard.append(repr(event.as_dict()))))

    await vote(hass, "20 % of each battery")
    await until_cast(hass, noon)
    (number,) = box.ballots
    await close(hass, noon, box)

    called = [event for event in heard if EVENT_CALL_SERVICE in event]
    assert called
    diagnosed = json.dumps(await async_get_config_entry_diagnostics(hass, home), default=str)
    # The harness plays the disk, and logs what is written there.
    logged = [each.getMessage() for each in caplog.records if not each.name.startswith("pytest_")]
    assert logged
    for told in (*called, diagnosed, *logged, repr(home.runtime_data.votes.memory.ballots)):
        assert "20 %" not in told
        assert number not in told
    assert number not in str(heard)
    assert "choice': 'b', 'label" in str(heard)  # The answers themselves are no secret.


async def test_a_script_that_votes_keeps_its_own_words(hass: HomeAssistant, box: BallotBox) -> None:
    """Taking the choice out of what is told must not take it out of what a script does the next time."""
    actions = [{"action": "battery_commons.vote", "data": {"choice": "b"}, "continue_on_error": True}]
    assert await async_setup_component(hass, "script", {"script": {"ballot": {"sequence": actions}}})
    box.losing = {"/sign"}
    await hass.services.async_call("script", "ballot", blocking=True)
    assert entity(hass, SENSOR).attributes["own_ballots"] == ["unsigned"]

    box.losing = set()
    await hass.services.async_call("script", "ballot", blocking=True)
    await hass.async_block_till_done()

    assert entity(hass, SENSOR).attributes["own_ballots"] == ["signed"]
