"""A home puts a question to all homes, and asks for its own page."""

from http import HTTPStatus
from typing import Any

import probatio as vol
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from tests.home.ballot_box import BallotBox
from tests.home.coordinator import FakeCoordinator
from tests.home.votes.voter import get

pytestmark = pytest.mark.usefixtures("noon", "box", "home")


QUESTION = {
    "subject": "minimum_reserve",
    "title": "More for ourselves?",
    "values": ["0", "0.2"],
    "closes_at": "2026-06-28 14:00:00",
    "takes_effect_at": "2026-06-29T12:00:00+00:00",
}


async def test_a_home_proposes_a_vote_with_times_of_its_own_clock(
    hass: HomeAssistant, box: BallotBox
) -> None:
    await hass.config.async_set_time_zone("Europe/Amsterdam")

    assert await get(hass, "propose_vote", **QUESTION) == {"vote_id": "vote-2"}

    (sent,) = box.proposals
    assert sent["values"] == [0.0, 0.2]
    assert (sent["opens_at"], sent["closes_at"]) == (None, "2026-06-28T12:00:00+00:00")


@pytest.mark.parametrize("error", ["outside_bylaws", "subject_taken", "suspended"])
async def test_a_proposal_that_the_village_refuses_is_refused_in_words(
    hass: HomeAssistant, coordinator: FakeCoordinator, error: str
) -> None:
    coordinator.refusals["/api/v1/votes"] = (HTTPStatus.CONFLICT, error)

    with pytest.raises(ServiceValidationError) as raised:
        await get(hass, "propose_vote", **QUESTION)

    assert raised.value.translation_key == error


@pytest.mark.parametrize(
    "wrong",
    [{"subject": "weather"}, {"values": ["1"]}, {"values": ["a", "b"]}, {"title": ""}, {"closes_at": "soon"}],
)
async def test_a_proposal_that_makes_no_sense_is_refused(
    hass: HomeAssistant, box: BallotBox, wrong: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await get(hass, "propose_vote", **QUESTION | wrong)

    assert box.proposals == []


async def test_the_own_page_at_the_village_is_answered_as_an_address(hass: HomeAssistant) -> None:
    assert await get(hass, "get_my_page") == {"url": "http://village.example:8477/page/enter/once"}
