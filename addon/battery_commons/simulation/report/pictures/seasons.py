"""Through the seasons: what the village saves, what the grid gains and what owners pay, season by season."""

from collections.abc import Callable, Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from battery_commons.simulation.measures.calendar import Season
from battery_commons.simulation.measures.measure import ModelMeasures
from battery_commons.simulation.report.pictures.picture import (
    Picture,
    has_others,
    new_figure,
    numbered,
    other_models,
    zero_line,
)
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import STYLES

type Figures = Callable[[ModelMeasures, Season], float]

GROUP = 0.84
"""Of the room between two seasons that bars take."""


def _saving(measures: ModelMeasures, season: Season) -> float:
    return measures.money.saving_by_season_eur_per_month[season]


def _peak(measures: ModelMeasures, season: Season) -> float:
    return 100 * (measures.grid.highest.peaks.reduction_by_season[season] or 0.0)


def _owner(measures: ModelMeasures, season: Season) -> float:
    extras = [home.extra_by_season_eur_per_month[season] for home in measures.homes]
    return sum(extras) / max(len(extras), 1)


_PANELS: tuple[tuple[str, Figures], ...] = (
    ("seasons_village", _saving),
    ("seasons_peak", _peak),
    ("seasons_owner", _owner),
)


def _draw(story: Story, size: Size) -> Figure:
    columns = size.columns(3)
    figure = new_figure(size, 3.4 if size is Size.WIDE else 8.0)
    panels = figure.subplots(len(_PANELS) // columns, columns, squeeze=False).ravel()
    for axes, (key, figures) in zip(panels, _PANELS, strict=True):
        _panel(axes, story, figures)
        axes.set_title(story.words(key))
    return figure


def _panel(axes: Axes, story: Story, figures: Figures) -> None:
    seasons, models = story.calendar.seasons, story.steered
    width = GROUP / len(models)
    for n, measures in enumerate(models):
        places = [s - GROUP / 2 + (n + 0.5) * width for s in range(len(seasons))]
        heights = [figures(measures, season) for season in seasons]
        axes.bar(places, heights, width=0.9 * width, color=STYLES[measures.model].colour, linewidth=0)
    zero_line(axes)
    axes.grid(visible=False, axis="x")
    axes.set_xticks(range(len(seasons)), [story.words(season.value) for season in seasons])
    axes.tick_params(axis="x", length=0)
    numbered(axes.yaxis, story.words)


def _blanks(story: Story) -> Mapping[str, str]:
    savings = []
    for season in story.calendar.seasons:
        best = max(story.steered, key=lambda measures: _saving(measures, season))
        saving = story.words.euros(_saving(best, season), signed=True)
        savings.append(
            story.words("seasons_saving", season=story.words(season.value), model=best.model, saving=saving)
        )
    return {"savings": "; ".join(savings)}


SEASONS = Picture("seasons", _draw, _blanks, has_others, other_models)
