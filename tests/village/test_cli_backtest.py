"""The command `battery-commons backtest`, as a volunteer uses it."""

from pathlib import Path

import pytest

from battery_commons.cli import main

THREE_DAYS = ["--from", "2016-06-01", "--days", "3", "--models", "M4"]


def backtest(*arguments: str) -> int:
    return main(["backtest", *arguments])


def test_a_table_is_printed_and_the_report_and_its_tables_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest(*THREE_DAYS, "--output", str(tmp_path / "out")) == 0

    said = capsys.readouterr().out
    assert "Prices are made up" in said
    assert all(f"\n{model} " in said for model in ("M1", "M4"))
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert written == {"report.html", "models.csv", "homes.csv", "weeks.csv"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--days", "900"], "ask for days within it"),
        (["--days", "0"], "ask for days within it"),
        (["--from", "2015-01-01"], "ask for days within it"),
        (["--batteries", "0"], "at least one"),
        (["--limit", "-1"], "positive limit"),
        (["--limit", "nan"], "positive limit"),
        (["--prices", "missing.csv"], "missing.csv"),
        (["--village", "missing"], "village.toml"),
        (["--village", "missing", "--prices", "prices.csv"], "leave --prices away"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    assert backtest(*arguments, "--output", str(tmp_path / "out")) == 1

    assert problem in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
