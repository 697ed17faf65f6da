"""What an optimisation returns, and what batteries can really do of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from battery_commons.control.problem import ControlProblem, Floats
from battery_commons.domain.battery import Battery
from battery_commons.domain.time import SLOT_HOURS

BURNING_KW = 0.01
"""Less charge and discharge at once than this is a solver's tolerance, not a plan."""


class SolverError(RuntimeError):
    """The solver gave no usable answer; the message holds its own word for it."""


@dataclass(frozen=True, slots=True)
class Flows:
    """What a solver found for each battery (N, T) and each curtailable PV (J, T), in kW."""

    charge: Floats
    discharge: Floats
    curtailed: Floats
    optimal: bool
    bound_eur: float | None = None
    """What no schedule's value can undercut, where the solver knows."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The best powers found, and by how much they still overload the grid."""

    power_w: Floats
    """(N, T) positive = charge; within each battery's physics."""
    curtailed_w: Floats
    """(J, T) what is switched off of each curtailable PV."""
    overload_w: Floats
    """(K, T) load beyond each transformer's limit and margin that no plan could avoid at a sane price."""
    feeder_overload_w: Floats
    """(T,) the same of the feeder; zero where there is none."""
    optimal: bool = True
    """False where the solver was stopped before it was sure; the schedule is the best it had."""


def schedule_of(problem: ControlProblem, power_w: Floats, curtailed_w: Floats, *, optimal: bool) -> Schedule:
    """Return the schedule nearest to these powers that the batteries can follow, with its overloads."""
    possible_w = follow(problem.batteries, problem.stored_wh, np.where(problem.is_available(), power_w, 0.0))
    load_w = transformer_loads_w(problem, possible_w, curtailed_w)
    highest_kw, lowest_kw = problem.limits_kw()
    overload_w = np.maximum(np.maximum(load_w - 1000 * highest_kw, 1000 * lowest_kw - load_w), 0.0)
    feeder_overload_w = np.zeros(problem.grid.slots)
    if problem.feeder:
        feeder_w = problem.feeder_load_w(load_w)
        highest, lowest = problem.feeder_limits_kw()
        beyond_w = np.maximum(feeder_w - 1000 * highest, 1000 * lowest - feeder_w)
        feeder_overload_w = np.maximum(beyond_w, 0.0)
    return Schedule(possible_w, curtailed_w, overload_w, feeder_overload_w, optimal)


def transformer_loads_w(
    problem: ControlProblem, power_w: Floats, curtailed_w: Floats | None = None
) -> Floats:
    """Return (K, T) the load of each transformer with its batteries, and without the curtailed PV (J, T)."""
    load_w = problem.base_load_w.copy()
    np.add.at(load_w, problem.transformer_of(), power_w)
    index = {transformer.id: k for k, transformer in enumerate(problem.transformers)}
    for pv, off_w in zip(problem.curtailable, () if curtailed_w is None else curtailed_w, strict=False):
        load_w[index[pv.transformer_id]] += off_w
    return load_w


def follow(batteries: Sequence[Battery], stored_wh: Floats, power_w: Floats) -> Floats:
    """Return (N, T) what the batteries make of `power_w`: cut to power limits, to full, and to the reserve.

    A battery below its reserve is not taken further down.
    """
    capacity_wh = np.array([b.capacity_wh for b in batteries])
    floor_wh = np.minimum(np.array([b.reserve * b.capacity_wh for b in batteries]), stored_wh)
    gain = np.array([b.charge_efficiency for b in batteries]) * SLOT_HOURS
    drain = SLOT_HOURS / np.array([b.discharge_efficiency for b in batteries])
    wanted_w = np.clip(
        power_w,
        -np.array([[b.max_discharge_w] for b in batteries]).reshape(-1, 1),
        np.array([[b.max_charge_w] for b in batteries]).reshape(-1, 1),
    )
    possible_w = np.empty_like(wanted_w)
    energy_wh = stored_wh.astype(float)
    for t in range(wanted_w.shape[1]):
        most_w = np.maximum(capacity_wh - energy_wh, 0.0) / gain
        least_w = -np.maximum(energy_wh - floor_wh, 0.0) / drain
        possible_w[:, t] = np.clip(wanted_w[:, t], least_w, most_w)
        charging = possible_w[:, t] > 0
        energy_wh = energy_wh + possible_w[:, t] * np.where(charging, gain, drain)
    return possible_w
