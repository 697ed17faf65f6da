"""Week by week: how much lower the daily peaks are than under M1, in the best and in the worst of weeks."""

from collections.abc import Mapping
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from battery_commons.simulation.measures.measure import ModelMeasures
from battery_commons.simulation.measures.peaks import Peaks
from battery_commons.simulation.report.pictures.picture import Picture, new_figure, numbered, zero_line
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import STYLES

FIRST_DAYS = 7
"""A week in which a month has such a day or an earlier one is the month's first."""
MONTHS_APART = {Size.WIDE: 2, Size.NARROW: 3}
FEW_WEEKS = 9


def _peaks(measures: ModelMeasures) -> Peaks:
    return measures.grid.highest.peaks


def _draw(story: Story, size: Size) -> Figure:
    models = story.steered
    columns = min(size.columns(2), len(models))
    rows = -(-len(models) // columns)
    figure = new_figure(size, rows * (1.75 if size is Size.WIDE else 1.6) + 0.2)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for axes, measures in zip(panels, models, strict=False):
        _panel(axes, story, measures)
        _mark_weeks(axes, story, measures, size)
    for spare in panels[len(models) :]:
        spare.set_visible(False)
    return figure


def _panel(axes: Axes, story: Story, measures: ModelMeasures) -> None:
    words, peaks = story.words, _peaks(measures)
    style = STYLES[measures.model]
    percent = np.array([100 * (week.mean_daily_peak_reduction or 0.0) for week in peaks.weeks])
    axes.bar(np.arange(percent.size), percent, width=0.82, color=style.colour, linewidth=0)
    axes.axhline(100 * (peaks.mean_week or 0.0), color=style.colour, linewidth=1, linestyle=(0, (4, 2)))
    axes.set_xlim(-0.7, percent.size - 0.3)
    zero_line(axes)
    axes.grid(visible=False, axis="x")
    numbered(axes.yaxis, words, most=4)
    axes.set_title(words("weeks_panel", **_extremes(story, peaks), model=measures.model), fontsize=10)
    axes.set_ylabel(words("weeks_axis"))


def _mark_weeks(axes: Axes, story: Story, measures: ModelMeasures, size: Size) -> None:
    """Name a few months where there are many weeks, else every week's first day."""
    firsts = [date.fromisoformat(week.first_day) for week in _peaks(measures).weeks]
    months = [month[:3] for month in story.words("months").split()]
    if len(firsts) <= FEW_WEEKS:
        marks = list(enumerate(firsts))
        labels = [f"{first.day} {months[first.month - 1]}" for _, first in marks]
    else:
        apart = MONTHS_APART[size]
        marks = [(n, d) for n, d in enumerate(firsts) if d.day <= FIRST_DAYS and (d.month - 1) % apart == 0]
        labels = [months[first.month - 1] for _, first in marks]
    axes.set_xticks([n for n, _ in marks], labels)


def _extremes(story: Story, peaks: Peaks) -> dict[str, str]:
    named = {"best": peaks.best_week, "mean": peaks.mean_week, "worst": peaks.worst_week}
    return {name: story.words.percent(share) for name, share in named.items()}


def _blanks(story: Story) -> Mapping[str, str]:
    ranges = "; ".join(
        story.words("weeks_range", **_extremes(story, _peaks(measures)), model=measures.model)
        for measures in story.steered
    )
    return {"highest": story.highest, "ranges": ranges}


WEEKS = Picture(
    "weeks",
    _draw,
    _blanks,
    lambda story: bool(story.others) and bool(_peaks(story.measures[0]).weeks),
)
