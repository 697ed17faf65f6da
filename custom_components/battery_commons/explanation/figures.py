"""Figures as they are written in a sentence. A figure that is missing or none gives no text at all."""

import math
from datetime import datetime, timedelta, tzinfo

from .phrases import Phrases

WHOLE_WATTS_BELOW = 1000.0
"""Below a kilowatt, a power is told in watts."""
HIGHEST_SHARE = 10.0
"""No transformer carries ten times its limit: a larger share comes from a wrong figure."""
SAME_DAY_WITHIN = timedelta(hours=12)
"""A moment that is so near needs no date, also where midnight lies between."""
LONGEST_NAME = 60


def energy(energy_wh: float, words: Phrases) -> str | None:
    """Return an energy such as `1.2 kWh`."""
    return f"{_decimals(energy_wh / 1000, 1, words)} kWh" if math.isfinite(energy_wh) else None


def power(power_w: float, words: Phrases) -> str:
    """Return how large a power is, such as `2.1 kW`; the direction is the verb's."""
    size_w = abs(power_w)
    if round(size_w) < WHOLE_WATTS_BELOW:
        return f"{size_w:.0f} W"
    return f"{_decimals(size_w / 1000, 1, words)} kW"


def change_of_power(change_w: float, words: Phrases) -> str:
    """Return by how much a power changes, such as `-12.3 kW`."""
    return f"{_decimals(change_w / 1000, 1, words, sign='+')} kW"


def percent(share: float) -> str:
    """Return a share (0 to 1) such as `96 %`."""
    return f"{100 * share:.0f} %"


def price(price_per_kwh: float, words: Phrases) -> str:
    """Return how large a price is, such as `0.08`."""
    return _decimals(abs(price_per_kwh), 2, words)


def share_of_limit(load_w: float | None, limit_w: float | None) -> float | None:
    """Return which part of its limit a transformer carries, positive = import."""
    if load_w is None or not limit_w or not limit_w > 0:
        return None
    share = load_w / limit_w
    return share if abs(share) <= HIGHEST_SHARE else None


def moment(at: datetime, now: datetime, words: Phrases, time_zone: tzinfo) -> str:
    """Return a moment as the clock on the wall shows it, with the date where it is on another day."""
    local = at.astimezone(time_zone)
    time = f"{local:%H:%M}" + (words.winter_time if local.fold else "")
    if local.date() == now.astimezone(time_zone).date() or abs(at - now) < SAME_DAY_WITHIN:
        return time
    return words.date.format(day=local.day, month=words.months[local.month - 1], time=time)


def transformer(name: str, words: Phrases) -> str:
    """Return how a transformer is called in a sentence."""
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not name:
        return words.a_transformer
    return words.transformer.format(
        name=name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    )


def _decimals(figure: float, decimals: int, words: Phrases, *, sign: str = "") -> str:
    return f"{figure:{sign}.{decimals}f}".replace(".", words.decimal_mark)
