"""Days of the built-in village, lived through once for all tests that look at how they went."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.outcome import Mode, Outcome
from battery_commons.simulation.perfect import with_foresight
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.rolling import Knowledge, roll

M1, M2, M3, M4, M5, M6, LAYERED = ControlModel
MAY = 139
"""Days of the year before 19 May 2016, the first of some sunny ones."""
DAYS = 3
FRESH = Knowledge()
MEASURED = ("base_load_w", "feeder_background_w")


@cache
def summer(count: int = DAYS) -> RecordedVillage:
    """Return so many local days of the built-in village from 19 May on; then the clock shows UTC+2."""
    return record_builtin().part(MAY * SLOTS_PER_DAY - 4, count * SLOTS_PER_DAY)


@cache
def lived(mode: Mode, model: ControlModel) -> Outcome:
    """Return how the village went through these days."""
    if mode is Mode.PERFECT:
        return with_foresight(summer(), AFTER_NET_METERING, model, lambda _: None)
    return rolled(summer(), model)


def rolled(village: RecordedVillage, model: ControlModel, knowledge: Knowledge = FRESH) -> Outcome:
    return roll(village, AFTER_NET_METERING, model, knowledge, lambda _: None)


def otherwise(
    village: RecordedVillage, first: int, end: int | None = None, fields: Sequence[str] = MEASURED
) -> RecordedVillage:
    """Return the village with another course of `fields` in the slots [first, end): chance has it."""
    rng = np.random.default_rng(first)
    values = {name: getattr(village, name).copy() for name in fields}
    for array in values.values():
        part = array[..., first:end]
        part += rng.normal(0, np.abs(array).mean(), part.shape)
    return replace(village, **values)


def without_feeder(village: RecordedVillage) -> RecordedVillage:
    return replace(village, feeder=None, feeder_background_w=None)
