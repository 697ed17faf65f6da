"""One day: what the grid carried, what it would have carried otherwise, and what came of the own sun.

A day's facts are kept for good (store/community.py), so a year can be told without a year of readings. They
hold nothing that tells about one household: sums of fewer than LEAST_HOMES homes are not made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.privacy import LEAST_HOMES
from battery_commons.domain.time import SLOT_HOURS

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]

HEARD_SHARE = 0.9
"""Of the batteries' capacity: where less was heard of, a quarter hour is not compared."""


@dataclass(frozen=True, eq=False, slots=True)
class GridLoads:
    """What a transformer, the feeder or the whole village carried in a day's T quarter hours."""

    id: str
    limit_w: float | None
    load_w: Floats
    """(T,) positive = import; NaN where it was not measured."""
    capacity_wh: Floats
    """(N,) of the batteries behind it."""
    battery_w: Floats
    """(N, T) positive = charge; NaN where a battery was not heard of."""
    steered_w: Floats
    """(T,) what the batteries drew more than under M1, as far as that is known."""
    m1_share: float
    """Of the batteries' capacity over the day, of how much M1 is known; the rest counts as M1."""
    battery_homes: int
    """How many homes have those batteries."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What went through in some quarter hours; a highest load is the mean of one of them."""

    import_w: float
    feed_in_w: float
    """The highest, as a figure above zero."""
    over_slots: int
    """Beyond the limit, in either direction; 0 where there is no limit."""
    import_wh: float
    feed_in_wh: float

    def joined(self, other: Flow) -> Flow:
        """Return what went through in both times."""
        return Flow(
            max(self.import_w, other.import_w),
            max(self.feed_in_w, other.feed_in_w),
            self.over_slots + other.over_slots,
            self.import_wh + other.import_wh,
            self.feed_in_wh + other.feed_in_wh,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """The same quarter hours thrice: as they were, under M1, and without batteries."""

    slots: int
    actual: Flow
    alone: Flow
    bare: Flow
    m1_slots: float
    """Of `slots`, in how many M1 is known, weighed by the batteries' capacity."""

    def joined(self, other: Compared) -> Compared:
        """Return both times together."""
        return Compared(
            self.slots + other.slots,
            self.actual.joined(other.actual),
            self.alone.joined(other.alone),
            self.bare.joined(other.bare),
            self.m1_slots + other.m1_slots,
        )


@dataclass(frozen=True, slots=True)
class GridDay:
    """One day of a transformer, the feeder or the village."""

    id: str
    limit_w: float | None
    slots: int
    """Quarter hours of the day."""
    known_slots: int
    measured: Flow | None
    """Over the known quarter hours; None without any."""
    compared: Compared | None
    """None where nothing can be compared, or where it would tell about single homes."""


@dataclass(frozen=True, eq=False, slots=True)
class HomeLoads:
    """What H homes drew in a day's T quarter hours, each by its own meter."""

    known: Flags
    """(H, T) whether house and batteries are known; figures elsewhere mean nothing."""
    house_w: Floats
    """(H, T) without batteries, positive = import."""
    battery_w: Floats
    """(H, T) of all of a home's batteries."""
    steered_w: Floats
    """(H, T) what they drew more than under M1."""


@dataclass(frozen=True, slots=True)
class SunDay:
    """What homes fed in, each by itself, and what of it left them all together."""

    slots: int
    """In which enough homes were known."""
    surplus_wh: float
    """What homes have left over without batteries, each by itself."""
    fed_in_wh: float
    """What of it left the homes, all taken together..."""
    alone_fed_in_wh: float
    """...would have left them under M1..."""
    bare_fed_in_wh: float
    """...and without batteries."""

    def joined(self, other: SunDay) -> SunDay:
        """Return both times together."""
        return SunDay(
            self.slots + other.slots,
            self.surplus_wh + other.surplus_wh,
            self.fed_in_wh + other.fed_in_wh,
            self.alone_fed_in_wh + other.alone_fed_in_wh,
            self.bare_fed_in_wh + other.bare_fed_in_wh,
        )


@dataclass(frozen=True, slots=True)
class DayFacts:
    """All that is kept of a day."""

    day: date
    grids: tuple[GridDay, ...]
    sun: SunDay | None
    """None where too few homes were known at any time."""
    homes: int
    """Members."""
    homes_known: float
    """Share of the members' quarter hours of which all is known."""


def grid_day(loads: GridLoads) -> GridDay:
    """Return what a day was for a transformer, the feeder or the village."""
    known = np.isfinite(loads.load_w)
    measured = flow(loads.load_w[known], loads.limit_w) if known.any() else None
    return GridDay(loads.id, loads.limit_w, known.size, int(known.sum()), measured, _compared(loads, known))


def flow(load_w: Floats, limit_w: float | None) -> Flow:
    """Return what went through in quarter hours of these mean loads, all known."""
    return Flow(
        import_w=float(max(load_w.max(), 0.0)),
        feed_in_w=float(max(-load_w.min(), 0.0)),
        over_slots=0 if limit_w is None else int((np.abs(load_w) > limit_w).sum()),
        import_wh=float(np.maximum(load_w, 0.0).sum() * SLOT_HOURS),
        feed_in_wh=float(np.maximum(-load_w, 0.0).sum() * SLOT_HOURS),
    )


def _compared(loads: GridLoads, known: Flags) -> Compared | None:
    if loads.battery_homes < LEAST_HOMES:
        return None
    heard_wh = loads.capacity_wh @ np.isfinite(loads.battery_w)
    chosen = known & (heard_wh >= HEARD_SHARE * loads.capacity_wh.sum())
    if not chosen.any():
        return None
    load_w = loads.load_w[chosen]
    alone_w = load_w - loads.steered_w[chosen]
    bare_w = load_w - np.nansum(loads.battery_w, axis=0)[chosen]
    slots = int(chosen.sum())
    return Compared(
        slots,
        flow(load_w, loads.limit_w),
        flow(alone_w, loads.limit_w),
        flow(bare_w, loads.limit_w),
        slots * loads.m1_share,
    )


def sun_day(homes: HomeLoads) -> SunDay | None:
    """Return what came of the homes' own sun, in the quarter hours in which enough of them are known."""
    chosen = homes.known.sum(axis=0) >= LEAST_HOMES
    if not chosen.any():
        return None
    known, house_w = homes.known[:, chosen], homes.house_w[:, chosen]
    battery_w, steered_w = homes.battery_w[:, chosen], homes.steered_w[:, chosen]
    bare_w = _together(house_w, known)
    actual_w = bare_w + _together(battery_w, known)
    return SunDay(
        slots=int(chosen.sum()),
        surplus_wh=_wh(_together(np.maximum(-house_w, 0.0), known)),
        fed_in_wh=_wh(np.maximum(-actual_w, 0.0)),
        alone_fed_in_wh=_wh(np.maximum(_together(steered_w, known) - actual_w, 0.0)),
        bare_fed_in_wh=_wh(np.maximum(-bare_w, 0.0)),
    )


def known_share(known: Sequence[Flags], membership: Sequence[Flags]) -> float:
    """Return of the quarter hours in which homes were members the share that is known; 0 without any."""
    of_members = sum(int(each.sum()) for each in membership)
    return sum(int(each.sum()) for each in known) / of_members if of_members else 0.0


def _together(power_w: Floats, known: Flags) -> Floats:
    together: Floats = np.where(known, power_w, 0.0).sum(axis=0)
    return together


def _wh(power_w: Floats) -> float:
    return float(power_w.sum() * SLOT_HOURS)
