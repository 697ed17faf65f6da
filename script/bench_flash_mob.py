"""Hold the measured response of codes red and green against the true one, in the built-in village.

A hundred codes per row, one every three days, 40 % of the homes joining each at random: at any hour, or in
the two hours that had the highest (lowest) mean load in the week before. Then a year in which nobody responds
and the village's own forecast, made at 7:00, chooses the hours of every day. Last, nobody responds in years
of the same weeks in another order, each at most a month from where it was: enough codes to see a small bias.

    script/bench flash_mob
"""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.forecaster import Forecaster
from battery_commons.mob.baseline import Floats
from battery_commons.mob.proposals import LOOKED_BACK, SELDOM
from tests.village.mob.trial import (
    AWAKE_SLOTS,
    FIRST_DAY,
    Found,
    Miss,
    Trial,
    highest,
    lowest,
    measured,
    village,
)

type Indices = NDArray[np.intp]

EVENTS = 100
STARTS = (62, 63, 64)
"""Together they put a code on every day."""
LAST_DAY = 362
WEEKS, OTHER_YEARS = 51, 8
RESPONSE = 0.5
"""What a home that joins shifts at most, as a share of its mean use."""


def main() -> None:
    """Print how far the measured responses are off, and how often their intervals hold the truth."""
    print("windows                 | whose   | codes | mean error | its s.e. | half the interval | in it")
    print("------------------------|---------|-------|------------|----------|-------------------|-------")
    for name, choose in (("any hour", None), ("highest", highest), ("lowest", lowest)):
        trials = [Trial(RESPONSE, seed=first, first_day=first).run(EVENTS, choose) for first in STARTS]
        for n, whose in enumerate(("village", "homes")):
            _print(name, whose, Found([miss for trial in trials for miss in trial[n].misses]))
    for name, found in _chosen_by_forecast().items():
        _print(name, "village", found)
    for name, found in _in_other_years().items():
        _print(name, "village", found)


def _print(name: str, whose: str, found: Found) -> None:
    half_w = sum(miss.within_w for miss in found.misses) / len(found.misses)
    covered = f"{found.covered:.1%}" if found.covered else "states none"
    print(
        f"{name:23s} | {whose:7s} | {len(found.misses):5d} | {found.mean_error_w:8.0f} W | "
        f"{found.standard_error_w:6.0f} W | {half_w:15.0f} W | {covered}"
    )


def _chosen_by_forecast() -> dict[str, Found]:
    """Return what is measured of nobody's response: on all days, and where a proposal would be made."""
    record = village()
    weather = Weather(record.grid.start, record.weather or {})
    load_w = record.base_load_w.sum(axis=0)
    history = MeasuredSeries(record.grid.start, load_w)
    forecaster = Forecaster()
    expected: list[float] = []
    found: dict[str, list[Miss]] = {
        "forecast, all days": [],
        "forecast, high days": [],
        "the forecast itself": [],
    }
    for day in range(FIRST_DAY, LAST_DAY):
        midnight = datetime(2016, 1, 1, tzinfo=MARKET_ZONE) + timedelta(days=day)
        now = (midnight + timedelta(hours=7)).astimezone(UTC)
        known = history.until(now)
        if forecaster.needs_training(now, weather):
            forecaster.train(known, weather, now)
        ahead = forecaster.forecast(known, weather, TimeGrid(now, SLOTS_PER_DAY), now).load_w[4:][
            :AWAKE_SLOTS
        ]
        first = highest(ahead)
        hours = TimeGrid(now + (4 + first) * SLOT, 8)
        miss = measured(load_w, hours, now, [], weather, 0.0)
        is_high = len(expected) >= LOOKED_BACK and (
            sum(each > ahead[first : first + 8].mean() for each in expected[-LOOKED_BACK:])
            <= SELDOM * LOOKED_BACK
        )
        expected.append(float(ahead[first : first + 8].mean()))
        found["forecast, all days"].append(miss)
        if is_high:
            found["forecast, high days"].append(miss)
        off_w = float(np.mean(history.over(hours) - ahead[first : first + 8]))
        found["the forecast itself"].append(Miss(off_w, within=False, true_w=0.0, within_w=0.0))
    return {name: Found(misses) for name, misses in found.items()}


def _in_other_years() -> dict[str, Found]:
    """Return what is measured of nobody's response in the highest and the lowest hours of the week before."""
    record = village()
    rng = np.random.default_rng(1)
    midnight = (datetime(2016, 1, 1, tzinfo=MARKET_ZONE).astimezone(UTC) - record.grid.start) // SLOT
    whole = slice(midnight, midnight + WEEKS * 7 * SLOTS_PER_DAY)
    found: dict[str, list[Miss]] = {"highest, other years": [], "lowest, other years": []}
    for _ in range(OTHER_YEARS):
        order = np.argsort(np.arange(WEEKS) + rng.uniform(0, 4, WEEKS))

        def reordered(values: Floats, order: Indices = order) -> Floats:
            new = values.copy()
            new[whole] = values[whole].reshape(WEEKS, -1)[order].ravel()
            return new

        load_w = reordered(record.base_load_w.sum(axis=0))
        columns = {name: reordered(np.asarray(each)) for name, each in (record.weather or {}).items()}
        weather = Weather(record.grid.start, columns)
        for day in range(FIRST_DAY, WEEKS * 7):
            start = datetime(2016, 1, 1, 8, tzinfo=MARKET_ZONE) + timedelta(days=day)
            morning = start.astimezone(UTC)
            first = (morning - record.grid.start) // SLOT
            week = [load_w[first - back * SLOTS_PER_DAY :][:AWAKE_SLOTS] for back in range(1, 8)]
            for misses, choose in zip(found.values(), (highest, lowest), strict=True):
                hours = TimeGrid(morning + choose(np.mean(week, axis=0)) * SLOT, 8)
                misses.append(measured(load_w, hours, morning - timedelta(hours=1), [], weather, 0.0))
    return {name: Found(misses) for name, misses in found.items()}


if __name__ == "__main__":
    main()
