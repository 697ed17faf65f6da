"""The day of the village's year that a demonstration runs, chosen by a rule and not by its results."""

from datetime import UTC, datetime, timedelta

import numpy as np

from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.simulation.village import Village

SUNNY = 0.9
"""A day counts as sunny when its feed-in peak is above this quantile of the year's."""


def demo_day(village: Village) -> datetime:
    """Return the UTC midnight of a sunny day that resembles the day before.

    The rule: among the days whose feed-in peak on the first transformer is in the highest tenth of the year,
    the one whose load there differs least (root mean square) from the day before. Day-old persistence is the
    forecast, so this is a day on which the forecast is good; it says nothing about other days.
    """
    start = village.time_grid.start
    midnight = start + (-(start - datetime.min.replace(tzinfo=UTC))) % timedelta(days=1)
    load_w = village.transformer_load_w(village.transformers[0].id)[village.slot(midnight) :]
    days = load_w[: len(load_w) // SLOTS_PER_DAY * SLOTS_PER_DAY].reshape(-1, SLOTS_PER_DAY)
    sunny = -days.min(axis=1)[1:] >= np.quantile(-days.min(axis=1), SUNNY)
    difference = np.sqrt(np.mean(np.diff(days, axis=0) ** 2, axis=1))
    chosen = 1 + int(np.where(sunny, difference, np.inf).argmin())
    return midnight + timedelta(days=chosen)
