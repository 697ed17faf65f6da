"""A period's facts: those of its days put together. What is not known is left out, and counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from battery_commons.community.carbon import Saved, saved
from battery_commons.community.day import Compared, DayFacts, Flow, GridDay, SunDay
from battery_commons.community.period import Length, Period
from battery_commons.domain.flash_mob import VILLAGE
from battery_commons.domain.time import SLOT_HOURS


@dataclass(frozen=True, slots=True)
class GridFacts:
    """A period of a transformer, the feeder or the whole village."""

    id: str
    limit_w: float | None
    """On the last day."""
    slots: int
    """Quarter hours of the days that are kept."""
    known_slots: int
    measured: Flow | None
    compared: Compared | None
    """Over those quarter hours that can be compared: fewer than are known, perhaps."""

    def lower_w(self, *, than_alone: bool, feed_in: bool) -> float | None:
        """Return by how much batteries lowered the highest load; below zero they raised it.

        Against M1, or against no batteries. None where nothing is compared.
        """
        if self.compared is None:
            return None
        other, actual = self._other(self.compared, than_alone=than_alone), self.compared.actual
        if feed_in:
            return other.feed_in_w - actual.feed_in_w
        return other.import_w - actual.import_w

    def hours_saved(self, *, than_alone: bool) -> float | None:
        """Return how many hours less it was beyond its limit; below zero, how many more."""
        if self.compared is None or self.limit_w is None:
            return None
        other = self._other(self.compared, than_alone=than_alone)
        return (other.over_slots - self.compared.actual.over_slots) * SLOT_HOURS

    @staticmethod
    def _other(compared: Compared, *, than_alone: bool) -> Flow:
        return compared.alone if than_alone else compared.bare


@dataclass(frozen=True, slots=True)
class SunShares:
    """Which share of what homes had left over stayed among them, from 0 to 1."""

    actual: float
    alone: float
    """Under M1."""
    bare: float
    """Without batteries."""


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """What a period came to."""

    period: Period
    until: date | None
    """The last day that is kept; None without any."""
    days_over: int
    """How many of its days are over."""
    days_kept: int
    """Of how many of those anything is kept."""
    grids: Sequence[GridFacts]
    """The village first, where all of its transformers are measured."""
    sun: SunDay | None
    homes_known: float | None
    """Share of the members' quarter hours of which all is known."""

    @property
    def village(self) -> GridFacts | None:
        """All transformers together; None where one of them is not measured."""
        return self.grid(VILLAGE)

    def grid(self, grid_id: str) -> GridFacts | None:
        """Return what is kept of one of them."""
        return next((each for each in self.grids if each.id == grid_id), None)

    @property
    def sun_shares(self) -> SunShares | None:
        """How much of the own sun was used; None where homes had nothing left over, or too few are known."""
        if self.sun is None or self.sun.surplus_wh <= 0:
            return None
        ends = (self.sun.fed_in_wh, self.sun.alone_fed_in_wh, self.sun.bare_fed_in_wh)
        return SunShares(*(max(1 - fed_in / self.sun.surplus_wh, 0.0) for fed_in in ends))

    @property
    def carbon(self) -> Saved | None:
        """What the batteries saved of CO2, an estimate; None where the village's load is not known.

        And of a single day: what batteries still hold in the evening would count as used.
        """
        village = self.village
        if village is None or village.compared is None or self.period.length is Length.DAY:
            return None
        return saved(village.compared.bare, village.compared.actual)


def period_facts(period: Period, days: Iterable[DayFacts], today: date) -> PeriodFacts:
    """Return a period's facts, of those of its days that are kept and over before `today`."""
    kept = sorted(
        (each for each in days if period.first <= each.day <= period.last and each.day < today),
        key=lambda each: each.day,
    )
    by_grid: dict[str, list[GridDay]] = {}
    for day in kept:
        for grid in day.grids:
            by_grid.setdefault(grid.id, []).append(grid)
    suns = [each.sun for each in kept if each.sun is not None]
    weights = sum(each.homes for each in kept)
    return PeriodFacts(
        period,
        until=kept[-1].day if kept else None,
        days_over=min(max((today - period.first).days, 0), period.days),
        days_kept=len(kept),
        grids=[_grid(each) for _, each in sorted(by_grid.items(), key=lambda item: item[0] != VILLAGE)],
        sun=_sun(suns),
        homes_known=sum(each.homes * each.homes_known for each in kept) / weights if weights else None,
    )


def _grid(days: Sequence[GridDay]) -> GridFacts:
    measured: Flow | None = None
    compared: Compared | None = None
    for day in days:
        if day.measured is not None:
            measured = day.measured if measured is None else measured.joined(day.measured)
        if day.compared is not None:
            compared = day.compared if compared is None else compared.joined(day.compared)
    return GridFacts(
        days[-1].id,
        days[-1].limit_w,
        sum(day.slots for day in days),
        sum(day.known_slots for day in days),
        measured,
        compared,
    )


def _sun(days: Sequence[SunDay]) -> SunDay | None:
    if not days:
        return None
    together = days[0]
    for day in days[1:]:
        together = together.joined(day)
    return together
