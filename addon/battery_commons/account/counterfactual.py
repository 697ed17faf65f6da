"""What a home's batteries would have done without the village: M1, replayed in whole numbers.

The physics of simulation/battery.py, with powers in whole W and stored energy in 1/40,000 Wh; what is lost by
rounding stays in the battery for the next quarter hour, so the two never differ by more than a few Wh.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from battery_commons.account.basis import BatteryMonth, Flags, HomeMonth, Ints
from battery_commons.account.units import SHARE, STORED_PER_WH

_TAKEN = SHARE * STORED_PER_WH // 4
"""What 1 W for a quarter hour takes out of a battery without losses, times 1e4."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How the counterfactual of one battery stood at the end of a month."""

    stored: int
    """Under M1, in 1/40,000 Wh."""
    value_parts: int
    """What the difference to the real battery was valued at: the next month gives it back."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Quarter hours that follow one another and are all known: from `first` up to, and without, `end`."""

    first: int
    end: int


@dataclass(frozen=True, eq=False)
class Alone:
    """One battery under M1."""

    power_w: Ints
    """(T,) the same as the real battery's where that is not known."""
    value_parts: int
    """What the real battery holds more at the end of each stretch, less what the month began with."""
    closing: Carried | None
    """None where the month's last quarter hour is not known: the next month begins level."""


def stretches(known: Flags) -> list[Stretch]:
    """Return the stretches of known quarter hours, in order."""
    edges = np.flatnonzero(np.diff(known.astype(np.int8), prepend=0, append=0)).tolist()
    return [Stretch(first, end) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def stored_price_nano(home: HomeMonth, counted: Flags, prices: tuple[Ints, Ints]) -> int:
    """Return what a kWh that is left in a battery is taken to be worth: never less than nothing.

    The mean over the known quarter hours of the price of the direction in which the house ran by itself
    (control/objective.py's v, for one home).
    """
    bought, sold = prices
    price = np.where(home.house_w >= 0, bought, sold)[counted]
    return max(sum(price.tolist()) // price.size, 0) if price.size else 0


def alone(
    home: HomeMonth, counted: Flags, opening: Mapping[str, Carried], stored_nano: int
) -> dict[str, Alone]:
    """Return by battery what M1 would have made of a home's month.

    Several batteries serve their house in the order of their names. After a gap the counterfactual joins the
    real battery again; what the two differed by before it is valued, as at a month's end.
    """
    power = {battery.name: battery.power_w.copy() for battery in home.batteries}
    value = dict.fromkeys(power, 0)
    closing: dict[str, Carried] = {}
    batteries = sorted(home.batteries, key=lambda battery: battery.name)
    for stretch in stretches(counted):
        house = home.house_w[stretch.first : stretch.end].tolist()
        for battery in batteries:
            carried = opening.get(battery.name) if stretch.first == 0 else None
            stored = int(battery.stored_wh[stretch.first]) * STORED_PER_WH
            if carried:
                stored = min(carried.stored, battery.capacity_wh * STORED_PER_WH)
                value[battery.name] -= carried.value_parts
            used, stored = _serve(battery, house, stored)
            power[battery.name][stretch.first : stretch.end] = used
            house = [net + watts for net, watts in zip(house, used, strict=True)]
            worth = _value_parts(battery, stretch.end, stored, stored_nano)
            value[battery.name] += worth
            if stretch.end == counted.size:
                closing[battery.name] = Carried(stored, worth)
    return {name: Alone(power[name], value[name], closing.get(name)) for name in power}


def _serve(battery: BatteryMonth, house_w: list[int], stored: int) -> tuple[list[int], int]:
    """Let a battery store a house's surplus and cover its load; return its powers, and what it then holds."""
    full = battery.capacity_wh * STORED_PER_WH
    floor = battery.capacity_wh * battery.reserve_1e4 * (STORED_PER_WH // SHARE)
    gain, worth = battery.charge_efficiency_1e4, battery.discharge_efficiency_1e4
    most_in, most_out = battery.max_charge_w, battery.max_discharge_w
    powers = []
    for net in house_w:
        if net < 0:
            watts = min(-net, most_in, (full - stored) // gain)
            stored += watts * gain
            powers.append(watts)
        else:
            watts = min(net, most_out, max(stored - floor, 0) * worth // _TAKEN)
            stored -= -(-watts * _TAKEN // worth)
            powers.append(-watts)
    return powers, stored


def _value_parts(battery: BatteryMonth, slot: int, stored: int, stored_nano: int) -> int:
    """Return the worth, once discharged, of what the real battery holds more at a slot's start."""
    more = int(battery.stored_wh[slot]) * STORED_PER_WH - stored
    return more * battery.discharge_efficiency_1e4 * stored_nano // 100_000_000
