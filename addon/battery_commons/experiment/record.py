"""An experiment as it is kept: its design, what became of it, and each of its days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.schedule import Design, midnight

MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class DayWeather:
    """What the weather of a local day was, on average."""

    temperature_c: float
    radiation_w_m2: float


class ExperimentState(StrEnum):
    """How far an experiment is."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"
    """It ran to its end."""
    STOPPED = "stopped"


class StoppedBy(StrEnum):
    """Why an experiment did not run to its end."""

    VOLUNTEER = "volunteer"
    VOTE = "vote"
    """Members chose a control model meanwhile: what they chose steers at the moment that was set."""


class Lost(StrEnum):
    """Why a day does not count."""

    PAUSED = "paused"
    OTHER_MODEL = "other_model"
    """Another model steered, for instance since the day's own could not be used."""
    NO_PLAN = "no_plan"
    """For too long no plan was in force."""
    NO_METER = "no_meter"
    """Too little was measured of every load."""


@dataclass(frozen=True, slots=True)
class Pause:
    """While the village was steered as voted."""

    start: datetime
    end: datetime | None
    """None while it goes on."""


@dataclass(frozen=True, slots=True)
class DayRecord:
    """What became of a day that was to count."""

    day: date
    measured_at: datetime
    lost: Lost | None
    outcomes: Mapping[str, float]
    """By `Measure.key`."""
    alone: Mapping[str, float]
    """The same without batteries; nothing where that is not known."""
    weather: DayWeather | None
    price: float | None
    """Mean day-ahead price, in EUR per kWh."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment."""

    id: str
    name: str
    design: Design
    planned_at: datetime
    stopped_at: datetime | None = None
    stopped_by: StoppedBy | None = None
    pauses: Sequence[Pause] = ()

    @property
    def end(self) -> datetime:
        """When it ends, or was stopped."""
        return min(self.design.end, self.stopped_at or self.design.end)

    def state(self, now: datetime) -> ExperimentState:
        """Return how far it is at `now`."""
        if self.stopped_at is not None:
            return ExperimentState.STOPPED
        if now >= self.design.end:
            return ExperimentState.OVER
        if self.pauses and self.pauses[-1].end is None:
            return ExperimentState.PAUSED
        return ExperimentState.PLANNED if now < self.design.start else ExperimentState.RUNNING

    def model_at(self, now: datetime) -> ControlModel | None:
        """Return the model that steers by it at `now`; None where the village is steered as voted."""
        return self.design.model_at(now) if self.state(now) is ExperimentState.RUNNING else None

    def was_paused_on(self, day: date) -> bool:
        """Return whether a pause touched a local day."""
        start, end = midnight(day), midnight(day + timedelta(days=1))
        return any(each.start < end and (each.end is None or each.end > start) for each in self.pauses)

    def days_over(self, now: datetime) -> list[date]:
        """Return the days that were to count and are over, before it was stopped."""
        until = min(now, self.end)
        return [day for day in self.design.counting_days() if midnight(day + timedelta(days=1)) <= until]
