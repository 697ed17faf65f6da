"""A life with data of one age, day by day: what its forecasts missed, what the grid carried, what it saved.

Days are what chance is judged by: the same days are compared for all ages, and drawn again and again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.persistence import persist
from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.measures.money import village_saved_eur
from battery_commons.simulation.measures.peaks import daily_peaks
from battery_commons.simulation.outcome import Backtest, Outcome
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.rolling import SLOTS_PER_PLAN
from battery_commons.tick.planner import Decision

FORESEEN = SLOTS_PER_DAY
"""Forecasts are scored over the coming day, which is what plans live on."""
TRANSFORMERS, FEEDER = "transformers", "feeder"
_DRAWS = 2000
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of the days that were compared, and how far chance in those days may have moved it.

    Nine in ten draws of as many days, with repetition, give a figure from `low` to `high` (the bootstrap of
    Efron, 1979). Days resemble their neighbours, so the truth may lie somewhat further off.
    """

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether chance is an unlikely reason for it to be above or below zero."""
        return self.low > 0 or self.high < 0


def estimate(amounts: Floats, per: Floats) -> Estimate | None:
    """Return the sum of daily `amounts` (D,) over that of `per` (D,); None where that is nothing."""
    if per.sum() <= 0:
        return None
    # Always the same draws, so that the same record always gives the same figures.
    drawn = np.random.default_rng(0).integers(amounts.size, size=(_DRAWS, amounts.size))
    of_draws = per[drawn].sum(axis=1)
    ratios = amounts[drawn].sum(axis=1)[of_draws > 0] / of_draws[of_draws > 0]
    low, high = np.quantile(ratios, [(1 - _SURE) / 2, (1 + _SURE) / 2])
    return Estimate(float(amounts.sum() / per.sum()), float(low), float(high))


class ForecastErrors:
    """What forecasts of the coming day missed, of those that were made from slot `first` of a record on."""

    def __init__(self, village: RecordedVillage, first: int) -> None:
        """Score nothing yet."""
        self._village = village
        self._first = first
        load_w = village.base_load_w
        if village.feeder_background_w is not None:
            load_w = np.vstack([load_w, village.feeder_background_w + load_w[village.on_feeder].sum(axis=0)])
        self._load_w = load_w
        """(L, T) of the K transformers, then of the feeder where there is one."""
        self._missed_w = np.zeros(load_w.shape)
        """(L, T) the mean absolute error of the forecast made at a slot; 0 where none is scored."""

    def score(self, decision: Decision) -> None:
        """Score what a decision rests on."""
        outlook = decision.outlook
        expected = [outlook.transformers[each.id] for each in self._village.transformers]
        if outlook.feeder is not None:
            expected.append(outlook.feeder)
        t = (outlook.grid.start - self._village.grid.start) // SLOT
        self._score(t, np.array([forecast.load_w[:FORESEEN] for forecast in expected]))

    def score_persistence(self) -> None:
        """Score what persistence on fresh data would have expected at each full hour."""
        start = self._village.grid.start
        for t in range(0, self._village.grid.slots, SLOTS_PER_PLAN):
            if t >= self._first:
                now = start + t * SLOT
                pasts = (MeasuredSeries(start, row[:t]) for row in self._load_w)
                coming = TimeGrid(now, FORESEEN)
                self._score(t, np.array([persist(past, coming, now).load_w for past in pasts]))

    def missed_w(self, calendar: LocalCalendar) -> Mapping[str, Floats]:
        """Return by kind of load (D,) the errors of each day's forecasts, added up.

        `calendar` is that of the slots from `first` on.
        """
        count = len(self._village.transformers)
        kinds = {TRANSFORMERS: self._missed_w[:count].mean(axis=0)}
        if len(self._missed_w) > count:
            kinds[FEEDER] = self._missed_w[count]
        return {kind: _by_day(missed_w[self._first :], calendar) for kind, missed_w in kinds.items()}

    def _score(self, t: int, expected_w: Floats) -> None:
        measured_w = self._load_w[:, t : t + FORESEEN]
        if t >= self._first and measured_w.shape[1] == FORESEEN:
            self._missed_w[:, t] = np.abs(expected_w - measured_w).mean(axis=1)


@dataclass(frozen=True, eq=False)
class LivedDays:
    """D days, of which some at the ends may be parts, as they went with data of one age."""

    saved_eur: Floats
    """(D,) of the village, against M1."""
    peaks_w: Floats
    """(whole days,) the highest load of the feeder; without one, of each transformer, added up."""
    m1_peaks_w: Floats
    """(whole days,)"""
    weekly_peaks_w: Floats
    """(weeks,)"""
    m1_weekly_peaks_w: Floats
    """(weeks,)"""


def lived_days(
    village: RecordedVillage, tariff: Tariff, outcome: Outcome, m1: Outcome, calendar: LocalCalendar
) -> LivedDays:
    """Return the days of a life, held against the same under M1."""
    backtest = Backtest(
        village=village,
        tariff_name=tariff.name,
        import_price=tariff.import_price(village.day_ahead),
        export_price=tariff.export_price(village.day_ahead),
        data_age_days=0,
        outcomes=(m1, outcome),
    )
    peaks_w, m1_peaks_w = _peaks(outcome, calendar), _peaks(m1, calendar)
    whole, weeks = calendar.whole, calendar.weeks
    return LivedDays(
        saved_eur=_by_day(village_saved_eur(backtest, outcome), calendar),
        peaks_w=peaks_w[:, whole].sum(axis=0),
        m1_peaks_w=m1_peaks_w[:, whole].sum(axis=0),
        weekly_peaks_w=_of_weeks(peaks_w, weeks),
        m1_weekly_peaks_w=_of_weeks(m1_peaks_w, weeks),
    )


def _by_day(values: Floats, calendar: LocalCalendar) -> Floats:
    return np.bincount(calendar.day_of, values, minlength=len(calendar.days)).astype(np.float64)


def _peaks(outcome: Outcome, calendar: LocalCalendar) -> Floats:
    """Return (L, D) the daily peaks of the feeder, or of each transformer."""
    loads_w = outcome.transformer_load_w if outcome.feeder_load_w is None else [outcome.feeder_load_w]
    return np.array([daily_peaks(load_w, calendar) for load_w in loads_w])


def _of_weeks(peaks_w: Floats, weeks: list[slice]) -> Floats:
    return np.array([peaks_w[:, week].max(axis=1).sum() for week in weeks], dtype=np.float64)
