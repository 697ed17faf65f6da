"""Which readings are taken in. Pure rules: what is known and the window come from the caller."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from battery_commons.domain.time import Clock

FUTURE_TOLERANCE = timedelta(seconds=60)
"""How far (wall time) a reading may be ahead: clocks differ a little. The same as homes allow for plans."""
BATTERY_DAYS_BACK = 2
"""Battery readings count from the start of the day before yesterday (UTC): forecasts look back no further."""
METER_HISTORY = timedelta(days=366)
"""A meter may bring a year of its past, so that a new village can start with a forecast."""


class Refusal(StrEnum):
    """Why a reading is not taken, in the words of docs/protocol.md."""

    UNKNOWN_BATTERY = "unknown_battery"
    DUPLICATE = "duplicate"
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"


@dataclass(frozen=True, slots=True)
class IntakeWindow:
    """The wall time that readings may bear, both ends included."""

    oldest: datetime
    newest: datetime

    @classmethod
    def for_batteries(cls, clock: Clock, now: datetime) -> Self:
        """Return what batteries may report at the village time `now`."""
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls._back_to(midnight - timedelta(days=BATTERY_DAYS_BACK), clock, now)

    @classmethod
    def for_meters(cls, clock: Clock, now: datetime) -> Self:
        """Return what meters may report at the village time `now`."""
        return cls._back_to(now - METER_HISTORY, clock, now)

    @classmethod
    def _back_to(cls, oldest: datetime, clock: Clock, now: datetime) -> Self:
        return cls(oldest=clock.to_wall(oldest), newest=clock.to_wall(now) + FUTURE_TOLERANCE)

    def refusal(self, at: datetime) -> Refusal | None:
        """Return why a reading stamped `at` (wall time) is not taken; None when it is."""
        if at < self.oldest:
            return Refusal.TOO_OLD
        if at > self.newest:
            return Refusal.IN_THE_FUTURE
        return None


def battery_refusal(
    battery_id: str, at: datetime, *, known: Container[str], window: IntakeWindow
) -> Refusal | None:
    """Return why a battery's reading is not taken; None when it is."""
    return Refusal.UNKNOWN_BATTERY if battery_id not in known else window.refusal(at)
