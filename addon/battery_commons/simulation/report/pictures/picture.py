"""What a picture is, and what many of them need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.report.story import Size, Story
from battery_commons.simulation.report.theme import QUIET
from battery_commons.simulation.report.words import ReportWords


def no_legend(_story: Story) -> Sequence[ControlModel]:
    """Return that nothing needs a legend, since all is labelled where it stands."""
    return ()


def all_models(story: Story) -> Sequence[ControlModel]:
    """Return the models of a picture that shows M1 too."""
    return [outcome.model for outcome in story.outcomes]


def other_models(story: Story) -> Sequence[ControlModel]:
    """Return the models of a picture of what differs from M1."""
    return [outcome.model for outcome in story.others]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture; its title, explanation and alternative text are words named after it."""

    name: str
    draw: Callable[[Story, Size], Figure]
    blanks: Callable[[Story], Mapping[str, str]]
    """What to fill in in its texts."""
    applies: Callable[[Story], bool]
    legend: Callable[[Story], Sequence[ControlModel]] = no_legend
    """The models that only their colour and line tell apart."""


def has_others(story: Story) -> bool:
    """Return whether there is a model to compare with M1."""
    return bool(story.others)


def new_figure(size: Size, height: float) -> Figure:
    """Return an empty figure of so many inches high."""
    return Figure(figsize=(size.inches, height), layout="constrained")


def numbered(axis: Axis, words: ReportWords, *, most: int = 6, decimals: int | None = None) -> None:
    """Let an axis have at most so many marks, written as the language writes figures."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))

    def written(value: float, _position: int | None = None) -> str:
        shown = decimals if decimals is not None else _decimals(value)
        return words.number(value, shown)

    axis.set_major_formatter(FuncFormatter(written))


def zero_line(axes: Axes, *, vertical: bool = False) -> None:
    """Draw where a figure is the same as under M1, or a load changes direction."""
    draw = axes.axvline if vertical else axes.axhline
    draw(0, color=QUIET, linewidth=0.9, zorder=1.5)


def _decimals(value: float) -> int:
    """Return how many decimals it takes to write a mark in full, two at most."""
    return next((d for d in (0, 1) if abs(value - round(value, d)) < 1e-9), 2)  # noqa: PLR2004 - rounding
