"""What is expected of the feeder above the village, and what its operator asks of it. Pure."""

from dataclasses import replace

import numpy as np

from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.asking import asked_limits, called_slots
from battery_commons.control.problem import Bools, FeederOutlook, Floats
from battery_commons.domain.grid import FEEDER_ID, Feeder
from battery_commons.domain.operator import OperatorSignals
from battery_commons.domain.time import TimeGrid
from battery_commons.forecast.load import LoadForecast


def feeder_outlook(
    known: tuple[Feeder, LoadForecast] | None,
    signals: OperatorSignals,
    base_load_w: Floats,
    margin_w: Floats,
    grid: TimeGrid,
    *,
    carries: Bools,
    seen: Bools | None = None,
) -> FeederOutlook | None:
    """Return the outlook on the feeder; None where nothing is known of it and nothing asked.

    `known` is the feeder and its forecast, of which something is known in the slots `seen` (T,), None for
    all. Where it is not known, what is asked of it is asked of the transformers on it together, `carries`
    (K,): their loads are `base_load_w` (K, T), and may come out `margin_w` (K, T) further from zero.
    """
    asked = _asked(signals, grid)
    if known is None:
        if asked is None:
            return None
        own_w, spread_w = np.zeros(grid.slots), np.hypot.reduce(margin_w[carries], axis=0)
        return FeederOutlook(Feeder(FEEDER_ID, "", np.inf), own_w, spread_w, asked, carries=carries)
    feeder, whole = known
    spread_w = np.where(whole.load_w >= 0, whole.high_w - whole.load_w, whole.load_w - whole.low_w)
    rest_w = whole.load_w - base_load_w[carries].sum(axis=0)
    outlook = FeederOutlook(feeder, rest_w, spread_w, asked, carries=carries)
    called = called_slots(signals, grid)
    if seen is not None and not seen.all():
        called = seen if called is None else called & seen
    return replace(outlook, called=called)


def _asked(signals: OperatorSignals, grid: TimeGrid) -> AskedLimits | None:
    asked = asked_limits(signals, [FEEDER_ID], grid)
    return asked and AskedLimits(asked.highest_w[0], asked.lowest_w[0], asked.ceiling_w[0])
