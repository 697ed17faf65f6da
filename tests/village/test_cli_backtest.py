"""The command `battery-commons backtest`, as a volunteer uses it."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from battery_commons.cli import backtest, main
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.recorded import RecordedVillage

MADE_UP = "Prices are made up"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and what it left behind."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def rows(self) -> list[list[str]]:
        """The words of the table's lines that begin with a model."""
        models = set(ControlModel)
        return [words for line in self.out.splitlines() if (words := line.split()) and words[0] in models]

    def table(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a CSV file that was written."""
        with (self.folder / name).open(newline="") as file:
            return list(csv.DictReader(file))

    @property
    def report(self) -> str:
        """The report that was written."""
        return (self.folder / "report.html").read_text(encoding="utf-8")


def say(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> Said:
    """Run the command and return what it said."""
    capsys.readouterr()
    code = main(["backtest", "--output", str(folder), *arguments])
    said = capsys.readouterr()
    return Said(code, said.out, said.err, folder)


def problem(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> str:
    """Run the command, which is to fail in words and leave nothing behind, and return its words."""
    said = say(capsys, folder, *arguments)
    assert said.code == 1
    assert said.rows == []
    assert not folder.exists()
    assert "Traceback" not in said.err
    (words,) = [line for line in said.err.splitlines() if line.startswith("battery-commons: ")]
    return words


def test_three_days_are_told_in_a_table_a_report_and_csv_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "folder"

    said = say(capsys, folder, "--from", "2016-05-19", "--days", "3", "--models", "M4", "M2")

    assert said.code == 0
    assert "2016-05-19 to 2016-05-21" in said.out
    assert [row[0] for row in said.rows] == ["M1", "M4", "M2"]
    assert [row["model"] for row in said.table("models.csv")] == ["M1", "M4", "M2"]
    assert {row["mode"] for row in said.table("models.csv")} == {"perfect"}
    assert len(said.table("homes.csv")) == 3 * 10
    assert "<svg" in said.report
    for name in ("report.html", "models.csv", "homes.csv", "weeks.csv"):
        assert str(folder / name) in said.out


def test_made_up_prices_are_said_to_be_made_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = say(capsys, tmp_path / "out", "--days", "1", "--models", "M1")

    assert MADE_UP in said.out
    assert "made up" in said.report


def test_the_report_can_be_in_dutch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = say(capsys, tmp_path / "out", "--days", "1", "--models", "M1", "--language", "nl")

    assert '<html lang="nl"' in said.report


def test_a_rolling_backtest_of_another_village_on_a_machine_with_one_core(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.simulation.backtest.process_cpu_count", lambda: 1)
    village = ["--days", "2", "--batteries", "3", "--limit", "0.5", "--tariff", "net-metering"]

    said = say(
        capsys, tmp_path / "out", *village, "--models", "M3", "--mode", "rolling", "--data-age", "day-old"
    )

    assert said.code == 0
    assert "Net metering" in said.out
    assert "rolling" in said.out
    assert {row["mode"] for row in said.table("models.csv")} == {"rolling"}
    assert len(said.table("homes.csv")) == 2 * 3


@pytest.fixture
def short_example(monkeypatch: pytest.MonkeyPatch) -> RecordedVillage:
    """Let the built-in village be five days long: a year of it takes long to write and to read."""
    days = record_builtin().part(0, 5 * SLOTS_PER_DAY)
    monkeypatch.setattr(backtest, "record_builtin", lambda *_: days)
    return days


def test_an_exported_example_can_be_run_like_a_village_of_ones_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], short_example: RecordedVillage
) -> None:
    example = tmp_path / "example"
    exported = say(capsys, tmp_path / "nothing", "--export-example", str(example))
    assert (exported.code, exported.folder.exists()) == (0, False)
    assert str(example) in exported.out

    own = say(capsys, tmp_path / "own", "--village", str(example), "--models", "M1")
    builtin = say(capsys, tmp_path / "builtin", "--models", "M1")

    assert own.code == 0
    assert own.rows == builtin.rows
    assert MADE_UP not in own.out


def test_an_example_is_never_written_over_a_village(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], short_example: RecordedVillage
) -> None:
    (tmp_path / "village.toml").write_text("mine")

    assert "village.toml" in problem(capsys, tmp_path / "out", "--export-example", str(tmp_path))
    assert (tmp_path / "village.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "2015-12-31"], "the record runs from 2015-12-31 23:00 to 2016-12-31 23:00 UTC"),
        (["--from", "2017-01-01"], "ask for days within it"),
        (["--from", "0001-01-01"], "ask for days within it"),
        (["--from", "9999-12-31"], "ask for days within it"),
        (["--from", "2016-12-31", "--days", "2"], "ask for days within it"),
        (["--days", "367"], "ask for days within it"),
        (["--days", "0"], "ask for days within it"),
        (["--days", "-3"], "ask for days within it"),
        (["--batteries", "0"], "a village of 0 batteries has nothing to steer"),
        (["--batteries", "-4"], "a village of -4 batteries has nothing to steer"),
        (["--limit", "-1"], "needs a positive limit, not -250000.0 W"),
        (["--limit", "0"], "needs a positive limit"),
        (["--limit", "nan"], "needs a positive limit, not nan W"),
        (["--limit", "inf"], "needs a positive limit, not inf W"),
        (["--prices", "missing.csv"], "missing.csv"),
        (["--village", "missing", "--prices", "prices.csv"], "leave --prices away"),
        (["--village", "missing"], "village.toml"),
    ],
)
def test_what_cannot_be_run_is_said_in_words(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    short_on_time: None,
    arguments: Sequence[str],
    words: str,
) -> None:
    assert words in problem(capsys, tmp_path / "out", *arguments)


@pytest.fixture
def short_on_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, year: RecordedVillage) -> None:
    """Work in an empty folder, with the built-in village at hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        backtest, "record_builtin", lambda prices=None: record_builtin(prices) if prices else year
    )


@pytest.fixture(scope="module")
def year() -> RecordedVillage:
    return record_builtin()


def test_a_model_that_the_village_lacks_data_for_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], short_example: RecordedVillage
) -> None:
    example = tmp_path / "example"
    say(capsys, tmp_path / "nothing", "--export-example", str(example))
    (example / "feeder.csv").unlink()
    toml = example / "village.toml"
    toml.write_text(toml.read_text().replace('[feeder]\nname = "Feeder"\n', ""))

    assert "M5 needs the load of the feeder" in problem(
        capsys, tmp_path / "out", "--village", str(example), "--models", "M5"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--models", "M7"],
        ["--models"],
        ["--mode", "magic"],
        ["--data-age", "month-old"],
        ["--from", "yesterday"],
        ["--days", "some"],
        ["--batteries", "1.5"],
        ["--limit", "half"],
    ],
)
def test_what_no_option_can_be_is_refused_with_the_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["backtest", "--output", str(tmp_path / "out"), *arguments])

    assert refused.value.code == 2
    assert "usage: battery-commons backtest" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
