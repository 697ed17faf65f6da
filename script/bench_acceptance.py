"""Measure the control core on the built-in village: every figure of docs/benchmarks.md's first tables.

    script/bench acceptance [--days N]

Needs the real prices and the stations of the Liander grid in the folder that
$BATTERY_COMMONS_MEASUREMENTS names (prices_nl_2025_quarter_hourly.csv, liander_*.csv).
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import inf
from pathlib import Path
from time import perf_counter

import highspy
import numpy as np

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOT_HOURS, SLOTS_PER_DAY, TimeGrid
from battery_commons.sense.prices.csv_file import read_prices
from battery_commons.simulation.backtest import BacktestRequest, run_backtest
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.measures.measure import ModelMeasures, measure
from battery_commons.simulation.outcome import Backtest, Mode
from battery_commons.simulation.recorded import Floats, RecordedVillage, Site
from battery_commons.simulation.rolling import Knowledge

MEASUREMENTS = Path(os.environ.get("BATTERY_COMMONS_MEASUREMENTS", "../shared/data"))
STATION_PEAK_W = 700e3
"""What a station's mean daily highest load is scaled to."""
STATION_TRAINING_DAYS = 28
SHORTEST_DAY_SLOTS = 92


FRESH, WEEK_OLD = "fresh, guard 1 minute late", "week-old, no guard"
VARIANTS = {
    FRESH: Knowledge(),
    "fresh, guard 5 minutes late": Knowledge(guard_delay=timedelta(minutes=5)),
    "fresh, no guard": Knowledge(guard_delay=None),
    "day-old, no guard": Knowledge(data_age=timedelta(days=1)),
    WEEK_OLD: Knowledge(data_age=timedelta(days=7)),
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the acceptance table."""

    what: str
    measured: float
    least: float
    unit: str = "%"

    def row(self) -> str:
        """Return it as a row of a Markdown table."""
        kept = "yes" if self.measured >= self.least else "**no**"
        return f"| {self.what} | {self.measured:.1f} {self.unit} | {self.least:g} {self.unit} | {kept} |"


def main() -> None:
    """Print the tables; exit with 1 where a criterion is not met."""
    parser = argparse.ArgumentParser("script/bench acceptance")
    parser.add_argument("--days", type=int, default=366, help="of the built-in year (default: all)")
    days = parser.parse_args().days
    prices = MEASUREMENTS / "prices_nl_2025_quarter_hourly.csv"
    if not prices.exists():
        sys.exit(f"the real prices are not here: {prices.name}")
    village = record_builtin(read_prices(prices)).part(0, days * SLOTS_PER_DAY)
    began = perf_counter()
    perfect = backtest(village, Mode.PERFECT, list(ControlModel))
    perfect_s = perf_counter() - began
    criteria = [*perfect_criteria(perfect), Criterion("all models, perfect foresight", -perfect_s, -120, "s")]
    print("\n## Rolling\n")
    best = feeder_reduction(perfect)
    headings = "feeder peak | of perfect | best week | worst week | worse | saving | time"
    print(f"| M5 on the village | {headings} |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    print(rolling_row("perfect foresight", perfect, best))
    effects, times = {}, {}
    # Two at a time: each takes one core, but for the short while that M1 takes.
    with ThreadPoolExecutor(2) as pool:
        for what, (result, seconds) in zip(
            VARIANTS, pool.map(partial(timed, village), VARIANTS.values()), strict=True
        ):
            print(rolling_row(what, result, best, seconds), flush=True)
            effects[what], times[what] = feeder_reduction(result), seconds
    criteria += [
        Criterion("M5 rolling, share of perfect foresight", 100 * effects[FRESH] / best, 70),
        Criterion("M5, a rolling year", -times[FRESH], -600, "s"),
        Criterion(
            "M5, what week-old data lose of the feeder's peak",
            100 * (effects[FRESH] - effects[WEEK_OLD]),
            0.5,
            "points",
        ),
    ]
    criteria += list(station_criteria())
    print("\n## Criteria\n\n| criterion | measured | at least | kept |\n| --- | --- | --- | --- |")
    for criterion in criteria:
        print(criterion.row())
    sys.exit(any(criterion.measured < criterion.least for criterion in criteria))


def backtest(
    village: RecordedVillage,
    mode: Mode,
    models: Sequence[ControlModel],
    knowledge: Knowledge | None = None,
) -> Backtest:
    """Return the village under `models` and M1, after net metering, behind one virtual meter."""
    request = BacktestRequest(village, AFTER_NET_METERING, models, mode, knowledge or Knowledge())
    return run_backtest(request, lambda _: None)


def timed(village: RecordedVillage, knowledge: Knowledge) -> tuple[Backtest, float]:
    """Return M5 rolling with `knowledge`, and how many seconds it took."""
    began = perf_counter()
    result = backtest(village, Mode.ROLLING, [ControlModel.M5], knowledge)
    return result, perf_counter() - began


def perfect_criteria(result: Backtest) -> Iterator[Criterion]:
    """Print how the models do with perfect foresight, and yield what they should reach."""
    of = {measures.model: measures for measures in measure(result)}
    bare = result.village.base_load_w
    print("## Perfect foresight\n")
    print(
        "| model | village variance, against no batteries | against M1 | first transformer, against M1 |",
        end="",
    )
    print(" collective saving | feeder peak |\n| --- | --- | --- | --- | --- | --- |")
    for model, measures in of.items():
        loads = result.outcome(model).transformer_load_w
        print(
            f"| {model} | {_less(loads.sum(axis=0), bare.sum(axis=0)):+.1f} % "
            f"| {-100 * (measures.grid.village.variance_reduction or 0):+.1f} % "
            f"| {-100 * (measures.grid.transformers[0].variance_reduction or 0):+.1f} % "
            f"| {100 * (measures.money.saving_share or 0):+.1f} % "
            f"| {-100 * _peak(measures):+.2f} % |"
        )
    m3, m4, m5 = (of[model] for model in (ControlModel.M3, ControlModel.M4, ControlModel.M5))
    layered = of[ControlModel.LAYERED]
    m3_loads = result.outcome(ControlModel.M3).transformer_load_w
    yield Criterion(
        "M3, variance of the village's load below that without batteries",
        -_less(m3_loads.sum(axis=0), bare.sum(axis=0)),
        20,
    )
    yield Criterion(
        "M3, variance of the first transformer's load below M1",
        100 * (m3.grid.transformers[0].variance_reduction or 0),
        18,
    )
    yield Criterion(
        "M4, share of M3's effect on the village's variance",
        100 * (m4.grid.village.variance_reduction or 0) / (m3.grid.village.variance_reduction or 1),
        85,
    )
    yield Criterion("M4, collective saving", 100 * (m4.money.saving_share or 0), 12)
    yield Criterion("M2, collective saving", 100 * (of[ControlModel.M2].money.saving_share or 0), 10)
    least_w = least_mean_daily_peak_w(result.village)
    reached_w = m5.grid.feeder.peaks.mean_daily_peak_w if m5.grid.feeder else None
    yield Criterion(
        "M5, mean daily feeder peak above HiGHS's optimum", -100 * ((reached_w or inf) / least_w - 1), -1
    )
    yield Criterion("layered, share of M5's effect", 100 * _peak(layered) / _peak(m5), 85)
    newly_over = sum(load.slots_newly_over for load in layered.grid.transformers)
    yield Criterion("layered, quarter hours over a limit that M1 keeps", -newly_over, 0, "")
    rebound = (layered.grid.feeder.rebound.highest_share or 0.0) if layered.grid.feeder else inf
    yield Criterion(
        "layered, highest feeder load in the 6 hours after a regional peak, of M1's that day",
        -100 * rebound,
        -100,
    )
    for load, of_m1 in zip(layered.grid.transformers, of[ControlModel.M1].grid.transformers, strict=True):
        highest, before = (max(x.highest_import_w, x.highest_feed_in_w) for x in (load, of_m1))
        yield Criterion(f"layered, highest load of {load.name}, of M1's", -100 * highest / before, -100)


def _less(load_w: Floats, than_w: Floats) -> float:
    return 100 * (float(load_w.var()) / float(than_w.var()) - 1)


def _peak(measures: ModelMeasures) -> float:
    reduction = measures.grid.feeder.peaks.mean_daily_peak_reduction if measures.grid.feeder else None
    return reduction or 0.0


def feeder_reduction(result: Backtest) -> float:
    """Return by which share of M1's M5 lowers the mean daily feeder peak."""
    (measures,) = (m for m in measure(result) if m.model == ControlModel.M5)
    return _peak(measures)


def rolling_row(what: str, result: Backtest, best: float, seconds: float | None = None) -> str:
    """Return M5's effect on the feeder as a row of a Markdown table."""
    (measures,) = (m for m in measure(result) if m.model == ControlModel.M5)
    peaks = measures.grid.feeder.peaks if measures.grid.feeder else None
    if peaks is None or peaks.best_week is None or peaks.worst_week is None:
        raise ValueError("weeks are measured of a village with a feeder, over at least one week")
    return (
        f"| {what} | {-100 * _peak(measures):+.2f} % | {100 * _peak(measures) / best:.0f} % "
        f"| {-100 * peaks.best_week:+.1f} % | {-100 * peaks.worst_week:+.1f} % "
        f"| {100 * (peaks.share_of_weeks_worse or 0):.0f} % "
        f"| {100 * (measures.money.saving_share or 0):+.1f} % | {f'{seconds:.0f} s' if seconds else ''} |"
    )


def least_mean_daily_peak_w(village: RecordedVillage) -> float:
    """Return the mean daily feeder peak that HiGHS finds on the whole problem, for that objective alone.

    The batteries are alike, so one of their joint size stands for all; limits of transformers are left out.
    Both make it a bound from below.
    """
    feeder_w = village.feeder_background_w
    if feeder_w is None:
        raise ValueError("this village has no feeder")
    base_kw = (feeder_w + village.base_load_w.sum(axis=0)) / 1000
    power_kw = sum(battery.max_charge_w for battery in village.batteries) / 1000
    capacity_kwh = sum(battery.capacity_wh for battery in village.batteries) / 1000
    days = days_of(village)
    return 1000 * _highs_mean_peak(base_kw, days, power_kw, capacity_kwh, village.batteries[0])


def _highs_mean_peak(
    base_kw: Floats, days: np.ndarray, power_kw: float, capacity_kwh: float, like: Battery
) -> float:
    slots, count = len(base_kw), int(days.max()) + 1
    highs = highspy.Highs()
    highs.silent()
    charge, discharge = (highs.addVariables(slots, lb=0, ub=power_kw, out_array=True) for _ in range(2))
    energy = highs.addVariables(slots, lb=0, ub=capacity_kwh, out_array=True)
    peak = highs.addVariables(count, lb=0, out_array=True)
    for t in range(slots):
        before = energy[t - 1] if t else capacity_kwh / 2
        gained = SLOT_HOURS * (like.charge_efficiency * charge[t] - discharge[t] / like.discharge_efficiency)
        highs.addConstr(energy[t] == before + gained)
        load = float(base_kw[t]) + charge[t] - discharge[t]
        highs.addConstr(load <= peak[int(days[t])])
        highs.addConstr(-load <= peak[int(days[t])])
    whole = np.bincount(days) >= SHORTEST_DAY_SLOTS
    highs.minimize(highs.qsum(peak))
    values = np.array(highs.vals(peak))
    return float(values[whole].mean())


def station_criteria() -> Iterator[Criterion]:
    """Print M5 rolling on the Liander stations, and yield what it should reach on average."""
    files = sorted(MEASUREMENTS.glob("liander_*.csv"))
    if not files:
        print("\nThe Liander stations are skipped: their measurements are not here.")
        return
    print("\n| station | perfect | rolling | share |\n| --- | --- | --- | --- |")
    shares = []
    for file in files:
        station = read_station(file)
        effects = []
        for mode in (Mode.PERFECT, Mode.ROLLING):
            result = backtest(station, mode, [ControlModel.M5])
            m1, m5 = (
                mean_daily_peak_w(station, result.outcome(model).feeder_load_w)
                for model in (ControlModel.M1, ControlModel.M5)
            )
            effects.append(1 - m5 / m1)
        shares.append(effects[1] / effects[0])
        perfect, rolling = (f"{-100 * effect:+.2f} %" for effect in effects)
        print(f"| {file.stem} | {perfect} | {rolling} | {100 * shares[-1]:.0f} % |")
    yield Criterion(
        "M5 rolling on the stations, mean share of perfect foresight", 100 * float(np.mean(shares)), 45
    )


def read_station(file: Path) -> RecordedVillage:
    """Return a station's record as the feeder above ten batteries whose houses use nothing.

    Its stamps are the ends of quarter hours. The price is flat: only the feeder moves the batteries.
    """
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    load = np.array([float(row["total_substation"]) for row in rows])
    whole_days = load[: len(load) // SLOTS_PER_DAY * SLOTS_PER_DAY].reshape(-1, SLOTS_PER_DAY)
    load_w = load * STATION_PEAK_W / np.abs(whole_days).max(axis=1).mean()
    slots = len(load_w)
    sites = tuple(Site(f"s{n}", f"s{n}", "t1") for n in range(10))
    return RecordedVillage(
        name=file.stem,
        grid=TimeGrid(datetime.fromisoformat(rows[0]["datetime"]).astimezone(UTC) - SLOT, slots),
        transformers=(Transformer("t1", "all", 1e6),),
        base_load_w=np.zeros((1, slots)),
        sites=sites,
        site_net_w=np.zeros((10, slots)),
        batteries=tuple(Battery(f"{s.id}/b", "t1", 10_000, 5_000, 5_000, reserve=0.0) for s in sites),
        site_of=np.arange(10, dtype=np.intp),
        day_ahead=np.full(slots, 0.08),
        feeder=Feeder("feeder", file.stem, inf),
        feeder_background_w=load_w,
        weather={
            "radiation": np.array([float(row["radiation"]) for row in rows]),
            "wind": np.array([float(row["windspeed_100m"]) for row in rows]),
        },
    )


def days_of(village: RecordedVillage) -> np.ndarray:
    """Return (T,) the number of each slot's local day, counted from 0."""
    ordinals = np.array([start.astimezone(MARKET_ZONE).toordinal() for start in village.grid.starts()])
    return ordinals - ordinals[0]


def mean_daily_peak_w(village: RecordedVillage, load_w: Floats | None) -> float:
    """Return the mean highest absolute load of the whole local days after the first weeks of training."""
    if load_w is None:
        raise ValueError("this village has no feeder")
    days = days_of(village)
    whole = [
        d
        for d, slots in enumerate(np.bincount(days))
        if slots >= SHORTEST_DAY_SLOTS and d > STATION_TRAINING_DAYS
    ]
    return float(np.mean([np.abs(load_w[days == d]).max() for d in whole]))


if __name__ == "__main__":
    main()
