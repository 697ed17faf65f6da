"""What a connection draws in a usual hour, where nobody has measured it.

The mean of the built-in village's 147 connections, by month, kind of day and hour of the Dutch day. It is an
extract of SimBench (ODbL), as docs/village-data.md describes; `script/standard-profile` makes it.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

import numpy as np

from battery_commons.domain.time import MARKET_ZONE
from battery_commons.sense.summary import Floats

_SATURDAY = 5


def place_in_profile(moment: datetime) -> tuple[int, int, int]:
    """Return month, kind of day (1 for a weekend) and hour, each from 0, of a moment in the Netherlands."""
    local = moment.astimezone(MARKET_ZONE)
    return local.month - 1, int(local.weekday() >= _SATURDAY), local.hour


def standard_w(moments: Sequence[datetime]) -> tuple[Floats, Floats]:
    """Return (T,) what a connection draws at each moment on average, and how far single ones are from it (W).

    The second is a standard deviation.
    """
    places = tuple(np.array([place_in_profile(moment) for moment in moments], dtype=np.intp).reshape(-1, 3).T)
    mean_w, spread_w = _table()
    return mean_w[places], spread_w[places]


@cache
def _table() -> tuple[Floats, Floats]:
    path = files("battery_commons.sense") / "data" / "standard_profile.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    return np.array(content["mean_w"], dtype=np.float64), np.array(content["spread_w"], dtype=np.float64)
