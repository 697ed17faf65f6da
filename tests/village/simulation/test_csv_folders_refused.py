"""Files that do not go together, or seem to be in another unit, are refused."""

from pathlib import Path

import pytest

from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.csv_village import read_village
from battery_commons.simulation.village_file_error import VillageFileError
from tests.village.simulation.own_village import (
    SLOTS,
    START,
    TOML,
    cell,
    edited,
    hourly,
    refusal,
    table,
    valid,
    with_batteries_at_work,
)


def test_files_of_different_days_are_refused_with_both_periods(tmp_path: Path) -> None:
    later = table(["others_kw"], lambda t, _: 700.0 + t, TimeGrid(START + 4 * SLOT, SLOTS))
    refused = refusal(tmp_path, valid() | {"feeder.csv": later})
    assert refused.file == "feeder.csv"
    assert "is of 2025-03-30T01:00Z to 2025-03-30T04:00Z" in refused.problem
    assert "sites.csv of 2025-03-30T00:00Z to 2025-03-30T03:00Z" in refused.problem
    assert "common_stretch = true" in refused.problem


def test_files_that_share_no_day_are_refused_even_where_that_is_said(tmp_path: Path) -> None:
    files = valid() | {"village.toml": "common_stretch = true\n" + TOML}
    later = TimeGrid(START + SLOTS * SLOT, SLOTS)
    refused = refusal(tmp_path, files | {"feeder.csv": table(["others_kw"], lambda t, _: 9.0 + t, later)})
    assert refused.file == "feeder.csv"
    assert "share no stretch" in refused.problem
    refused = refusal(tmp_path, files | {"prices.csv": table(["eur_per_kwh"], lambda t, _: t * 1e-3, later)})
    assert refused.file == "prices.csv"


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("transformers.csv", table(["t1", "t2"], lambda t, _: 41e3 + t), "is it in W? Divide by 1000"),
        (
            "transformers.csv",
            table(["t1", "t2"], lambda t, _: 0.04 + t / 1e3),
            "is it in MW? Multiply by 1000",
        ),
        ("sites.csv", table(["house-1", "house-2", "hall"], lambda t, _: 300.0 + t), "is it in W?"),
        ("sites.csv", table(["house-1", "house-2", "hall"], lambda t, _: 0.001 * t), "is it in MW?"),
    ],
)
def test_another_unit_is_suspected(tmp_path: Path, file: str, content: str, problem: str) -> None:
    refused = refusal(tmp_path, valid() | {file: content})
    assert refused.file == file
    assert problem in refused.problem
    assert "check_units = false" in refused.problem


@pytest.mark.parametrize(("file", "factor"), [("transformers.csv", 0.25), ("sites.csv", 4.0)])
def test_kilowatt_hours_per_quarter_hour_are_found_where_two_files_say_the_same(
    tmp_path: Path, file: str, factor: float
) -> None:
    files = valid()
    files["sites.csv"] = table(["house-1", "house-2", "hall"], lambda t, c: 2 + 0.5 * t % 3 + c)
    behind = {0: lambda t: 2 * (2 + 0.5 * t % 3) + 1, 1: lambda t: 2 + 0.5 * t % 3 + 2}
    files["transformers.csv"] = table(["t1", "t2"], lambda t, k: factor * behind[k](t))
    refused = refusal(tmp_path, files)
    assert (refused.file, refused.line) == (file, 1)
    assert "kWh per quarter hour? Multiply by 4" in refused.problem


def test_what_batteries_did_is_held_against_what_they_can_do(tmp_path: Path) -> None:
    files = with_batteries_at_work()
    files["batteries.csv"] = edited(files["batteries.csv"], 6, cell("-2500", 1))
    refused = refusal(tmp_path, files)
    assert (refused.file, refused.line) == ("batteries.csv", 6)
    assert "column house-2/battery: -2500 kW is more than the 5 kW" in refused.problem


@pytest.mark.parametrize(
    ("file", "words"), [("pv.csv", "PV is written"), ("load.csv", "belongs in sites.csv")]
)
def test_negative_pv_and_load_are_refused(tmp_path: Path, file: str, words: str) -> None:
    files = valid()
    del files["sites.csv"]
    files["load.csv"] = table(["house-1", "house-2", "hall"], lambda t, c: 0.5 + c + 0.1 * t)
    files["pv.csv"] = table(["house-1", "hall"], lambda t, _: 0.1 * t)
    refused = refusal(tmp_path, files | {file: edited(files[file], 7, cell("-0.1", 2))})
    assert (refused.file, refused.line) == (file, 7)
    assert words in refused.problem


def test_pv_of_an_unknown_site_is_refused(tmp_path: Path) -> None:
    files = valid()
    files["load.csv"] = files.pop("sites.csv").replace("-", "")
    files["load.csv"] = table(["house-1", "house-2", "hall"], lambda t, c: 0.5 + c + 0.1 * t)
    refused = refusal(tmp_path, files | {"pv.csv": table(["house-9"], lambda t, _: 0.1 * t)})
    assert (refused.file, refused.line) == ("pv.csv", 1)
    assert "'house-9' is no site" in refused.problem


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"prices.csv": None}, "no prices.csv"),
        ({"sites.csv": None}, "there are [[sites]], but neither"),
        ({"sites.csv": None, "transformers.csv": None}, "one of them is needed"),
        ({"feeder.csv": None}, "no feeder.csv"),
        ({"load.csv": valid()["sites.csv"]}, "both sites.csv and load.csv"),
        ({"pv.csv": valid()["sites.csv"]}, "pv.csv without load.csv"),
        ({"batteries.csv": valid()["sites.csv"]}, 'write measured = "with batteries"'),
        ({"village.toml": TOML.replace("without", "with")}, "no batteries.csv"),
        ({"village.toml": TOML.replace("[feeder]\nlimit_kw = 2000", "")}, "no [feeder]"),
        (
            {"village.toml": TOML.replace('"hall"\ntransformer = "t2"', '"hall"\ntransformer = "t1"')}
            | {"transformers.csv": None},
            "no site is behind transformer t2",
        ),
    ],
)
def test_files_that_do_not_go_together_are_refused(
    tmp_path: Path, change: dict[str, str | None], problem: str
) -> None:
    files = {name: content for name, content in (valid() | change).items() if content is not None}
    refused = refusal(tmp_path, files)
    assert refused.file == "village.toml"
    assert problem in refused.problem


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, valid() | {"transformer.csv": "start\n"})
    assert refused.file == "transformer.csv"
    assert "rename it to one of sites.csv" in refused.problem


def test_a_feeder_says_whether_it_is_the_whole(tmp_path: Path) -> None:
    refused = refusal(tmp_path, valid() | {"feeder.csv": table(["kw"], lambda t, _: 9.0 + t)})
    assert (refused.file, refused.line) == ("feeder.csv", 1)
    assert "start,whole_kw" in refused.problem


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VillageFileError, match=r"village\.toml, line 1: the file cannot be read"):
        read_village(tmp_path / "nowhere")


def test_hourly_files_are_held_to_the_same(tmp_path: Path) -> None:
    files = valid() | {"weather.csv": hourly(["radiation"], lambda t, _: 1.0 * t, hours=2)}
    refused = refusal(tmp_path, files)
    assert refused.file == "weather.csv"
    assert "to 2025-03-30T02:00Z" in refused.problem
