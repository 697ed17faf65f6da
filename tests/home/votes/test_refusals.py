"""Votes that are refused, in words."""

from http import HTTPStatus
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from tests.home.ballot_box import VOTE, BallotBox
from tests.home.coordinator import FakeCoordinator
from tests.home.living import pass_time, state
from tests.home.votes.voter import EVENT, LOOK, SENSOR, choices, get, refused, until_cast, vote

pytestmark = pytest.mark.usefixtures("noon", "box", "home")


async def test_a_second_vote_is_refused_here_already(hass: HomeAssistant, box: BallotBox) -> None:
    await vote(hass, "b")

    assert await refused(hass, "a") == "already_voted"
    assert len(box.signed) == 1


async def test_a_home_that_voted_on_its_page_in_a_browser_has_voted(
    hass: HomeAssistant, box: BallotBox
) -> None:
    box.signed[0] = "a-ballot-of-the-browser"

    assert await refused(hass) == "already_voted"


async def test_a_vote_that_was_given_elsewhere_at_the_same_moment_is_refused_by_the_village(
    hass: HomeAssistant, box: BallotBox, coordinator: FakeCoordinator
) -> None:
    coordinator.refusals["/api/v1/votes/vote-1/sign"] = (HTTPStatus.CONFLICT, "already_voted")

    assert await refused(hass) == "already_voted"
    assert (await get(hass, "get_votes"))["votes"][0]["own_ballots"] == []


@pytest.mark.parametrize(
    ("how_far", "key"),
    [("decided", "vote_closed"), ("coming", "vote_not_open"), ("withdrawn", "vote_closed")],
)
async def test_a_vote_that_is_not_open_is_refused(
    hass: HomeAssistant, box: BallotBox, how_far: str, key: str
) -> None:
    box.state = how_far

    assert await refused(hass, vote_id=VOTE) == key
    assert await refused(hass) == "vote_not_open"
    assert box.signed == {}


async def test_a_vote_that_closes_just_before_the_ballot_is_signed_is_said_to_be_over(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    coordinator.refusals["/api/v1/votes/vote-1/sign"] = (HTTPStatus.GONE, "vote_closed")

    assert await refused(hass) == "vote_closed"


async def test_what_is_no_answer_is_refused_with_the_answers(hass: HomeAssistant, box: BallotBox) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await vote(hass, "perhaps")

    assert raised.value.translation_placeholders == {
        "choices": "a: 0 % of each battery; b: 20 % of each battery"
    }
    assert box.signed == {}


async def test_an_unknown_vote_and_more_than_one_open_vote_are_refused(
    hass: HomeAssistant, box: BallotBox
) -> None:
    assert await refused(hass, vote_id="another") == "vote_unknown"
    box.extra = [box.vote(vote_id="vote-9", title="And this?")]
    assert await refused(hass) == "which_vote"


async def test_a_home_that_is_not_on_the_roll_cannot_vote(hass: HomeAssistant, box: BallotBox) -> None:
    box.papers = 0

    assert await refused(hass) == "not_on_roll"


async def test_a_signature_that_was_tampered_with_casts_nothing_and_is_asked_for_again(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox
) -> None:
    box.tamper = lambda signature: bytes([signature[0] ^ 1]) + signature[1:]
    assert await refused(hass) == "vote_not_signed"
    await until_cast(hass, noon)
    assert box.ballots == {}

    box.tamper = lambda signature: signature
    await until_cast(hass, noon)
    assert choices(box) == ["b"]


async def test_a_village_that_is_too_old_for_votes_has_none_and_says_so(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.box = None
    await pass_time(hass, noon, LOOK)

    assert (state(hass, SENSOR), state(hass, EVENT)) == ("unavailable", "unavailable")
    assert await refused(hass) == "no_votes_yet"


@pytest.mark.parametrize("key", [{"n": "AQAB", "e": 65537}, {"n": "x" * 342, "e": 3}])
async def test_a_key_that_hides_nothing_is_not_used(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox, key: dict[str, Any]
) -> None:
    box.extra = [box.vote(vote_id="vote-9", key=key)]

    assert await refused(hass, vote_id="vote-9") == "cannot_connect"
