"""Every home's own bill: a dot per home, a row per model."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from battery_commons.simulation.recorded import Floats
from battery_commons.simulation.report.pictures.picture import Picture, new_figure, numbered, zero_line
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import INK, STYLES

BINS = 45
"""Dots that are closer together than this share of the width stand above each other."""
TALLEST = 0.32
STEP = 0.13


def _draw(story: Story, size: Size) -> Figure:
    models = story.steered
    figure = new_figure(size, 1.1 + 0.62 * len(models))
    axes = figure.subplots()
    extras = [np.array([home.extra_eur_per_month for home in measures.homes]) for measures in models]
    width = max(float(np.ptp(np.concatenate([*extras, [0.0]]))), 0.1) / BINS
    for row, (measures, extra) in enumerate(zip(models, extras, strict=True)):
        style = STYLES[measures.model]
        axes.scatter(
            extra,
            row + _stacked(extra, width),
            s=42,
            color=style.colour,
            marker=style.marker,
            alpha=0.75,
            linewidths=0,
            zorder=3,
        )
        axes.vlines(extra.mean(), row - 0.36, row + 0.36, color=INK, linewidth=2, zorder=4)
        axes.annotate(
            story.words.euros(float(extra.mean()), signed=True),
            (float(extra.mean()), row - 0.36),
            (0, 1),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
        )
    axes.set_yticks(range(len(models)), [measures.model for measures in models])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(models) - 0.5, -0.7)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.06)
    zero_line(axes, vertical=True)
    numbered(axes.xaxis, story.words)
    axes.set_xlabel(story.words("homes_axis"))
    return figure


def _stacked(values: Floats, width: float) -> Floats:
    """Return how far each dot goes up or down, so that equal ones can be counted."""
    places = np.round(values / width)
    offsets = np.zeros_like(values)
    for place in np.unique(places):
        same = np.flatnonzero(places == place)
        step = min(STEP, 2 * TALLEST / max(same.size - 1, 1))
        offsets[same] = step * (np.arange(same.size) - (same.size - 1) / 2)
    return offsets


def _blanks(story: Story) -> Mapping[str, str]:
    words = story.words
    ranges = "; ".join(
        words(
            "homes_range",
            model=measures.model,
            least=words.euros(min(home.extra_eur_per_month for home in measures.homes), signed=True),
            most=words.euros(max(home.extra_eur_per_month for home in measures.homes), signed=True),
        )
        for measures in story.steered
    )
    return {"ranges": ranges}


HOMES = Picture("homes", _draw, _blanks, lambda story: bool(story.others) and bool(story.measures[0].homes))
