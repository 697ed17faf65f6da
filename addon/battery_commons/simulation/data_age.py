"""What the age of the grid's data costs a village: its forecasts, the grid's peaks and its purse.

The village lives through its record once for each age, and all ages are compared over the same moments: those
at which even the oldest data suffice to forecast. A guard only sees fresh data, so no age has one; what it
adds where data are fresh is told apart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, TimeGrid
from battery_commons.simulation.data_age_days import (
    FEEDER,
    TRANSFORMERS,
    Estimate,
    ForecastErrors,
    LivedDays,
    estimate,
    lived_days,
)
from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.measures.peaks import reduction
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.rolling import FRESH, SLOTS_PER_PLAN, Knowledge, roll

AGES = (
    FRESH,
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=7),
)
"""Those that a village meets: a meter that lags, one that is read by night, and the pilot's week."""
LEARNING = timedelta(days=29)
"""What must be known for forecasts to be learned: four weeks, and the day that may pass until they are."""
LEARNED_COMPARED = timedelta(days=14)
"""So much must be left to compare, or learning is not waited for."""
PERSISTING = timedelta(days=3)
"""What must be known where nothing is learned: the coming day is then as the last one was."""
LEAST_COMPARED = timedelta(days=3)
FEW_DAYS = 14
"""With fewer days, what is found may well be chance."""
DAYS_PER_YEAR = 365.25
PILOT = {FRESH: 0.042, timedelta(days=7): 0.014}
"""By which share the peaks of the medium-voltage grid were lower in the pilot, by the age of its data."""


@dataclass(frozen=True, slots=True)
class ForecastFigures:
    """How good forecasts of the coming day were, made each hour."""

    mae_w: float
    """Mean absolute error of a quarter hour, of the mean transformer or of the feeder."""
    skill: float | None
    """By which share the error is smaller than that of persistence on fresh data: below 0 is worse."""
    skill_lost: Estimate | None
    """What fresh data have more."""


@dataclass(frozen=True, slots=True)
class AgeFigures:
    """What data of one age came to. What is lost is lost against fresh data without a guard."""

    age: timedelta
    has_guard: bool
    transformers: ForecastFigures
    feeder: ForecastFigures | None
    peak_reduction: float | None
    """Of the mean daily peak, as a share of M1's; None where there is no whole day."""
    weekly_peak_reduction: float | None
    """Of the mean of each week's highest load, as a share of M1's; None where there is no whole week."""
    peak_lost: Estimate | None
    """What fresh data take off the mean daily peak beyond this, as a share of M1's."""
    saving_eur_per_year: Estimate | None
    """The village's, against M1, at the pace of the days that were compared."""
    eur_lost_per_year: Estimate | None
    """What fresh data save beyond this."""


@dataclass(frozen=True, slots=True)
class DataAges:
    """What data of each age came to in one village, and over what."""

    village: str
    model: ControlModel
    """M5 where the record has the feeder, whose peaks then count; else M4, and those of the transformers."""
    tariff: str
    record_days: int
    start: datetime
    """The first moment at which all ages are compared."""
    end: datetime
    days: int
    """Whole days in between."""
    weeks: int
    learned: bool
    """Whether forecasts were learned; else the record is too short, and the coming day is as the last one."""
    ages: Sequence[AgeFigures]
    """Without a guard, fresh first, the oldest last."""
    guarded: AgeFigures
    """Fresh data with the guard, which corrects plans between the hours."""

    @property
    def has_feeder(self) -> bool:
        """Whether peaks are the feeder's."""
        return self.model is ControlModel.M5

    @property
    def is_short(self) -> bool:
        """Whether so few days are compared that what is found may well be chance."""
        return self.days < FEW_DAYS


