"""The files of measurements that a village's folder holds: which there are, and that they go together."""

from collections.abc import Iterable
from pathlib import Path

from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.csv_series import HEADER_LINE, Series, read_series
from battery_commons.simulation.csv_stamps import FIRST_LINE, period
from battery_commons.simulation.village_file_error import VillageFileError
from battery_commons.simulation.village_toml import FILE, Description

SITES = "sites.csv"
LOAD = "load.csv"
PV = "pv.csv"
TRANSFORMERS = "transformers.csv"
BATTERIES = "batteries.csv"
FEEDER = "feeder.csv"
WEATHER = "weather.csv"
PRICES = "prices.csv"
MEASUREMENTS = (SITES, LOAD, PV, TRANSFORMERS, BATTERIES, FEEDER, WEATHER)

WHOLE_FEEDER = "whole_kw"
REST_OF_FEEDER = "others_kw"


def read_measurements(folder: Path, description: Description) -> dict[str, Series]:
    """Return the measurements in a folder by the name of their file, with columns in the description's order.

    All are of the same period, unless the description wants the stretch that they share.

    Raises:
        VillageFileError: A file is missing, unknown or unwanted, or is not what it should be.
    """
    present = {path.name for path in folder.iterdir() if path.suffix.lower() == ".csv"}
    _check_files(present, description)
    series = {
        file: _with_columns(read_series(folder / file, description.zone), description)
        for file in MEASUREMENTS
        if file in present
    }
    for file in (LOAD, PV):
        if file in series:
            _check_sign(series[file])
    if description.common_stretch:
        grid = _shared(series.values())
        return {file: one.part(grid) for file, one in series.items()}
    _check_periods(series.values())
    return series


def _check_files(present: set[str], description: Description) -> None:
    """Refuse files that are unknown, and combinations that leave something open or say it twice."""
    for file in sorted(present - {*MEASUREMENTS, PRICES}):
        known = ", ".join((*MEASUREMENTS, PRICES))
        raise VillageFileError(
            file, 1, f"no such file is known: rename it to one of {known}, or move it away"
        )
    with_sites = bool(present & {SITES, LOAD})
    problems = {
        "there is no prices.csv, which every village needs": PRICES not in present,
        "there is neither transformers.csv nor sites.csv nor load.csv: one of them is needed": not (
            with_sites or TRANSFORMERS in present
        ),
        "there are both sites.csv and load.csv: keep the one that is right": {SITES, LOAD} <= present,
        "there is a pv.csv without load.csv: call the net load sites.csv, or add load.csv": PV in present
        and LOAD not in present,
        "there are [[sites]], but neither sites.csv nor load.csv": bool(description.sites) and not with_sites,
        "there are [[batteries]] that were at work (measured), but no batteries.csv with what they did": (
            description.with_batteries and BATTERIES not in present
        ),
        'there is a batteries.csv: write measured = "with batteries", or take the file away': (
            not description.with_batteries and BATTERIES in present
        ),
        "there is a [feeder], but no feeder.csv": description.feeder is not None and FEEDER not in present,
        "there is a feeder.csv, but no [feeder]: add it": description.feeder is None and FEEDER in present,
    }
    for problem, holds in problems.items():
        if holds:
            raise VillageFileError(FILE, 1, problem)
    served = {site.transformer_id for site in description.sites}
    for transformer in description.transformers:
        if TRANSFORMERS not in present and transformer.id not in served:
            raise VillageFileError(
                FILE, 1, f"no site is behind transformer {transformer.id}, and there is no transformers.csv"
            )


def _with_columns(series: Series, description: Description) -> Series:
    """Return a series with the columns that belong in its file, in the description's order."""
    sites = [site.id for site in description.sites]
    match series.file:
        case "sites.csv" | "load.csv":
            return series.named(sites, "site")
        case "pv.csv":
            with_pv = [site for site in sites if site in series.columns]
            return series.named(with_pv, "site with PV")
        case "transformers.csv":
            return series.named([transformer.id for transformer in description.transformers], "transformer")
        case "batteries.csv":
            return series.named([battery.id for battery in description.batteries], "battery")
        case "feeder.csv" if series.columns not in ((WHOLE_FEEDER,), (REST_OF_FEEDER,)):
            problem = (
                f"the header has to be start,{WHOLE_FEEDER} (the whole feeder, with these transformers) "
                f"or start,{REST_OF_FEEDER} (without them)"
            )
            raise VillageFileError(series.file, HEADER_LINE, problem)
        case _:
            return series


def _check_sign(series: Series) -> None:
    negative = series.values < 0
    if negative.any():
        column, slot = divmod(int(negative.argmax()), series.grid.slots)
        raise series.error_at(
            column,
            slot,
            "kW is negative: PV is written as what it yields, never below 0"
            if series.file == PV
            else "kW is negative: load is what a site uses, never below 0; net load belongs in sites.csv",
        )


def _check_periods(series: Iterable[Series]) -> None:
    first, *others = series
    for other in others:
        if other.grid != first.grid:
            problem = (
                f"this file is of {period(other.grid)}, and {first.file} of {period(first.grid)}: give "
                "both the same days, or write common_stretch = true in village.toml to use what they share"
            )
            raise VillageFileError(other.file, FIRST_LINE, problem)


def _shared(series: Iterable[Series]) -> TimeGrid:
    """Return the stretch of time that all series have. Raises VillageFileError where there is none."""
    every = list(series)
    latest = max(every, key=lambda one: one.grid.start)
    first_to_end = min(every, key=lambda one: one.grid.end)
    start, end = latest.grid.start, first_to_end.grid.end
    if start >= end:
        problem = (
            f"the files share no stretch of time: this one is of {period(latest.grid)}, "
            f"and {first_to_end.file} of {period(first_to_end.grid)}"
        )
        raise VillageFileError(latest.file, FIRST_LINE, problem)
    return TimeGrid(start, (end - start) // SLOT)
