"""What the check holds against what: pure comparisons of what was told with what truly happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.battery import Battery
from battery_commons.domain.time import SLOT, SLOT_HOURS, TimeGrid
from battery_commons.simulation.village import Village
from demo.battery_simulator import Step

type Floats = NDArray[np.float64]

NEARLY = 0.005
"""A battery this near (as a share of its capacity) to full or to its reserve cannot follow every setpoint."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How well something was followed, over the time in which there was something to follow."""

    hours: float
    mean_deviation_w: float
    """Mean absolute deviation, weighted by time."""


@dataclass(frozen=True, slots=True)
class AcceptedPlan:
    """A plan for one battery, as its home accepted it."""

    accepted_at: datetime
    lease_until: datetime
    start: datetime
    power_w: Sequence[float | None]
    reasons: Sequence[str]

    def power_at(self, moment: datetime) -> float | None:
        """Return what the plan asks at a village time; None where it leaves the battery alone."""
        slot = self._slot(moment)
        return None if slot is None else self.power_w[slot]

    def reason_at(self, moment: datetime) -> str | None:
        """Return why the plan asks what it asks at a village time; None where it does not count."""
        slot = self._slot(moment)
        return None if slot is None else self.reasons[slot]

    def _slot(self, moment: datetime) -> int | None:
        slot = (moment - self.start) // SLOT
        return slot if moment < self.lease_until and 0 <= slot < len(self.power_w) else None


@dataclass(frozen=True, slots=True)
class Reported:
    """A reading of a battery as its home reported it, in village time."""

    at: datetime
    power_w: float
    setpoint_w: float | None
    state_of_charge: float


def within(trajectory: Iterable[Step], start: datetime, end: datetime) -> list[Step]:
    """Return the steps that lie in [start, end)."""
    return [s for s in trajectory if start <= s.start and s.start + timedelta(hours=s.hours) <= end]


def obeyed(trajectory: Sequence[Step], battery: Battery) -> Followed:
    """Hold a battery's true power against the setpoint that it said was in force."""
    return _followed((s.hours, s.setpoint_w, s.power_w) for s in trajectory if _is_free(s.energy_wh, battery))


def carried_out(trajectory: Sequence[Step], battery: Battery, plans: Sequence[AcceptedPlan]) -> Followed:
    """Hold a battery's true power against the plan that its home had accepted by then."""
    wanted = []
    for step in trajectory:
        known = [plan for plan in plans if plan.accepted_at <= step.start]
        if known and _is_free(step.energy_wh, battery):
            newest = max(known, key=lambda plan: plan.accepted_at)
            wanted.append((step.hours, newest.power_at(step.start), step.power_w))
    return _followed(wanted)


def reported(readings: Sequence[Reported], battery: Battery) -> Followed:
    """Hold the power that a home reported against the setpoint that it had given by the reading before.

    Readings around a change of the setpoint say nothing: the power was read before the change was made.
    """
    return _followed(
        ((now.at - before.at) / timedelta(hours=1), before.setpoint_w, now.power_w)
        for before, now in pairwise(readings)
        if before.setpoint_w == now.setpoint_w
        and _is_free(now.state_of_charge * battery.capacity_wh, battery)
    )


def slot_means(trajectory: Iterable[Step], grid: TimeGrid) -> Floats:
    """Return a battery's true mean power per slot. No step crosses a quarter hour, so none is divided.

    Raises ValueError where a slot was not lived through entirely.
    """
    energy_wh, hours = np.zeros(grid.slots), np.zeros(grid.slots)
    for step in within(trajectory, grid.start, grid.end):
        slot = (step.start - grid.start) // SLOT
        energy_wh[slot] += step.power_w * step.hours
        hours[slot] += step.hours
    # A step that straddles the grid's start by the clock's rounding is left out: at most a second.
    if np.abs(hours - SLOT_HOURS).max() > timedelta(seconds=1) / timedelta(hours=1):
        raise ValueError("the trajectory has a gap")
    return energy_wh / hours


def loads(village: Village, grid: TimeGrid, batteries_w: Mapping[str, Sequence[Floats]]) -> dict[str, Floats]:
    """Return each transformer's mean load per slot with the batteries behind it, as they truly were."""
    first = village.slot(grid.start)
    return {
        transformer.id: village.transformer_load_w(transformer.id)[first : first + grid.slots]
        + sum(batteries_w.get(transformer.id, []))
        for transformer in village.transformers
    }


def _is_free(energy_wh: float, battery: Battery) -> bool:
    """Return whether a battery can go either way."""
    return battery.reserve + NEARLY < energy_wh / battery.capacity_wh < 1 - NEARLY


def _followed(wanted: Iterable[tuple[float, float | None, float]]) -> Followed:
    hours = deviation_wh = 0.0
    for duration, asked_w, power_w in wanted:
        if asked_w is not None:
            hours += duration
            deviation_wh += duration * abs(power_w - asked_w)
    return Followed(hours, deviation_wh / hours if hours else 0.0)
