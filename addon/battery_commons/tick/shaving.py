"""By how much the batteries lower the highest load that a transformer carries today."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta

import numpy as np

from battery_commons.domain.plan import Plan
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid, slot_start


def local_midnight(moment: datetime) -> datetime:
    """Return when the local day of `moment` began."""
    return datetime.combine(moment.astimezone(MARKET_ZONE), time(), MARKET_ZONE)


def peak_shaved_w(
    transformer_id: str,
    batteries: Collection[str],
    plan: Plan,
    measured_w: Mapping[datetime, float],
    base: MeasuredSeries,
) -> float | None:
    """Return today's peak without the batteries behind a transformer, less the peak with them.

    A peak is the highest load, whether import or feed-in. What is over counts as measured (`measured_w` by
    slot, `base` without the batteries), what is to come as `plan` has it. None where any quarter hour of the
    local day is not known: the peak may have been there.
    """
    coming_w = plan.forecast_w(transformer_id, batteries)
    if coming_w is None:
        return None
    start, midnight = plan.grid.start, local_midnight(plan.grid.start)
    first, last = slot_start(midnight), slot_start(midnight + timedelta(days=1))  # or 23 or 25 hours later
    left = (last - start) // SLOT
    with_w, without_w = coming_w[:left], list(plan.base_load_w[transformer_id][:left])
    if start > first:
        past = TimeGrid(first, (start - first) // SLOT)
        with_w += [measured_w.get(slot, np.nan) for slot in past.starts()]
        without_w += base.over(past).tolist()
    shaved_w = np.abs(without_w).max() - np.abs(with_w).max()  # NaN where a slot is not known
    return float(shaved_w) if np.isfinite(shaved_w) else None
