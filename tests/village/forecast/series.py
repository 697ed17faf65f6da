"""Loads made up for tests: a village that sleeps at night, has PV, and is never quite the same."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY

START = datetime(2025, 2, 20, tzinfo=UTC)
"""Five weeks and some before the Dutch day of 92 quarter hours."""


def weather_of(days: int) -> Weather:
    """Return the radiation of `days`: each noon as sunny as chance has it."""
    hour = np.arange(days * SLOTS_PER_DAY) % SLOTS_PER_DAY / 4
    sky = np.random.default_rng(1).uniform(0.1, 1.0, days).repeat(SLOTS_PER_DAY)
    return Weather(START, {"radiation": sky * np.exp(-(((hour - 11.5) / 2.5) ** 2))})


def load_of(days: int) -> NDArray[np.float64]:
    """Return (T,) the load in that weather: an evening peak less the PV, with noise that lasts two hours."""
    slots = days * SLOTS_PER_DAY
    hour = np.arange(slots) % SLOTS_PER_DAY / 4
    noise = np.convolve(np.random.default_rng(2).normal(0, 300, slots), np.full(8, 0.4), "same")
    pv_w = 30_000 * weather_of(days).columns["radiation"]
    return 10_000 + 8_000 * np.exp(-(((hour - 18) / 2) ** 2)) - pv_w + noise


def at(slot: int) -> datetime:
    """Return the moment at which the slot of index `slot` starts."""
    return START + slot * SLOT


def known(values_w: NDArray[np.float64]) -> MeasuredSeries:
    """Return these loads as they were measured from `START` on."""
    return MeasuredSeries(START, values_w)
