"""Watches whether a battery does as it is told, and whether somebody else tells it things. Pure.

Only what has gone on for a while counts, and only readings that are newer than the last one are evidence. A
finding goes by itself once the battery has been seen to do as it should.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from .driver import BatteryLimits, BatteryReading, Bounds, Control


class Finding(StrEnum):
    """What is not as it should be with a battery that answers."""

    NOT_FOLLOWING = "not_following"
    """It is under our order and does something else."""
    SIGN_REVERSED = "sign_reversed"
    """It charges when it should discharge, and the other way round."""
    SECOND_CONTROLLER = "second_controller"
    """Somebody else keeps changing the order that it is under."""
    FROZEN_READINGS = "frozen_readings"
    """Its measurements do not move although it should be at work."""


MARKED_W = 100.0
"""A power that cannot be taken for noise."""
OFF_W = 150.0
OFF_SHARE = 0.15
"""How far from its order a battery may be, by the larger of the two."""
ALL_IT_HAS = 0.9
"""The share of what a battery can from which it is told to do all that it can."""
OPPOSITE_SHARE = 0.3
"""How exactly a power must be the order's opposite; a battery that ignores its order is only by chance."""
ANSWERS_WITHIN = timedelta(seconds=60)
"""How long a battery may take to come to an order; until then it may still keep to an older one."""
NOT_FOLLOWING_AFTER = timedelta(minutes=2)
REVERSED_AFTER = timedelta(minutes=1)
FOLLOWS_AFTER = timedelta(minutes=1)
TAPERS_ABOVE = 0.9
TAPERS_BELOW = 0.15
"""A nearly full battery may charge less than it should, a nearly empty one discharge less."""
OVERRULED_TIMES = 3
OVERRULED_WITHIN = timedelta(minutes=10)
FROZEN_AFTER = timedelta(minutes=10)
FROZEN_SHARE = 0.015
"""By how much the state of charge would have moved; those that are told in whole percents show this."""
BACKS_OFF_FOR = timedelta(minutes=30)
"""How long a battery is left alone before it is tried again."""
ORDERS_KEPT = 1000
EMPTY, FULL = 0.02, 0.99
"""A battery that is empty or full may stand still for as long as it likes."""
LONGEST_GAP = timedelta(minutes=5)
"""Nobody has looked for so long, or a clock was set: nothing can be said of the time in between."""


@dataclass
class _Evidence:
    """What has been seen of late, as long as nobody looked away and no clock was set."""

    orders: deque[tuple[datetime, float | None]] = field(default_factory=lambda: deque(maxlen=ORDERS_KEPT))
    seen_at: datetime | None = None
    off_since: datetime | None = None
    opposite_since: datetime | None = None
    right_since: datetime | None = None
    overruled_at: deque[datetime] = field(default_factory=deque)
    undisputed_since: datetime | None = None
    same: tuple[float, float] | None = None
    same_since: datetime | None = None


