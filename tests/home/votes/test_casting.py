"""A ballot is signed unseen and cast once, over restarts and lost answers."""

from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.battery_commons.community import ballot
from tests.home.ballot_box import BallotBox
from tests.home.device import BatteryDevice
from tests.home.living import entity, pass_time, restart
from tests.home.village import NOW
from tests.home.votes.voter import CAST, LOOK, SENSOR, STORED, choices, refused, until_cast, vote

pytestmark = pytest.mark.usefixtures("noon", "box", "home")


async def test_a_ballot_is_signed_unseen_and_cast_later_without_saying_whose_it_is(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox, aioclient_mock: AiohttpClientMocker
) -> None:
    await vote(hass, "20 % of each battery")
    assert len(box.signed) == 1

    await until_cast(hass, noon)

    assert choices(box) == ["b"]
    casts = [call for call in aioclient_mock.mock_calls if call[0] == "POST" and call[1].path == CAST]
    assert len(casts) == 1
    assert not casts[0][3]
    assert casts[0][2].keys() == {"version", "choice", "number", "signature"}
    (number,) = box.ballots
    asked = [call for call in aioclient_mock.mock_calls if call[1].path.endswith("/sign")]
    assert number not in str(asked)


async def test_a_ballot_is_cast_at_a_moment_of_its_own_and_not_beside_a_call_that_says_who_calls(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    box: BallotBox,
    aioclient_mock: AiohttpClientMocker,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ballot, "LONGEST_WAIT", timedelta(minutes=2))
    await vote(hass)
    ((kept,),) = [hass_storage[STORED]["data"]["ballots"]]
    before = aioclient_mock.call_count

    noon.move_to(datetime.fromisoformat(kept["cast_at"]))
    await pass_time(hass, noon, timedelta(seconds=2))

    assert choices(box) == ["b"]
    about_votes = [call for call in aioclient_mock.mock_calls[before:] if "/votes" in call[1].path]
    assert [(call[0], call[1].path) for call in about_votes] == [("POST", CAST)]


async def test_a_home_with_two_votes_gives_both(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox
) -> None:
    box.papers = 2

    await vote(hass)
    await until_cast(hass, noon)

    assert choices(box) == ["b", "b"]


async def test_a_signature_that_is_lost_is_asked_for_again_and_the_vote_counts_once(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox
) -> None:
    box.losing = {"/sign"}
    assert await refused(hass) == "vote_kept"
    assert await refused(hass, "a") == "already_voted"

    box.losing = set()
    await until_cast(hass, noon)

    assert choices(box) == ["b"]


async def test_a_receipt_that_is_lost_casts_the_ballot_once(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox
) -> None:
    await vote(hass)
    box.losing = {"/ballots"}
    await until_cast(hass, noon)
    assert entity(hass, SENSOR).attributes["own_ballots"] == ["signed"]

    box.losing = set()
    for _ in range(2):
        await pass_time(hass, noon, LOOK)

    assert choices(box) == ["b"]
    assert entity(hass, SENSOR).attributes["own_ballots"] == ["cast"]


async def test_a_restart_before_the_signature_and_one_before_the_cast_lose_no_vote(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    device: BatteryDevice,
    box: BallotBox,
) -> None:
    box.losing = {"/sign"}
    assert await refused(hass) == "vote_kept"
    box.losing = set()
    await restart(hass, home, device, noon, timedelta(minutes=1))
    assert len(box.signed) == 1
    await restart(hass, home, device, noon, timedelta(hours=1))
    assert choices(box) == [], "right after the first calls of a start it would be known whose it is"
    await pass_time(hass, noon, LOOK)

    assert choices(box) == ["b"]


async def test_a_ballot_is_on_disk_before_the_village_is_asked_to_sign_it(
    hass: HomeAssistant, box: BallotBox, hass_storage: dict[str, Any]
) -> None:
    kept: list[Any] = []
    box.tamper = lambda signature: kept.append(hass_storage[STORED]["data"]["ballots"]) or signature  # type: ignore[func-returns-value]

    await vote(hass)

    ((ballot,),) = kept
    assert (ballot["choice"], ballot["stage"]) == ("b", "unsigned")
    assert ballot["inverse"]


async def test_a_ballot_is_in_before_a_vote_that_closes_soon(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox
) -> None:
    box.closes_at = NOW + timedelta(minutes=2)
    await vote(hass)

    for _ in range(11):
        await pass_time(hass, noon, timedelta(seconds=10))

    assert choices(box) == ["b"]


async def test_a_ballot_that_waits_for_its_signature_is_forgotten_where_the_vote_was_given_elsewhere(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox
) -> None:
    box.losing = {"/sign"}
    assert await refused(hass) == "vote_kept"
    box.signed[0], box.losing = "a-ballot-of-the-browser", set()

    await pass_time(hass, noon, LOOK)

    assert entity(hass, SENSOR).attributes["own_ballots"] == []


@pytest.mark.parametrize(
    "unlisted", [{"state": "postponed"}, {"vote_id": "another", "title": "Something else"}]
)
async def test_a_vote_that_is_not_listed_for_a_while_costs_no_ballot(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    box: BallotBox,
    monkeypatch: pytest.MonkeyPatch,
    unlisted: dict[str, str],
) -> None:
    monkeypatch.setattr(SystemRandom, "random", lambda _self: 0.5)  # Half an hour.
    await vote(hass)
    listed = box.vote
    with monkeypatch.context() as patched:
        patched.setattr(box, "vote", lambda: listed(**unlisted))
        await until_cast(hass, noon)
        assert box.ballots == {}

    await until_cast(hass, noon)

    assert choices(box) == ["b"]


async def test_a_ballot_of_a_vote_that_was_withdrawn_is_forgotten(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, box: BallotBox, hass_storage: dict[str, Any]
) -> None:
    await vote(hass)
    box.state = "withdrawn"
    await pass_time(hass, noon, LOOK)

    assert hass_storage[STORED]["data"]["ballots"] == []


async def test_a_ballot_that_cannot_be_written_is_not_asked_to_be_signed(
    hass: HomeAssistant, box: BallotBox
) -> None:
    with (
        patch.object(Store, "async_save", side_effect=OSError("disk full")),
        pytest.raises(OSError, match="full"),
    ):
        await vote(hass)

    assert box.signed == {}
    await vote(hass, "a")
    assert len(box.signed) == 1
