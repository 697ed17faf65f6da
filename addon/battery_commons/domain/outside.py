"""What comes from outside of the village, and how its sources have answered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Subject(StrEnum):
    """What is asked for outside of the village."""

    PRICES = "prices"
    WEATHER = "weather"


class Trouble(StrEnum):
    """What is the matter with a source."""

    UNREACHABLE = "unreachable"
    LATE = "late"
    """It did not answer in time."""
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    """It answered with what cannot be read, or cannot be."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source has answered, each None where it never did so."""

    subject: Subject
    source: str
    answered_at: datetime | None = None
    failed_at: datetime | None = None
    trouble: Trouble | None = None
    """Why it failed then."""
    detail: str | None = None
    """More about that, for who looks into it."""

    @property
    def fails(self) -> bool:
        """Whether it failed when it was last asked."""
        if self.failed_at is None:
            return False
        return self.answered_at is None or self.failed_at > self.answered_at
