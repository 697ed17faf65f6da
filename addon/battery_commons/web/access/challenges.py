"""Challenges that are kept nowhere until they are answered, so that asking for many fills no memory."""

import hmac
import secrets
import time
from collections.abc import Callable
from hashlib import sha256

ANSWERED_WITHIN_S = 600
_STAMP, _NONCE, _TAG = 8, 16, 32


class Challenges:
    """Makes challenges, each good for one answer within ten minutes and for what it was made for."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Know none yet; `seconds` is a clock that only runs forward."""
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._answered: dict[bytes, float] = {}

    def new(self, purpose: str) -> bytes:
        """Return a challenge for `purpose`."""
        stamp = int(self._seconds()).to_bytes(_STAMP) + secrets.token_bytes(_NONCE)
        return stamp + self._tag(stamp, purpose)

    def is_open(self, challenge: bytes, purpose: str) -> bool:
        """Return whether `challenge` was made for `purpose` and may still be answered."""
        stamp, tag = challenge[:-_TAG], challenge[-_TAG:]
        if len(stamp) != _STAMP + _NONCE or not hmac.compare_digest(tag, self._tag(stamp, purpose)):
            return False
        age = self._seconds() - int.from_bytes(stamp[:_STAMP])
        return age < ANSWERED_WITHIN_S and challenge not in self._answered

    def answered(self, challenge: bytes) -> None:
        """Take no other answer to this one."""
        now = self._seconds()
        self._answered = {
            each: since for each, since in self._answered.items() if now - since < ANSWERED_WITHIN_S
        }
        self._answered[challenge] = now

    def _tag(self, stamp: bytes, purpose: str) -> bytes:
        return hmac.new(self._key, stamp + purpose.encode(), sha256).digest()
