"""The months that are settled: calendar months, by the market's clock."""

from datetime import UTC, date, datetime, timedelta

from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid


def month_grid(period: str) -> TimeGrid:
    """Return the quarter hours of a calendar month such as "2026-03", by the market's clock.

    Raises ValueError for what is no month.
    """
    try:
        first = datetime.strptime(period, "%Y-%m").replace(tzinfo=MARKET_ZONE)
    except ValueError:
        raise ValueError(f"a month is like 2026-03, not {period!r}") from None
    if first.strftime("%Y-%m") != period:
        raise ValueError(f"a month is like 2026-03, not {period!r}")
    after = (first + timedelta(days=31)).replace(day=1)
    start = first.astimezone(UTC)
    return TimeGrid(start, (after.astimezone(UTC) - start) // SLOT)


def next_period(period: str) -> str:
    """Return the month after `period`."""
    return month_grid(period).end.astimezone(MARKET_ZONE).strftime("%Y-%m")


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    grid = month_grid(period)
    return grid.start.astimezone(MARKET_ZONE).date(), (grid.end - SLOT).astimezone(MARKET_ZONE).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=MARKET_ZONE).astimezone(UTC)
