"""The pictures of a study: effects as lines over what is varied, and years deferred as bars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.report.pictures.picture import new_figure, numbered, zero_line
from battery_commons.simulation.report.story import Size
from battery_commons.simulation.report.theme import QUIET, STYLES
from battery_commons.simulation.study.case import Row
from battery_commons.simulation.study.words import StudyWords

AXES = (
    "batteries",
    "limit_share",
    "feeder_scale",
    "use_factor",
    "pv_factor",
    "data_age_days",
    "mode",
    "tariff",
    "prices",
    "first_day",
    "days",
)
"""What a study of backtests varies, in the order of pictures."""
EFFECTS = (
    "saving_eur",
    "transformer_variance_reduction_percent",
    "feeder_mean_daily_peak_reduction_percent",
    "slots_over_limit",
)
WITHOUT_FEEDER = {"feeder_mean_daily_peak_reduction_percent": "village_mean_daily_peak_reduction_percent"}
FUTURE = ("batteries", "fleet_growth_percent", "mode", "allowed_slots")
"""What sets one picture of years deferred apart from the next."""
GROWTH = ("use_growth_percent", "pv_growth_percent")


@dataclass(frozen=True, slots=True)
class StudyPicture:
    """A picture with its words; `models` are those that only colour and line tell apart."""

    name: str
    title: str
    alternative: str
    models: Sequence[ControlModel]
    draw: Callable[[Size], Figure]


def varied(rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """Return which columns have more than one value. M1 says nothing: it has no mode and no age of data."""
    steered = [row for row in rows if row["model"] != ControlModel.M1]
    return [name for name in names if len({row.get(name) for row in steered}) > 1]


def effects(rows: Sequence[Row], words: StudyWords) -> list[StudyPicture]:
    """Return a picture for everything that the backtests in `rows` vary."""
    names = varied(rows, AXES)
    pictures = []
    for name in names:
        steered = [row for row in rows if row["model"] != ControlModel.M1]
        first = {other: steered[0][other] for other in names if other != name}
        shown = [row for row in steered if all(row[other] == value for other, value in first.items())]
        axis = words.column(name)
        pictures.append(
            StudyPicture(
                f"effect-{name}",
                words("effect_title", axis=axis),
                words("effect_alt", axis=axis),
                _models(shown),
                lambda size, name=name, shown=shown: _draw_effects(shown, name, words, size),  # type: ignore[misc]
            )
        )
    return pictures


def deferrals(rows: Sequence[Row], words: StudyWords) -> list[StudyPicture]:
    """Return a picture for every fleet, with a panel for every growth."""
    steered = [row for row in rows if row["model"] != ControlModel.M1]

    def future_of(row: Row) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in FUTURE)

    pictures = []
    for number, (_, group) in enumerate(groupby(sorted(steered, key=future_of), key=future_of)):
        shown = list(group)
        future = _future(shown[0], words)
        pictures.append(
            StudyPicture(
                f"deferral-{number}",
                words("deferral_title", future=future),
                words("deferral_alt", future=future),
                _models(shown),
                lambda size, shown=shown: _draw_deferrals(shown, words, size),  # type: ignore[misc]
            )
        )
    return pictures


def _models(rows: Sequence[Row]) -> list[ControlModel]:
    present = {row["model"] for row in rows}
    return [model for model in ControlModel if model.value in present]


def _draw_effects(rows: Sequence[Row], name: str, words: StudyWords, size: Size) -> Figure:
    figure = new_figure(size, 5.6 if size is Size.WIDE else 9.0)
    panels = figure.subplots(4 // size.columns(2), size.columns(2), squeeze=False).ravel()
    has_feeder = any(row.get(EFFECTS[2]) is not None for row in rows)
    places = _places([row[name] for row in rows])
    for axes, effect in zip(panels, EFFECTS, strict=True):
        column = effect if has_feeder else WITHOUT_FEEDER.get(effect, effect)
        for model in _models(rows):
            line = sorted((places[row[name]], row[column]) for row in rows if row["model"] == model.value)
            style = STYLES[model]
            axes.plot(
                *zip(*line, strict=True),
                color=style.colour,
                linestyle=style.linestyle,
                marker=style.marker,
                markersize=5,
            )
        if not any(row[column] for row in rows):
            axes.set_ylim(0, 1)  # else matplotlib zooms in on nothing
        axes.set_title(words(column))
        axes.set_xlabel(words.column(name))
        axes.set_xticks(list(places.values()), [words.cell(value) for value in places])
        numbered(axes.yaxis, words.figures, most=5)
        zero_line(axes)
    return figure


def _places(values: Sequence[object]) -> Mapping[object, float]:
    """Return where values stand on an axis: figures where they are, others one after the other."""
    distinct = dict.fromkeys(values)
    numbers = [value for value in distinct if isinstance(value, int | float)]
    if len(numbers) == len(distinct):
        return {value: float(value) for value in sorted(numbers)}
    return {value: float(place) for place, value in enumerate(distinct)}


def _draw_deferrals(rows: Sequence[Row], words: StudyWords, size: Size) -> Figure:
    growths = list(dict.fromkeys(tuple(row[name] for name in GROWTH) for row in rows))
    columns = min(size.columns(2), len(growths))
    lines = -(-len(growths) // columns)
    figure = new_figure(size, 2.7 * lines)
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    for axes, growth in zip(panels, growths, strict=False):
        _bars(axes, [row for row in rows if tuple(row[name] for name in GROWTH) == growth], words)
        use, pv = (words.cell(value) for value in growth)
        axes.set_title(words("deferral_panel", use=use, pv=pv))
    for spare in panels[len(growths) :]:
        spare.set_visible(False)
    return figure


def _bars(axes: Axes, rows: Sequence[Row], words: StudyWords) -> None:
    elements = list(dict.fromkeys(row["element"] for row in rows))
    models = _models(rows)
    width = 0.8 / len(models)
    for row in rows:
        n = models.index(ControlModel(str(row["model"])))
        place = elements.index(row["element"]) + (n - (len(models) - 1) / 2) * width
        years = row["years_deferred"]
        if years is None:
            if n == 0:
                middle = elements.index(row["element"])
                axes.annotate(
                    words("never"), (middle, 0), (0, 4), textcoords="offset points", ha="center", color=QUIET
                )
            continue
        axes.bar(place, float(years), width * 0.92, color=STYLES[models[n]].colour, linewidth=0)
        written = ("≥" if row["deferred_at_least"] else "") + words.figures.number(float(years))
        axes.annotate(
            written, (place, max(float(years), 0.0)), (0, 2), textcoords="offset points", ha="center"
        )
    axes.set_xticks(range(len(elements)), [str(element) for element in elements])
    axes.set_ylabel(words("deferral_axis"))
    axes.margins(y=0.18)
    axes.grid(visible=False, axis="x")
    numbered(axes.yaxis, words.figures, most=5)
    zero_line(axes)


def _future(row: Row, words: StudyWords) -> str:
    count, share = row["batteries"], row["fleet_growth_percent"]
    fleet = words("own_fleet") if count is None else words("fleet_of", count=words.cell(count))
    if share:
        fleet = words("fleet_growing", fleet=fleet, share=words.cell(share))
    parts = [fleet, words.cell(row["mode"])]
    if row["allowed_slots"]:
        parts.append(words("allowed", slots=words.cell(row["allowed_slots"])))
    return ", ".join(parts)
