"""The times that are told of: a day, a month or a year of the village's own calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from re import ASCII, fullmatch

_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_DAY = timedelta(days=1)
_MONTHS = 12


class Length(StrEnum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar day, month or year."""

    first: date
    length: Length

    @property
    def last(self) -> date:
        """Its last day, which counts."""
        return self._first_after() - _DAY

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def text(self) -> str:
        """Such as 2026, 2026-11 or 2026-11-27; `Period.read` reads it."""
        written = self.first.isoformat()
        return {Length.YEAR: written[:4], Length.MONTH: written[:7], Length.DAY: written}[self.length]

    @property
    def before(self) -> Period:
        """The one that ends where this begins."""
        return period_with(self.first - _DAY, self.length)

    @property
    def after(self) -> Period:
        """The one that begins where this ends."""
        return period_with(self._first_after(), self.length)

    @classmethod
    def read(cls, text: str) -> Period:
        """Return the period that a text names. Raises ValueError for what is none."""
        for pattern, rest, length in (
            (r"\d{4}", "-01-01", Length.YEAR),
            (r"\d{4}-\d{2}", "-01", Length.MONTH),
            (r"\d{4}-\d{2}-\d{2}", "", Length.DAY),
        ):
            if fullmatch(pattern, text, ASCII):
                first = date.fromisoformat(text + rest)
                if _FIRST_YEAR <= first.year <= _LAST_YEAR:
                    return cls(first, length)
        raise ValueError("give a year, a month or a day, as 2026, 2026-11 or 2026-11-27")

    def _first_after(self) -> date:
        match self.length:
            case Length.YEAR:
                return date(self.first.year + 1, 1, 1)
            case Length.MONTH:
                years, month = divmod(self.first.month, _MONTHS)
                return date(self.first.year + years, month + 1, 1)
            case Length.DAY:
                return self.first + _DAY


def period_with(day: date, length: Length) -> Period:
    """Return the period of a length that a day is in."""
    match length:
        case Length.YEAR:
            return Period(day.replace(month=1, day=1), length)
        case Length.MONTH:
            return Period(day.replace(day=1), length)
        case Length.DAY:
            return Period(day, length)
