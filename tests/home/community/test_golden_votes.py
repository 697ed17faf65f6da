"""The home reads and writes the golden messages of votes and of the account, and refuses what is none."""

import json
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.battery_commons.community.account import (
    AccountCalls,
    HomeTariff,
    parse_account,
    parse_lines,
)
from custom_components.battery_commons.community.ballot import Ballot, Stage, read_published
from custom_components.battery_commons.community.blind import VoteKey, from_text
from custom_components.battery_commons.community.client import CommunityClient
from custom_components.battery_commons.community.vote_calls import Proposal, VoteCalls
from custom_components.battery_commons.community.votes import parse_votes
from tests.home.community.test_golden import FOLDER, INVITATION
from tests.home.village import Village

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


def golden(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


(OPEN,) = parse_votes(golden("votes"))


@pytest.fixture
async def client(
    hass: HomeAssistant, village: Village, aioclient_mock: AiohttpClientMocker
) -> CommunityClient:
    """Return a client whose calls `aioclient_mock` answers."""
    return CommunityClient(async_get_clientsession(hass), INVITATION.url, village.public_key, "golden-token")


def ballot() -> Ballot:
    cast = golden("cast_ballot")
    return Ballot(
        vote_id="vote-1",
        title="",
        paper=golden("blinded_ballot")["paper"],
        closes_at=NOON,
        stage=Stage.SIGNED,
        choice=cast["choice"],
        number=cast["number"],
        key=VoteKey(1),
        blinded=from_text(golden("blinded_ballot")["blinded"]),
        inverse=1,
        signature=cast["signature"],
    )


def test_golden_votes_are_read() -> None:
    assert (OPEN.vote_id, OPEN.state, OPEN.papers, OPEN.left) == ("vote-1", "open", 1, (0,))
    assert [option.label("nl") for option in OPEN.options] == [
        "0 % van elke batterij",
        "20 % van elke batterij",
    ]
    assert OPEN.options[0].effect is not None
    assert OPEN.options[0].effect.own_bill_eur_per_month == 41.5
    assert OPEN.option("B ") is OPEN.options[1]
    assert OPEN.option("20 % of each battery") is OPEN.options[1]
    assert OPEN.option("c") is None


def test_what_account_and_codes_tell_of_an_answer_is_read() -> None:
    (vote,) = golden("votes")["votes"]
    told = {"own_share_eur": 12.5, "to_fund_eur": 80.0, "moved_kwh_per_week": 17.25}
    first, second = vote["options"]
    options = [first | {"effect": first["effect"] | told}, second]
    effects = {"state": "account", "fund_eur": 312.5}

    (read,) = parse_votes({"votes": [vote | {"options": options, "effects": effects}]})

    effect = read.options[0].effect
    assert effect is not None
    assert (effect.own_share_eur, effect.to_fund_eur, effect.moved_kwh_per_week) == (12.5, 80.0, 17.25)
    assert (read.effects_state, read.fund_eur) == ("account", 312.5)


def test_an_answer_that_says_another_ones_letter_is_not_taken_for_it() -> None:
    (vote,) = golden("votes")["votes"]
    swapped = [
        option | {"labels": {"en": other, "nl": other}}
        for option, other in zip(vote["options"], "ba", strict=True)
    ]

    (read,) = parse_votes({"votes": [vote | {"options": swapped}]})

    assert read.option("b") is read.options[1]


async def test_a_ballot_is_signed_and_cast_in_golden_messages(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    url = f"{INVITATION.url}/api/v1/votes/vote-1"
    aioclient_mock.post(f"{url}/sign", json=golden("blind_signature"))
    aioclient_mock.post(f"{url}/ballots", status=HTTPStatus.NO_CONTENT)

    assert len(await VoteCalls(client).sign(ballot())) == 256
    assert aioclient_mock.mock_calls[-1][2] == golden("blinded_ballot")
    await VoteCalls(client).cast(ballot())
    assert aioclient_mock.mock_calls[-1][2] == golden("cast_ballot")
    assert not aioclient_mock.mock_calls[-1][3]


async def test_a_ballot_that_is_in_the_box_already_is_a_success(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    refusal = {"version": 1, "error": "already_cast", "message": "it counts once"}
    url = f"{INVITATION.url}/api/v1/votes/vote-1/ballots"
    aioclient_mock.post(url, status=HTTPStatus.CONFLICT, json=refusal)

    await VoteCalls(client).cast(ballot())


def test_golden_ballots_are_read() -> None:
    number = golden("cast_ballot")["number"]

    published = read_published(golden("published_ballots"))

    assert published.choices == {number: "b"}
    assert published.key == OPEN.key


async def test_a_proposal_is_a_golden_one(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/votes", json={"version": 1, "vote_id": "vote-2"})
    asked = golden("proposal")
    proposal = Proposal(
        subject=asked["subject"],
        title=asked["title"],
        explanation=asked["explanation"],
        values=asked["values"],
        opens_at=None,
        closes_at=NOON + timedelta(days=7),
        takes_effect_at=NOON + timedelta(days=8),
    )

    assert await VoteCalls(client).propose(proposal) == "vote-2"
    sent = json.dumps(aioclient_mock.mock_calls[-1][2]).replace("+00:00", "Z")
    assert json.loads(sent) == asked


async def test_the_page_is_found_in_a_golden_answer(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/home/page-link", json=golden("page_link"))

    assert await VoteCalls(client).page_path() == "/page/enter/one-time-code"


async def test_what_was_done_for_a_code_is_told_in_a_golden_message(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/codes/code-0/did", status=HTTPStatus.NO_CONTENT)

    await client.tell_deeds("code-0", ["washing", "car"])

    assert aioclient_mock.mock_calls[-1][2] == golden("code_deeds")


async def test_a_tariff_is_told_in_whole(
    client: CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.put(f"{INVITATION.url}/api/v1/home/tariff", status=HTTPStatus.NO_CONTENT)

    await AccountCalls(client).tell_tariff(
        HomeTariff(date(2026, 7, 1), "two_tariff", 0.15, 0.12, 0.123, 0.21, 0.05, 0.02, net_metering=False)
    )

    assert aioclient_mock.mock_calls[-1][2] == {
        "version": 1,
        "first_day": "2026-07-01",
        "kind": "two_tariff",
        "energy": 0.15,
        "energy_low": 0.12,
        "energy_tax": 0.123,
        "vat": 0.21,
        "feed_in": 0.05,
        "feed_in_costs": 0.02,
        "net_metering": False,
    }


def test_a_state_that_a_newer_village_has_does_not_take_the_other_votes_away() -> None:
    (vote,) = golden("votes")["votes"]

    assert parse_votes({"votes": [vote | {"state": "postponed"}, vote]}) == (OPEN,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"options": []},
        {"papers": 3},
        {"papers": True},
        {"papers": None},
        {"signed": [2]},
        {"title": ""},
        {"closes_at": "2026-06-20T12:00:00Z"},
        {"closes_at": "2026-06-28T12:00:00"},
        {"key": {"n": "AQAB", "e": 65537}},
        {"effects": None},
        {"result": {"outcome": "chosen", "choice": "a", "ballots": -1, "could_vote": 1}},
    ],
)
def test_a_vote_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    (vote,) = golden("votes")["votes"]

    with pytest.raises(ValueError, match=r"."):
        parse_votes({"votes": [vote | wrong]})


def test_two_ballots_with_one_number_that_differ_count_for_nothing() -> None:
    published = golden("published_ballots")
    (listed,) = published["ballots"]
    number = listed["number"]

    twice = read_published(published | {"ballots": [listed, listed]})
    differing = read_published(published | {"ballots": [listed, listed | {"choice": "a"}, listed]})

    assert twice.choices == {number: "b"}
    assert differing.choices == {number: ""}


def test_a_ballot_without_a_number_is_none() -> None:
    published = golden("published_ballots")
    (listed,) = published["ballots"]

    for number in (None, 1, "AQAB"):
        with pytest.raises(ValueError, match="number"):
            read_published(published | {"ballots": [listed | {"number": number}]})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(sorted(golden("votes")["votes"][0]))


@given(fields, values)
def test_a_vote_with_anything_in_a_field_is_read_or_refused(field: str, value: object) -> None:
    (vote,) = golden("votes")["votes"]
    try:
        parse_votes({"votes": [vote | {field: value}]})
    except ValueError, OverflowError:
        return


@given(
    st.fixed_dictionaries(
        {"key": st.just(golden("published_ballots")["key"]) | values},
        optional=dict.fromkeys(("months", "balance_cents", "lines", "ballots"), values),
    )
)
def test_any_account_statement_or_box_is_read_or_refused(message: dict[str, object]) -> None:
    for parse in (parse_account, parse_lines, read_published):
        try:
            parse(message)
        except ValueError:
            continue
