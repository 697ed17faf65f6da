"""The worst week: the days around the heaviest load of any transformer under M1, for every model."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from battery_commons.simulation.outcome import Outcome
from battery_commons.simulation.recorded import Floats
from battery_commons.simulation.report.pictures.picture import (
    Picture,
    has_others,
    new_figure,
    numbered,
    zero_line,
)
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import LIMIT, STYLES

DAYS = 7
NEAR_LIMIT = 0.6
"""A limit is drawn where M1's load comes this near in its direction."""


@dataclass(frozen=True, eq=False)
class _Week:
    """Where to look."""

    transformer: int
    days: range
    """Of the calendar."""
    slots: slice

    @classmethod
    def of(cls, story: Story) -> _Week:
        """Return the days around the quarter hour in which M1 loads a transformer most for its limit."""
        limits_w = np.array([transformer.limit_w for transformer in story.backtest.village.transformers])
        loading = np.abs(story.m1.transformer_load_w) / limits_w[:, np.newaxis]
        k, slot = np.unravel_index(loading.argmax(), loading.shape)
        days = len(story.calendar.days)
        first = int(np.clip(story.calendar.day_of[slot] - DAYS // 2, 0, max(days - DAYS, 0)))
        chosen = range(first, min(first + DAYS, days))
        edges = np.searchsorted(story.calendar.day_of, [chosen.start, chosen.stop])
        return cls(int(k), chosen, slice(int(edges[0]), int(edges[1])))

    def load_kw(self, outcome: Outcome) -> Floats:
        """Return the load of the week's transformer."""
        load_kw: Floats = outcome.transformer_load_w[self.transformer, self.slots] / 1000
        return load_kw

    def battery_kw(self, story: Story, outcome: Outcome) -> Floats:
        """Return what the batteries behind it do together."""
        behind = story.backtest.village.transformer_of == self.transformer
        battery_kw: Floats = outcome.power_w[behind, self.slots].sum(axis=0) / 1000
        return battery_kw


def _draw(story: Story, size: Size) -> Figure:
    week, models = _Week.of(story), story.others
    columns = min(size.columns(2), len(models))
    rows = -(-len(models) // columns)
    figure = new_figure(size, rows * 3.2)
    panels = figure.subplots(
        2 * rows, columns, squeeze=False, sharex=True, sharey="row", height_ratios=[3, 1.5] * rows
    )
    loads = [week.load_kw(outcome) for outcome in story.outcomes]
    batteries = [week.battery_kw(story, outcome) for outcome in models]
    for n, outcome in enumerate(models):
        row, column = divmod(n, columns)
        above, below = panels[2 * row, column], panels[2 * row + 1, column]
        _load(above, story, week, outcome)
        above.set_ylim(*_range(loads))
        _battery(below, week.battery_kw(story, outcome), outcome)
        below.set_ylim(*_range(batteries))
        for axes, key in ((above, "week_load"), (below, "week_battery")):
            numbered(axes.yaxis, story.words, most=4 if axes is above else 2)
            if column == 0:
                axes.set_ylabel(story.words(key), fontsize=9)
        _mark_days(below, story, week, size)
    for spare in panels[:, columns - 1].ravel()[2 * (rows - 1) :] if len(models) % columns else ():
        spare.set_visible(False)
    return figure


def _load(axes: Axes, story: Story, week: _Week, outcome: Outcome) -> None:
    style = STYLES[outcome.model]
    m1_kw = week.load_kw(story.m1)
    grey = STYLES[story.m1.model].colour
    axes.fill_between(np.arange(m1_kw.size), m1_kw, color=grey, alpha=0.45, linewidth=0)
    axes.plot(week.load_kw(outcome), color=style.colour, linewidth=1.5)
    axes.set_xlim(0, m1_kw.size - 1)
    zero_line(axes)
    for line_w in _near_limits(story, week):
        axes.axhline(line_w / 1000, color=LIMIT, linestyle=(0, (8, 3)), linewidth=1.4)
    axes.set_title(
        f"{outcome.model}, {story.words.model(outcome.model)}",
        color=style.colour,
        fontweight="bold",
        fontsize=10,
    )


def _battery(axes: Axes, battery_kw: Floats, outcome: Outcome) -> None:
    axes.fill_between(
        np.arange(battery_kw.size), battery_kw, step="mid", color=STYLES[outcome.model].colour, linewidth=0
    )
    zero_line(axes)


def _near_limits(story: Story, week: _Week) -> list[float]:
    limit_w = story.backtest.village.transformers[week.transformer].limit_w
    m1_w = 1000 * week.load_kw(story.m1)
    reached = ((limit_w, m1_w.max()), (-limit_w, -m1_w.min()))
    return [line_w for line_w, reached_w in reached if reached_w > NEAR_LIMIT * limit_w]


def _range(lines: list[Floats]) -> tuple[float, float]:
    low, high = min(line.min() for line in lines), max(line.max() for line in lines)
    room = 0.06 * max(high - low, 1.0)
    return float(low - room), float(high + room)


def _mark_days(axes: Axes, story: Story, week: _Week, size: Size) -> None:
    """Mark local midnights, with the day's name at noon."""
    midnights = np.searchsorted(story.calendar.day_of[week.slots], list(week.days))
    axes.set_xticks(midnights, [])
    ends = [*midnights[1:], week.slots.stop - week.slots.start]
    noons = [(start + end) / 2 for start, end in zip(midnights, ends, strict=True)]
    days = [story.calendar.days[day] for day in week.days]
    labels = [
        f"{story.words.weekday(day)} {day.day}" if size is Size.WIDE else story.words.weekday(day)
        for day in days
    ]
    axes.set_xticks(noons, labels, minor=True)
    axes.tick_params(axis="x", which="minor", length=0, labelsize=9)


def _blanks(story: Story) -> Mapping[str, str]:
    week, words = _Week.of(story), story.words
    transformer = story.backtest.village.transformers[week.transformer]
    highest = ", ".join(
        words(
            "week_highest",
            model=outcome.model,
            load=words.kilowatts(1000 * float(np.abs(week.load_kw(outcome)).max())),
        )
        for outcome in story.outcomes
    )
    return {
        "transformer": transformer.name,
        "limit": words("week_limit", limit=words.kilowatts(transformer.limit_w)),
        "first": words.day(story.calendar.days[week.days[0]]),
        "last": words.day(story.calendar.days[week.days[-1]]),
        "highest": highest,
    }


WEEK = Picture("week", _draw, _blanks, has_others)
