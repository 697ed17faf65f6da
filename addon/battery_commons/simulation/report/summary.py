"""The summary table: a row per model, in words that need no engineer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.measures.measure import ModelMeasures
from battery_commons.simulation.report.story import Story
from battery_commons.simulation.report.words import ReportWords

type Value = Callable[[ModelMeasures], float | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one model comes to under one heading."""

    heading: str
    figures: Sequence[str]
    best: bool
    """Whether no other model that steers does better, and some do worse."""


@dataclass(frozen=True, slots=True)
class Row:
    """One model."""

    model: ControlModel
    description: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    figures: Callable[[ReportWords, ModelMeasures], Sequence[str]]
    merit: Value | None = None
    """The higher the better; None where there is no better."""


def _less(reduction: float | None) -> float | None:
    """Return a reduction as a change: what goes down is negative."""
    return None if reduction is None else -reduction


def _weeks(words: ReportWords, measures: ModelMeasures) -> Sequence[str]:
    peaks = measures.grid.highest.peaks
    return [words.percent(_less(week), signed=True) for week in (peaks.best_week, peaks.worst_week)]


def _spread(words: ReportWords, measures: ModelMeasures) -> Sequence[str]:
    extras = [home.extra_eur_per_month for home in measures.homes] or [0.0]
    return [words.euros(extra, signed=True) for extra in (min(extras), max(extras))]


def _saving(words: ReportWords, measures: ModelMeasures) -> Sequence[str]:
    return [words.percent(measures.money.saving_share), words.euros(measures.money.saving_eur)]


_COLUMNS = (
    _Column("column_bill", lambda w, m: [w.euros(m.money.bill_eur)]),
    _Column("column_saving", _saving, lambda m: m.money.saving_eur),
    _Column(
        "column_variance",
        lambda w, m: [w.percent(_less(m.grid.transformer_variance_reduction), signed=True)],
        lambda m: m.grid.transformer_variance_reduction,
    ),
    _Column(
        "column_peak",
        lambda w, m: [w.percent(_less(m.grid.highest.peaks.mean_daily_peak_reduction), signed=True)],
        lambda m: m.grid.highest.peaks.mean_daily_peak_reduction,
    ),
    _Column("column_weeks", _weeks),
    _Column("column_over", lambda w, m: [w.number(m.grid.slots_over)], lambda m: -m.grid.slots_over),
    _Column(
        "column_home",
        lambda w, m: [w.euros(m.mean_extra_eur_per_month, signed=True)],
        lambda m: -m.mean_extra_eur_per_month,
    ),
    _Column("column_spread", _spread),
    _Column(
        "column_own",
        lambda w, m: [w.percent(m.energy.self_sufficiency, 0)],
        lambda m: m.energy.self_sufficiency,
    ),
    _Column("column_cycles", lambda w, m: [w.number(m.energy.cycles)]),
    _Column("column_wear", lambda w, m: [w.euros(m.energy.wear_eur)]),
)


def headings(story: Story) -> list[str]:
    """Return the headings of the table's columns but the first."""
    return [story.words(column.key, highest=story.highest) for column in _COLUMNS]


def summary(story: Story) -> list[Row]:
    """Return the table's rows."""
    words = story.words
    best = {column.key: _best(column, story.steered, words) for column in _COLUMNS}
    return [
        Row(
            model=measures.model,
            description=words.model(measures.model),
            cells=[
                Cell(
                    heading,
                    figures := column.figures(words, measures),
                    figures == best[column.key] and measures.model != ControlModel.M1,
                )
                for heading, column in zip(headings(story), _COLUMNS, strict=True)
            ],
        )
        for measures in story.measures
    ]


def _best(column: _Column, models: Sequence[ModelMeasures], words: ReportWords) -> Sequence[str] | None:
    """Return the best figures as they are written, so that equals to the eye are equally bold.

    None where nothing is better than the rest.
    """
    merit = column.merit
    if merit is None:
        return None
    known = [(value, measures) for measures in models if (value := merit(measures)) is not None]
    if len({tuple(column.figures(words, measures)) for _, measures in known}) <= 1:
        return None
    return column.figures(words, max(known, key=lambda pair: pair[0])[1])


def largest_stored(story: Story) -> str:
    """Return the largest value of energy that any model leaves in the batteries beyond M1."""
    most = max(abs(measures.money.stored_eur) for measures in story.measures)
    return story.words.euros(most)
