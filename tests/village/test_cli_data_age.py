"""The command `battery-commons data-age`, as a volunteer uses it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from battery_commons.cli import data_age, main
from battery_commons.domain.tariff import AFTER_NET_METERING, Tariff
from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.simulation.data_age import DataAges
from battery_commons.simulation.recorded import RecordedVillage
from tests.village.web.pages.data_ages import figures


def test_it_prints_what_each_age_comes_to_and_writes_a_report_and_a_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[RecordedVillage, Tariff]] = []

    def made_up(village: RecordedVillage, tariff: Tariff, progress: Callable[[float], None]) -> DataAges:
        asked.append((village, tariff))
        progress(1.0)
        return figures(days=4, feeder=True)

    monkeypatch.setattr(data_age, "data_ages", made_up)
    chosen = ["--batteries", "3", "--from", "2016-05-20", "--days", "14", "--language", "nl"]
    assert main(["data-age", *chosen, "--output", str(tmp_path / "out")]) == 0

    ((village, tariff),) = asked
    assert (len(village.batteries), village.grid.slots) == (3, 14 * SLOTS_PER_DAY)
    assert tariff is AFTER_NET_METERING
    said = capsys.readouterr().out
    assert "Prices are made up" in said
    assert said.count("\n1 dag ") == 1
    assert "Met gegevens van 1 dag oud zou de dagpiek van de middenspanningskabel" in said
    assert "Er konden maar 4 hele dagen worden vergeleken" in said
    assert (tmp_path / "out" / "data-age.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "out" / "data-age.csv").read_text().count("\n") == 8


def test_too_few_days_are_refused_with_what_it_takes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["data-age", "--days", "5", "--output", str(tmp_path / "out")]) == 1

    said = capsys.readouterr()
    assert "5.0 days are too few" in said.err
    assert not (tmp_path / "out").exists()
