"""The geometry of the drawings of what data of each age come to: ages side by side, shares upwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from battery_commons.simulation.data_age import PILOT, AgeFigures, DataAges
from battery_commons.simulation.data_age_days import Estimate
from battery_commons.web.pages.chart import Tick

WIDTH, HEIGHT = 480, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 18, 30
_STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_MOST_TICKS = 6
_ASIDE = 8.0
"""How far lines are apart, so that the upright bars of one do not hide those of another."""
_MARGIN = 0.06
"""Of the height, left free above and below what is drawn."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure of one age."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of figure over all ages that have it."""

    name: str
    """`transformers`, `feeder` or `peak`."""
    dots: Sequence[Dot]
    whiskers: str
    """An SVG path: how far chance may have moved each figure's difference from that of fresh data."""

    @property
    def path(self) -> str:
        """The line through the dots, as an SVG path."""
        return "M" + "L".join(f"{dot.x} {dot.y}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class AgeChart:
    """Figures over ages, in SVG units."""

    left: float
    right: float
    top: float
    bottom: float
    zero: float
    shares: Sequence[Tick]
    """The marks of shares, labelled in percent."""
    ages: Sequence[float]
    """Where each age stands, fresh first."""
    lines: Sequence[Line]
    pilot: Sequence[Dot]


type Point = tuple[int, float, Estimate | None]
"""The place of an age, its share, and what fresh data have more."""


def skill_chart(figures: DataAges) -> AgeChart:
    """Draw the skill of forecasts."""
    return _chart(figures.ages, skill_points(figures), {})


def peak_chart(figures: DataAges) -> AgeChart:
    """Draw how much lower daily peaks are, with what the pilot found."""
    return _chart(figures.ages, {"peak": peak_points(figures)}, pilot_points(figures))


def skill_points(figures: DataAges) -> dict[str, list[Point]]:
    """Return the skill of forecasts by age, of `transformers` and of the `feeder` where there is one."""
    forecasts = {
        "transformers": [each.transformers for each in figures.ages],
        "feeder": [each.feeder for each in figures.ages if each.feeder],
    }
    return {
        name: [(n, of.skill, of.skill_lost) for n, of in enumerate(each) if of.skill is not None]
        for name, each in forecasts.items()
    }


def peak_points(figures: DataAges) -> list[Point]:
    """Return how much lower daily peaks are by age."""
    return [
        (n, each.peak_reduction, each.peak_lost)
        for n, each in enumerate(figures.ages)
        if each.peak_reduction is not None
    ]


def pilot_points(figures: DataAges) -> dict[int, float]:
    """Return what the pilot found, by the place of each age that it had."""
    return {n: PILOT[each.age] for n, each in enumerate(figures.ages) if each.age in PILOT}


def _chart(ages: Sequence[AgeFigures], lines: dict[str, list[Point]], pilot: dict[int, float]) -> AgeChart:
    ends = [
        end for points in lines.values() for _, share, lost in points for end in (share, *_ends(share, lost))
    ]
    ends += [0.0, *pilot.values()]
    spare = _MARGIN * ((max(ends) - min(ends)) or 0.01)
    least, most = min(ends) - spare, max(ends) + spare
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    drawn = {name: points for name, points in lines.items() if points}

    def x(place: int) -> float:
        return round(_LEFT + (right - _LEFT) / len(ages) * (place + 0.5), 1)

    def y(share: float) -> float:
        return round(_TOP + (bottom - _TOP) * (most - share) / (most - least), 1)

    def line(name: str, points: Sequence[Point], aside: float) -> Line:
        ends = [(x(n) + aside, *_ends(share, lost)) for n, share, lost in points]
        return Line(
            name=name,
            dots=[Dot(x(n) + aside, y(share)) for n, share, _ in points],
            whiskers="".join(f"M{at} {y(low)}V{y(high)}" for at, low, high in ends),
        )

    step = next((step for step in _STEPS if (most - least) / step <= _MOST_TICKS), _STEPS[-1])
    marks = range(ceil(least / step), floor(most / step) + 1)
    return AgeChart(
        left=_LEFT,
        right=right,
        top=_TOP,
        bottom=bottom,
        zero=y(0.0),
        shares=[
            Tick(y(n * step), f"{round(100 * n * step, 1):g}".replace("-", "\N{MINUS SIGN}")) for n in marks
        ],
        ages=[x(n) for n in range(len(ages))],
        lines=[
            line(name, points, _ASIDE * (n - (len(drawn) - 1) / 2))
            for n, (name, points) in enumerate(drawn.items())
        ],
        pilot=[Dot(x(n), y(share)) for n, share in pilot.items()],
    )


def _ends(share: float, lost: Estimate | None) -> tuple[float, float]:
    """Return from where to where a share may have been, were that of fresh data as it is."""
    if lost is None:
        return share, share
    return share + lost.value - lost.high, share + lost.value - lost.low
