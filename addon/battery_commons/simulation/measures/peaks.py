"""The highest loads of days and weeks, and whether a peak comes back after it was shaved."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from battery_commons.domain.time import SLOT_HOURS
from battery_commons.simulation.measures.calendar import LocalCalendar, Season
from battery_commons.simulation.recorded import Floats

PEAK_WINDOW_HOURS = 2
"""A day's peak window: so long, around the quarter hour of M1's highest load."""
REBOUND_HOURS = 6
"""After the peak window: when batteries that discharged into it come to charge again."""
NOTICEABLE_W = 1.0
"""Less than this above something is the solver's last digit, not a load."""

ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class PeakWeek:
    """One week of a load. Reductions are shares of M1's; below zero is worse than M1."""

    first_day: str
    mean_daily_peak_w: float
    highest_w: float
    mean_daily_peak_reduction: float | None
    highest_reduction: float | None


@dataclass(frozen=True, slots=True)
class Peaks:
    """The highest of each whole local day, in either direction; None where the period has no such day."""

    mean_daily_peak_w: float | None
    mean_daily_peak_reduction: float | None
    """Share of M1's."""
    weekly_highest_reduction: float | None
    """Of the mean over weeks of each week's highest load."""
    weeks: tuple[PeakWeek, ...]
    best_week: float | None
    """The largest reduction of a week's mean daily peak; so are the next two."""
    mean_week: float | None
    worst_week: float | None
    share_of_weeks_worse: float | None
    """Share of the weeks whose mean daily peak rose."""
    reduction_by_month: Mapping[str, float | None]
    """Of the mean daily peak; so is the next."""
    reduction_by_season: Mapping[Season, float | None]


@dataclass(frozen=True, slots=True)
class Rebound:
    """What follows a peak.

    A day's peak window is the two hours around M1's highest load of that day, in either direction. A load
    rebounds where in the six hours after the window it exceeds both that highest load and all that M1 itself
    has in those hours: the peak was moved, not shaved.
    """

    days: int
    worst_w: float
    """By how much at most; 0 where it never happens."""
    highest_share: float | None
    """The highest load after any day's window, as a share of that day's highest load under M1."""


def daily_peaks(load_w: Floats, calendar: LocalCalendar) -> Floats:
    """Return (D,) each day's highest |load|."""
    peaks = np.zeros(len(calendar.days))
    np.maximum.at(peaks, calendar.day_of, np.abs(load_w))
    return peaks


def reduction(value: float, of_m1: float) -> float | None:
    """Return by what share of M1's a figure is lower; None where M1's is nothing."""
    return 1 - value / of_m1 if of_m1 > 0 else None


def peaks_of(load_w: Floats, m1_load_w: Floats, calendar: LocalCalendar) -> Peaks:
    """Return the peaks of a load (T,) against M1's (T,)."""
    peaks, of_m1 = daily_peaks(load_w, calendar), daily_peaks(m1_load_w, calendar)
    whole, month_of = calendar.whole, calendar.month_of_day
    weeks = tuple(
        PeakWeek(
            first_day=calendar.days[week.start].isoformat(),
            mean_daily_peak_w=float(peaks[week].mean()),
            highest_w=float(peaks[week].max()),
            mean_daily_peak_reduction=reduction(float(peaks[week].mean()), float(of_m1[week].mean())),
            highest_reduction=reduction(float(peaks[week].max()), float(of_m1[week].max())),
        )
        for week in calendar.weeks
    )
    of_weeks = np.array(
        [w.mean_daily_peak_reduction for w in weeks if w.mean_daily_peak_reduction is not None]
    )
    of_months = {month: whole & (month_of == m) for m, month in enumerate(calendar.months)}
    of_seasons = {
        season: whole & np.isin(month_of, [m for m, s in enumerate(calendar.season_of_month) if s == season])
        for season in calendar.seasons
    }
    return Peaks(
        mean_daily_peak_w=_mean(peaks[whole]),
        mean_daily_peak_reduction=_reduction_of_means(peaks[whole], of_m1[whole]),
        weekly_highest_reduction=_reduction_of_means(
            np.array([peaks[week].max() for week in calendar.weeks]),
            np.array([of_m1[week].max() for week in calendar.weeks]),
        ),
        weeks=weeks,
        best_week=float(of_weeks.max()) if of_weeks.size else None,
        mean_week=_mean(of_weeks),
        worst_week=float(of_weeks.min()) if of_weeks.size else None,
        share_of_weeks_worse=_mean((of_weeks < -ROUNDING).astype(np.float64)),
        reduction_by_month={m: _reduction_of_means(peaks[of], of_m1[of]) for m, of in of_months.items()},
        reduction_by_season={s: _reduction_of_means(peaks[of], of_m1[of]) for s, of in of_seasons.items()},
    )


def rebound_of(load_w: Floats, m1_load_w: Floats, calendar: LocalCalendar) -> Rebound:
    """Return how a load (T,) comes back after M1's daily peaks."""
    size_w, m1_size_w = np.abs(load_w), np.abs(m1_load_w)
    half_window = round(PEAK_WINDOW_HOURS / 2 / SLOT_HOURS)
    after_slots = round(REBOUND_HOURS / SLOT_HOURS)
    above, shares = [0.0], []
    for day in np.flatnonzero(calendar.whole):
        slots = np.flatnonzero(calendar.day_of == day)
        peak = int(slots[m1_size_w[slots].argmax()])
        after = slice(peak + half_window, peak + half_window + after_slots)
        if not size_w[after].size:
            continue
        highest_w, peak_w = float(size_w[after].max()), float(m1_size_w[peak])
        above.append(highest_w - max(peak_w, float(m1_size_w[after].max())))
        if peak_w > 0:
            shares.append(highest_w / peak_w)
    return Rebound(
        days=sum(excess_w > NOTICEABLE_W for excess_w in above),
        worst_w=max(above),
        highest_share=max(shares, default=None),
    )


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None


def _reduction_of_means(values: Floats, of_m1: Floats) -> float | None:
    return reduction(float(values.mean()), float(of_m1.mean())) if values.size else None
