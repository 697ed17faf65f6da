"""Whether a village's files are in kW, as they should be: what no village can be like is refused.

A wrong unit is wrong by a factor of 1000 or, for kWh in a quarter hour, of 4. The first shows in a single
file, by what transformers and homes can be like; the second only where two files say the same thing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.simulation.csv_series import HEADER_LINE, Series
from battery_commons.simulation.village_file_error import VillageFileError

type Floats = NDArray[np.float64]

MOST_OF_LIMIT = 10.0
"""Times its limit that no transformer survives."""
LEAST_OF_LIMIT = 0.002
"""A transformer whose highest load is below this share of its limit is not the one that is meant."""
USUAL_SITE_KW = 100.0
"""A site whose load is beyond this half of the time is no home or shop."""
LEAST_PEAK_KW = 0.05
"""The largest of all sites uses more than this at some time: a kettle takes 2 kW."""
MOST_OF_BATTERY = 2.0
"""Times its power that no battery can give or take."""
ALIKE = 0.999
"""Correlation from which on two files measure the same thing."""

OVERRIDE = "if it is right as it is, write check_units = false in village.toml"
IN_W = f"is it in W? Divide by 1000 to get kW; {OVERRIDE}"
IN_MW = f"is it in MW? Multiply by 1000 to get kW; {OVERRIDE}"


def check_transformers(series: Series, transformers: Sequence[Transformer]) -> None:
    """Hold the loads of transformers (K, T) in kW against their limits.

    Raises:
        VillageFileError: A load is far beyond the limit, or all of them are next to nothing.
    """
    for k, transformer in enumerate(transformers):
        limit_kw = transformer.limit_w / 1e3
        peak = _peak(series, k)
        share = abs(series.values[k, peak]) / limit_kw
        if share > MOST_OF_LIMIT:
            raise series.error_at(k, peak, f"kW is {share:.0f} times the limit of {limit_kw:g} kW; {IN_W}")
        if share < LEAST_OF_LIMIT:
            raise series.error_at(k, peak, f"kW is the highest, and the limit {limit_kw:g} kW; {IN_MW}")


def check_sites(series: Series) -> None:
    """Hold the loads of sites (S, T) in kW against what homes and shops use.

    Raises:
        VillageFileError: A site uses far too much, or all of them together next to nothing.
    """
    usual = np.median(np.abs(series.values), axis=1)
    for s in np.flatnonzero(usual > USUAL_SITE_KW)[:1]:
        raise series.error_at(
            int(s),
            _peak(series, int(s)),
            f"kW is the highest, and half of the time it is above {usual[s]:g} kW; {IN_W}",
        )
    peaks = [abs(series.values[s, _peak(series, s)]) for s in range(len(series.columns))]
    s = int(np.argmax(peaks))
    if peaks[s] < LEAST_PEAK_KW:
        raise series.error_at(s, _peak(series, s), f"kW is the highest of all sites; {IN_MW}")


def check_batteries(series: Series, batteries: Sequence[Battery]) -> None:
    """Hold what batteries did (N, T) in kW against what they can do.

    Raises:
        VillageFileError: A battery gave or took more than it can.
    """
    for n, battery in enumerate(batteries):
        most_kw = max(battery.max_charge_w, battery.max_discharge_w) / 1e3
        peak = _peak(series, n)
        if abs(series.values[n, peak]) > MOST_OF_BATTERY * most_kw:
            raise series.error_at(n, peak, f"kW is more than the {most_kw:g} kW of this battery; {IN_W}")


def check_pair(sites: Series, behind_kw: Floats, transformers: Series) -> None:
    """Hold the sum of the sites behind each transformer (K, T) in kW against what was measured there.

    Raises:
        VillageFileError: One is the other to the last wiggle, but for a factor of 4.
    """
    for k, transformer in enumerate(transformers.columns):
        pair = np.stack([behind_kw[k], transformers.values[k]])
        if (np.ptp(pair, axis=1) == 0).any() or np.corrcoef(pair)[0, 1] < ALIKE:
            continue
        ratio = float(pair[0].std() / pair[1].std())
        for factor, (file, unlike) in {0.25: (sites, transformers), 4.0: (transformers, sites)}.items():
            if abs(ratio / factor - 1) < 0.05:  # noqa: PLR2004 - losses are of a few per cent
                raise VillageFileError(
                    file.file,
                    HEADER_LINE,
                    f"behind transformer {transformer} it is a quarter of {unlike.file}: is it in kWh per "
                    f"quarter hour? Multiply by 4 to get kW; {OVERRIDE}",
                )


def _peak(series: Series, column: int) -> int:
    """Return the slot of a column's highest load either way."""
    return int(np.abs(series.values[column]).argmax())
