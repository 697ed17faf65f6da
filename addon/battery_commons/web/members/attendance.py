"""Which homes are online: those that have called lately."""

import time
from collections.abc import Callable

ONLINE_FOR_S = 120.0
"""Homes call every ten seconds; who has been silent for two minutes (wall time) is not there."""


class Attendance:
    """Kept in memory only: when somebody was online is nobody's history."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Start with nobody; `seconds` is a clock that only runs forward."""
        self._seconds = seconds
        self._since = seconds()
        self._heard: dict[str, float] = {}
        """Who was silent for longest comes first."""

    def heard(self, home_id: str) -> None:
        """Take note of a home that calls."""
        self._heard.pop(home_id, None)
        self._heard[home_id] = self._seconds()

    def left(self, home_id: str) -> None:
        """Forget a home that has left."""
        self._heard.pop(home_id, None)

    def online(self) -> int | None:
        """Return how many homes are online; None while those that are may not have had time to call."""
        now = self._seconds()
        while self._heard and now - self._heard[silent := next(iter(self._heard))] > ONLINE_FOR_S:
            del self._heard[silent]
        return len(self._heard) if now - self._since >= ONLINE_FOR_S else None
