"""A backtest as CSV files: a tidy row per model, per home and per week, units in the columns' names."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from battery_commons.simulation.measures.calendar import Season
from battery_commons.simulation.measures.grid import LoadMeasures
from battery_commons.simulation.measures.measure import ModelMeasures, measure
from battery_commons.simulation.outcome import Backtest

type Row = dict[str, str | float | None]

ROUNDING = 6
"""Decimals; beyond them stands noise, which would make two runs look different."""


def write_csv(backtest: Backtest, folder: Path) -> list[Path]:
    """Write models.csv, homes.csv and weeks.csv into `folder`, made where needed; return their paths.

    A cell is empty where a figure does not exist, such as the feeder's of a village without one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    measures = measure(backtest)
    tables = {
        "models.csv": [model_row(of_model) for of_model in measures],
        "homes.csv": [row for of_model in measures for row in _homes(of_model)],
        "weeks.csv": [row for of_model in measures for row in _weeks(of_model)],
    }
    return [_write(folder / name, rows) for name, rows in tables.items()]


def model_row(measures: ModelMeasures) -> Row:
    """Return one model's figures with their units in their names, as models.csv has them."""
    grid, money, energy = measures.grid, measures.money, measures.energy
    return {
        "model": measures.model.value,
        "mode": measures.mode.value,
        "bill_eur": money.bill_eur,
        "saving_eur": money.saving_eur,
        "saving_percent": _percent(money.saving_share),
        "of_which_stored_eur": money.stored_eur,
        "wear_eur": energy.wear_eur,
        "mean_home_extra_eur_per_month": measures.mean_extra_eur_per_month,
        "homes_that_lose": measures.homes_that_lose,
        "cycles_per_battery": energy.cycles,
        "throughput_kwh": energy.throughput_wh / 1000,
        "lost_kwh": energy.lost_wh / 1000,
        "imported_kwh": energy.imported_wh / 1000,
        "fed_in_kwh": energy.fed_in_wh / 1000,
        "self_consumption_percent": _percent(energy.self_consumption),
        "self_sufficiency_percent": _percent(energy.self_sufficiency),
        "transformer_variance_reduction_percent": _percent(grid.transformer_variance_reduction),
        "slots_over_limit": grid.slots_over,
        "slots_over_limit_that_m1_keeps": grid.slots_newly_over,
        **_load("village", grid.village),
        **_load("feeder", grid.feeder),
        **{key: value for t in grid.transformers for key, value in _load(f"transformer_{t.id}", t).items()},
    }


def _load(prefix: str, load: LoadMeasures | None) -> Row:
    row: Row = {}
    if load:
        row = {
            "variance_reduction_percent": _percent(load.variance_reduction),
            "highest_import_kw": load.highest_import_w / 1000,
            "highest_feed_in_kw": load.highest_feed_in_w / 1000,
            "slots_over_limit": load.slots_over if load.limit_w else None,
            "worst_over_limit_kw": load.worst_over_w / 1000 if load.limit_w else None,
            "mean_daily_peak_kw": _kilo(load.peaks.mean_daily_peak_w),
            "mean_daily_peak_reduction_percent": _percent(load.peaks.mean_daily_peak_reduction),
            "weekly_highest_reduction_percent": _percent(load.peaks.weekly_highest_reduction),
            "best_week_reduction_percent": _percent(load.peaks.best_week),
            "worst_week_reduction_percent": _percent(load.peaks.worst_week),
            "weeks_worse_percent": _percent(load.peaks.share_of_weeks_worse),
            "rebound_days": load.rebound.days,
            "worst_rebound_kw": load.rebound.worst_w / 1000,
        }
    return {f"{prefix}_{key}": value for key, value in row.items()}


def _homes(measures: ModelMeasures) -> Iterator[Row]:
    for home in measures.homes:
        by_season = home.extra_by_season_eur_per_month
        yield {
            "model": measures.model.value,
            "home": home.site_id,
            "name": home.name,
            "transformer": home.transformer_id,
            "bill_eur": home.bill_eur,
            "of_which_stored_eur": home.stored_eur,
            "extra_eur": home.extra_eur,
            "extra_eur_per_month": home.extra_eur_per_month,
            **{f"extra_{season}_eur_per_month": by_season.get(season) for season in Season},
        }


def _weeks(measures: ModelMeasures) -> Iterator[Row]:
    grid = measures.grid
    for load in (*grid.transformers, grid.village, *([grid.feeder] if grid.feeder else [])):
        for week in load.peaks.weeks:
            yield {
                "model": measures.model.value,
                "load": load.id,
                "first_day": week.first_day,
                "mean_daily_peak_kw": week.mean_daily_peak_w / 1000,
                "mean_daily_peak_reduction_percent": _percent(week.mean_daily_peak_reduction),
                "highest_kw": week.highest_w / 1000,
                "highest_reduction_percent": _percent(week.highest_reduction),
            }


def _write(path: Path, rows: Sequence[Mapping[str, str | float | None]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        if rows:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return path


def _cell(value: str | float | None) -> str | float | None:
    return round(value, ROUNDING) if isinstance(value, float) else value


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _kilo(value: float | None) -> float | None:
    return None if value is None else value / 1000
