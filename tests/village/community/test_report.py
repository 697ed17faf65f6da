"""What a year's report says beyond the page: money in sums, experiments, and what is not known."""

from datetime import UTC, date, datetime

import pytest

from battery_commons.community.facts import period_facts
from battery_commons.community.keeping.told import Told
from battery_commons.community.money import HomesMoney, MoneyFacts
from battery_commons.community.period import Period
from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.comparison import Comparison, Difference, Verdict
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.experiment.record import Experiment
from battery_commons.experiment.schedule import Design
from battery_commons.web.pages.report_content import Amounts, ExperimentTold, Report, Year, yearly_report
from battery_commons.web.pages.report_files import report_html, report_on_paper
from battery_commons.web.pages.words.words import Words

TODAY = date(2027, 1, 9)
MONEY = MoneyFacts(12, 120_000, 12_000, 4_000, 8_000, HomesMoney(-30_000, 138_000, 0, 90_000, 0))
DESIGN = Design((ControlModel.M4, ControlModel.M2), date(2026, 3, 2), 4, 6, 12, 7)
EXPERIMENT = Experiment("e1", "Spring", DESIGN, datetime(2026, 2, 1, tzinfo=UTC))
PEAK = Measure(Kind.PEAK_IMPORT, "t1")
SHOWN = Difference(PEAK, ControlModel.M2, 20, 22, 80e3, 12e3, 4e3, 20e3, 0.001, 0.002, Verdict.SURE)
CHANCE = Difference(
    Measure(Kind.COST), ControlModel.M2, 20, 22, 9.0, 0.1, -1.0, 1.2, 0.8, 0.8, Verdict.UNCLEAR
)


def report(
    language: str = "en", *, money: MoneyFacts | None = MONEY, found: tuple[Difference, ...] = ()
) -> Report:
    facts = period_facts(Period.read("2026"), [], TODAY)
    told = Told("Ansen", facts, {"t1": "Dorpsstraat"}, [], [], [], None)
    experiments = [ExperimentTold(EXPERIMENT, 42, Comparison(found, by_weather=True, without_weather=0))]
    return yearly_report(Year(told, 41, money, experiments if found else [], TODAY), Words(language))


def said(about: Report, title: str) -> str:
    [section] = [each for each in about.sections if each.title == title]
    return "\n".join(str(part) for part in section.parts)


def test_money_is_told_in_sums_of_all_homes() -> None:
    [section] = [each for each in report().sections if each.title == "The account, in sums"]
    [amounts] = [part for part in section.parts if isinstance(part, Amounts)]

    rows = dict(amounts.rows)
    assert rows["Received by contracts with grid operators"].endswith("1200.00")
    assert rows["Put in by homes that gained by steering together"].endswith("300.00")
    assert rows["In the community fund at the end"].endswith("80.00")


def test_what_few_homes_got_is_not_told_but_what_the_village_received_is() -> None:
    few = MoneyFacts(12, 120_000, 0, 0, 0, None)

    told = said(report(money=few), "The account, in sums")

    assert "1200.00" in told
    assert "Shared among homes" not in told
    assert "fewer than 5 homes were settled" in told


def test_an_experiment_is_told_with_its_interval_and_chance_is_not_told_as_a_finding() -> None:
    told = said(report(found=(SHOWN, CHANCE)), "Experiments")

    assert "Spring: M4, M2" in told
    assert "Dorpsstraat" in told
    assert "12 kW" in told
    assert "20 kW" in told
    assert "In 1 other comparisons no difference was shown." in told


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_year_of_which_nothing_is_known_says_so_on_paper_too(language: str) -> None:
    facts = period_facts(Period.read("2026"), [], TODAY)
    year = Year(Told("Ansen", facts, {}, [], [], [], None), 0, None, [], TODAY)

    told = yearly_report(year, Words(language))
    page = report_html(told, Words(language))

    assert {"en": "Nothing was booked.", "nl": "Er is niets geboekt."}[language] in page
    assert {"en": "Of 365 days that are over, 0 are kept.", "nl": "zijn er 0 bewaard"}[language] in page
    shares: list[float] = []
    drawn = report_on_paper(told, Words(language), shares.append)
    assert drawn.startswith(b"%PDF")
    assert drawn == report_on_paper(told, Words(language), shares.append)
    assert min(shares) == 0.0
    assert max(shares) < 1.0
