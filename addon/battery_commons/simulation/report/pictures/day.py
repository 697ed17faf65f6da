"""A typical day: the mean load of the village, and what its batteries do, by hour and season."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.measures.calendar import Season
from battery_commons.simulation.recorded import Floats
from battery_commons.simulation.report.pictures.picture import (
    Picture,
    all_models,
    new_figure,
    numbered,
    zero_line,
)
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import QUIET, STYLES

HOURS = 24
HOURS_APART = 6


def _draw(story: Story, size: Size) -> Figure:
    seasons = story.calendar.seasons
    columns = min(size.columns(4, 2), len(seasons))
    rows = -(-len(seasons) // columns)
    figure = new_figure(size, rows * (4.6 if size is Size.WIDE else 4.0))
    panels = figure.subplots(2 * rows, columns, squeeze=False, sharex=True)
    for n, season in enumerate(seasons):
        row, column = divmod(n, columns)
        for axes, kind in ((panels[2 * row, column], 0), (panels[2 * row + 1, column], 1)):
            if axes is not panels[kind, 0]:
                axes.sharey(panels[kind, 0])  # one scale for all seasons: that they differ is the point
            for outcome in story.outcomes:
                lines_w = (outcome.transformer_load_w, outcome.power_w)[kind].sum(axis=0)
                style = STYLES[outcome.model]
                axes.plot(
                    np.arange(HOURS) + 0.5,
                    _mean_day(story, lines_w, season) / 1000,
                    color=style.colour,
                    linestyle=style.linestyle,
                    linewidth=2.2 if outcome.model == ControlModel.M1 else 1.5,
                )
            zero_line(axes)
            numbered(axes.yaxis, story.words, most=5)
            axes.set_xlim(0, HOURS)
            axes.set_xticks(range(0, HOURS + 1, HOURS_APART))
            if column == 0:
                axes.set_ylabel(story.words(("day_load", "day_battery")[kind]))
        panels[2 * row, column].set_title(story.words(season.value), fontweight="bold")
    for spare in panels[2 * (rows - 1) :, len(seasons) - (rows - 1) * columns :].ravel():
        spare.set_visible(False)
    figure.supxlabel(story.words("day_axis"), fontsize=10, color=QUIET)
    return figure


def _mean_day(story: Story, line_w: Floats, season: Season) -> Floats:
    """Return (24,) the mean of a line (T,) by local hour over a season; 0 for an hour that it lacks."""
    within = story.calendar.season_of == list(Season).index(season)
    hours = story.calendar.hour_of[within]
    counts = np.bincount(hours, minlength=HOURS)
    mean_w: Floats = np.bincount(hours, line_w[within], minlength=HOURS) / np.maximum(counts, 1)
    return mean_w


def _blanks(story: Story) -> Mapping[str, str]:
    last = story.outcomes[-1]
    told = []
    for season in story.calendar.seasons:
        day_w = _mean_day(story, last.power_w.sum(axis=0), season)
        told.append(
            story.words(
                "day_busiest",
                season=story.words(season.value),
                model=last.model,
                charge=int(day_w.argmax()),
                discharge=int(day_w.argmin()),
            )
        )
    return {"busiest": "; ".join(told)}


DAY = Picture("day", _draw, _blanks, lambda _: True, all_models)
