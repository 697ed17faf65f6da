"""A ballot of this home, from before it is signed until it was found among those that were counted. Pure."""

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from .blind import VoteKey, blind, from_text, read_key, to_text, unblinded
from .fields import part
from .votes import Vote

_HEADING = "battery-commons-ballot/1"
_NUMBER_BYTES = 32
LONGEST_WAIT = timedelta(hours=1)
"""Between the signature and the ballot: who watches the village's door cannot tell which belongs to which."""
_SHARE_OF_TIME_LEFT = 0.5
"""At most: a ballot must be in before the vote closes, also when the village is away for a while."""


class Stage(StrEnum):
    """How far a ballot is."""

    UNSIGNED = "unsigned"
    """The village is asked, or was and its answer is lost: it gives the same one again."""
    SIGNED = "signed"
    """To be cast at its time."""
    CAST = "cast"
    COUNTED = "counted"
    """It was found among the ballots that were published."""
    MISSING = "missing"
    """The vote is over, and it is not there, or not under the key that it was made with."""


@dataclass(frozen=True, slots=True)
class Published:
    """The ballots of a vote that is over, as the village shows them to everybody."""

    key: VoteKey
    choices: Mapping[str, str]
    """By the ballots' numbers; empty where two ballots with one number differ."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ballot. What it says never leaves this home with a name on it."""

    vote_id: str
    title: str
    paper: int
    closes_at: datetime
    stage: Stage
    choice: str = field(repr=False)
    """Empty once it was found to be counted: then nobody needs to know any more."""
    number: str = field(repr=False)
    key: VoteKey = field(repr=False)
    blinded: bytes = field(repr=False)
    inverse: int = field(repr=False)
    signature: str = field(default="", repr=False)
    cast_at: datetime | None = None
    """When it may be cast."""

    @classmethod
    def made(cls, vote: Vote, paper: int, choice: str) -> Self:
        """Return a new ballot for an open vote. Raises ValueError where the vote has no key to hide it by."""
        if vote.key is None:
            raise ValueError("this vote has not opened")
        number = to_text(secrets.token_bytes(_NUMBER_BYTES))
        hidden = blind(vote.key, _message(vote.vote_id, choice, number))
        return cls(
            vote_id=vote.vote_id,
            title=vote.title,
            paper=paper,
            closes_at=vote.closes_at,
            stage=Stage.UNSIGNED,
            choice=choice,
            number=number,
            key=vote.key,
            blinded=hidden.message,
            inverse=hidden.inverse,
        )

    @property
    def id(self) -> tuple[str, int]:
        """Which vote of this home it is."""
        return self.vote_id, self.paper

    def signed(self, blind_signature: bytes, now: datetime) -> Self:
        """Return it with the village's signature, to be cast after a random while. Raises NotSignedError."""
        message = _message(self.vote_id, self.choice, self.number)
        signature = unblinded(self.key, message, blind_signature, self.inverse)
        cast_at = self._at_random(now, LONGEST_WAIT)
        return replace(self, stage=Stage.SIGNED, signature=to_text(signature), cast_at=cast_at)

    def cast(self) -> Self:
        """Return it as one that is in the box."""
        return replace(self, stage=Stage.CAST)

    def looked_up(self, published: Published) -> Self:
        """Return it as found or missed among the ballots that were counted.

        Their key must be the one that this ballot was made with: a village that gave each home a key of its
        own could tell their ballots apart.
        """
        if published.key != self.key or published.choices.get(self.number) != self.choice:
            return replace(self, stage=Stage.MISSING)
        return replace(self, stage=Stage.COUNTED, choice="", number="", signature="", inverse=0, blinded=b"")

    def due(self, now: datetime, again_within: timedelta) -> datetime:
        """Return when a signed ballot is to be cast: once its moment is past, a random while from `now`."""
        if self.cast_at is not None and self.cast_at > now:
            return self.cast_at
        return self._at_random(now, again_within)

    def _at_random(self, now: datetime, longest: timedelta) -> datetime:
        left = max(timedelta(0), self.closes_at - now)
        return now + random.SystemRandom().random() * min(longest, _SHARE_OF_TIME_LEFT * left)

    def stored(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "vote_id": self.vote_id,
            "title": self.title,
            "paper": self.paper,
            "closes_at": self.closes_at.isoformat(),
            "stage": self.stage.value,
            "choice": self.choice,
            "number": self.number,
            "key": f"{self.key.modulus:x}",
            "blinded": self.blinded.hex(),
            "inverse": f"{self.inverse:x}",
            "signature": self.signature,
            "cast_at": self.cast_at.isoformat() if self.cast_at else None,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return it as it was before a restart."""
        return cls(
            vote_id=stored["vote_id"],
            title=stored["title"],
            paper=stored["paper"],
            closes_at=datetime.fromisoformat(stored["closes_at"]),
            stage=Stage(stored["stage"]),
            choice=stored["choice"],
            number=stored["number"],
            key=VoteKey(int(stored["key"], 16)),
            blinded=bytes.fromhex(stored["blinded"]),
            inverse=int(stored["inverse"], 16),
            signature=stored["signature"],
            cast_at=datetime.fromisoformat(stored["cast_at"]) if stored["cast_at"] else None,
        )


def read_published(message: Mapping[str, Any]) -> Published:
    """Return the ballots of a vote as they were published. Raises ValueError for another message."""
    key = part(message, "key")
    listed = message.get("ballots")
    if not isinstance(listed, list):
        raise ValueError("ballots is no list")  # noqa: TRY004 - a wrong message, not a wrong call
    choices: dict[str, str] = {}
    for each in listed:
        if not isinstance(each, Mapping) or not isinstance(each.get("choice"), str):
            raise ValueError("a ballot has a choice")  # noqa: TRY004 - a wrong message, not a wrong call
        number, choice = each.get("number"), each["choice"]
        if not isinstance(number, str) or len(from_text(number)) != _NUMBER_BYTES:
            raise ValueError("a ballot has a number")
        # Two that differ count for nothing, as where they are counted: who looks for one of them misses it.
        choices[number] = choice if choices.get(number, choice) == choice else ""
    return Published(read_key(key.get("n"), key.get("e")), choices)


def _message(vote_id: str, choice: str, number: str) -> bytes:
    """Return what is signed of a ballot."""
    return f"{_HEADING}\n{vote_id}\n{choice}\n{number}".encode()
