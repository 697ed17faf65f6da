"""A village that is written reads the same, and so do the examples of the documentation."""

import csv
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from battery_commons.domain.time import TimeGrid
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.csv_export import write_village
from battery_commons.simulation.csv_village import read_village
from tests.village.simulation.own_village import (
    same,
    table,
    valid,
    write,
)

DOCS = Path(__file__).resolve().parents[3] / "docs" / "own-village.md"


def test_a_village_that_is_written_reads_the_same(tmp_path: Path) -> None:
    village = read_village(write(tmp_path / "a", valid()))
    write_village(village, tmp_path / "b")
    assert same(read_village(tmp_path / "b"), village, tolerance=0.05 + 1e-6)
    write_village(replace(village, weather=None, feeder=None, feeder_background_w=None), tmp_path / "c")
    assert sorted(file.name for file in (tmp_path / "c").iterdir()) == [
        "prices.csv",
        "sites.csv",
        "transformers.csv",
        "village.toml",
    ]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    village = read_village(write(tmp_path, valid()))
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(FileExistsError):
        write_village(village, tmp_path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_month_of_the_built_in_village_survives_its_files(tmp_path: Path) -> None:
    village = record_builtin().part(150 * 96, 30 * 96)
    write_village(village, tmp_path)
    before = time.perf_counter()
    assert same(read_village(tmp_path), village, tolerance=0.05 + 1e-6)
    # A year of 147 sites is to take less than 10 seconds; here is a twelfth of it, on any machine.
    assert time.perf_counter() - before < 5


def test_the_example_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    write_village(record_builtin().part(0, 8), tmp_path)
    with (tmp_path / "sites.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 9
    assert {len(row) for row in rows} == {148}


def examples() -> list[str]:
    """Return the indented blocks of docs/own-village.md, each dedented."""
    blocks = re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    return [dedent(block) for block in blocks]


def test_the_smallest_village_of_the_documentation_is_one(tmp_path: Path) -> None:
    _, toml, transformers, prices = examples()[:4]
    files = {"village.toml": toml, "transformers.csv": transformers, "prices.csv": prices}
    village = read_village(write(tmp_path, files))
    assert village.base_load_w.tolist() == [[41_200, 39_800]]
    assert village.batteries[0].capacity_wh == 100_000


def test_the_village_with_homes_of_the_documentation_is_one(tmp_path: Path) -> None:
    keys = next(block for block in examples() if block.startswith("[[transformers]]"))
    load, pv = (block for block in examples() if block.startswith("start;house-1"))
    grid = TimeGrid(datetime(2025, 6, 1, 10, tzinfo=UTC), 8)
    files = {
        "village.toml": 'name = "Street"\nmeasured = "without batteries"\n'
        + keys.replace("[[batteries]]", '[[sites]]\nid = "house-2"\n[[batteries]]'),
        "load.csv": load,
        "pv.csv": pv,
        "feeder.csv": table(["whole_kw"], lambda t, _: 700.0 + t, grid),
        "prices.csv": table(["eur_per_kwh"], lambda t, _: t * 1e-3, grid),
    }
    village = read_village(write(tmp_path, files))
    assert village.site_net_w[:, ::4] == pytest.approx(np.array([[-2700, -2800], [250, 300]]))
