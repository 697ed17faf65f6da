"""The stream: a line that the home opens, for plans where its webhook cannot be reached. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .envelope import PROTOCOL_VERSION
from .inbox import Inbox

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
LASTING_S = 60.0
"""A stream that held for so long was a good one: the next try may come soon."""


class Way(StrEnum):
    """How plans get to this home."""

    WEBHOOK = "webhook"
    STREAM = "stream"


def hello(inbox: Inbox) -> dict[str, Any]:
    """Return the first thing that a home says: which plan it accepted last, so that it is not sent again."""
    return {"version": PROTOCOL_VERSION, "sequence": inbox.sequence}


def is_wanted(*, has_address: bool, webhook_reached: bool | None, so_far: bool) -> bool:
    """Return whether the home should hold a stream open.

    It does when it has no address to give, or when the village says that nobody answers there. A village that
    has not tried yet, or does not say, changes nothing.
    """
    if not has_address:
        return True
    return so_far if webhook_reached is None else not webhook_reached


@dataclass(slots=True)
class Backoff:
    """How long to wait before the next try: twice as long each time, until a stream has held for a while."""

    _next_s: float = FIRST_WAIT_S

    def wait_s(self, lasted_s: float, jitter: float) -> float:
        """Return how long to wait after a try that `lasted_s`.

        `jitter` is from 0 to 1: homes that were lost together must not come back together.
        """
        if lasted_s >= LASTING_S:
            self._next_s = FIRST_WAIT_S
        wait_s = self._next_s * (0.5 + jitter / 2)
        self._next_s = min(2 * self._next_s, LONGEST_WAIT_S)
        return wait_s