def data_ages(village: RecordedVillage, tariff: Tariff, progress: Callable[[float], None]) -> DataAges:
    """Return what data of each age come to; `progress` is told the share that is done.

    Raises:
        ValueError: The record is too short to compare anything, or has no battery.
        SolverError: A model found no plan.
    """
    if not village.batteries:
        raise ValueError("the village has no battery, so the age of its data changes nothing")
    ages, first = compared(village.grid)
    model = ControlModel.M4 if village.feeder is None else ControlModel.M5
    slots = village.grid.slots - first
    part = village.part(first, slots)
    calendar = LocalCalendar.of(part.grid)
    m1 = roll(village, tariff, ControlModel.M1, Knowledge(), lambda _: None).part(first, slots)
    reference = ForecastErrors(village, first)
    reference.score_persistence()
    runs = [*(Knowledge(age, guard_delay=None) for age in ages), Knowledge()]
    lives = []
    for n, knowledge in enumerate(runs):
        errors = ForecastErrors(village, first)

        def tell(share: float, done: int = n) -> None:
            progress((done + share) / len(runs))

        outcome = roll(village, tariff, model, knowledge, tell, decided=errors.score).part(first, slots)
        days = lived_days(part, tariff, outcome, m1, calendar)
        lives.append(_Life(knowledge, errors.missed_w(calendar), days))
    comparison = _Comparison(lives[0], reference.missed_w(calendar), calendar)
    figures = [comparison.figures(life) for life in lives]
    return DataAges(
        village=village.name,
        model=model,
        tariff=tariff.name,
        record_days=village.grid.slots // SLOTS_PER_DAY,
        start=part.grid.start,
        end=part.grid.end,
        days=int(calendar.whole.sum()),
        weeks=len(calendar.weeks),
        learned=first * SLOT - ages[-1] >= LEARNING,
        ages=figures[:-1],
        guarded=figures[-1],
    )


def compared(grid: TimeGrid) -> tuple[Sequence[timedelta], int]:
    """Return the ages that a record is long enough for, and the first slot at which they are compared.

    Raises ValueError where it is too short for any but fresh data.
    """
    record = grid.slots * SLOT
    ages = [age for age in AGES if age + PERSISTING + LEAST_COMPARED <= record]
    if ages[1:]:
        learns = ages[-1] + LEARNING + LEARNED_COMPARED <= record
        return ages, (ages[-1] + (LEARNING if learns else PERSISTING)) // SLOT
    least, most = (age + PERSISTING + LEAST_COMPARED for age in (AGES[1], AGES[-1]))
    day = timedelta(days=1)
    raise ValueError(
        f"{record / day:.1f} days are too few to tell what the age of data costs: data an hour old take "
        f"{least / day:.1f} days, data a week old {most / day:.0f}"
    )


@dataclass(frozen=True, eq=False)
class _Life:
    knowledge: Knowledge
    missed_w: Mapping[str, Floats]
    """By kind of load, (D,) the errors of each day's forecasts, added up."""
    days: LivedDays


@dataclass(frozen=True, eq=False)
class _Comparison:
    """With fresh data, with persistence, and with M1."""

    fresh: _Life
    persisted_w: Mapping[str, Floats]
    calendar: LocalCalendar

    def figures(self, life: _Life) -> AgeFigures:
        """Return what a life came to."""
        days, fresh = life.days, self.fresh.days
        years = np.bincount(self.calendar.day_of) / SLOTS_PER_DAY / DAYS_PER_YEAR
        return AgeFigures(
            age=life.knowledge.data_age,
            has_guard=life.knowledge.guard_delay is not None,
            transformers=self._forecast(life, TRANSFORMERS),
            feeder=self._forecast(life, FEEDER) if FEEDER in life.missed_w else None,
            peak_reduction=reduction(float(days.peaks_w.sum()), float(days.m1_peaks_w.sum())),
            weekly_peak_reduction=reduction(
                float(days.weekly_peaks_w.sum()), float(days.m1_weekly_peaks_w.sum())
            ),
            peak_lost=estimate(days.peaks_w - fresh.peaks_w, days.m1_peaks_w),
            saving_eur_per_year=estimate(days.saved_eur, years),
            eur_lost_per_year=estimate(fresh.saved_eur - days.saved_eur, years),
        )

    def _forecast(self, life: _Life, kind: str) -> ForecastFigures:
        missed_w, fresh_w, persisted_w = (
            errors[kind] for errors in (life.missed_w, self.fresh.missed_w, self.persisted_w)
        )
        forecasts = self.calendar.day_of.size - SLOTS_PER_DAY
        return ForecastFigures(
            mae_w=float(missed_w.sum()) / (forecasts // SLOTS_PER_PLAN + 1),
            skill=reduction(float(missed_w.sum()), float(persisted_w.sum())),
            skill_lost=estimate(missed_w - fresh_w, persisted_w),
        )
