"""From what a source says to a power in W, positive = drawn from the grid."""

import json
from math import isfinite

from battery_commons.domain.csv_cell import NUMBER
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble

MOST_W = 100e6
"""More than a medium-voltage feeder carries: a unit is wrong."""
LONGEST_MESSAGE = 64 * 1024


def power_w(value: float, watts: float, *, is_reversed: bool) -> float:
    """Return a power in W from a number of units of `watts` W.

    Raises MeterSourceError for what is no power.
    """
    power = -value * watts if is_reversed else value * watts
    if not isfinite(power):
        raise MeterSourceError(Trouble.NO_NUMBER)
    if abs(power) > MOST_W:
        raise MeterSourceError(Trouble.TOO_LARGE, f"{power / 1000:.3g} kW")
    return power + 0.0  # no -0.0


def number_in(payload: bytes, path: str) -> float:
    """Return the number that a message holds.

    Args:
        payload: The message: a number, or JSON.
        path: Where in the JSON: keys and positions with points between them; empty where the message is a
            number.

    Raises:
        MeterSourceError: It holds none there.
    """
    if len(payload) > LONGEST_MESSAGE:
        raise MeterSourceError(Trouble.NO_NUMBER, f"{len(payload)} bytes")
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise MeterSourceError(Trouble.NO_NUMBER) from error
    if not path:
        return number(text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MeterSourceError(Trouble.NO_NUMBER, "JSON") from error
    for step in path.split("."):
        found = _inside(found, step)
    return number(found)


def number(found: object) -> float:
    """Return a number, or the number that a text is. Raises MeterSourceError for anything else."""
    if isinstance(found, str) and NUMBER.fullmatch(found.strip()):
        return float(found)
    if isinstance(found, int | float) and not isinstance(found, bool):
        try:
            return float(found)
        except OverflowError as error:
            raise MeterSourceError(Trouble.TOO_LARGE) from error
    raise MeterSourceError(Trouble.NO_NUMBER)


def _inside(found: object, step: str) -> object:
    if isinstance(found, dict) and step in found:
        return found[step]
    if isinstance(found, list) and step.isdecimal() and len(step) < 6 and int(step) < len(found):  # noqa: PLR2004
        return found[int(step)]
    raise MeterSourceError(Trouble.NOT_THERE, step)
