"""Durations of ISO 8601: hours and minutes are exact, days, weeks, months and years are the calendar's."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta, tzinfo
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

ENDLESS_YEARS = 1000
"""`P9999Y` is how OpenADR writes "until further notice" (user guide, section on open-ended events)."""
_LONGEST_TEXT = 64
_FORM = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,11})(?:[.,](\d{1,6})\d{0,9})?S)?)?",
    re.ASCII,
)
_MONTHS = 12
_LONGEST_YEARS, _LONGEST_DAYS, _LONGEST_HOURS = 9_999, 999_999, 9_999_999
"""No calendar goes further, and what is read must be written so that it can be read again."""


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something lasts."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta(0)

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `PT15M`, `P1D` or the like.

        Raises ValueError for anything else, as a negative duration or one beyond the calendar.
        """
        found = _FORM.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
        if found is None:
            raise ValueError("not a duration of ISO 8601, such as PT15M")
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:7])
        micros = int((found[8] or "0").ljust(6, "0"))
        exact = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
        read = cls(_MONTHS * years + months, 7 * weeks + days, exact)
        hours_too_many = exact >= timedelta(hours=_LONGEST_HOURS + 1)
        if read.months > _MONTHS * _LONGEST_YEARS or read.days > _LONGEST_DAYS or hours_too_many:
            raise ValueError("a duration of ISO 8601, but longer than any calendar")
        return read

    @property
    def is_endless(self) -> bool:
        """Whether it means "until further notice"."""
        return self.months >= _MONTHS * ENDLESS_YEARS

    @property
    def is_nothing(self) -> bool:
        """Whether it is no time at all: `PT0S`."""
        return not (self.months or self.days or self.exact)

    def __add__(self, other: Duration) -> Duration:
        """Return both, one after the other."""
        return Duration(self.months + other.months, self.days + other.days, self.exact + other.exact)

    def __mul__(self, times: int) -> Duration:
        """Return it so many times in a row."""
        return Duration(self.months * times, self.days * times, self.exact * times)

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        """Return when it is over, if it begins at `start` in UTC.

        Months and days are those of the calendar in `zone`: an operator's P1D is a market day, of 23, 24 or
        25 hours. Raises OverflowError where that is further off than any calendar goes.
        """
        moment = start
        if self.months or self.days:
            local = start.astimezone(zone)
            year, month = divmod(local.year * _MONTHS + local.month - 1 + self.months, _MONTHS)
            if not MINYEAR <= year < MAXYEAR:
                raise OverflowError("no calendar goes that far")
            last = monthrange(year, month + 1)[1]
            local = local.replace(year=year, month=month + 1, day=min(local.day, last))
            # Wall time in the zone: adding to it keeps the clock, which is what a calendar day means.
            moment = (local + timedelta(days=self.days)).astimezone(start.tzinfo)
        return moment + self.exact

    def __str__(self) -> str:
        """Return it as ISO 8601 writes it."""
        years, months = divmod(self.months, _MONTHS)
        date = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (self.days, "D")) if n)
        whole, micros = divmod(self.exact // timedelta(microseconds=1), 1_000_000)
        hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
        rest = f"{seconds}.{micros:06d}".rstrip("0").rstrip(".") if micros else str(seconds)
        time = "".join(
            f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if str(n) != "0"
        )
        return f"P{date}T{time}" if time else f"P{date}" if date else "PT0S"


def _read(value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    if isinstance(value, timedelta) and value >= timedelta(0):
        return Duration(exact=value)
    if isinstance(value, str):
        return Duration.parse(value)
    raise ValueError("a duration is a text such as PT15M")


type IsoDuration = Annotated[Duration, BeforeValidator(_read), PlainSerializer(str)]
"""A duration in an object that is read from, or written to, the wire."""
