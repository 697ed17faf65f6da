"""Times as a volunteer writes them."""

from datetime import UTC, datetime

from battery_commons.domain.time import MARKET_ZONE


def moment(text: str) -> datetime:
    """Return the moment that `text` means: Dutch time, unless it says otherwise.

    Raises ValueError for what is no time, and for one that the clock shows twice or never.
    """
    written = datetime.fromisoformat(text)
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    first, second = (written.replace(tzinfo=MARKET_ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        raise ValueError(f"on the night that the clock changes, {text} needs its offset: {text}+01:00")
    return first
