"""A table with anything wrong in it is refused: the file, the line, the column, the problem, what to do."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from battery_commons.simulation.csv_village import read_village
from battery_commons.simulation.village_file_error import VillageFileError
from tests.village.simulation.own_village import (
    SLOTS,
    cell,
    edited,
    refusal,
    same,
    stamp,
    table,
    valid,
    without_rows,
    write,
)

CSV_FILES = [name for name in valid() if name.endswith(".csv")]


@pytest.mark.parametrize(
    ("line", "edit", "problem"),
    [
        (5, stamp("2025-03-30T02:30"), "2025-03-30T02:30 has no time zone: write 2025-03-30T02:30Z or"),
        (5, stamp("30-03-2025 00:45"), "'30-03-2025 00:45' is no date and time: write 2025"),
        (5, stamp("2025-03-30T00:50Z"), "not the start of a quarter hour"),
        (5, stamp("2025-03-30T00:45:01Z"), "not the start of a quarter hour"),
        (5, stamp("2025-W13-7T00:45Z"), "is no date and time"),
        (5, stamp("2025-02-30T00:45Z"), "is no date and time"),
        (5, stamp(""), "'' is no date and time"),
        (5, stamp("2025-03-30T00:30Z"), "2025-03-30T00:30Z occurs twice, on line 4 too"),
        (5, stamp("2025-03-29T00:45Z"), "comes after 2025-03-30T00:30Z: put the rows in the order"),
        (5, cell("much"), "column t1: 'much' is no number"),
        (5, cell("nan", 2), "column t2: 'nan' is no number"),
        (5, cell("-inf"), "column t1: '-inf' is no number"),
        (5, cell("1e999"), "column t1: inf is too large"),
        (5, cell("1_000"), "column t1: '1_000' is no number"),
        (5, cell("٣"), "column t1: '٣' is no number"),
        (5, cell("41.2 kW"), "column t1: '41.2 kW' is no number"),
        (5, cell("#N/B"), "column t1: '#N/B' is no number"),
        (5, cell(" ", 2), "column t2 is empty"),
        (5, cell("41,2"), "4 fields where the header has 3; with decimal commas"),
        (5, lambda _: "", "0 fields where the header has 3"),
        (5, lambda _: ",,", "column t1 is empty"),
        (5, cell('"41'), "quotation marks do not match"),
        (5, cell('"41"2'), "quotation marks do not match"),
        (5, cell("41200"), "column t1: 41200 kW is 165 times the limit of 250 kW; is it in W?"),
        (1, lambda _: "time,t1,t2", "it begins with start"),
        (1, lambda _: "start", "it begins with start"),
        (1, lambda _: "start\tt1\tt2", "it begins with start"),
        (1, lambda _: "start,t1,t3", "column 't3' is no transformer of village.toml, which has: t1, t2"),
        (1, lambda _: "start,t1,t1", "there are two columns 't1'"),
        (1, lambda _: "start,t1,", "column 3 has no name"),
        (SLOTS + 1, lambda row: row + "\n\n", "0 fields"),
    ],
)
def test_a_cell_that_is_wrong_is_named(
    tmp_path: Path, line: int, edit: Callable[[str], str], problem: str
) -> None:
    files = valid()
    refused = refusal(tmp_path, files | {"transformers.csv": edited(files["transformers.csv"], line, edit)})
    assert refused.file == "transformers.csv"
    assert refused.line == (SLOTS + 2 if line == SLOTS + 1 else line)
    assert problem in refused.problem


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    refused = refusal(tmp_path, valid() | {"sites.csv": table(["house-1", "hall"], lambda t, _: 1.0 + t)})
    assert (refused.file, refused.line) == ("sites.csv", 1)
    assert "site 'house-2' of village.toml has no column: add one, or" in refused.problem


def test_a_gap_says_where_it_begins_and_how_much_is_missing_in_all(tmp_path: Path) -> None:
    files = valid()
    refused = refusal(tmp_path, files | {"sites.csv": without_rows(files["sites.csv"], 3, 4, 8)})
    assert (refused.file, refused.line) == ("sites.csv", 5)
    assert "nothing is given from 2025-03-30T00:45Z to 2025-03-30T01:15Z; 3 quarter hours" in refused.problem


def test_hours_and_quarters_do_not_mix_in_one_file(tmp_path: Path) -> None:
    files = valid()
    refused = refusal(tmp_path, files | {"sites.csv": without_rows(files["sites.csv"], 1, 2, 3)})
    assert "nothing is given from 2025-03-30T00:15Z" in refused.problem
    half_hours = without_rows(files["sites.csv"], *range(1, SLOTS, 2))
    assert "rows are 0:30:00 apart" in refusal(tmp_path, files | {"sites.csv": half_hours}).problem


def test_a_file_that_may_be_cut_off_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, valid() | {"sites.csv": valid()["sites.csv"][:-1]})
    assert (refused.file, refused.line) == ("sites.csv", SLOTS + 1)
    assert "may be cut off" in refused.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "may be cut off"),
        ("start,t1,t2\n", "fewer than two rows"),
        ("start,t1,t2\n2025-03-30T00:00Z,1,2\n", "fewer than two rows"),
        ("\n", "it begins with start"),
        (b"\xff\xfes\x00", "not a text file in UTF-8"),
        ("start;t1;t2\n2025-03-30T00:00Z;1.234,5;2\n", "write 1234,5 without points"),
    ],
)
def test_a_file_that_is_hardly_one_is_refused(tmp_path: Path, content: str | bytes, problem: str) -> None:
    refused = refusal(tmp_path, {**valid(), "transformers.csv": content})
    assert refused.file == "transformers.csv"
    assert problem in refused.problem


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (without_rows(valid()["prices.csv"], SLOTS - 1), 2, "give prices for all of these days"),
        (edited(valid()["prices.csv"], 4, cell("85.3")), 4, "is it EUR/MWh?"),
        (valid()["prices.csv"].replace("eur_per_kwh", "price"), 1, "start,eur_per_kwh"),
        ("datum_nl;datum_utc;prijs\n", 1, "the header is"),
        ("datum_nl;datum_utc;prijs_excl_belastingen\n1;2\n", 2, "2 fields where 3 belong"),
    ],
)
def test_prices_that_are_wrong_are_refused(tmp_path: Path, content: str, line: int, problem: str) -> None:
    refused = refusal(tmp_path, valid() | {"prices.csv": content})
    assert (refused.file, refused.line) == ("prices.csv", line)
    assert problem in refused.problem


ODD_CELLS = st.sampled_from(
    ["", " ", "nan", "NaN", "inf", "-", "1,5", "1.5.2", "1 5", "1e400", "0x1", "#REF!", "12:30"]
)


ODD_STAMPS = st.sampled_from(
    [
        "",
        "2025-03-30T00:00",
        "2025-03-30T00:07Z",
        "2025-03-30",
        "2024-03-30T00:00Z",
        "2026-03-30T00:00Z",
        "0.5",
    ]
)


NO_FIGURE = re.compile(r"[^0-9.eE+\-]")


@st.composite
def corrupted(draw: st.DrawFn) -> tuple[str, str]:
    """Return a file of the village, and its text with one thing wrong that no reading can make right."""
    file = draw(st.sampled_from(CSV_FILES))
    text = valid()[file]
    lines = text.splitlines()
    row = draw(st.integers(1, len(lines) - 1))
    kind = draw(st.sampled_from(["cell", "stamp", "lost", "doubled", "swapped", "cut", "extra", "odd"]))
    match kind:
        case "cell":
            column = draw(st.integers(1, lines[0].count(",")))
            lines[row] = cell(draw(ODD_CELLS), column)(lines[row])
        case "stamp":
            lines[row] = stamp(draw(ODD_STAMPS))(lines[row])
        case "lost":
            del lines[row]
        case "doubled":
            lines.insert(row, lines[row])
        case "swapped":
            other = draw(st.integers(1, len(lines) - 1).filter(lambda n: n != row))
            lines[row], lines[other] = lines[other], lines[row]
        case "cut":
            return file, text[: draw(st.integers(0, len(text) - 2))]
        case "extra":
            lines[row] += draw(st.sampled_from([",", ",0.5", ";", '"']))
        case "odd":
            odd = draw(st.characters(exclude_categories=["Zs", "Cc", "Cs"]).filter(NO_FIGURE.match))
            assume(odd not in 'TZ":')
            place = draw(st.integers(0, len(lines[row])))
            lines[row] = lines[row][:place] + odd + lines[row][place:]
    return file, "\n".join([*lines, ""])


@settings(max_examples=300, deadline=None)
@given(corrupted())
def test_any_one_thing_wrong_with_a_table_is_refused_by_its_name(corruption: tuple[str, str]) -> None:
    file, text = corruption
    with tempfile.TemporaryDirectory() as folder:
        refused = refusal(Path(folder), valid() | {file: text})
        # Where days are missing at an end, the files differ, and which of them is wrong cannot be known.
        assert refused.file == file or file in refused.problem


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(CSV_FILES),
    st.integers(0),
    st.characters(exclude_categories=["Cs"]).filter(NO_FIGURE.match),
)
def test_a_stray_character_changes_nothing_or_is_refused(file: str, place: int, stray: str) -> None:
    text = valid()[file]
    below_header = text.index("\n") + 1
    place = below_header + place % (len(text) - below_header + 1)
    with tempfile.TemporaryDirectory() as folder:
        expected = read_village(write(Path(folder), valid()))
        write(Path(folder), {file: text[:place] + stray + text[place:]})
        try:
            village = read_village(Path(folder))
        except VillageFileError as refused:
            assert refused.file == file  # noqa: PT017 - being taken for what it was will do as well
        else:
            assert same(village, expected)
