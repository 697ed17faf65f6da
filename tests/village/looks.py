"""A clock for what looks again and again: time passes only where it would sleep, and it looks so often."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import override

from battery_commons.domain.time import Clock, WallClock


class _EnoughError(Exception):
    """It looked as often as it was to."""


class _LooksClock(WallClock):
    def __init__(self, now: datetime, looks: int) -> None:
        self._now = now
        self._left = looks

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def wall_seconds(self, village: timedelta) -> float:
        self._left -= 1
        if not self._left:
            raise _EnoughError
        self._now += village
        return 0.0


async def look(keep: Callable[[Clock], Awaitable[None]], now: datetime, looks: int) -> None:
    """Let `keep` look as many times, the first time at `now`."""
    with suppress(_EnoughError):
        await keep(_LooksClock(now, looks))
