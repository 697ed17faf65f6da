"""Votes over HTTP: refusals, secrecy, and that a home sees its own effect and no other's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from battery_commons.domain.bylaws import Bylaws
from battery_commons.domain.plan import ControlModel
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.votes import Opening
from battery_commons.voting.ballot import Ballot, from_text, to_text
from battery_commons.voting.blind import SigningKey, VoteKey
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.tally import count
from battery_commons.voting.vote import Effects, EffectSource, HomeEffect, OptionEffect, TransformerEffect
from battery_commons.web.server import VillageServer
from tests.village.voting.voter import Voter
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Member, joined

DAY = timedelta(days=1)
ANNA = Author("Anna", VILLAGE_NOW)
KEY = SigningKey.generate()
MOTION = Motion(
    Subject.CONTROL_MODEL,
    "How we steer",
    "",
    ["M4", "M2"],
    VILLAGE_NOW,
    VILLAGE_NOW + 7 * DAY,
    VILLAGE_NOW + 8 * DAY,
)
OVER = replace(MOTION, closes_at=VILLAGE_NOW, takes_effect_at=VILLAGE_NOW)
VILLAGE_DAY = DAY / 60
"""In wall time: this village's clock runs 60 times as fast."""


def opened(store: Store, *voters: Member, motion: Motion = MOTION) -> str:
    vote_id = store.propose(motion, ANNA)
    store.open_vote(vote_id, motion, Opening(KEY, 0.3, {each.home_id: 1 for each in voters}), ANNA)
    return vote_id


