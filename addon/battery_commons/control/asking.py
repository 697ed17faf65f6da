"""From what operators ask to the limits and windows of a horizon. Nothing they say can make a plan fail."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite

import numpy as np

from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.problem import Bools
from battery_commons.domain.operator import FlexCall, OperatorSignals, PowerLimit
from battery_commons.domain.time import SLOT, TimeGrid, slot_start


def asked_limits(signals: OperatorSignals, subjects: Sequence[str], grid: TimeGrid) -> AskedLimits | None:
    """Return (K, T) what is asked of K grid points; None where that is nothing.

    Where several ask, the narrowest counts. A slot that is asked for in part is kept to as a whole. What is
    no figure asks nothing, and no limit is below zero.
    """
    place = {subject: k for k, subject in enumerate(subjects)}
    asked = AskedLimits.nothing((len(subjects), grid.slots))
    for limit in signals.limits:
        if limit.subject in place:
            _limit(asked, place[limit.subject], limit, slots_between(grid, limit.start, limit.end))
    for call in signals.calls:
        if call.subject in place:
            _call(asked, place[call.subject], call, grid)
    return asked if asked.there().any() else None


def called_slots(signals: OperatorSignals, grid: TimeGrid) -> Bools | None:
    """Return (T,) the slots in which the regional grid asks for help; None where no hours were named."""
    if not signals.windows:
        return None
    called = np.zeros(grid.slots, dtype=bool)
    for window in signals.windows:
        called[slots_between(grid, window.start, window.end)] = True
    return called


def slots_between(grid: TimeGrid, start: datetime, end: datetime | None) -> slice:
    """Return the slots that any part of [start, end) lies in; no end is the grid's."""
    first = max((start - grid.start) // SLOT, 0)
    last = grid.slots if end is None else min(-((grid.start - end) // SLOT), grid.slots)
    return slice(min(first, grid.slots), max(last, 0))


def _limit(asked: AskedLimits, k: int, limit: PowerLimit, slots: slice) -> None:
    if limit.import_w is not None and isfinite(limit.import_w):
        asked.highest_w[k, slots] = np.minimum(asked.highest_w[k, slots], max(limit.import_w, 0.0))
    if limit.export_w is not None and isfinite(limit.export_w):
        asked.lowest_w[k, slots] = np.maximum(asked.lowest_w[k, slots], -max(limit.export_w, 0.0))


def _call(asked: AskedLimits, k: int, call: FlexCall, grid: TimeGrid) -> None:
    first = (slot_start(call.start) - grid.start) // SLOT
    for t, ceiling_w in enumerate(call.ceiling_w, start=first):
        if 0 <= t < grid.slots and isfinite(ceiling_w):
            asked.ceiling_w[k, t] = min(asked.ceiling_w[k, t], ceiling_w)
