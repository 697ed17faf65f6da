"""What a resident sees of a vote, and of its own ballot."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.battery_commons.const import DOMAIN
from custom_components.battery_commons.issues import CHECK_INTERVAL
from tests.home.ballot_box import CLOSES, VOTE, BallotBox, to_text
from tests.home.conftest import ENTRY
from tests.home.living import entity, pass_time, state
from tests.home.votes.voter import EVENT, LOOK, SENSOR, STORED, close, get, until_cast, vote

pytestmark = pytest.mark.usefixtures("noon", "box", "home")


@pytest.fixture
def told(hass: HomeAssistant, box: BallotBox) -> list[str]:
    """Collect what the event tells, from the start."""
    story: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        new: State | None = event.data["new_state"]
        if event.data["entity_id"] == EVENT and new and new.state not in {"unknown", "unavailable"}:
            story.append(new.attributes["event_type"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    return story


async def test_the_open_vote_is_shown_with_what_it_would_do_to_the_own_bill(hass: HomeAssistant) -> None:
    shown = entity(hass, SENSOR)

    assert shown.state == "More for ourselves?"
    assert shown.attributes["votes_left"] == 1
    assert [(o["choice"], o["label"], o["own_bill_eur_per_month"]) for o in shown.attributes["options"]] == [
        ("a", "0 % of each battery", 41.5),
        ("b", "20 % of each battery", 43.5),
    ]


async def test_a_vote_is_told_when_it_opens_closes_soon_and_is_decided_and_the_ballot_when_it_is_counted(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox, told: list[str]
) -> None:
    await vote(hass)
    await until_cast(hass, noon)
    noon.move_to(CLOSES - timedelta(hours=23))
    await pass_time(hass, noon, LOOK)
    assert entity(hass, EVENT).attributes["event_type"] == "closing_soon"

    await close(hass, noon, box)

    assert told[-3:] == ["closing_soon", "decided", "counted"]
    assert entity(hass, EVENT).attributes["chosen"] == "20 % of each battery"
    assert state(hass, SENSOR) == "unknown"
    assert not ir.async_get(hass).issues


async def test_what_was_chosen_is_forgotten_once_it_is_counted(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox, hass_storage: dict[str, Any]
) -> None:
    await vote(hass)
    await until_cast(hass, noon)
    await close(hass, noon, box)

    (ballot,) = hass_storage[STORED]["data"]["ballots"]
    assert (ballot["stage"], ballot["choice"], ballot["number"]) == ("counted", "", "")


async def test_a_ballot_that_is_missing_among_those_counted_is_a_repair_with_the_proof_at_hand(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox
) -> None:
    await vote(hass)
    await until_cast(hass, noon)
    ((number, ballot),) = box.ballots.items()
    box.ballots.clear()
    await close(hass, noon, box)
    noon.tick(CHECK_INTERVAL)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()

    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"ballot_missing_{ENTRY}_{VOTE}")
    assert issue is not None
    assert issue.translation_placeholders == {"village": "Ansen", "vote": "More for ourselves?"}
    answer = await get(hass, "get_votes")
    assert answer["votes"][0]["missing"] == [{"number": number, "signature": ballot["signature"]}]


async def test_ballots_that_were_published_under_another_key_are_not_this_homes(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox, told: list[str]
) -> None:
    """A village that gave each home a key of its own could tell their ballots apart."""
    await vote(hass)
    await until_cast(hass, noon)
    box.published_key = {"n": to_text((2**2048 - 1).to_bytes(256)), "e": 65537}
    await close(hass, noon, box)

    answer = await get(hass, "get_votes")
    assert answer["votes"][0]["own_ballots"] == ["missing"]
    assert "counted" not in told
