"""Grid against purse: the pilot's landscape, with a dot for every model."""

from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from battery_commons.simulation.measures.measure import ModelMeasures
from battery_commons.simulation.report.pictures.picture import (
    Picture,
    has_others,
    new_figure,
    numbered,
    zero_line,
)
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import STYLES

type Relief = Callable[[ModelMeasures], float | None]

MARGIN = 0.18
"""Of the range, on every side: room for labels."""
_PLACES = ((9, 0), (-9, 0), (0, 10), (0, -10), (8, 8), (-8, 8), (8, -8), (-8, -8), (16, 14), (16, -14))
"""Where a label may stand around its dot, in points, the best first."""
_LEVEL = {-1: "right", 0: "center", 1: "left"}
_UPRIGHT = {-1: "top", 0: "center", 1: "bottom"}


def _variance(measures: ModelMeasures) -> float | None:
    return measures.grid.transformer_variance_reduction


def _peak(measures: ModelMeasures) -> float | None:
    return measures.grid.highest.peaks.mean_daily_peak_reduction


def _draw(story: Story, size: Size) -> Figure:
    reliefs: list[tuple[str, Relief]] = [("landscape_variance", _variance)]
    if _peak(story.measures[0]) is not None:
        reliefs.append(("landscape_peak", _peak))
    columns = min(size.columns(2), len(reliefs))
    rows = -(-len(reliefs) // columns)
    figure = new_figure(size, 4.6 if size is Size.WIDE else 4.2 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (key, relief) in zip(panels, reliefs, strict=True):
        _panel(axes, story, relief)
        axes.set_title(story.words(key, highest=story.highest))
        axes.set_xlabel(story.words("landscape_saving"))
    figure.draw_without_rendering()
    for axes, (_, relief) in zip(panels, reliefs, strict=True):
        _label(axes, story, relief)
    return figure


def _points(story: Story, relief: Relief) -> list[tuple[ModelMeasures, float, float]]:
    return [
        (measures, 100 * (measures.money.saving_share or 0.0), 100 * (relief(measures) or 0.0))
        for measures in story.measures
    ]


def _panel(axes: Axes, story: Story, relief: Relief) -> None:
    for measures, x, y in _points(story, relief):
        style = STYLES[measures.model]
        axes.plot(x, y, color=style.colour, marker=style.marker, markersize=10, zorder=3)
    axes.margins(MARGIN)
    zero_line(axes)
    zero_line(axes, vertical=True)
    numbered(axes.xaxis, story.words)
    numbered(axes.yaxis, story.words)


def _label(axes: Axes, story: Story, relief: Relief) -> None:
    """Write each model's name beside its dot, clear of other dots and names as far as there is room."""
    points = _points(story, relief)
    at = [axes.transData.transform((x, y)).tolist() for _, x, y in points]
    taken = [Bbox.from_bounds(px - 6, py - 6, 12, 12) for px, py in at]
    zero_x, zero_y = axes.transData.transform((0.0, 0.0))
    taken += [Bbox.from_extents(zero_x, 0, zero_x + 1, 1e4), Bbox.from_extents(0, zero_y, 1e4, zero_y + 1)]
    for n, (measures, x, y) in enumerate(points):
        others = taken[:n] + taken[n + 1 :]
        boxes = {place: _box(at[n], place, len(measures.model)) for place in _PLACES}
        best = min(_PLACES, key=lambda place: (boxes[place].count_overlaps(others), _PLACES.index(place)))
        taken.append(boxes[best])
        axes.annotate(
            measures.model,
            (x, y),
            best,
            textcoords="offset points",
            ha=_LEVEL[_sign(best[0])],
            va=_UPRIGHT[_sign(best[1])],
            color=STYLES[measures.model].colour,
            fontweight="bold",
        )


def _box(at: Sequence[float], place: tuple[int, int], letters: int) -> Bbox:
    """Return about where a label of so many letters would be, in pixels of the drawing."""
    scale = 100 / 72  # a figure has 100 pixels to the inch, of 72 points
    width, height = 8.5 * letters * scale, 12 * scale
    x = at[0] + place[0] * scale - width * (1 - _sign(place[0])) / 2
    y = at[1] + place[1] * scale - height * (1 - _sign(place[1])) / 2
    return Bbox.from_bounds(x, y, width, height)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _blanks(story: Story) -> Mapping[str, str]:
    words = story.words
    points = "; ".join(
        words(
            "landscape_point",
            model=measures.model,
            saving=words.percent(measures.money.saving_share),
            relief=words.percent(_variance(measures)),
        )
        for measures in story.steered
    )
    return {"points": points}


LANDSCAPE = Picture("landscape", _draw, _blanks, has_others)
