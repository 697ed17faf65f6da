"""A village from its own measurements: a folder with village.toml and a CSV file for each kind of them.

docs/own-village.md describes the files. All power in them is in kW; positive is import. A folder is taken
whole or not at all.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.csv_measurements import (
    BATTERIES,
    FEEDER,
    LOAD,
    PRICES,
    PV,
    REST_OF_FEEDER,
    SITES,
    TRANSFORMERS,
    WEATHER,
    read_measurements,
)
from battery_commons.simulation.csv_prices import read_day_ahead
from battery_commons.simulation.csv_series import Series
from battery_commons.simulation.csv_stamps import period
from battery_commons.simulation.prices import prices_for
from battery_commons.simulation.recorded import RecordedVillage, Site
from battery_commons.simulation.units import check_batteries, check_pair, check_sites, check_transformers
from battery_commons.simulation.village_file_error import VillageFileError
from battery_commons.simulation.village_toml import FILE, Description, read_description

type Floats = NDArray[np.float64]

W_PER_KW = 1e3


def read_village(folder: Path) -> RecordedVillage:
    """Return the village that the files in `folder` describe.

    Raises:
        VillageFileError: A file is missing, or is not what it should be.
    """
    description = read_description(folder / FILE)
    series = read_measurements(folder, description)
    prices = read_day_ahead(folder / PRICES, description.zone)
    grid, day_ahead = _priced(next(iter(series.values())).grid, prices, description)
    series = {file: one.part(grid) for file, one in series.items()}

    sites = description.sites + description.alone
    site_ids = [site.id for site in sites]
    site_of = np.array([site_ids.index(site) for site in description.battery_sites], dtype=np.intp)
    behind = _behind(description, sites)
    site_net_kw = _as_measured_kw(series, sites, grid.slots)
    if description.check_units:
        _check_units(series, description, behind @ site_net_kw)

    batteries_kw = np.zeros((len(description.batteries), grid.slots))
    if BATTERIES in series:
        batteries_kw = series[BATTERIES].values
    if SITES in series:
        np.subtract.at(site_net_kw, site_of, batteries_kw)
        site_net_kw[len(description.sites) :] = 0.0
    if TRANSFORMERS in series:
        base_kw = series[TRANSFORMERS].values - behind[:, site_of] @ batteries_kw
    else:
        base_kw = behind @ site_net_kw
    background_kw = _background_kw(series, base_kw.sum(axis=0) + batteries_kw.sum(axis=0))
    return RecordedVillage(
        name=description.name,
        grid=grid,
        transformers=description.transformers,
        base_load_w=W_PER_KW * base_kw,
        sites=sites,
        site_net_w=W_PER_KW * site_net_kw,
        batteries=description.batteries,
        site_of=site_of,
        day_ahead=day_ahead,
        feeder=description.feeder,
        feeder_background_w=None if background_kw is None else W_PER_KW * background_kw,
        weather=dict(zip(series[WEATHER].columns, series[WEATHER].values, strict=True))
        if WEATHER in series
        else None,
    )


def _priced(grid: TimeGrid, prices: Sequence[Price], description: Description) -> tuple[TimeGrid, Floats]:
    """Return the slots of `grid` that are to be used, and the price of each.

    Raises VillageFileError for prices of other days, unless the description says that they are.
    """
    first, end = prices[0].start, prices[-1].start + SLOT
    start, last = max(first, grid.start), min(end, grid.end)
    if description.common_stretch and not description.prices_of_another_year and start < last:
        grid = TimeGrid(start, (last - start) // SLOT)
    if not description.prices_of_another_year and not (first <= grid.start and grid.end <= end):
        given = period(TimeGrid(first, (end - first) // SLOT))
        problem = (
            f"the prices are of {given}, and the measurements of {period(grid)}: give prices for all of "
            "these days, or write prices_of_another_year = true in village.toml to have a year put on them"
        )
        raise VillageFileError(PRICES, 2, problem)
    try:
        return grid, prices_for(grid, prices)
    except ValueError as error:
        raise VillageFileError(PRICES, 2, str(error)) from error


def _behind(description: Description, sites: Sequence[Site]) -> Floats:
    """Return (K, S): 1 where a site is behind a transformer."""
    return np.array(
        [
            [float(site.transformer_id == transformer.id) for site in sites]
            for transformer in description.transformers
        ]
    )


def _as_measured_kw(series: Mapping[str, Series], sites: Sequence[Site], slots: int) -> Floats:
    """Return (S, T) net load of every site; 0 where none was measured, as of a battery without a house."""
    net_kw = np.zeros((len(sites), slots))
    index = {site.id: s for s, site in enumerate(sites)}
    for file, sign in ((SITES, 1.0), (LOAD, 1.0), (PV, -1.0)):
        if file in series:
            net_kw[[index[column] for column in series[file].columns]] += sign * series[file].values
    return net_kw


def _check_units(series: Mapping[str, Series], description: Description, behind_kw: Floats) -> None:
    """Check the units of the files; `behind_kw` (K, T) is the sum of the sites as measured."""
    if TRANSFORMERS in series:
        check_transformers(series[TRANSFORMERS], description.transformers)
    if BATTERIES in series:
        check_batteries(series[BATTERIES], description.batteries)
    for file in (SITES, LOAD):
        if file in series:
            check_sites(series[file])
            if TRANSFORMERS in series:
                check_pair(series[file], behind_kw, series[TRANSFORMERS])


def _background_kw(series: Mapping[str, Series], village_kw: Floats) -> Floats | None:
    """Return (T,) load of the rest of the feeder, from it or from the whole and the village as measured."""
    if FEEDER not in series:
        return None
    feeder = series[FEEDER]
    rest: Floats = feeder.values[0] if feeder.columns == (REST_OF_FEEDER,) else feeder.values[0] - village_kw
    return rest
