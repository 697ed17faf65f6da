"""What a battery's readings are worth: its power held against its state of charge."""

from collections.abc import Iterator

import numpy as np

from battery_commons.domain.battery import Battery
from battery_commons.domain.quality import Finding, FindingKind, Quality, Source
from battery_commons.domain.time import SLOT_HOURS
from battery_commons.sense.plausibility import HOUR_SLOTS, Verdict, Well, wrong
from battery_commons.sense.summary import Floats, Summaries

_MOVED = 0.1
"""Of a capacity: less energy than this says nothing against a state of charge in whole per cents."""
_CONTRARY = 0.5
"""A state of charge that went against the power by this share of its energy did not do so by losses."""
_LOST = 0.3
"""The most that a battery loses of what goes in or out."""
_UNIT = 50.0
"""A thousand, less what a battery's losses, its own use and a state of charge in whole per cents blur."""
_JUMP = 0.1
"""Of a capacity."""
_FULL, _EMPTY = 0.95, 0.05


def check_battery(source: Source, seen: Summaries, battery: Battery) -> Iterator[Verdict]:
    """Hold a battery's power against its state of charge, over the last quarter hours without a gap."""
    course = _Course(source, seen.unbroken(), battery)
    if len(course.stored_wh) < HOUR_SLOTS:
        return
    verdicts = [*course.sign(), *course.unit(), *course.stuck()]
    yield from verdicts
    if not any(isinstance(verdict, Finding) for verdict in verdicts):
        yield from course.jumps()


class _Course:
    """What a battery says of its power and of its state of charge, step by step.

    A step is from the middle of a quarter hour to that of the next.
    """

    def __init__(self, source: Source, seen: Summaries, battery: Battery) -> None:
        self._source = source
        self._seen = seen
        self._battery = battery
        power_w = seen.mean_w
        self.moved_wh: Floats = (power_w[:-1] + power_w[1:]) / 2 * SLOT_HOURS
        self.stored_wh: Floats = np.diff(seen.state_of_charge) * battery.capacity_wh

    def sign(self) -> Iterator[Verdict]:
        """Find an hour of charging in which the state of charge fell, or the other way round."""
        moved, stored = _hourly(self.moved_wh), _hourly(self.stored_wh)
        enough = np.abs(moved) >= _MOVED * self._battery.capacity_wh
        agreement = np.sign(moved) * stored / np.maximum(np.abs(moved), 1.0)
        against = np.flatnonzero(enough & (agreement <= -_CONTRARY))
        along = np.flatnonzero(enough & (agreement >= _CONTRARY))
        last_along = int(along[-1]) if along.size else -1
        if against.size and against[-1] > last_along:
            since = self._seen.moment(int(against[against > last_along][0]))
            at = int(against[-1])
            figures = {"moved_wh": float(moved[at]), "stored_wh": float(stored[at])}
            yield wrong(self._source, FindingKind.SIGN, since, **figures)
        elif along.size:
            first_well = int(against[-1]) + HOUR_SLOTS if against.size else int(along[0])
            yield Well(self._source, FindingKind.SIGN, self._seen.moment(first_well))

    def unit(self) -> Iterator[Verdict]:
        """Find a power that is far too small for how the state of charge moves, whichever way."""
        flow, change = float(np.abs(self.moved_wh).sum()), np.abs(self.stored_wh)
        # A state of charge that was set right leaps once; what is charged goes up step by step.
        steady = float(change.sum() - change.max())
        if steady < 2 * _MOVED * self._battery.capacity_wh:
            return
        if flow * _UNIT < steady:
            figures = {"moved_wh": flow, "stored_wh": float(change.sum())}
            yield wrong(self._source, FindingKind.TOO_SMALL, self._seen.start, **figures)
        else:
            yield Well(self._source, FindingKind.TOO_SMALL, self._seen.start)

    def stuck(self) -> Iterator[Verdict]:
        """Find the very same power and state of charge, where that power must have moved the latter."""
        same = self._seen.sameness()
        if same <= 1:
            yield Well(self._source, FindingKind.STUCK, self._seen.moment(self._seen.slots - 1))
            return
        flow = float(self.moved_wh[-(same - 1) :].sum())
        charge = self._seen.state_of_charge[-same:]
        room = charge[-1] < _FULL if flow > 0 else charge[-1] > self._battery.reserve + _EMPTY
        must_move = room and abs(flow) >= 2 * _MOVED * self._battery.capacity_wh
        if same >= HOUR_SLOTS and must_move and np.ptp(charge) == 0:
            figures = {"power_w": float(self._seen.mean_w[-1]), "hours": same * SLOT_HOURS}
            since = self._seen.moment(self._seen.slots - same)
            yield wrong(self._source, FindingKind.STUCK, since, **figures)

    def jumps(self) -> Iterator[Finding]:
        """Find where the state of charge changed by more than any power of these quarter hours explains."""
        lowest = np.minimum(self._seen.lowest_w[:-1], self._seen.lowest_w[1:])
        highest = np.maximum(self._seen.highest_w[:-1], self._seen.highest_w[1:])
        least = np.minimum(lowest, 0) * SLOT_HOURS / (1 - _LOST)
        most = np.maximum(highest, 0) * SLOT_HOURS
        unexplained = np.maximum(self.stored_wh - most, least - self.stored_wh)
        for step in np.flatnonzero(unexplained > _JUMP * self._battery.capacity_wh):
            yield Finding(
                self._source,
                FindingKind.JUMP,
                Quality.DOUBTFUL,
                self._seen.moment(int(step)),
                self._seen.moment(int(step) + 2),
                {"change": float(self.stored_wh[step]) / self._battery.capacity_wh},
            )


def _hourly(steps: Floats) -> Floats:
    """Return the sums of every four steps on end."""
    sums: Floats = np.lib.stride_tricks.sliding_window_view(steps, HOUR_SLOTS).sum(axis=1)
    return sums
