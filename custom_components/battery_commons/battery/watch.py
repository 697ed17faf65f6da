"""Watches whether a battery does as it is told, and whether somebody else tells it things. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from .driver import BatteryReading


class Finding(StrEnum):
    """What is not as it should be with a battery that answers."""

    NOT_FOLLOWING = "not_following"
    """It is under our order and does something else."""
    SIGN_REVERSED = "sign_reversed"
    """It charges when it should discharge, and the other way round."""
    SECOND_CONTROLLER = "second_controller"
    """Somebody else keeps changing the order that it is under."""
    FROZEN_READINGS = "frozen_readings"
    """Its measurements do not move although it should be at work."""


MARKED_W = 100.0
"""A power that cannot be taken for noise."""
CERTAIN_AFTER = timedelta(minutes=1)


class Watch:
    """Remembers how one battery has answered to its orders."""

    def __init__(self) -> None:
        """Start without a suspicion."""
        self._reversed_since: datetime | None = None

    def observe(self, reading: BatteryReading, ordered_w: float | None, now: datetime) -> frozenset[Finding]:
        """Return what is wrong at `now` with a battery that is under our order `ordered_w`."""
        turned = ordered_w is not None and ordered_w * reading.power_w < -(MARKED_W**2)
        self._reversed_since = (self._reversed_since or now) if turned else None
        if self._reversed_since is not None and now - self._reversed_since >= CERTAIN_AFTER:
            return frozenset({Finding.SIGN_REVERSED})
        return frozenset()
