"""The volunteer's pages of votes and bylaws."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.bylaws import Bounds, Bylaws
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.voting.vote import (
    Effects,
    EffectSource,
    HomeEffect,
    OptionEffect,
    State,
    TransformerEffect,
)
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.voting.voter import Voter
from tests.village.web.conftest import VILLAGE_NOW, Client, Member
from tests.village.web.members.test_votes import KEY, MOTION
from tests.village.web.members.test_votes import opened as vote_opened
from tests.village.web.page_reader import opened

FORM = "votes/new/minimum_reserve"
RESERVE = {
    "title": "More for  ourselves",
    "explanation": "In winter.",
    "value1": "0",
    "value2": "20",
    "opens": "",
    "closes": "2016-06-30T20:00",
    "takes_effect": "2016-07-01T00:00",
}


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def test_a_question_is_looked_at_before_it_is_put_to_the_vote(pages: Client, store: Store) -> None:
    seen = await (await opened(pages, f"/{FORM}")).send(FORM, **RESERVE)
    assert "More for ourselves" in seen.text
    assert "20 % of each battery" in seen.text
    assert store.votes(VILLAGE_NOW) == []

    done = await seen.send("votes/propose/minimum_reserve")

    assert "It is put to the vote." in done.text
    assert "<progress></progress>" in done.text, "what it is reckoned on is looked up first"
    [vote] = store.votes(VILLAGE_NOW)
    assert (vote.state, vote.by_volunteer, list(vote.motion.values)) == (State.COMING, True, [0.0, 0.2])
    assert vote.motion.closes_at.isoformat() == "2016-06-30T18:00:00+00:00"
    assert store.audit()[0].act is Act.VOTE_PROPOSED


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"value2": "80"}, "The bylaws do not allow one of these."),
        ({"value2": "much"}, "That cannot be voted on here"),
        ({"value2": "0"}, "An option is there twice."),
        ({"title": ""}, "a question of at most 80 characters"),
        ({"closes": "2016-06-22T20:00"}, "a vote that is open longer"),
        ({"takes_effect": "2016-06-22T20:00"}, "takes effect at the close or later"),
        ({"closes": "soon"}, "Give a day and a time"),
    ],
)
async def test_what_cannot_be_voted_on_is_said_in_its_place(
    pages: Client, store: Store, changed: dict[str, str], says: str
) -> None:
    page = await opened(pages, f"/{FORM}")
    shown = await page.send(FORM, **(RESERVE | changed))

    assert says in shown.text
    assert 'aria-invalid="true"' in shown.text
    assert store.votes(VILLAGE_NOW) == []


async def test_models_and_rules_are_chosen_from_what_is_possible(pages: Client) -> None:
    models = await opened(pages, "/votes/new/control_model")
    assert "M2: the neighbourhood as one" in models.text
    assert "M5: support for" not in models.text
    assert "By what each home did for the grid" in (await opened(pages, "/votes/new/sharing")).text


async def test_a_taken_subject_is_said_and_a_coming_vote_can_be_withdrawn(
    pages: Client, store: Store
) -> None:
    first = await (await opened(pages, f"/{FORM}")).send(FORM, **RESERVE)
    await first.send("votes/propose/minimum_reserve")
    again = await (await opened(pages, f"/{FORM}")).send(FORM, **RESERVE)
    refused = await again.send("votes/propose/minimum_reserve")
    assert "Another vote on this is coming" in refused.text

    withdrawn = await (await opened(pages, "/votes")).send("/withdraw")

    assert "The vote is withdrawn." in withdrawn.text
    assert [vote.state for vote in store.votes(VILLAGE_NOW)] == [State.WITHDRAWN]


async def test_the_volunteer_sees_sums_and_no_homes_bill(pages: Client, store: Store, member: Member) -> None:
    vote_id = vote_opened(store, member)
    effect = OptionEffect([TransformerEffect("Dorpsstraat", 91_000.0, 120_000.0, 2.5)], 310.25, 0.61)
    effects = Effects(EffectSource.OWN, VILLAGE_NOW - timedelta(days=14), 14, {"a": effect, "b": effect})
    store.keep_effects(
        vote_id, effects, {member.home_id: HomeEffect({"a": 41.77, "b": 43.0}, is_estimated=False)}
    )

    page = await opened(pages, "/votes")

    for shown in ("310.25", "91 kW drawn, 120 kW fed in", "61 %", "14 days", "So far 0 of 1 votes"):
        assert shown in page.text
    assert "41.77" not in page.text
    assert "Example" not in page.text


async def test_what_codes_before_came_to_is_told_with_its_margin(
    pages: Client, store: Store, member: Member
) -> None:
    vote_id = vote_opened(store, member)
    effect = OptionEffect(moved_kwh_per_week=34.56, moved_within_kwh=2.26)
    told = Effects(EffectSource.CODES, VILLAGE_NOW, options={"a": effect, "b": effect}, codes=12)
    store.keep_effects(vote_id, told, {})

    page = await opened(pages, "/votes")

    assert "in the 12 codes that were measured since" in page.text
    assert "34.6 ± 2.3 kWh" in page.text


async def test_a_vote_on_the_use_of_the_fund_says_what_it_held(
    pages: Client, store: Store, member: Member
) -> None:
    vote_id = vote_opened(store, member)
    store.keep_effects(vote_id, Effects(EffectSource.ACCOUNT, VILLAGE_NOW, fund_eur=312.5), {})

    page = await opened(pages, "/votes")

    assert "The community fund held € 312.50 when this was put to the vote" in page.text
    assert "M2: the neighbourhood as one" in page.text


async def test_an_example_is_called_one(pages: Client, store: Store, member: Member) -> None:
    vote_id = vote_opened(store, member)
    effect = OptionEffect([], 310.25, None)
    store.keep_effects(vote_id, Effects(EffectSource.EXAMPLE, VILLAGE_NOW, 7, {"a": effect}), {})

    page = await opened(pages, "/votes")

    assert ">Example<" in page.text
    assert "of the built-in example village" in page.text
    assert "not reckoned" in page.text


async def test_a_result_is_shown_and_can_be_counted_again(
    pages: Client, store: Store, member: Member
) -> None:
    vote_id = vote_opened(store, member)
    voter = Voter(vote_id, KEY.public, "b")
    ballot = voter.ballot(store.sign_paper(vote_id, member.home_id, 0, voter.blinded, VILLAGE_NOW))
    store.cast(vote_id, ballot, VILLAGE_NOW)
    assert (await pages.get(f"/votes/{vote_id}/ballots.json")).status == 404
    store.close_vote(vote_id, MOTION.closes_at)

    page = await opened(pages, "/votes")
    told = json.loads(await (await pages.get(f"/votes/{vote_id}/ballots.json")).text())

    assert "Chosen:" in page.text
    assert "1 of 1 votes; ballots that were signed: 1." in page.text
    assert [each["number"] for each in told["ballots"]] == [ballot.number]


async def test_bylaws_are_written_down_and_in_the_log(pages: Client, store: Store) -> None:
    page = await opened(pages, "/bylaws")

    done = await page.send(
        "bylaws", quorum="50", vote_days="14", minimum_reserve_most="30", battery_votes="yes"
    )

    assert "The bylaws are written down." in done.text
    bylaws = store.settings().bylaws
    assert (bylaws.quorum, bylaws.vote_days, bylaws.battery_votes) == (0.5, 14, True)
    assert bylaws.minimum_reserve == Bounds(0.0, 0.3)
    assert bylaws.congestion_weight == Bylaws().congestion_weight
    [entry] = store.audit()
    assert (entry.act, entry.about) == (Act.SETTING_CHANGED, "bylaws")


@pytest.mark.parametrize(
    "changed",
    [
        {"quorum": "120"},
        {"quorum": "most"},
        {"vote_days": "0.5"},
        {"vote_days": "100"},
        {"minimum_reserve_least": "60"},
        {"fund_need_eur": "-5"},
        {"codes_per_week_most": "nan"},
    ],
)
async def test_bylaws_that_cannot_be_change_nothing(
    pages: Client, store: Store, changed: dict[str, str]
) -> None:
    shown = await (await opened(pages, "/bylaws")).send("bylaws", **changed)

    assert 'aria-invalid="true"' in shown.text
    assert store.settings().bylaws == Bylaws()


async def test_dutch_pages_are_dutch(pages: Client, store: Store, member: Member) -> None:
    store.change_settings(lambda former: replace(former, minimum_reserve=0.15))
    vote_opened(store, member)

    assert "Wat elke keuze zou doen wordt berekend" in (await opened(pages, "/votes?lang=nl")).text
    assert (
        "Nu is het: 15 % van elke batterij."
        in (await opened(pages, "/votes/new/minimum_reserve?lang=nl")).text
    )
    assert "ledenvergadering" in (await opened(pages, "/bylaws?lang=nl")).text