class Watch:
    """Remembers how one battery has answered to its orders."""

    def __init__(self) -> None:
        """Start without a suspicion."""
        self._found: dict[Finding, datetime] = {}
        self._retry_at: dict[Finding, datetime] = {}
        self._looked_at: datetime | None = None
        self._seen = _Evidence()

    @property
    def findings(self) -> Mapping[Finding, datetime]:
        """What is wrong, and since when."""
        return dict(self._found)

    @property
    def backs_off(self) -> Finding | None:
        """Why the battery is to be left alone now; None where it may be steered."""
        if Finding.FROZEN_READINGS in self._found:
            return Finding.FROZEN_READINGS
        return next(iter(self._retry_at), None)

    def observe(
        self,
        reading: BatteryReading,
        ordered_w: float | None,
        now: datetime,
        *,
        limits: BatteryLimits,
        control: Control,
        overruled: bool,
    ) -> None:
        """See how a battery stands that is under our order `ordered_w`.

        `overruled` tells that it was, and that it has been found under another one.
        """
        if self._looked_at is not None and not timedelta() <= now - self._looked_at <= LONGEST_GAP:
            self._seen = _Evidence()
        self._looked_at = now
        self._retry_at = {
            finding: at for finding, at in self._retry_at.items() if now < at <= now + BACKS_OFF_FOR
        }
        self._seen.orders.append((now, ordered_w))
        self._count_overruling(overruled=overruled, ordered=ordered_w is not None, now=now)
        if self._seen.seen_at is None or reading.at > self._seen.seen_at:
            self._seen.seen_at = reading.at
            self._look_for_frost(reading, limits, ordered=ordered_w is not None)
            self._compare(reading, limits, control, now)

    def _compare(
        self, reading: BatteryReading, limits: BatteryLimits, control: Control, now: datetime
    ) -> None:
        """Compare what the battery does with the orders that it may still be coming to."""
        orders = self._orders_at(reading.at)
        if orders is None:
            self._seen.off_since = self._seen.opposite_since = self._seen.right_since = None
            return
        off, opposite = _is_off(reading, orders, limits, control), _is_opposite(reading, orders)
        self._seen.off_since = (self._seen.off_since or reading.at) if off else None
        self._seen.opposite_since = (self._seen.opposite_since or reading.at) if opposite else None
        self._seen.right_since = None if off else (self._seen.right_since or reading.at)
        if self._seen.opposite_since is not None and reading.at - self._seen.opposite_since >= REVERSED_AFTER:
            self._found.setdefault(Finding.SIGN_REVERSED, self._seen.opposite_since)
            self._found.pop(Finding.NOT_FOLLOWING, None)
            self._retry_at[Finding.SIGN_REVERSED] = now + BACKS_OFF_FOR
            self._seen.opposite_since = self._seen.off_since = None
        elif self._seen.off_since is not None and reading.at - self._seen.off_since > NOT_FOLLOWING_AFTER:
            self._found.setdefault(Finding.NOT_FOLLOWING, self._seen.off_since)
        elif self._seen.right_since is not None and reading.at - self._seen.right_since >= FOLLOWS_AFTER:
            self._found.pop(Finding.NOT_FOLLOWING, None)
            # Standing still has no direction to get wrong.
            if orders.lowest_w >= MARKED_W or orders.highest_w <= -MARKED_W:
                self._found.pop(Finding.SIGN_REVERSED, None)

    def _orders_at(self, moment: datetime) -> Bounds | None:
        """Return between which orders the battery may be at `moment`; None where it was not under orders."""
        since = moment - ANSWERS_WITHIN
        while len(self._seen.orders) > 1 and self._seen.orders[1][0] <= since:
            self._seen.orders.popleft()
        in_force = [power_w for at, power_w in self._seen.orders if at <= moment]
        powers_w = [power_w for power_w in in_force if power_w is not None]
        if not powers_w or len(powers_w) < len(in_force) or self._seen.orders[0][0] > since:
            return None
        return Bounds(min(powers_w), max(powers_w))

    def _count_overruling(self, *, overruled: bool, ordered: bool, now: datetime) -> None:
        while self._seen.overruled_at and now - self._seen.overruled_at[0] > OVERRULED_WITHIN:
            self._seen.overruled_at.popleft()
        if overruled:
            self._seen.overruled_at.append(now)
        if len(self._seen.overruled_at) >= OVERRULED_TIMES:
            self._found.setdefault(Finding.SECOND_CONTROLLER, self._seen.overruled_at[0])
            self._retry_at[Finding.SECOND_CONTROLLER] = now + BACKS_OFF_FOR
            self._seen.overruled_at.clear()
        # Only a battery that we steer can show that nobody else does.
        undisputed = ordered and not overruled
        self._seen.undisputed_since = (self._seen.undisputed_since or now) if undisputed else None
        if self._seen.undisputed_since is not None and now - self._seen.undisputed_since >= OVERRULED_WITHIN:
            self._found.pop(Finding.SECOND_CONTROLLER, None)

    def _look_for_frost(self, reading: BatteryReading, limits: BatteryLimits, *, ordered: bool) -> None:
        same = (reading.power_w, reading.state_of_charge)
        if same != self._seen.same or self._seen.same_since is None:
            self._seen.same, self._seen.same_since = same, reading.at
            self._found.pop(Finding.FROZEN_READINGS, None)
        lasted = reading.at - self._seen.same_since
        moved_wh = abs(reading.power_w) * (lasted / timedelta(hours=1))
        if (
            ordered
            and EMPTY < reading.state_of_charge < FULL
            and lasted >= FROZEN_AFTER
            and moved_wh > FROZEN_SHARE * limits.capacity_wh
        ):
            self._found.setdefault(Finding.FROZEN_READINGS, self._seen.same_since)


def _is_off(reading: BatteryReading, orders: Bounds, limits: BatteryLimits, control: Control) -> bool:
    """Return whether a battery does something else than any of the orders that it may be coming to."""
    power_w, lowest_w, highest_w = reading.power_w, orders.lowest_w, orders.highest_w
    if control is Control.WATTS:
        allowance_w = max(OFF_W, OFF_SHARE * max(abs(lowest_w), abs(highest_w)))
        right = Bounds(lowest_w - allowance_w, highest_w + allowance_w)
    else:
        right = _right_way(orders, limits)
    if right.lowest_w <= power_w <= right.highest_w:
        return False
    fills = lowest_w > 0 and -OFF_W <= power_w < lowest_w and reading.state_of_charge >= TAPERS_ABOVE
    drains = highest_w < 0 and highest_w < power_w <= OFF_W and reading.state_of_charge <= TAPERS_BELOW
    return not (fills or drains)


def _right_way(orders: Bounds, limits: BatteryLimits) -> Bounds:
    """Return what a battery may do that chooses itself how much.

    Told to do all that it can, it must do something; else it must only not do the opposite: a mode or a
    reserve that serves the own house in one direction is ordered as a small power, or as none.
    """
    if orders.lowest_w > 0:
        does_all = orders.lowest_w >= ALL_IT_HAS * limits.max_charge_w
        return Bounds(MARKED_W / 2 if does_all else -OFF_W, math.inf)
    if orders.highest_w < 0:
        does_all = orders.highest_w <= -ALL_IT_HAS * limits.max_discharge_w
        return Bounds(-math.inf, -MARKED_W / 2 if does_all else OFF_W)
    return Bounds(-math.inf, math.inf)


def _is_opposite(reading: BatteryReading, orders: Bounds) -> bool:
    """Return whether a battery does the very opposite of its orders."""
    if not (orders.lowest_w >= MARKED_W or orders.highest_w <= -MARKED_W):
        return False
    mirrored = Bounds(-orders.highest_w, -orders.lowest_w)
    allowance_w = OPPOSITE_SHARE * abs(reading.power_w)
    return abs(mirrored.clip(reading.power_w) - reading.power_w) <= allowance_w and (
        reading.power_w * mirrored.lowest_w > 0
    )
