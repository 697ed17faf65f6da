"""Hold the measured response of codes red and green against the true one, in the built-in village.

A hundred codes per row, one every three days, 40 % of the homes joining each at random: at any hour, or in
the two hours that had the highest (lowest) mean load in the week before. Then a year in which nobody responds
and the village's own forecast, made at 7:00, chooses the hours of every day.

    script/bench flash_mob
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.forecaster import Forecaster
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

EVENTS = 100
STARTS = (62, 63, 64)
"""Together they put a code on every day."""
LAST_DAY = 362
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


if __name__ == "__main__":
    main()
