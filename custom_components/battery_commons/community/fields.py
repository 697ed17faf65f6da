"""Reading single fields of a message, so that nothing of the wrong kind gets past the door.

Each function raises ValueError for what it cannot take. Booleans are not numbers, whatever Python says.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

MAX_PRICE_PER_KWH = 20.0
"""No household pays as much: a larger figure is a price per MWh."""
MAX_POWER_W = 1_000_000.0
"""No home battery or village transformer in scope carries more: a larger figure is a wrong unit."""
MAX_FEEDER_POWER_W = 100_000_000.0
"""No medium-voltage cable carries more."""
MAX_WHOLE_NUMBER = 2**53
"""JSON readers agree on whole numbers up to here (RFC 8259)."""


def text(message: Mapping[str, Any], field: str) -> str:
    """Return a field that holds text of some length."""
    value = message.get(field)
    if not isinstance(value, str) or not value or len(value) > 1000:  # noqa: PLR2004 - longer is no name
        raise ValueError(f"{field} is no text")
    return value


def optional[T](message: Mapping[str, Any], field: str, read: Callable[[object], T]) -> T | None:
    """Return what `read` makes of a field, None where the message leaves it out."""
    value = message.get(field)
    return None if value is None else read(value)


def optional_moment(message: Mapping[str, Any], field: str) -> datetime | None:
    """Return a field that holds a moment, None where the message leaves it out."""
    return None if message.get(field) is None else moment(message, field)


def whole_number(message: Mapping[str, Any], field: str) -> int:
    """Return a field that holds a whole number from 1."""
    value = message.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_WHOLE_NUMBER:
        raise ValueError(f"{field} is no whole number above zero, or beyond all bounds")
    return value


def number(value: object) -> float:
    """Return a number that is finite."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("no number")  # noqa: TRY004 - a wrong message, not a wrong call
    try:
        figure = float(value)
    except OverflowError as error:
        raise ValueError("no finite number") from error
    if not math.isfinite(figure):
        raise ValueError("no finite number")
    return figure


def power_w(value: object) -> float:
    """Return a power that something in a village could have."""
    power = number(value)
    if abs(power) > MAX_POWER_W:
        raise ValueError("no power of this world; a wrong unit?")
    return power


def feeder_power_w(value: object) -> float:
    """Return a power that a medium-voltage feeder could carry."""
    power = number(value)
    if abs(power) > MAX_FEEDER_POWER_W:
        raise ValueError("no feeder's power; a wrong unit?")
    return power


def price_per_kwh(value: object) -> float:
    """Return a price that a kWh could have, in EUR."""
    price = number(value)
    if abs(price) > MAX_PRICE_PER_KWH:
        raise ValueError("no price of this world; a price per MWh?")
    return price


def moment(message: Mapping[str, Any], field: str) -> datetime:
    """Return a field that holds a moment with an offset, in UTC."""
    value = datetime.fromisoformat(text(message, field))
    if value.tzinfo is None:
        raise ValueError(f"{field} has no offset")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{field} is beyond all calendars") from error


def part(message: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """Return a field that holds a message of its own."""
    value = message.get(field)
    if not isinstance(value, Mapping):
        raise ValueError(f"{field} is no object")  # noqa: TRY004 - a wrong message, not a wrong call
    return value
