"""What the age of data costs, in sentences: chance is never told as a finding."""

from dataclasses import replace
from typing import Any

import pytest

from battery_commons.simulation.data_age import AgeFigures, DataAges
from battery_commons.web.pages.words.data_age_sentences import findings, rows
from battery_commons.web.pages.words.words import Words

from .data_ages import figures, found, spread

ENGLISH = Words("en")


def said(figures: DataAges, language: str = "en") -> str:
    return " ".join(findings(Words(language), figures)).replace("\N{NO-BREAK SPACE}", " ")


def a_day_old(**changes: Any) -> DataAges:
    """Return figures up to data a day old, of which some are otherwise."""
    whole = figures(ages=4)
    changed: AgeFigures = replace(found(3), **changes)
    return replace(whole, ages=[*whole.ages[:-1], changed])


def test_what_chance_may_explain_is_called_so() -> None:
    text = said(a_day_old(peak_lost=spread(0.01, 0.02), eur_lost_per_year=spread(12.0, 40)))

    assert "difference of 1.0 percentage points (\N{MINUS SIGN}1.0 to 3.0) may be chance" in text
    assert "cannot be told from chance: € 12 a year (€ \N{MINUS SIGN}28 to € 52)" in text


def test_fresh_data_that_saved_less_is_said_to_be_worth_nothing_in_money() -> None:
    text = said(a_day_old(eur_lost_per_year=spread(-100.0, 20)))

    assert "In money fresh data was worth nothing" in text
    assert "saved € 100 a year more (€ 80 to € 120)" in text


def test_a_peak_that_rose_is_told_as_higher() -> None:
    assert "would have been 0.4 % higher" in said(a_day_old(peak_reduction=-0.004))


def test_what_the_guard_adds_is_told_apart() -> None:
    assert "with it the daily peak would have been 6.0 % lower" in said(figures())


def test_without_a_whole_day_nothing_is_said_of_peaks() -> None:
    text = said(a_day_old(peak_reduction=None, peak_lost=None))

    assert "daily peak of the transformers" not in text
    assert "Fresh data was worth" in text


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("feeder", [True, False])
def test_every_age_has_a_row_in_either_language(language: str, *, feeder: bool) -> None:
    table = rows(Words(language), figures(feeder=feeder))

    assert len(table) == 7
    assert {len(row) for row in table} == {7 if feeder else 6}
