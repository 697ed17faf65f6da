"""What a battery drew lately, and is about to draw: what its house's meter shows of it, and when. Pure."""

from collections import deque
from datetime import datetime, timedelta

from .driver import BatteryReading, Bounds

KEPT_FOR = timedelta(minutes=2)


class Trail:
    """The powers of one battery in the last minutes, positive = charge."""

    def __init__(self) -> None:
        """Start without a power."""
        self.ordered_w: float | None = None
        """What it is under our order to draw; None while it has none."""
        self._drawn: deque[tuple[datetime, float]] = deque()

    def add(self, reading: BatteryReading) -> None:
        """Remember a reading, in the order of their moments: what a clock's jump left behind goes."""
        while self._drawn and self._drawn[-1][0] >= reading.at:
            self._drawn.pop()
        while self._drawn and reading.at - self._drawn[0][0] > KEPT_FOR:
            self._drawn.popleft()
        self._drawn.append((reading.at, reading.power_w))

    def lose(self) -> None:
        """Forget everything: what it draws is part of the house's load now."""
        self._drawn.clear()
        self.ordered_w = None

    @property
    def last_w(self) -> float:
        """What it drew last; nothing where that is not known."""
        return self._drawn[-1][1] if self._drawn else 0.0

    @property
    def heading_w(self) -> float:
        """What it draws or will draw shortly."""
        return self.last_w if self.ordered_w is None else self.ordered_w

    def at(self, moment: datetime) -> float:
        """Return what it drew at a moment, by the last reading until then."""
        until = [power_w for at, power_w in self._drawn if at <= moment]
        return until[-1] if until else self._drawn[0][1] if self._drawn else 0.0

    def span(self, since: datetime, until: datetime) -> Bounds:
        """Return between which powers it drew from `since` to `until`.

        Between two readings its power was between theirs; after the last one, between that and its order.
        """
        if not self._drawn:
            return Bounds(0.0, 0.0)
        powers_w = [power_w for at, power_w in self._drawn if since <= at <= until]
        powers_w += [power_w for at, power_w in self._drawn if at < since][-1:]
        powers_w += [power_w for at, power_w in self._drawn if at > until][:1]
        if self._drawn[-1][0] < until:
            powers_w.append(self.heading_w)
        return Bounds(min(powers_w), max(powers_w))
