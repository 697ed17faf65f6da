"""Votes for homes: what is asked, what it would do to them, and their ballots."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import web

from battery_commons.domain.time import Clock
from battery_commons.store.audit import Author
from battery_commons.store.records import Home
from battery_commons.voting.ballot import Ballot, from_text, to_text
from battery_commons.voting.keeping.proposal import motion_problems
from battery_commons.voting.motion import Motion
from battery_commons.voting.vote import Refusal, VoteRefusedError
from battery_commons.web.members import calls
from battery_commons.web.members.body import message
from battery_commons.web.members.errors import ApiError
from battery_commons.web.server import VillageServer
from battery_commons.web.told_votes import homes_votes, published
from battery_commons.wire import votes as wire

MEMBER = "member"
"""Who proposed, in the audit log, where that was a home: which one is in the vote."""

_LOGGER = structlog.get_logger(__name__)


class VoteCalls:
    """One method per call."""

    def __init__(self, village: VillageServer, caller: Callable[[web.Request], Awaitable[Home]]) -> None:
        """Hold the votes of `village`; `caller` says which home calls, or raises ApiError."""
        self._village = village
        self._store = village.store
        self._clock = village.clock
        self._caller = caller

    def served(self) -> Mapping[calls.Call, calls.Answering]:
        """Return what is answered, by call."""
        return {
            calls.LIST_VOTES: self.votes,
            calls.PROPOSE: self.propose,
            calls.SIGN_BALLOT: self.sign,
            calls.CAST_BALLOT: self.cast,
            calls.READ_BALLOTS: self.ballots,
        }

    async def votes(self, request: web.Request) -> web.Response:
        """List the votes, each with what it would do to the home that asks."""
        home = await self._caller(request)
        listed = await asyncio.to_thread(homes_votes, self._village, home, self._clock.to_wall)
        return web.json_response(wire.Votes(votes=listed).model_dump(mode="json"))

    async def propose(self, request: web.Request) -> web.Response:
        """Put a question to all homes, within the bylaws."""
        home = await self._caller(request)
        proposal = await message(request, calls.PROPOSE)
        if home.suspended_at is not None:
            raise VoteRefusedError(Refusal.SUSPENDED)
        now = self._clock.now()
        motion = _motion(proposal, self._clock, now)
        wrong = await asyncio.to_thread(
            motion_problems, self._store, self._village.current_plan(), motion, now
        )
        if wrong:
            meanings = "; ".join(dict.fromkeys(meaning for _, meaning in wrong))
            raise VoteRefusedError(Refusal.OUTSIDE_BYLAWS, f"Not put to the vote: {meanings}.")
        vote_id = await asyncio.to_thread(self._store.propose, motion, Author(MEMBER, now), home.id)
        self._village.votes_changed()
        _LOGGER.info("vote_proposed", vote_id=vote_id)
        answer = wire.Proposed(vote_id=vote_id).model_dump(mode="json")
        return web.json_response(answer, status=HTTPStatus.CREATED)

    async def sign(self, request: web.Request) -> web.Response:
        """Sign a home's ballot without seeing it, and note on the roll that it has voted."""
        home = await self._caller(request)
        asked = await message(request, calls.SIGN_BALLOT)
        signature = await asyncio.to_thread(
            self._store.sign_paper,
            request.match_info["vote_id"],
            home.id,
            asked.paper,
            _bytes(asked.blinded),
            self._clock.now(),
        )
        answer = wire.BlindSignature(blind_signature=to_text(signature))
        return web.json_response(answer.model_dump(mode="json"))

    async def cast(self, request: web.Request) -> web.Response:
        """Take in a ballot, by whomever: a token would say who votes for what, and is refused."""
        if "Authorization" in request.headers:
            raise ApiError(
                HTTPStatus.BAD_REQUEST,
                "not_secret",
                "Cast a ballot without a token: nobody is to know whose it is. Nothing was counted.",
            )
        sent = await message(request, calls.CAST_BALLOT)
        ballot = Ballot(sent.choice, sent.number, _bytes(sent.signature))
        vote_id = request.match_info["vote_id"]
        await asyncio.to_thread(self._store.cast, vote_id, ballot, self._clock.now())
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def ballots(self, request: web.Request) -> web.Response:
        """Publish the ballots of a vote that is over, for anybody to find their own and to count again."""
        await self._caller(request)
        vote_id = request.match_info["vote_id"]
        answer = await asyncio.to_thread(published, self._village, vote_id)
        return web.json_response(answer.model_dump(mode="json"))


def _motion(proposal: wire.Proposal, clock: Clock, now: datetime) -> Motion:
    return Motion(
        subject=proposal.subject,
        title=proposal.title,
        explanation=proposal.explanation,
        values=proposal.values,
        opens_at=now if proposal.opens_at is None else _to_village(clock, proposal.opens_at),
        closes_at=_to_village(clock, proposal.closes_at),
        takes_effect_at=_to_village(clock, proposal.takes_effect_at),
    )


def _to_village(clock: Clock, wall: datetime) -> datetime:
    try:
        return clock.to_village(wall)
    except OverflowError as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, "malformed", "Give times of this century.") from error


def _bytes(text: str) -> bytes:
    try:
        return from_text(text)
    except ValueError as error:
        raise ApiError(
            HTTPStatus.BAD_REQUEST, "malformed", "Write bytes as base64url without padding."
        ) from error
