"""The order that a battery was given last: whether it has heard it, and whether it must hear it again. Pure.

A battery is not told twice what it has heard. What it says of its order may come late, where others read it
out, and may be rounded; neither is a reason to tell it again.
"""

from datetime import datetime, timedelta

from .driver import BatteryReading

DEAD_BAND_W = 25.0
"""A smaller change of the setpoint is not worth a write."""
ROUNDED_SHARE = 0.05
"""How much a battery may round its order, as a share of it."""
HEARS_WITHIN = timedelta(seconds=30)
"""How long a battery may take to say what it was told; the next try waits twice as long, and so on."""
LONGEST_WAIT = timedelta(minutes=10)
LAPSES_WITHIN = timedelta(seconds=10)
"""How exact the timers of devices are."""
REFRESH_WITHIN = timedelta(seconds=30)
"""How long before the device's timer ends it is set again, where the order goes on; and how much later than
is right it may end, since the moment at which a battery will be full or empty is an estimate."""
REFRESH_GAIN = timedelta(seconds=1)
"""What setting the timer again must win at least: clocks drift."""


class StandingOrder:
    """What one battery was told last, as far as it is known to have heard it."""

    def __init__(self) -> None:
        """Know of no order."""
        self.power_w: float | None = None
        """The power; None while it is released, or while nobody knows how far the last order got."""
        self.revert_at: datetime | None = None
        """When the device ends it by itself; None where it does not."""
        self._told_at: datetime | None = None
        self._wait = HEARS_WITHIN
        self._before_w: float | None = None
        """What the battery said its order was before it was told this one."""
        self._heard_w: float | None = None
        """What the battery makes of the order, by its own word; None while it has not said so."""
        self._cut_to_w: float | None = None
        """What it was cut to by the battery when last it was."""
        self._must_repeat = False

    def lose(self) -> None:
        """Forget the order: how far it got is not known."""
        self.power_w = self.revert_at = self._told_at = self._heard_w = None
        self._must_repeat = False

    def told(
        self, power_w: float | None, revert_at: datetime | None, before_w: float | None, now: datetime
    ) -> None:
        """Remember that the battery, which said it was under the order `before_w`, was told this."""
        again = power_w == self.power_w and self._told_at is not None and self._heard_w is None
        self._wait = min(2 * self._wait, LONGEST_WAIT) if again else HEARS_WITHIN
        self.power_w, self.revert_at, self._told_at = power_w, revert_at, now
        self._before_w, self._heard_w, self._must_repeat = before_w, None, False

    def see(self, reading: BatteryReading, now: datetime) -> bool:
        """Take in what the battery says its order is; return whether it is another than ours."""
        stated_w = reading.setpoint_w
        self._must_repeat = False
        if self.power_w is None or self._told_at is None:
            return False
        if self._is_ours(stated_w):
            self._heard_w = stated_w
            return False
        lapsed = self.revert_at is not None and now >= self.revert_at - LAPSES_WITHIN
        if self._heard_w is None and self._is_waiting(now):
            return False
        self._must_repeat = True
        return not (stated_w is None and (lapsed or self._heard_w is None))

    def must_tell(self, power_w: float, revert_at: datetime | None, latest: datetime, now: datetime) -> bool:
        """Return whether the battery must be told to keep `power_w`, and when to end that by itself.

        `revert_at` is None where it has no timer, `latest` is when the order must be over, whatever else.
        """
        if self.power_w is None or self._must_repeat:
            return True
        turned = _direction(power_w) != _direction(self.power_w)
        if turned or abs(power_w - self.power_w) > DEAD_BAND_W:
            return True
        if self.revert_at is None or revert_at is None:
            return False
        runs_out = self.revert_at - now < REFRESH_WITHIN
        return (
            self.revert_at - latest > REFRESH_GAIN
            or (runs_out and revert_at - self.revert_at > REFRESH_GAIN)
            or self.revert_at - revert_at > REFRESH_WITHIN
        )

    def is_on_its_way(self, now: datetime) -> bool:
        """Return whether a power was told that the battery may still hear: it says nothing of it yet."""
        has_ended = self.revert_at is not None and now >= self.revert_at
        return self.power_w is not None and self._heard_w is None and self._is_waiting(now) and not has_ended

    @property
    def is_released(self) -> bool:
        """Whether the last that it was told is that it is released."""
        return self.power_w is None and self._told_at is not None

    def must_release(self, now: datetime) -> bool:
        """Return whether a battery that is under an order must be told that it is released."""
        return not (self.is_released and self._is_waiting(now))

    def _is_waiting(self, now: datetime) -> bool:
        return self._told_at is not None and timedelta() <= now - self._told_at < self._wait

    def _is_ours(self, stated_w: float | None) -> bool:
        """Return whether the order that the battery says it is under is what it made of ours."""
        if stated_w is None or self.power_w is None:
            return False
        if self._heard_w is not None:
            return abs(stated_w - self._heard_w) <= DEAD_BAND_W
        if abs(stated_w - self.power_w) <= max(DEAD_BAND_W, ROUNDED_SHARE * abs(self.power_w)):
            return True
        # A battery may keep to less than it was told, the same way: it can no more.
        is_less = 0 < stated_w * self.power_w < self.power_w**2
        if is_less and (stated_w != self._before_w or stated_w == self._cut_to_w):
            self._cut_to_w = stated_w
            return True
        return False


def _direction(power_w: float) -> int:
    return (power_w > 0) - (power_w < 0)
