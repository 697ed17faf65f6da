"""The yearly report as a file: one page of HTML that needs nothing else, or on paper (PDF)."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from battery_commons.account.keeping.books import Books
from battery_commons.account.keeping.gathering import day_of
from battery_commons.community.keeping.told import told
from battery_commons.community.money import money_facts
from battery_commons.community.period import Period
from battery_commons.experiment.comparison import compare
from battery_commons.experiment.counted import counted
from battery_commons.experiment.record import Experiment, ExperimentState
from battery_commons.store import Store
from battery_commons.web.pages.community_view import Bars, CodesDrawn
from battery_commons.web.pages.report_content import (
    Amounts,
    ExperimentTold,
    Heading,
    Report,
    Year,
    yearly_report,
)
from battery_commons.web.pages.words.words import Words

KINDS = {"html": "text/html", "pdf": "application/pdf"}
"""Of files, with their media types."""
_HERE = Path(__file__).parent


def report_on_paper(report: Report, words: Words, tell: Callable[[float], None]) -> bytes:
    """Return a report on paper (PDF); `tell` is told the share that is drawn."""
    # Drawing on paper takes a second to load, and memory that few villages need.
    pdf: bytes = import_module("battery_commons.web.pages.report_pdf").report_pdf(report, words, tell)
    return pdf


def report_name(words: Words, year: str) -> str:
    """Return what a file of the report is called, but for its kind."""
    return words("report_file", year=year)


def report_html(report: Report, words: Words) -> str:
    """Return the report as one page, with its style in it."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_HERE / "static" / "page.css").read_text(encoding="utf-8")
    return environment.get_template("report.html").render(
        report=report,
        words=words,
        style=Markup(style),  # noqa: S704 - our own file
        kind_of=_kind,
    )


def _kind(part: object) -> str:
    kinds = {Heading: "heading", Bars: "bars", CodesDrawn: "codes", Amounts: "amounts"}
    return kinds.get(type(part), "sentence")


def report_of(store: Store, books: Books, year: str, now: datetime, words: Words) -> Report:
    """Return a year's report in one language. Raises StoreError."""
    return yearly_report(year_of(store, books, year, now), words)


def year_of(store: Store, books: Books, year: str, now: datetime) -> Year:
    """Return all that a year's report is made of. Raises StoreError."""
    period = Period.read(year)
    days = store.community_days(period.first, period.last)
    return Year(
        told(store, period, now),
        days[-1].homes if days else 0,
        money_facts(books.entries(), year),
        [_experiment(store, each) for each in store.experiments() if _is_of(each, period, now)],
        day_of(now),
    )


def _is_of(experiment: Experiment, period: Period, now: datetime) -> bool:
    """Return whether an experiment ended in a year."""
    over = experiment.state(now) in {ExperimentState.OVER, ExperimentState.STOPPED}
    return over and period.first <= day_of(experiment.end) <= period.last


def _experiment(store: Store, experiment: Experiment) -> ExperimentTold:
    days = counted(experiment.design, store.experiment_days(experiment.id))
    return ExperimentTold(experiment, len(days), compare(experiment.design.models, days))
