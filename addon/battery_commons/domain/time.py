"""Quarter-hour slots in UTC, and the clock that everything is told the time by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, override
from zoneinfo import ZoneInfo

SLOT = timedelta(minutes=15)
SLOT_HOURS = SLOT / timedelta(hours=1)
SLOTS_PER_DAY = 96
"""Slots in 24 hours. A local calendar day may have 92 or 100; a UTC day never does."""
MARKET_ZONE = ZoneInfo("Europe/Amsterdam")
"""Whose days are those of market and operators, and whose clock hangs on the wall of every home."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slot_start(moment: datetime) -> datetime:
    """Return the start of the quarter hour that contains `moment`.

    Raises ValueError for a moment without a time zone: local time cannot be guessed.
    """
    if moment.tzinfo is None:
        msg = f"{moment.isoformat()} has no time zone"
        raise ValueError(msg)
    return moment.astimezone(UTC) - (moment - _EPOCH) % SLOT


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Consecutive quarter-hour slots, each half-open: [start, start + 15 min)."""

    start: datetime
    slots: int

    def __post_init__(self) -> None:
        """Refuse a grid that is not aligned to the quarter hour, or that is empty."""
        if slot_start(self.start) != self.start:
            msg = f"a time grid starts on a quarter hour, not at {self.start.isoformat()}"
            raise ValueError(msg)
        if self.slots < 1:
            msg = f"a time grid has at least one slot, not {self.slots}"
            raise ValueError(msg)

    @property
    def end(self) -> datetime:
        """The moment at which the last slot ends."""
        return self.start + self.slots * SLOT

    def starts(self) -> list[datetime]:
        """Return the start of every slot."""
        return [self.start + i * SLOT for i in range(self.slots)]


class Clock(Protocol):
    """Tells village time, and translates it to the wall time that homes live in."""

    def now(self) -> datetime:
        """Return the village's time."""
        ...

    def to_wall(self, village: datetime) -> datetime:
        """Return the wall time at which the village's clock shows `village`."""
        ...

    def to_village(self, wall: datetime) -> datetime:
        """Return what the village's clock shows at the wall time `wall`."""
        ...

    def wall_seconds(self, village: timedelta) -> float:
        """Return how many wall seconds pass while the village's clock runs `village`."""
        ...


class WallClock:
    """The clock of a real village: village time is wall time."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)

    def to_wall(self, village: datetime) -> datetime:
        """Return `village` itself."""
        return village

    def to_village(self, wall: datetime) -> datetime:
        """Return `wall` itself."""
        return wall.astimezone(UTC)

    def wall_seconds(self, village: timedelta) -> float:
        """Return the duration in seconds."""
        return village.total_seconds()


@dataclass(frozen=True, slots=True)
class ScaledClock(WallClock):
    """A village whose time runs `speed` times as fast as the wall's, for demonstrations.

    At the wall time `wall_origin` the village's clock shows `village_origin`.
    """

    speed: float
    wall_origin: datetime
    village_origin: datetime

    def __post_init__(self) -> None:
        """Refuse a clock that stands still, runs backwards or lacks a time zone."""
        if not 0 < self.speed <= 3600:  # noqa: PLR2004 - one slot must outlast a round of messages
            msg = f"the village's clock runs 0 to 3600 times as fast as the wall's, not {self.speed}"
            raise ValueError(msg)
        if self.wall_origin.tzinfo is None or self.village_origin.tzinfo is None:
            msg = "the origins of a scaled clock need a time zone"
            raise ValueError(msg)

    @override
    def now(self) -> datetime:
        return self.to_village(datetime.now(UTC))

    @override
    def to_wall(self, village: datetime) -> datetime:
        return self.wall_origin.astimezone(UTC) + (village - self.village_origin) / self.speed

    @override
    def to_village(self, wall: datetime) -> datetime:
        return self.village_origin.astimezone(UTC) + (wall - self.wall_origin) * self.speed

    @override
    def wall_seconds(self, village: timedelta) -> float:
        return village.total_seconds() / self.speed
