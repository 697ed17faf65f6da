"""The home's calls about votes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from .ballot import Ballot, Published, read_published
from .blind import from_text, to_text
from .client import CommunityClient, CommunityError, understood
from .fields import text
from .votes import Vote, parse_votes

_VOTES = "/api/v1/votes"
ALREADY_CAST = "already_cast"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that this home puts to all homes."""

    subject: str
    title: str
    explanation: str
    values: Sequence[str | float]
    opens_at: datetime | None
    """None: as soon as may be."""
    closes_at: datetime
    takes_effect_at: datetime


class VoteCalls:
    """Calls one village about votes. Every method raises a CommunityError when it fails."""

    def __init__(self, client: CommunityClient) -> None:
        """Call by `client`."""
        self._client = client

    async def votes(self) -> tuple[Vote, ...]:
        """Return what is voted on. Raises NotOfferedError for a village that is too old to hold votes."""
        answer = await self._client.call("GET", _VOTES)
        with understood():
            return parse_votes(answer)

    async def propose(self, proposal: Proposal) -> str:
        """Put a question to all homes, and return the vote's id."""
        opens_at = proposal.opens_at
        message: Mapping[str, Any] = {
            "subject": proposal.subject,
            "title": proposal.title,
            "explanation": proposal.explanation,
            "values": list(proposal.values),
            "opens_at": None if opens_at is None else opens_at.isoformat(),
            "closes_at": proposal.closes_at.isoformat(),
            "takes_effect_at": proposal.takes_effect_at.isoformat(),
        }
        answer = await self._client.call("POST", _VOTES, message)
        with understood():
            return text(answer, "vote_id")

    async def sign(self, ballot: Ballot) -> bytes:
        """Have a ballot signed without showing what it says; asked again, the answer is the same."""
        message = {"paper": ballot.paper, "blinded": to_text(ballot.blinded)}
        answer = await self._client.call("POST", f"{_path(ballot.vote_id)}/sign", message)
        with understood():
            return from_text(answer.get("blind_signature"))

    async def cast(self, ballot: Ballot) -> None:
        """Put a signed ballot in the box, without saying who calls. One that is in already counts once."""
        message = {"choice": ballot.choice, "number": ballot.number, "signature": ballot.signature}
        try:
            await self._client.call("POST", f"{_path(ballot.vote_id)}/ballots", message, says_who=False)
        except CommunityError as error:
            if error.said != ALREADY_CAST:
                raise

    async def published(self, vote_id: str) -> Published:
        """Return all ballots of a vote that is over."""
        answer = await self._client.call("GET", f"{_path(vote_id)}/ballots")
        with understood():
            return read_published(answer)

    async def page_path(self) -> str:
        """Return the way to this home's own page, behind the village's address: it opens once."""
        answer = await self._client.call("POST", "/api/v1/home/page-link", {})
        with understood():
            path = text(answer, "path")
            if not path.startswith("/page/"):
                raise ValueError("the page is elsewhere")
            return path


def _path(vote_id: str) -> str:
    return f"{_VOTES}/{quote(vote_id, safe='')}"
