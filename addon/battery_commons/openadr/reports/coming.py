"""What batteries can do in a time to come, and what that costs their homes, by the plan in force; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from battery_commons.domain.battery import WEAR_EUR_PER_KWH, Battery
from battery_commons.domain.plan import Plan
from battery_commons.domain.time import SLOT

_HOUR = timedelta(hours=1)


def held_wh(battery: Battery, held_now_wh: float, now: datetime, at: datetime, plan: Plan) -> float:
    """Return the energy that a battery will hold at a moment to come if it follows the plan until then.

    Where the plan leaves it to its own house, or has ended, it is taken to hold what it holds.
    """
    asked = next((each for each in plan.batteries if each.battery_id == battery.id), None)
    if asked is None or asked.shadow:
        return held_now_wh
    held = held_now_wh
    least = min(held, battery.reserve * battery.capacity_wh)
    for index, power in enumerate(asked.power_w):
        start = plan.grid.start + index * SLOT
        if start >= at:
            break
        hours = (min(start + SLOT, at) - max(start, now)) / _HOUR
        if power is None or hours <= 0:
            continue
        held += hours * (
            power * battery.charge_efficiency if power > 0 else power / battery.discharge_efficiency
        )
        held = min(max(held, least), battery.capacity_wh)
    return held


@dataclass(frozen=True, slots=True)
class MovingPrices:
    """What moving a kWh costs the homes, in EUR: never less than the wear of their batteries."""

    up: float
    """Of drawing it less: it is bought in the cheapest other quarter hour of the plan, with losses."""
    down: float
    """Of drawing it more: it is drawn less in the dearest other one."""


def moving_prices(
    plan: Plan, start: datetime, end: datetime, now: datetime, efficiency: float
) -> MovingPrices | None:
    """Return what moving energy in [start, end) costs; None where the plan has no prices to tell that by.

    `efficiency` is of a kWh that goes into the batteries and out again.
    """
    known: Mapping[datetime, float] = {
        at: price
        for at, price in zip(plan.grid.starts(), plan.import_price, strict=False)
        if price is not None and at + SLOT > now
    }
    inside = [price for at, price in known.items() if at < end and at + SLOT > start]
    others = [price for at, price in known.items() if not (at < end and at + SLOT > start)]
    slots = len([at for at in plan.grid.starts() if at < end and at + SLOT > start])
    is_whole = plan.grid.start <= start and end <= plan.grid.end and len(inside) == slots
    if not inside or not others or not is_whole:
        return None
    here = fmean(inside)
    return MovingPrices(
        up=WEAR_EUR_PER_KWH + max(0.0, min(others) / efficiency - here),
        down=WEAR_EUR_PER_KWH + max(0.0, here - max(others) * efficiency),
    )
