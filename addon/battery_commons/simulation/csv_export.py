"""A village written as files that `read_village` takes: an example to start one's own from."""

import csv
import json
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from battery_commons.simulation.csv_measurements import (
    FEEDER,
    PRICES,
    REST_OF_FEEDER,
    SITES,
    TRANSFORMERS,
    WEATHER,
)
from battery_commons.simulation.csv_prices import COLUMN
from battery_commons.simulation.csv_series import START
from battery_commons.simulation.csv_stamps import show
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.village_toml import FILE

type Floats = NDArray[np.float64]

POWER = "%.4f"
"""To a tenth of a watt."""
EXACT = "%r"
"""With as many digits as it takes to read the same number back."""


def write_village(record: RecordedVillage, folder: Path) -> None:
    """Write a village into `folder`, which is made where it is missing.

    Powers are rounded to 0.1 W. Nobody's own measurements are written over.

    Raises:
        FileExistsError: One of the files is already there.
        OSError: A file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("x", encoding="utf-8") as out:
        out.write(_description(record))
    stamps = [show(start) for start in record.grid.starts()]

    def write(file: str, columns: Sequence[str], values: Floats, form: str = POWER) -> None:
        with (folder / file).open("x", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerow([START, *columns])
            row_form = ",".join([form] * len(columns)) + "\n"
            out.writelines(
                f"{stamp},{row_form % tuple(row)}"
                for stamp, row in zip(stamps, values.T.tolist(), strict=True)
            )

    write(SITES, [site.id for site in record.sites], record.site_net_w / 1e3)
    write(TRANSFORMERS, [transformer.id for transformer in record.transformers], record.base_load_w / 1e3)
    write(PRICES, [COLUMN], record.day_ahead[None], EXACT)
    if record.feeder_background_w is not None:
        write(FEEDER, [REST_OF_FEEDER], record.feeder_background_w[None] / 1e3)
    if record.weather:
        write(WEATHER, list(record.weather), np.stack(list(record.weather.values())), EXACT)


def _description(record: RecordedVillage) -> str:
    heading = "# docs/own-village.md says what all of this means."
    parts = [f'{heading}\nname = {_text(record.name)}\nmeasured = "without batteries"\n']
    parts += [
        f"[[transformers]]\nid = {_text(transformer.id)}\nname = {_text(transformer.name)}\n"
        f"limit_kw = {transformer.limit_w / 1e3}\n"
        for transformer in record.transformers
    ]
    if record.feeder is not None:
        limit = f"limit_kw = {record.feeder.limit_w / 1e3}\n" if isfinite(record.feeder.limit_w) else ""
        parts.append(f"[feeder]\nname = {_text(record.feeder.name)}\n{limit}")
    parts += [
        f"[[sites]]\nid = {_text(site.id)}\nname = {_text(site.name)}\n"
        f"transformer = {_text(site.transformer_id)}\n"
        for site in record.sites
    ]
    parts += [
        f"[[batteries]]\nid = {_text(battery.id)}\nsite = {_text(record.sites[s].id)}\n"
        f"capacity_kwh = {battery.capacity_wh / 1e3}\n"
        f"charge_kw = {battery.max_charge_w / 1e3}\ndischarge_kw = {battery.max_discharge_w / 1e3}\n"
        f"charge_efficiency = {float(battery.charge_efficiency)}\n"
        f"discharge_efficiency = {float(battery.discharge_efficiency)}\nreserve = {float(battery.reserve)}\n"
        for battery, s in zip(record.batteries, record.site_of, strict=True)
    ]
    return "\n".join(parts)


def _text(text: str) -> str:
    """Return a text as TOML writes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False)
