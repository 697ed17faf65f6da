"""Score the forecasts of the built-in village, and of substations whose data lie beside this repository.

With the weather forecast and without. A forecaster walks through its series, and learns from the past only.
Usage: script/bench_forecast.py [weeks]
"""

import csv
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.forecaster import Forecaster
from battery_commons.forecast.load import LoadForecast
from battery_commons.forecast.persistence import persist
from battery_commons.forecast.scores import ScoreKeeper
from battery_commons.simulation.village import load_village

FIRST = 28 * SLOTS_PER_DAY
"""The slot of the first forecast: four weeks are known by then."""
EVERY = 4
SLOTS = 144
WEEK = 7 * SLOTS_PER_DAY
STATIONS = ("HAL", "OWD", "WEW", "WHF")
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MEAN_DAILY_PEAK_KW = 700
"""What a station is scaled to, so that its figures can be set beside the village's feeder."""


@dataclass(frozen=True)
class Series:
    """A load in kW, and the weather as it was forecast."""

    name: str
    start: datetime
    load_kw: NDArray[np.float64]
    weather: Weather | None


@dataclass
class Walk:
    """What walking through a series brought."""

    boosting: ScoreKeeper = field(default_factory=ScoreKeeper)
    week_old: ScoreKeeper = field(default_factory=ScoreKeeper)
    trainings: int = 0
    training_s: float = 0.0
    forecasts: int = 0
    forecast_s: float = 0.0


def village_series() -> Iterator[Series]:
    """Yield the feeder and the transformers of the built-in village."""
    village = load_village()
    start, weather = (
        village.time_grid.start,
        Weather(village.time_grid.start, {"radiation": village.radiation}),
    )
    yield Series("village, feeder", start, village.feeder_load_w() / 1000, weather)
    for transformer in village.transformers:
        load_kw = village.transformer_load_w(transformer.id) / 1000
        yield Series(f"village, {transformer.name}", start, load_kw, weather)


def station_series() -> Iterator[Series]:
    """Yield Liander's substations, as far as their data are here; says which are not."""
    for station in STATIONS:
        path = DATA / f"liander_{station}.csv"
        if not path.exists():
            print(f"Liander {station} is skipped: there is no ../shared/data/{path.name}\n")
            continue
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        # The stamps are of the end of a quarter hour.
        start = datetime.fromisoformat(rows[0]["datetime"]) - SLOT
        load = _column(rows, "total_substation")
        whole_days = load[: len(load) // SLOTS_PER_DAY * SLOTS_PER_DAY].reshape(-1, SLOTS_PER_DAY)
        load *= MEAN_DAILY_PEAK_KW / np.abs(whole_days).max(axis=1).mean()
        weather = {"radiation": _column(rows, "radiation"), "wind": _column(rows, "windspeed_100m")}
        yield Series(f"Liander {station}", start, load, Weather(start, weather))


def _column(rows: list[dict[str, str]], name: str) -> NDArray[np.float64]:
    return np.array([float(row[name] or "nan") for row in rows])


def walk(series: Series, weeks: int) -> Walk:
    """Return how forecasts at every hour of at most `weeks` come out."""
    result, forecaster = Walk(), Forecaster()
    last = min(len(series.load_kw), FIRST + weeks * WEEK) - SLOTS
    for slot in range(FIRST, last, EVERY):
        now = series.start + slot * SLOT
        history, grid = MeasuredSeries(series.start, series.load_kw[:slot]), TimeGrid(now, SLOTS)
        if forecaster.needs_training(now, series.weather):
            begin = time.perf_counter()
            forecaster.train(history, series.weather, now)
            result.training_s += time.perf_counter() - begin
            result.trainings += 1
        begin = time.perf_counter()
        forecast = forecaster.forecast(history, series.weather, grid, now)
        result.forecast_s += time.perf_counter() - begin
        result.forecasts += 1
        day_old = persist(history, grid, now)
        result.boosting.issue(forecast, day_old, grid)
        result.week_old.issue(_week_old(series, slot), day_old, grid)
        if slot % SLOTS_PER_DAY == 0:
            result.boosting.measure(history, now)
            result.week_old.measure(history, now)
    return result


def _week_old(series: Series, slot: int) -> LoadForecast:
    """Return what data a week old make of the coming slots."""
    now = series.start + slot * SLOT
    history = MeasuredSeries(series.start, series.load_kw[: slot - WEEK])
    return persist(history, TimeGrid(now, SLOTS), now)


def main() -> None:
    """Print a table per series."""
    weeks = int(sys.argv[1]) if len(sys.argv) > 1 else 52
    for all_series in (village_series(), station_series()):
        for series in all_series:
            report(series, walk(series, weeks))
            blind = replace(series, name=f"{series.name}, without weather", weather=None)
            report(blind, walk(blind, weeks))


def report(series: Series, result: Walk) -> None:
    """Print the scores of one walk, in kW."""
    print(f"### {series.name}")
    print("| lead | MAE | day-old | week-old | of mean load | skill | pinball 10, 50, 90 % | coverage |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for lead, score in result.boosting.scores.items():
        pinball = ", ".join(f"{loss:.2f}" for loss in score.pinball_w)
        cells = [
            lead,
            f"{score.mae_w:.1f}",
            f"{score.reference_error_w / score.count:.1f}",
            f"{result.week_old.scores[lead].mae_w:.1f}",
            f"{score.relative_mae:.1%}",
            f"{score.skill:.0%}",
            pinball,
            f"{score.coverage:.1%}",
        ]
        print(f"| {' | '.join(cells)} |")
    print(
        f"\n{result.trainings} trainings of {result.training_s / result.trainings:.2f} s, "
        f"{result.forecasts} forecasts of {1000 * result.forecast_s / result.forecasts:.2f} ms\n",
        flush=True,
    )


if __name__ == "__main__":
    main()
