"""The Dutch calendar day, which the day-ahead market trades: 92, 96 or 100 quarter hours."""

from datetime import UTC, date, datetime, timedelta

from battery_commons.domain.time import MARKET_ZONE, SLOT


def slots_of(day: date) -> list[datetime]:
    """Return the starts of the day's quarter hours, in UTC."""
    start, end = (_midnight(each) for each in (day, day + timedelta(days=1)))
    return [start + i * SLOT for i in range((end - start) // SLOT)]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=MARKET_ZONE).astimezone(UTC)
