"""Load duration curves: how heavily every part of the grid is loaded, and for how long."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.recorded import Floats
from battery_commons.simulation.report.pictures.picture import (
    Picture,
    all_models,
    new_figure,
    numbered,
    zero_line,
)
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import LIMIT, STYLES

POINTS = 500
"""Of a curve: more than a screen can show."""
BUSIEST = 0.02
"""Share of the time that is shown close by."""
MOST_TRANSFORMERS = 4
NEAR_LIMIT = 0.6
"""A limit is drawn where the load comes this near: else it would squeeze everything else."""


def _draw(story: Story, size: Size) -> Figure:
    rows, columns = _rows(story), size.columns(2)
    figure = new_figure(size, len(rows) * (2.7 if size is Size.WIDE else 4.6))
    panels = figure.subplots(
        len(rows) * 2 // columns,
        columns,
        squeeze=False,
        width_ratios=[3, 2] if size is Size.WIDE else None,
    ).reshape(len(rows), 2)
    for row, (whole, busiest) in zip(rows, panels, strict=True):
        name = story.loads_w(story.m1)[row][0]
        for outcome in story.outcomes:
            load_kw = story.loads_w(outcome)[row][1] / 1000
            _curve(whole, load_kw, outcome.model)
            _curve(busiest, np.abs(load_kw), outcome.model, share=BUSIEST)
        zero_line(whole)
        whole.set_title(f"{name}, kW")
        busiest.set_title(f"{name}, {story.words('duration_busiest', share=_share(story))}, kW")
        if row < len(story.backtest.village.transformers):
            _limit(whole, story.backtest.village.transformers[row].limit_w / 1000)
        for axes in (whole, busiest):
            axes.margins(x=0.01)
            numbered(axes.xaxis, story.words)
            numbered(axes.yaxis, story.words, most=5)
            axes.set_xlabel(story.words("duration_axis"))
    return figure


def _rows(story: Story) -> list[int]:
    """Return the places of the loads to show: of many transformers the most loaded ones, and the feeder."""
    limits_w = np.array([transformer.limit_w for transformer in story.backtest.village.transformers])
    loading = np.abs(story.m1.transformer_load_w).max(axis=1) / limits_w
    most_loaded = np.sort(np.argsort(-loading, kind="stable")[:MOST_TRANSFORMERS])
    feeder = range(len(limits_w), len(story.loads_w(story.m1)))
    return [*most_loaded.tolist(), *feeder]


def _curve(axes: Axes, load_kw: Floats, model: ControlModel, share: float = 1.0) -> None:
    """Draw the highest `share` of a load in order, as no more points than can be told apart."""
    ordered = np.sort(load_kw)[::-1][: max(round(share * load_kw.size), 1)]
    kept = np.unique(np.linspace(0, ordered.size - 1, POINTS).round().astype(np.intp))
    style = STYLES[model]
    axes.plot(
        100 * kept / load_kw.size,
        ordered[kept],
        color=style.colour,
        linestyle=style.linestyle,
        linewidth=2.4 if model == ControlModel.M1 else 1.5,
    )


def _limit(axes: Axes, limit_kw: float) -> None:
    low, high = axes.get_ylim()
    for reached_kw, line_kw in ((high, limit_kw), (-low, -limit_kw)):
        if reached_kw > NEAR_LIMIT * limit_kw:
            axes.axhline(line_kw, color=LIMIT, linestyle=(0, (8, 3)), linewidth=1.4)


def _share(story: Story) -> str:
    return story.words.percent(BUSIEST, 0)


def _blanks(story: Story) -> Mapping[str, str]:
    words, count = story.words, len(story.backtest.village.transformers)
    some = words("duration_some", count=count, shown=MOST_TRANSFORMERS) if count > MOST_TRANSFORMERS else ""
    highest = "; ".join(_highest(story, row) for row in _rows(story))
    return {"share": _share(story), "some": some, "highest": highest}


def _highest(story: Story, row: int) -> str:
    """Return what a load comes to at most under M1, and under the model that keeps it lowest."""
    loads_w = {outcome.model: story.loads_w(outcome)[row] for outcome in story.outcomes}
    highest_w = {model: float(np.abs(load_w).max()) for model, (_, load_w) in loads_w.items()}
    best = min(highest_w, key=lambda model: highest_w[model])
    return story.words(
        "duration_highest",
        name=loads_w[best][0],
        highest=story.words.kilowatts(highest_w[ControlModel.M1]),
        lowest=story.words.kilowatts(highest_w[best]),
        model=best,
    )


DURATION = Picture("duration", _draw, _blanks, lambda _: True, all_models)
