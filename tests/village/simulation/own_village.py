"""A small valid village in files, and ways to corrupt one thing of it at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from battery_commons.domain.time import TimeGrid
from battery_commons.simulation.csv_village import read_village
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.village_file_error import VillageFileError

START = datetime(2025, 3, 30, 0, tzinfo=UTC)
SLOTS = 12

TOML = """\
name = "Our street"
measured = "without batteries"

[[transformers]]
id = "t1"
name = "Brink"
limit_kw = 250

[[transformers]]
id = "t2"
limit_kw = 400

[feeder]
limit_kw = 2000

[[sites]]
id = "house-1"
name = "Brinkweg 4"
transformer = "t1"

[[sites]]
id = "house-2"
transformer = "t1"

[[sites]]
id = "hall"
transformer = "t2"

[[batteries]]
site = "house-2"
capacity_kwh = 10
charge_kw = 5
discharge_kw = 4.5

[[batteries]]
transformer = "t2"
id = "square"
capacity_kwh = 200
charge_kw = 100
discharge_kw = 100
charge_efficiency = 0.96
discharge_efficiency = 0.97
reserve = 0.2
"""

SMALLEST = """\
name = "Our street"
measured = "without batteries"

[[transformers]]
id = "t1"
limit_kw = 250

[[batteries]]
transformer = "t1"
capacity_kwh = 100
charge_kw = 50
discharge_kw = 50
"""


def table(
    columns: Sequence[str],
    value: Callable[[int, int], float],
    grid: TimeGrid | None = None,
) -> str:
    """Return a CSV file with `value(row, column)` in its cells."""
    starts = (grid or TimeGrid(START, SLOTS)).starts()
    rows = [
        ",".join([f"{start:%Y-%m-%dT%H:%MZ}", *(f"{value(t, c):.3f}" for c in range(len(columns)))])
        for t, start in enumerate(starts)
    ]
    return "\n".join([",".join(["start", *columns]), *rows, ""])


def hourly(columns: Sequence[str], value: Callable[[int, int], float], hours: int = SLOTS // 4) -> str:
    """Return a CSV file by the hour."""
    quarters = table(columns, lambda t, c: value(t // 4, c), TimeGrid(START, 4 * hours)).splitlines()
    return "\n".join([quarters[0], *quarters[1::4], ""])


def valid() -> dict[str, str]:
    """Return the files of the village, by name."""
    return {
        "village.toml": TOML,
        "sites.csv": table(["house-1", "house-2", "hall"], lambda t, c: 0.3 + 0.17 * t * (c - 1) + 0.01 * t),
        "transformers.csv": table(["t1", "t2"], lambda t, c: 40.0 + 3 * t - 25 * c + 0.5 * (t % 3)),
        "feeder.csv": table(["others_kw"], lambda t, _: 700.0 - 20 * t),
        "prices.csv": table(["eur_per_kwh"], lambda t, _: 0.08 + 0.011 * t),
        "weather.csv": hourly(["radiation", "wind"], lambda t, c: 100.0 * t + 5 * c),
    }


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder that is made for them, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def same(a: RecordedVillage, b: RecordedVillage, tolerance: float = 0.0) -> bool:
    """Return whether two records say the same, powers to within `tolerance` W."""
    for field in fields(RecordedVillage):
        one, other = getattr(a, field.name), getattr(b, field.name)
        if field.name == "weather":
            equal = (one is None) == (other is None) and (
                one is None or (list(one) == list(other) and all((one[k] == other[k]).all() for k in one))
            )
        elif isinstance(one, np.ndarray):
            equal = one.shape == other.shape and bool((np.abs(one - other) <= tolerance).all())
        else:
            equal = one == other
        if not equal:
            return False
    return True


def without_rows(text: str, *rows: int) -> str:
    header, *lines = text.splitlines()
    return "\n".join([header, *(line for n, line in enumerate(lines) if n not in rows), ""])


def with_batteries_at_work() -> dict[str, str]:
    """Return the village as its meters would have seen it while its batteries charged and discharged."""
    files = valid()
    files["village.toml"] = TOML.replace("without batteries", "with batteries")
    files["batteries.csv"] = table(["house-2/battery", "square"], lambda t, c: (t - 5) * (0.25 + 10 * c))
    return files


def refusal(folder: Path, files: Mapping[str, str | bytes]) -> VillageFileError:
    with pytest.raises(VillageFileError) as refused:
        read_village(write(folder, files))
    assert str(refused.value) == f"{refused.value.file}, line {refused.value.line}: {refused.value.problem}"
    return refused.value


def edited(text: str, line: int, edit: Callable[[str], str]) -> str:
    lines = text.split("\n")
    lines[line - 1] = edit(lines[line - 1])
    return "\n".join(lines)


def stamp(text: str) -> Callable[[str], str]:
    """Return an edit that puts another stamp in a row."""
    return lambda row: ",".join([text, *row.split(",")[1:]])


def cell(text: str, column: int = 1) -> Callable[[str], str]:
    """Return an edit that puts another text in a cell of a row."""
    return lambda row: ",".join([*row.split(",")[:column], text, *row.split(",")[column + 1 :]])
