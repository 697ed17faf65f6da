"""A home votes: in secret, once, over restarts and lost answers, and sees that it was counted."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import probatio as vol
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_CALL_SERVICE, EVENT_STATE_CHANGED, MATCH_ALL
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.battery_commons.const import DOMAIN
from custom_components.battery_commons.diagnostics import async_get_config_entry_diagnostics
from custom_components.battery_commons.issues import CHECK_INTERVAL
from tests.home.ballot_box import CLOSES, VOTE, BallotBox
from tests.home.conftest import ENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.living import entity, pass_time, restart, state
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon", "box", "home")
SENSOR, EVENT = "sensor.ansen_open_vote", "event.ansen_vote"
LOOK = timedelta(minutes=5, seconds=1)
CAST = "/api/v1/votes/vote-1/ballots"
STORED = f"battery_commons.{ENTRY}.votes"


@pytest.fixture
def box(coordinator: FakeCoordinator) -> BallotBox:
    """Let the village hold a vote, before the home is set up."""
    coordinator.box = BallotBox()
    return coordinator.box


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


# --- Refusals -----------------------------------------------------------------------------------


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


# --- Voting -------------------------------------------------------------------------------------


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


# --- What a resident sees -----------------------------------------------------------------------


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


# --- Proposing, and the page --------------------------------------------------------------------

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
