"""A home's quarter hours as the account needs them, from what its meter and batteries reported."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from battery_commons.account.basis import MOST_W, BatteryMonth, Flags, HomeMonth, Ints
from battery_commons.account.units import SHARE
from battery_commons.domain.battery import Battery
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.store import Store
from battery_commons.store.records import Home, HomeBattery


@dataclass(slots=True)
class _Battery:
    """A battery's month, to be filled."""

    told: HomeBattery
    name: str
    power_w: Ints
    stored_wh: Ints


class QuarterHours:
    """A home's quarter hours: what was gathered before, and what is looked at anew."""

    def __init__(
        self,
        store: Store,
        home: Home,
        batteries: Sequence[HomeBattery],
        grid: TimeGrid,
        former: HomeMonth | None,
    ) -> None:
        """Begin with what was gathered before; without the same batteries, that is not known any more."""
        self._store, self._home, self._grid = store, home, grid
        slots = grid.slots
        self.house_w: Ints = former.house_w.copy() if former else np.zeros(slots, dtype=np.int64)
        self.known: Flags = former.known.copy() if former else np.zeros(slots, dtype=np.bool_)
        before = {each.name: each for each in former.batteries} if former else {}
        self._batteries = []
        self._all_count = all(map(_counts, batteries))
        for told in filter(_counts, batteries):
            name = _name_of(told)
            had = before.pop(name, None)
            power_w = had.power_w.copy() if had else np.zeros(slots, dtype=np.int64)
            stored_wh = had.stored_wh.copy() if had else np.zeros(slots + 1, dtype=np.int64)
            self._batteries.append(_Battery(told, name, power_w, stored_wh))
            if had is None:
                # Replayed by itself, it would have to stand there in the days before, too.
                self.known[:] = False
        if before:
            # With other batteries than now, what the house drew without them cannot be told any more.
            self.known[:] = False

    def look(self, start: datetime, end: datetime) -> None:
        """Fill in what is known of [start, end)."""
        first, after = (start - self._grid.start) // SLOT, (end - self._grid.start) // SLOT
        if first >= after:
            return
        span = slice(first, after)
        size = after - first
        starts = [self._grid.start + slot * SLOT for slot in range(first, after)]
        means = self._store.house_slot_means([self._home.id], start, end).get(self._home.id, {})
        net_w, known = _filled(means, starts)
        for each in self._batteries:
            power_w, stored_wh, has_power, has_stored = self._looked_at(each, starts)
            each.power_w[span] = power_w
            # What it held as the first of them began is also where those before, which are known, ended.
            each.stored_wh[first : after + 1][has_stored] = stored_wh[has_stored]
            known &= has_power & has_stored[:size] & has_stored[1:]
            net_w = net_w - power_w
        within = np.abs(net_w) <= MOST_W
        for each in self._batteries:
            within &= np.abs(each.power_w[span]) <= MOST_W
        self.house_w[span] = net_w
        self.known[span] = known & within & self._all_count

    def batteries(self) -> tuple[BatteryMonth, ...]:
        """Return the batteries' months."""
        return tuple(
            BatteryMonth.of(
                each.told.battery,
                each.name,
                each.power_w,
                np.minimum(each.stored_wh, round(each.told.battery.capacity_wh)),
            )
            for each in self._batteries
        )

    def _looked_at(self, battery: _Battery, starts: Sequence[datetime]) -> tuple[Ints, Ints, Flags, Flags]:
        """Return (T,) power, (T + 1,) what it held at each start and at the end, and where both are known."""
        key = self._home.id, battery.told.battery_id
        before, end = starts[0] - SLOT, starts[-1] + SLOT
        slots = self._store.usable_battery_slots(*key, before, end + SLOT)
        last = self._store.last_of_quarter_hours(*key, before, end)
        power_w, has_power = _filled({at: slot.power_w for at, slot in slots.items()}, starts)
        charges: dict[datetime, float] = {}
        for at in [*starts, end]:
            if (said := last.get(at - SLOT)) is not None and at - SLOT in slots:
                charges[at] = said.state_of_charge
            elif at - SLOT in slots and at in slots:
                # Of what is kept as means alone, the middle of two of them is what it held between them.
                charges[at] = (slots[at - SLOT].state_of_charge + slots[at].state_of_charge) / 2
        capacity_wh = battery.told.battery.capacity_wh
        held = {at: charge * capacity_wh for at, charge in charges.items()}
        stored_wh, has_stored = _filled(held, [*starts, end])
        return power_w, stored_wh, has_power, has_stored


def as_they_were(batteries: Sequence[HomeBattery], former: HomeMonth) -> list[HomeBattery] | None:
    """Return a home's batteries of a month that is over, as they were then; None where one is gone by now.

    Those that came since are left out; not those that were described wrongly, of which nothing is kept.
    """
    then = {each.name: each for each in former.batteries}
    found = []
    for told in batteries:
        if (was := then.pop(_name_of(told), None)) is not None:
            found.append(replace(told, battery=_as_it_was(told.battery, was)))
        elif not _counts(told):
            found.append(told)
    return None if then else found


def _as_it_was(battery: Battery, was: BatteryMonth) -> Battery:
    return replace(
        battery,
        capacity_wh=was.capacity_wh,
        max_charge_w=was.max_charge_w,
        max_discharge_w=was.max_discharge_w,
        charge_efficiency=was.charge_efficiency_1e4 / SHARE,
        discharge_efficiency=was.discharge_efficiency_1e4 / SHARE,
        reserve=was.reserve_1e4 / SHARE,
    )


def _filled(figures: Mapping[datetime, float], starts: Sequence[datetime]) -> tuple[Ints, Flags]:
    """Return figures as whole numbers, 0 where there is none, and where there is one."""
    values = [figures.get(at) for at in starts]
    whole = np.array([0 if value is None else round(value) for value in values], dtype=np.int64)
    return whole, np.array([value is not None for value in values], dtype=np.bool_)


def _counts(told: HomeBattery) -> bool:
    """Return whether a battery can be replayed: one that holds nothing in whole Wh was described wrongly."""
    battery = told.battery
    efficiencies = battery.charge_efficiency, battery.discharge_efficiency
    return round(battery.capacity_wh) > 0 and all(round(each * SHARE) > 0 for each in efficiencies)


def _name_of(battery: HomeBattery) -> str:
    """Return what a battery is called in the account: nothing of its home's own words."""
    return hashlib.sha256(battery.battery.id.encode()).hexdigest()[:8]
