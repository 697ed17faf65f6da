"""A ballot: a choice, a number that only its voter knows until the close, and the signature of both."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from battery_commons.voting.blind import VoteKey

HEADING = "battery-commons-ballot/1"
_NUMBER = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 bits as base64url without padding."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote, by nobody."""

    choice: str
    number: str
    """Drawn by the voter; what makes the ballot its own, and lets the voter find it again."""
    signature: bytes

    def message(self, vote_id: str) -> bytes:
        """Return what is signed."""
        return f"{HEADING}\n{vote_id}\n{self.choice}\n{self.number}".encode()

    def is_signed(self, vote_id: str, key: VoteKey) -> bool:
        """Return whether the village signed this very ballot for this very vote."""
        return _NUMBER.fullmatch(self.number) is not None and key.signed(
            self.message(vote_id), self.signature
        )

    def digest(self) -> str:
        """Return what the ballot is kept by: as random as its number, so its place says nothing of when."""
        return sha256(self.number.encode()).hexdigest()


def to_text(value: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Return what a text in base64url says. Raises ValueError for what is none, or has padding."""
    try:
        value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise ValueError("that is not base64url") from error
    if to_text(value) != text:
        raise ValueError("that is not base64url without padding")
    return value
