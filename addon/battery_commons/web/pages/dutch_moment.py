"""Times as a browser's form writes them, by the clock on Dutch walls."""

from datetime import UTC, datetime

from battery_commons.domain.time import MARKET_ZONE


def read_moment(text: str) -> datetime | None:
    """Return the Dutch time that was typed; None for what is none, or that the clock shows twice or never."""
    try:
        written = datetime.fromisoformat(text)
        if written.tzinfo is not None:
            return None
        first, second = (written.replace(tzinfo=MARKET_ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    except ValueError, OverflowError:
        return None
    return first if first == second else None


def write_moment(moment: datetime) -> str:
    """Return a moment as a form's field has it, to the minute."""
    return f"{moment.astimezone(MARKET_ZONE):%Y-%m-%dT%H:%M}"
