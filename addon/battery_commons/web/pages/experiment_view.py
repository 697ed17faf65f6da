"""What the page of experiments draws: the calendar of periods, and differences with their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.comparison import Comparison, Difference, compare
from battery_commons.experiment.counted import counted
from battery_commons.experiment.measure import Measure
from battery_commons.experiment.record import DayRecord, Experiment, ExperimentState, Lost
from battery_commons.experiment.schedule import Design
from battery_commons.store import Store

WEEK = 7
HALF = 100
"""Of the width of a drawn difference, from the middle to its end."""


@dataclass(frozen=True, slots=True)
class Square:
    """A day of the calendar."""

    day: date
    row: int
    """The week."""
    column: int
    """The weekday, 0 for Monday."""
    model: ControlModel
    place: int
    """Of the model among those compared."""
    washout: bool
    """Whether the washout takes it."""
    lost: Lost | None = None
    counts: bool = False
    """Whether it was measured and counts."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of an experiment, a row a week."""

    squares: Sequence[Square]

    @property
    def weeks(self) -> int:
        """How many rows there are."""
        return self.squares[-1].row + 1

    @property
    def mondays(self) -> list[date]:
        """The first day of each row."""
        first = self.squares[0].day - timedelta(days=self.squares[0].column)
        return [first + timedelta(weeks=row) for row in range(self.weeks)]


def calendar(design: Design, records: Mapping[date, DayRecord] | None = None) -> Calendar:
    """Return the days of a design, with what became of them as far as is known."""
    records = records or {}
    first = design.first_day - timedelta(days=design.first_day.weekday())
    squares = []
    for period in design.periods():
        for n in range(period.days):
            day = period.first_day + timedelta(days=n)
            row, column = divmod((day - first).days, WEEK)
            record = records.get(day)
            squares.append(
                Square(
                    day,
                    row,
                    column,
                    period.model,
                    design.models.index(period.model),
                    washout=n < design.lost_days,
                    lost=record.lost if record else None,
                    counts=record is not None and record.lost is None,
                )
            )
    return Calendar(squares)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A difference, and where its interval lies in a drawing that has none in the middle."""

    difference: Difference
    x: float = HALF
    left: float = HALF
    right: float = HALF


@dataclass(frozen=True, slots=True)
class Shown:
    """An experiment with its days; with its result once it is over."""

    experiment: Experiment
    state: ExperimentState
    calendar: Calendar
    days: Sequence[DayRecord]
    due: int
    """How many days were to count so far."""
    comparison: Comparison | None

    @property
    def counted(self) -> Mapping[ControlModel, int]:
        """How many days count for each model."""
        design = self.experiment.design
        counts = dict.fromkeys(design.models, 0)
        for square in self.calendar.squares:
            counts[square.model] += square.counts
        return counts

    @property
    def lost(self) -> Mapping[Lost, int]:
        """How many days were lost, by why."""
        return {why: n for why in Lost if (n := sum(each.lost is why for each in self.days))}

    def drawn(self) -> Mapping[Measure, Sequence[Drawn]]:
        """Return by measure each model's difference, all of a measure to the same scale."""
        found: dict[Measure, list[Difference]] = {}
        for each in self.comparison.differences if self.comparison else ():
            found.setdefault(each.measure, []).append(each)
        return {measure: _drawn(differences) for measure, differences in found.items()}


def show(store: Store, experiment: Experiment, now: datetime) -> Shown:
    """Return an experiment as it is shown. Raises StoreError.

    Nothing is compared before it is over: who stops when it suits finds differences that are not there.
    """
    days = store.experiment_days(experiment.id)
    state = experiment.state(now)
    is_over = state in {ExperimentState.OVER, ExperimentState.STOPPED}
    return Shown(
        experiment,
        state,
        calendar(experiment.design, {each.day: each for each in days}),
        days,
        len(experiment.days_over(now)),
        compare(experiment.design.models, counted(experiment.design, days)) if is_over else None,
    )


def side_by_side(
    experiments: Sequence[Shown],
) -> Mapping[tuple[ControlModel, ControlModel, Measure], Sequence[Difference | None]]:
    """Return what experiments found of the same two models and measure: first model, other model, measure.

    In the order of `experiments`; None where one did not compare that. Only what two of them did is there.
    """
    found: dict[tuple[ControlModel, ControlModel, Measure], list[Difference | None]] = {}
    for n, each in enumerate(experiments):
        for difference in each.comparison.differences if each.comparison else ():
            key = each.experiment.design.models[0], difference.model, difference.measure
            found.setdefault(key, [None] * len(experiments))[n] = difference
    return {key: row for key, row in found.items() if sum(each is not None for each in row) > 1}


def _drawn(differences: Sequence[Difference]) -> list[Drawn]:
    reach = max((abs(x) for each in differences for x in (each.low, each.high) if x is not None), default=0)
    return [
        Drawn(
            each,
            *(round(HALF + 0.95 * HALF * value / reach, 1) for value in (each.change, each.low, each.high)),
        )
        if reach and each.change is not None and each.low is not None and each.high is not None
        else Drawn(each)
        for each in differences
    ]


def names_of(store: Store) -> Mapping[str, str]:
    """Return what each transformer is called, by its id. Raises StoreError."""
    return {each.id: each.name for each in store.transformers()}
