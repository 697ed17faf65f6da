"""Years of reinforcement deferred: when does growth overload a grid that is steered, and one that is not?

The village of today grows by a stated share of use and of PV a year. For each transformer and the feeder the
first year is sought in which it is overloaded, under each model and under M1; the difference is what steering
defers. The search halves the years, so it takes for granted that what is once overloaded stays so.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import product

import numpy as np

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.study.case import TARIFFS, Row, label
from battery_commons.simulation.study.future import FutureYear, limits_w, loads_w, with_feeder_limit
from battery_commons.simulation.study.village import OWN_PRICES, StudyVillage
from battery_commons.simulation.what_if import with_batteries


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a grid lasts."""

    first_year_over: Mapping[str, int | None]
    """By transformer, and the feeder: 0 is today; None where it lasts beyond the horizon."""
    years_looked_at: int
    """How many years it took to find out."""


@dataclass(frozen=True, slots=True)
class DeferralCase:
    """One model in one future. Growth and the criterion are assumptions, so they are part of the answer."""

    model: ControlModel
    use_growth_percent: float
    """A year, compound: heat pumps and cars."""
    pv_growth_percent: float
    """A year, compound."""
    mode: Mode = Mode.PERFECT
    batteries: int | None = None
    """Today; None is as many as the village has."""
    fleet_growth_percent: float = 0.0
    """How many of all sites get one more battery each year."""
    feeder_limit_share: float = 1.1
    """What the feeder may carry, as a multiple of its highest load of today; where no limit is on record."""
    allowed_slots: int = 0
    """Overloaded is what has more quarter hours a year above its limit."""
    horizon_years: int = 25
    tariff: str = "after-net-metering"
    prices: str = OWN_PRICES

    def labels(self) -> Row:
        """Return the fields as columns."""
        return {each.name: label(getattr(self, each.name)) for each in fields(self)}

    def yardstick(self) -> DeferralCase:
        """Return M1 of the same future."""
        return replace(self, model=ControlModel.M1, mode=Mode.PERFECT)

    def live(self, village: StudyVillage) -> Lifetimes:
        """Return when each part of the grid is overloaded for the first time."""
        rated = with_feeder_limit(village.priced(self.prices), self.feeder_limit_share)
        years: dict[int, FutureYear] = {}

        def is_over(element: int, year: int) -> bool:
            if year not in years:
                years[year] = self._year(rated, year)
            return years[year].is_over(element, self.allowed_slots)

        first = {
            id_: first_year(partial(is_over, element), self.horizon_years)
            for element, id_ in enumerate(limits_w(rated.record))
        }
        return Lifetimes(first, len(years))

    def _year(self, village: StudyVillage, year: int) -> FutureYear:
        record = village.record
        today = len(record.batteries) if self.batteries is None else self.batteries
        count = today + round(year * self.fleet_growth_percent / 100 * len(record.sites))
        return FutureYear(
            replace(village, record=with_batteries(record, count)),
            TARIFFS[self.tariff],
            self.model,
            self.mode,
            use=(1 + self.use_growth_percent / 100) ** year,
            pv=(1 + self.pv_growth_percent / 100) ** year,
        )

    def rows(self, village: StudyVillage, lived: Lifetimes, of_m1: Lifetimes) -> list[Row]:
        """Return a row for each transformer, and for the feeder."""
        record = with_feeder_limit(village, self.feeder_limit_share).record
        today_w = np.abs(loads_w(record)).max(axis=1).tolist()
        return [
            {
                "element": id_,
                "limit_kw": limit_w / 1000,
                "highest_load_today_kw": highest_w / 1000,
                **self._gain(lived.first_year_over[id_], of_m1.first_year_over[id_]),
                "years_looked_at": lived.years_looked_at,
            }
            for (id_, limit_w), highest_w in zip(limits_w(record).items(), today_w, strict=True)
        ]

    def _gain(self, first: int | None, of_m1: int | None) -> Row:
        """Return the columns of two first years. None is beyond the horizon: the gain is at least that."""
        reached = self.horizon_years + 1 if first is None else first
        return {
            "first_year_over": first,
            "m1_first_year_over": of_m1,
            "years_deferred": None if of_m1 is None else reached - of_m1,
            "deferred_at_least": of_m1 is not None and first is None,
        }


def first_year(is_over: Callable[[int], bool], horizon: int) -> int | None:
    """Return the first of the years 0 to `horizon` that is over, if all after it are too; None if none is."""
    year = bisect_left(range(horizon + 1), x=True, key=is_over)
    return year if year <= horizon else None


@dataclass(frozen=True, slots=True)
class DeferralGrid:
    """Futures to look into, each under all models."""

    models: Sequence[ControlModel]
    growth_percent: Sequence[tuple[float, float]]
    """Pairs of the growth of use and of PV."""
    fleet_growth_percent: Sequence[float] = (0.0,)
    mode: Sequence[Mode] = (Mode.PERFECT,)
    batteries: Sequence[int | None] = (None,)
    feeder_limit_share: Sequence[float] = (1.1,)
    allowed_slots: Sequence[int] = (0,)
    tariff: Sequence[str] = ("after-net-metering",)
    prices: Sequence[str] = (OWN_PRICES,)
    horizon_years: int = 25

    def cases(self) -> list[DeferralCase]:
        """Return every case once; M1 comes with every future."""
        futures = product(
            self.growth_percent,
            self.fleet_growth_percent,
            self.mode,
            self.batteries,
            self.feeder_limit_share,
            self.allowed_slots,
            self.tariff,
            self.prices,
        )
        cases = [
            DeferralCase(
                model=model,
                use_growth_percent=use,
                pv_growth_percent=pv,
                mode=Mode.PERFECT if model == ControlModel.M1 else mode,
                batteries=batteries,
                fleet_growth_percent=fleet,
                feeder_limit_share=limit,
                allowed_slots=allowed,
                tariff=tariff,
                prices=prices,
                horizon_years=self.horizon_years,
            )
            for (use, pv), fleet, mode, batteries, limit, allowed, tariff, prices in futures
            for model in (ControlModel.M1, *self.models)
        ]
        return list(dict.fromkeys(cases))
