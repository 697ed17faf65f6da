"""Months and days, by the market's clock."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("Europe/Amsterdam")


def is_month(period: str) -> bool:
    """Return whether a text is a month, such as 2026-03."""
    return re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", period) is not None


def month_after(period: str) -> str:
    """Return the month after `period`."""
    return (_first(period) + timedelta(days=31)).strftime("%Y-%m")


def starts_of(period: str) -> list[str]:
    """Return the starts of a month's quarter hours, as tables write them."""
    moment, end = _first(period).astimezone(UTC), _first(month_after(period)).astimezone(UTC)
    starts = []
    while moment < end:
        starts.append(_written(moment))
        moment += timedelta(minutes=15)
    return starts


def midnight(day: date) -> str:
    """Return the moment at which a day begins, as tables write it."""
    return _written(datetime(day.year, day.month, day.day, tzinfo=_ZONE))


def _first(period: str) -> datetime:
    return datetime.strptime(period, "%Y-%m").replace(tzinfo=_ZONE)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
