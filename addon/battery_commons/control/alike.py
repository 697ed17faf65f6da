"""Batteries that are alike in everything are planned as one.

That is exact: the program is convex, so there is an optimum that treats them alike too.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from battery_commons.control.problem import ControlProblem, Floats, Indices


@dataclass(frozen=True, slots=True)
class AlikeBatteries:
    """A smaller problem whose batteries each stand for some that are alike."""

    whole: ControlProblem
    problem: ControlProblem
    counts: Floats
    """(G,) how many batteries each stands for."""
    group_of: Indices
    """(N,) which of them stands for each battery of the whole problem."""

    def spread(self, power_w: Floats) -> Floats:
        """Return (N, T) each battery's equal share of the powers (G, T) of the smaller problem."""
        shares: Floats = (power_w / self.counts[:, np.newaxis])[self.group_of]
        return shares


def merge_alike(problem: ControlProblem) -> AlikeBatteries:
    """Return `problem` with batteries that differ in nothing but their id merged, in order of appearance."""
    members: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for n, key in enumerate(_keys(problem)):
        members[key].append(n)
    groups = list(members.values())
    group_of = np.empty(len(problem.batteries), dtype=np.intp)
    for g, group in enumerate(groups):
        group_of[group] = g
    first = [group[0] for group in groups]
    counts = np.array([float(len(group)) for group in groups])
    former = problem.former_power_w
    merged = replace(
        problem,
        batteries=[
            replace(
                problem.batteries[n],
                capacity_wh=count * problem.batteries[n].capacity_wh,
                max_charge_w=count * problem.batteries[n].max_charge_w,
                max_discharge_w=count * problem.batteries[n].max_discharge_w,
            )
            for n, count in zip(first, counts, strict=True)
        ],
        stored_wh=counts * problem.stored_wh[first],
        meters=[
            meter
            if meter.batteries is None
            else replace(meter, batteries=_present(meter.batteries, problem, first))
            for meter in problem.meters
        ],
        available=None if problem.available is None else problem.available[first],
        former_power_w=None if former is None else counts[:, np.newaxis] * former[first],
    )
    return AlikeBatteries(problem, merged, counts, group_of)


def _present(ids: Sequence[str], problem: ControlProblem, first: Sequence[int]) -> list[str]:
    kept = {problem.batteries[n].id for n in first}
    return [battery_id for battery_id in ids if battery_id in kept]


def _keys(problem: ControlProblem) -> list[tuple[object, ...]]:
    """Return for each battery all that it may differ in."""
    meter_of = problem.meter_of()
    return [
        (
            replace(battery, id=""),
            float(problem.stored_wh[n]),
            int(meter_of[n]),
            None if problem.available is None else problem.available[n].tobytes(),
            None if problem.former_power_w is None else problem.former_power_w[n].tobytes(),
        )
        for n, battery in enumerate(problem.batteries)
    ]
