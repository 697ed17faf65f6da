"""The day-ahead prices of a village's own files."""

from datetime import tzinfo
from pathlib import Path

from battery_commons.domain.tariff import Price
from battery_commons.sense.prices.csv_file import PriceFileError, read_prices
from battery_commons.simulation.csv_series import HEADER_LINE, read_series, read_text
from battery_commons.simulation.village_file_error import VillageFileError

COLUMN = "eur_per_kwh"
DUTCH = "datum_nl;"
"""How the header of a file in Dutch time begins, which docs/prices.md shows."""


def read_day_ahead(path: Path, zone: tzinfo | None) -> list[Price]:
    """Return the prices in a file: in Dutch time and UTC, or as `start` and `eur_per_kwh`.

    Raises:
        VillageFileError: The file is not what it should be.
    """
    if read_text(path).startswith(DUTCH):
        try:
            return read_prices(path)
        except PriceFileError as error:
            problem = str(error).removeprefix(f"line {error.line}: ")
            raise VillageFileError(path.name, error.line, problem) from error
    series = read_series(path, zone)
    if series.columns != (COLUMN,):
        problem = f"the header has to be start,{COLUMN} or start;{COLUMN}"
        raise VillageFileError(path.name, HEADER_LINE, problem)
    prices = []
    for slot, (start, eur_per_kwh) in enumerate(zip(series.grid.starts(), series.values[0], strict=True)):
        try:
            prices.append(Price(start, float(eur_per_kwh)))
        except ValueError as error:
            raise series.error_at(0, slot, "cannot be a price in EUR/kWh; is it EUR/MWh?") from error
    return prices