async def refusal(member: Member, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = await member.call(method, f"/api/v1/votes{path}", body)
    return answer.status, (await answer.json())["error"]


async def listed(member: Member) -> list[dict[str, Any]]:
    answer = await member.call("GET", "/api/v1/votes")
    assert answer.status == 200
    votes: list[dict[str, Any]] = (await answer.json())["votes"]
    return votes


async def signed(member: Member, vote_id: str, voter: Voter) -> Ballot:
    asked = {"version": 1, "paper": 0, "blinded": to_text(voter.blinded)}
    answer = await member.call("POST", f"/api/v1/votes/{vote_id}/sign", asked)
    assert answer.status == 200
    return voter.ballot(from_text((await answer.json())["blind_signature"]))


async def cast(client: Client, vote_id: str, ballot: Ballot, **changed: str) -> tuple[int, str | None]:
    body = {"version": 1, "choice": ballot.choice, "number": ballot.number}
    body |= {"signature": to_text(ballot.signature)} | changed
    answer = await client.post(f"/api/v1/votes/{vote_id}/ballots", json=body)
    return answer.status, None if answer.status == 204 else (await answer.json())["error"]


def proposal(**changed: object) -> dict[str, object]:
    closes = WALL_NOW + 7 * VILLAGE_DAY
    return {
        "version": 1,
        "subject": "minimum_reserve",
        "title": "More for ourselves",
        "explanation": "In winter we want some left.",
        "values": [0, 0.2],
        "closes_at": closes.isoformat(),
        "takes_effect_at": (closes + VILLAGE_DAY).isoformat(),
    } | changed


async def test_a_vote_goes_through_over_http(member: Member, members: Client, store: Store) -> None:
    vote_id = opened(store, member)
    [vote] = await listed(member)
    key = VoteKey(int.from_bytes(from_text(vote["key"]["n"])), vote["key"]["e"])
    ballot = await signed(member, vote_id, Voter(vote_id, key, "b"))

    assert await cast(members, vote_id, ballot) == (204, None)
    assert (vote["state"], vote["papers"], vote["signed"]) == ("open", 1, [])
    assert (await listed(member))[0]["signed"] == [0]
    store.close_vote(vote_id, VILLAGE_NOW + 7 * DAY)
    [over] = await listed(member)
    told = await (await member.call("GET", f"/api/v1/votes/{vote_id}/ballots")).json()
    assert over["result"] == {
        "outcome": "chosen",
        "choice": "b",
        "ballots": 1,
        "signatures": 1,
        "could_vote": 1,
    }
    assert [option["ballots"] for option in over["options"]] == [0, 1]
    published = [
        Ballot(each["choice"], each["number"], from_text(each["signature"])) for each in told["ballots"]
    ]
    assert published == [ballot]
    assert count(vote_id, key, told["options"], published).votes == {"a": 0, "b": 1}


async def test_a_second_ballot_is_not_signed_and_a_lost_answer_is_given_again(
    member: Member, store: Store
) -> None:
    vote_id = opened(store, member)
    voter = Voter(vote_id, KEY.public, "a")
    ballot = await signed(member, vote_id, voter)
    other = {"version": 1, "blinded": to_text(Voter(vote_id, KEY.public, "b").blinded)}

    assert await signed(member, vote_id, voter) == ballot
    assert await refusal(member, "POST", f"/{vote_id}/sign", other) == (409, "already_voted")


async def test_late_votes_are_refused(member: Member, members: Client, store: Store) -> None:
    vote_id = opened(store, member, motion=OVER)
    voter = Voter(vote_id, KEY.public, "a")
    asked = {"version": 1, "blinded": to_text(voter.blinded)}

    assert await refusal(member, "POST", f"/{vote_id}/sign", asked) == (410, "vote_closed")
    late = voter.ballot(KEY.sign(voter.blinded))
    assert await cast(members, vote_id, late) == (410, "vote_closed")


async def test_a_vote_that_has_not_opened_takes_no_ballot(
    member: Member, members: Client, store: Store
) -> None:
    vote_id = store.propose(MOTION, ANNA)
    voter = Voter(vote_id, KEY.public, "a")
    asked = {"version": 1, "blinded": to_text(voter.blinded)}

    assert await refusal(member, "POST", f"/{vote_id}/sign", asked) == (409, "vote_not_open")
    assert await cast(members, vote_id, voter.ballot(KEY.sign(voter.blinded))) == (409, "vote_not_open")
    assert (await listed(member))[0]["key"] is None


async def test_removed_suspended_and_new_members_are_refused(
    member: Member, members: Client, store: Store
) -> None:
    removed = await joined(members, store, "welcome-2")
    vote_id = opened(store, member, removed)
    new = await joined(members, store, "welcome-3")
    asked = {"version": 1, "blinded": to_text(Voter(vote_id, KEY.public, "a").blinded)}
    store.suspend(member.home_id, ANNA)
    store.remove(removed.home_id, ANNA)

    assert await refusal(member, "POST", f"/{vote_id}/sign", asked) == (403, "suspended")
    assert await refusal(removed, "POST", f"/{vote_id}/sign", asked) == (401, "unauthorized")
    assert await refusal(new, "POST", f"/{vote_id}/sign", asked) == (403, "not_on_roll")
    assert (await listed(member))[0]["papers"] == 0


async def test_tampered_unknown_and_replayed_ballots_are_refused(
    member: Member, members: Client, store: Store
) -> None:
    vote_id = opened(store, member)
    ballot = await signed(member, vote_id, Voter(vote_id, KEY.public, "a"))

    assert await cast(members, vote_id, ballot, choice="b") == (400, "ballot_invalid")
    assert await cast(members, vote_id, ballot, number=to_text(bytes(32))) == (400, "ballot_invalid")
    assert await cast(members, vote_id, ballot, signature=to_text(bytes(256))) == (400, "ballot_invalid")
    assert await cast(members, vote_id, ballot, choice="e") == (400, "unknown_choice")
    assert await cast(members, "another", ballot) == (404, "vote_unknown")
    assert await cast(members, vote_id, ballot) == (204, None)
    assert await cast(members, vote_id, ballot) == (409, "already_cast")


async def test_a_ballot_with_a_token_is_refused_since_it_would_say_whose_it_is(
    member: Member, store: Store
) -> None:
    vote_id = opened(store, member)
    ballot = await signed(member, vote_id, Voter(vote_id, KEY.public, "a"))
    body = {"version": 1, "choice": "a", "number": ballot.number, "signature": to_text(ballot.signature)}

    assert await refusal(member, "POST", f"/{vote_id}/ballots", body) == (400, "not_secret")
    assert store.turnout(vote_id) == (1, 0, 1)


async def test_what_is_no_blinded_ballot_is_not_signed(member: Member, store: Store) -> None:
    vote_id = opened(store, member)
    for blinded in (bytes(256), b"\xff" * 256):
        asked = {"version": 1, "blinded": to_text(blinded)}
        assert await refusal(member, "POST", f"/{vote_id}/sign", asked) == (400, "ballot_invalid")


async def test_ballots_are_told_after_the_close_alone(member: Member, store: Store) -> None:
    vote_id = opened(store, member)

    assert await refusal(member, "GET", f"/{vote_id}/ballots") == (409, "vote_not_closed")
    assert await refusal(member, "GET", "/another/ballots") == (404, "vote_unknown")


async def test_any_member_may_propose_within_the_bylaws(
    member: Member, members: Client, store: Store
) -> None:
    other = await joined(members, store, "welcome-2")
    answer = await member.call("POST", "/api/v1/votes", proposal())
    assert answer.status == 201

    [own], [others] = await listed(member), await listed(other)
    assert (own["proposed_by"], others["proposed_by"]) == ("own", "member")
    assert (own["vote_id"], own["state"]) == ((await answer.json())["vote_id"], "coming")
    assert [option["labels"]["nl"] for option in own["options"]] == [
        "0 % van elke batterij",
        "20 % van elke batterij",
    ]
    assert own["effects"]["state"] == "reckoning"
    assert [entry.administrator for entry in store.audit()] == ["member"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"values": [0, 0.9]}, "0 to 0.5"),
        ({"values": [0]}, "2 to 5 options"),
        ({"values": [0.1, 0.1]}, "twice"),
        ({"subject": "control_model", "values": ["M4", "M5"]}, "can be steered by"),
        ({"title": " "}, "title"),
        ({"closes_at": (WALL_NOW + VILLAGE_DAY).isoformat()}, "at least 7 days"),
        ({"opens_at": (WALL_NOW - VILLAGE_DAY).isoformat()}, "now or later"),
    ],
)
async def test_a_motion_outside_the_bylaws_is_refused_with_what_to_do(
    member: Member, store: Store, changed: dict[str, object], says: str
) -> None:
    answer = await member.call("POST", "/api/v1/votes", proposal(**changed))

    body = await answer.json()
    assert (answer.status, body["error"]) == (400, "outside_bylaws")
    assert says in body["message"]
    assert await listed(member) == []


