"""A year of the village for its members' meeting: sections of sentences, bars and sums, for any form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from battery_commons.community.keeping.told import Told
from battery_commons.community.money import MoneyFacts
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.privacy import LEAST_HOMES
from battery_commons.experiment.comparison import Comparison, Verdict
from battery_commons.experiment.record import Experiment
from battery_commons.voting.tally import Outcome
from battery_commons.web.pages.community_view import Bars, CodesDrawn, CommunityView, community_view
from battery_commons.web.pages.words.account_sentences import money
from battery_commons.web.pages.words.experiment_sentences import Teller
from battery_commons.web.pages.words.words import Words

_CHANCE = frozenset({Verdict.UNCLEAR, Verdict.SAME})
"""Of comparisons that found no difference."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Lines with an amount each."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Heading:
    """What the parts after it are about, within a section."""

    text: str


type Part = str | Heading | Bars | CodesDrawn | Amounts


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under a title."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class ExperimentTold:
    """An experiment that is over, and what came of it."""

    experiment: Experiment
    counted: int
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Year:
    """All that a report is made of."""

    told: Told
    homes: int
    """Members on the last day that is kept."""
    money: MoneyFacts | None
    experiments: Sequence[ExperimentTold]
    made_on: date


@dataclass(frozen=True, slots=True)
class Report:
    """The report, in one language."""

    title: str
    sections: Sequence[Section]


def yearly_report(year: Year, words: Words) -> Report:
    """Return a year in one language."""
    view = community_view(year.told, words)
    title = words("report_title", village=view.village, year=view.name)
    sections = [
        Section(words("report_happened"), list(_happened(year, view, words))),
        Section(words("community_grid"), [words("community_grid_what"), *_grids(view)]),
        Section(words("community_sun"), [*view.sun, *([view.sun_bars] if view.sun_bars else [])]),
        Section(words("community_carbon"), list(view.carbon)),
        Section(words("community_codes"), [*view.codes, *_drawn(view, words), *_named(view, words)]),
        Section(words("report_decided"), list(view.votes) or [words("community_votes_none")]),
        Section(words("report_money"), list(_money(year.money, words))),
        Section(words("report_experiments"), list(_experiments(year, words))),
        Section(words("report_gaps"), list(_gaps(view, words))),
    ]
    return Report(title, sections)


def _happened(year: Year, view: CommunityView, words: Words) -> Iterator[Part]:
    yield words("report_about", day=words.date(year.made_on))
    facts = view.facts
    if facts.until is not None and facts.until < facts.period.last:
        yield words("report_running", day=words.date(facts.until))
    yield words("report_members", homes=year.homes)
    reds = sum(each.code is CongestionSignal.RED for each in year.told.codes)
    greens = sum(each.code is CongestionSignal.GREEN for each in year.told.codes)
    yield words("report_codes_count", red=reds, green=greens)
    votes = [vote for vote in year.told.votes if vote.result and vote.result.outcome is Outcome.CHOSEN]
    yield words("report_votes_count", votes=len(votes))


def _grids(view: CommunityView) -> Iterator[Part]:
    for grid in view.grids:
        yield Heading(grid.name)
        yield from grid.sentences
        yield from grid.drawings


def _drawn(view: CommunityView, words: Words) -> Iterator[Part]:
    if view.codes_drawn is not None:
        yield words("community_codes_picture")
        yield view.codes_drawn


def _named(view: CommunityView, words: Words) -> Iterator[Part]:
    if view.named:
        yield Heading(words("community_named"))
        for name, did in view.named:
            yield f"{name}: {did}."


def _money(facts: MoneyFacts | None, words: Words) -> Iterator[Part]:
    if facts is None:
        yield words("report_money_none")
        return
    yield words("report_money_months", months=facts.months)
    rows = [("report_revenue", facts.revenue)]
    if facts.homes is not None:
        whole = facts.homes.made_whole
        rows.append(("report_made_whole", whole) if whole >= 0 else ("report_made_whole_below", -whole))
        rows.append(("report_shared", facts.homes.shared))
        if facts.homes.shortage:
            rows.append(("report_shortage", -facts.homes.shortage))
    rows += [("report_to_fund", facts.to_fund), ("report_fund_used", facts.fund_used)]
    rows.append(("report_fund", facts.fund))
    if facts.homes is not None:
        rows += [("report_owed", facts.homes.owed), ("report_paid", facts.homes.paid)]
    yield Amounts([(words(key), money(words, cents)) for key, cents in rows])
    if facts.homes is None:
        yield words("report_money_few", least=LEAST_HOMES)


def _experiments(year: Year, words: Words) -> Iterator[Part]:
    if not year.experiments:
        yield words("report_experiments_none")
    for each in year.experiments:
        design = each.experiment.design
        yield words(
            "report_experiment",
            name=each.experiment.name,
            models=", ".join(model.value for model in design.models),
            first=words.date(design.first_day),
            days=design.days,
            counted=each.counted,
        )
        told = [found for found in each.comparison.differences if found.verdict is not Verdict.TOO_FEW]
        if not told:
            yield words("report_experiment_too_few")
        teller = Teller(words, year.told.names)
        for found in told:
            if found.verdict not in _CHANCE:
                yield f"{teller.measure(found.measure)}: {teller.tell(design.models[0], found)}"
        if unclear := sum(found.verdict in _CHANCE for found in told):
            yield words("report_experiments_chance", n=unclear)


def _gaps(view: CommunityView, words: Words) -> Iterator[Part]:
    yield from view.quality
    for grid in view.grids:
        yield words("report_gap", name=grid.name, known=grid.known)
    yield words("report_method")