async def test_the_bylaws_that_count_are_the_villages_own(member: Member, store: Store) -> None:
    store.change_settings(lambda former: replace(former, bylaws=Bylaws(vote_days=14)))

    assert await refusal(member, "POST", "", proposal()) == (400, "outside_bylaws")


async def test_a_suspended_home_proposes_nothing_and_a_subject_is_taken_once(
    member: Member, members: Client, store: Store
) -> None:
    other = await joined(members, store, "welcome-2")
    assert (await member.call("POST", "/api/v1/votes", proposal())).status == 201
    store.suspend(member.home_id, ANNA)

    assert await refusal(other, "POST", "", proposal()) == (409, "subject_taken")
    assert await refusal(member, "POST", "", proposal(subject="fund_share")) == (403, "suspended")


async def test_each_home_sees_the_effect_on_all_and_on_itself(
    member: Member, members: Client, store: Store, village: VillageServer
) -> None:
    other = await joined(members, store, "welcome-2")
    vote_id = opened(store, member, other)
    effect = OptionEffect([TransformerEffect("Dorpsstraat", 90_000.0, 120_000.0, 2.5)], 310.0, 0.6)
    effects = Effects(EffectSource.OWN, VILLAGE_NOW - 14 * DAY, 14, {"a": effect, "b": effect})
    store.keep_effects(
        vote_id, effects, {member.home_id: HomeEffect({"a": 41.5, "b": 43.0}, is_estimated=True)}
    )

    [own], [others] = await listed(member), await listed(other)

    assert [option["effect"]["own_bill_eur_per_month"] for option in own["options"]] == [41.5, 43.0]
    assert [option["effect"]["own_bill_eur_per_month"] for option in others["options"]] == [None, None]
    assert "41.5" not in str(others)
    assert own["effects"]["state"] == "own"
    assert own["effects"]["days"] == 14
    assert village.control_model() is ControlModel.M4


async def test_a_home_is_told_whether_it_voted_and_nobody_keeps_what(member: Member, store: Store) -> None:
    vote_id = opened(store, member)
    await signed(member, vote_id, Voter(vote_id, KEY.public, "b"))

    told = await (await member.call("GET", "/api/v1/home/data")).json()

    assert told["votes"] == [
        {
            "vote_id": vote_id,
            "title": "How we steer",
            "proposed": False,
            "papers": 1,
            "signed": [0],
            "effect": None,
        }
    ]
