"""A problem and an objective as the arrays that the interior-point method works on.

Batteries stand in columns and slots in rows, so that a sweep over time reads whole rows; the batteries of one
group, that is of one transformer and one meter, stand side by side. Powers in kW, energies in kWh, money in
EUR.

A *load* is whatever carries a cost together: each transformer, the feeder where anything watches it, each
meter. The load x_rt of row r costs

    f(x) = linear x + quadratic/2 x^2 + sum over its hinges h of  weight_h max(sign_h x - threshold_h, 0)

so a bill is linear at the price of feed-in with a hinge at zero for what import costs more, and a limit is a
hinge where overload begins.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from battery_commons.control.alike import AlikeBatteries
from battery_commons.control.interior_point.loads import LoadCosts, load_costs
from battery_commons.control.objective import (
    CHANGE_OF_MIND_EUR_PER_KW2H,
    CURTAILMENT_EUR_PER_KWH,
    EVEN_SHARING_EUR_PER_KW2H,
    Objective,
)
from battery_commons.control.problem import Bools, ControlProblem, Floats, Indices
from battery_commons.domain.battery import Battery
from battery_commons.domain.time import SLOT_HOURS

NO_RANGE_KWH = 1e-9
"""A battery whose energy can vary by less than this in a slot has nothing to decide there."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Which batteries and curtailable PV share a transformer and a meter, and which loads those count in."""

    of_battery: Indices
    """(N,) ascending."""
    of_pv: Indices
    """(J,)"""
    in_loads: Floats
    """(G, R) 1 where the group counts in the load, else 0."""
    transformer: Indices
    """(G,)"""


@dataclass(frozen=True, slots=True)
class BatteryArrays:
    """The boxes, the dynamics and the own costs of N batteries over T slots.

    Energy follows e_t = e_t-1 + gain c_t - drain d_t from e_0 = stored.
    """

    stored: Floats
    """(N,)"""
    gain: Floats
    """(N,) kWh stored per kW charged over a slot."""
    drain: Floats
    """(N,) kWh taken per kW discharged over a slot."""
    most_charge: Floats
    """(T, N) zero where the battery cannot or may not charge."""
    most_discharge: Floats
    """(T, N)"""
    least_energy: Floats
    """(T, N) the lowest that the battery can reach, not only the lowest that it may hold."""
    most_energy: Floats
    """(T, N)"""
    charge_linear: Floats
    """(T, N) or (1, N)"""
    discharge_linear: Floats
    """(T, N) or (1, N)"""
    quadratic: Floats
    """(T, N) or (1, N) of both flows, in 1/2 q c^2."""
    end_worth: Floats
    """(N,) EUR per kWh that is left at the end."""

    def part(self, columns: slice) -> BatteryArrays:
        """Return some of the batteries, in arrays of their own."""
        return BatteryArrays(
            **{
                name: np.ascontiguousarray(getattr(self, name)[..., columns])
                for name in self.__dataclass_fields__
            }
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything about one problem and objective, in the order that the method likes."""

    order: Indices
    """(N,) the problem's batteries in the order of the columns."""
    groups: Groups
    batteries: BatteryArrays
    most_curtailed: Floats
    """(T, J)"""
    curtailed_linear: float
    loads: LoadCosts
    constant: float
    """What costs the same whatever is planned, so that values are those of valuation.value_eur."""

    @property
    def can_move(self) -> bool:
        """Whether there is anything to decide."""
        arrays = self.batteries
        return any(most.any() for most in (arrays.most_charge, arrays.most_discharge, self.most_curtailed))

    @property
    def idle_eur(self) -> float:
        """What doing nothing costs."""
        kept = float(self.batteries.end_worth @ self.batteries.stored)
        return self.constant + self.loads.cost(self.loads.base) - kept

    def rows_of(self, columns: Floats) -> Floats:
        """Return (N, T) what stands in the columns (T, N), in the problem's order."""
        rows = np.empty((len(self.order), columns.shape[0]))
        rows[self.order] = columns.T
        return rows


def lay_out(alike: AlikeBatteries, objective: Objective, may_charge: Bools, may_discharge: Bools) -> Layout:
    """Return the layout; batteries flow only where `may_charge` and `may_discharge` (N, T) allow it."""
    problem = alike.problem
    transformer_of, meter_of = problem.transformer_of(), problem.meter_of()
    order = np.lexsort((meter_of, transformer_of)).astype(np.intp)
    index = {transformer.id: k for k, transformer in enumerate(problem.transformers)}
    pv_pairs = [(index[pv.transformer_id], pv.meter) for pv in problem.curtailable]
    pairs = np.array(
        [*zip(transformer_of[order], meter_of[order], strict=True), *pv_pairs], dtype=np.intp
    ).reshape(-1, 2)
    unique, group_of = np.unique(pairs, axis=0, return_inverse=True)
    group_of = group_of.reshape(-1)
    n = len(order)
    loads, in_loads = load_costs(
        problem, objective, unique[:, 0], unique[:, 1], np.bincount(group_of, minlength=len(unique))
    )
    batteries, constant = _battery_arrays(alike, objective, order, may_charge, may_discharge)
    curtailed = np.array([pv.yield_w for pv in problem.curtailable]).reshape(-1, problem.grid.slots) / 1000
    return Layout(
        order=order,
        groups=Groups(group_of[:n], group_of[n:], in_loads, unique[:, 0]),
        batteries=batteries,
        most_curtailed=np.ascontiguousarray(curtailed.T),
        curtailed_linear=SLOT_HOURS * CURTAILMENT_EUR_PER_KWH,
        loads=loads,
        constant=loads.constant + constant,
    )


def _battery_arrays(
    alike: AlikeBatteries, objective: Objective, order: Indices, may_charge: Bools, may_discharge: Bools
) -> tuple[BatteryArrays, float]:
    problem = alike.problem

    def each(figure: Callable[[Battery], float]) -> Floats:
        return np.array([figure(problem.batteries[n]) for n in order])

    available = problem.is_available()
    stored = problem.stored_wh[order] / 1000
    capacity = each(lambda b: b.capacity_wh) / 1000
    gain = SLOT_HOURS * each(lambda b: b.charge_efficiency)
    drain = SLOT_HOURS / each(lambda b: b.discharge_efficiency)
    most_charge = (available & may_charge)[order].T * (each(lambda b: b.max_charge_w) / 1000)
    most_discharge = (available & may_discharge)[order].T * (each(lambda b: b.max_discharge_w) / 1000)
    # A battery found below its reserve may stay there, and one found above its capacity too.
    floor = np.minimum(each(lambda b: b.reserve) * capacity, stored)
    least, most = _reach(
        np.maximum(capacity, stored), floor, stored, gain * most_charge, drain * most_discharge
    )
    stuck = most - least <= NO_RANGE_KWH
    # Energy that is known before and after a slot leaves no room for power in it.
    still = stuck & np.vstack([np.ones((1, len(order)), dtype=bool), stuck[:-1]])
    most_charge[still] = most_discharge[still] = 0.0
    wear = np.full((1, len(order)), SLOT_HOURS * objective.wear_eur_per_kwh / 2)
    counts = alike.counts[order]
    sharing = 2 * SLOT_HOURS * EVEN_SHARING_EUR_PER_KW2H / counts[np.newaxis, :]
    charge_linear, discharge_linear, quadratic, constant = wear, wear, sharing, 0.0
    if problem.former_power_w is not None:
        said, former = _former(problem, order)
        price = 2 * SLOT_HOURS * CHANGE_OF_MIND_EUR_PER_KW2H * said / counts
        charge_linear = wear - price * np.maximum(former, 0.0)
        discharge_linear = wear - price * np.maximum(-former, 0.0)
        quadratic = sharing + price
        constant = float((price / 2 * former**2).sum())
    return (
        BatteryArrays(
            stored=stored,
            gain=gain,
            drain=drain,
            most_charge=most_charge,
            most_discharge=most_discharge,
            least_energy=least,
            most_energy=most,
            charge_linear=charge_linear,
            discharge_linear=discharge_linear,
            quadratic=quadratic,
            end_worth=objective.stored_eur_per_kwh * each(lambda b: b.discharge_efficiency),
        ),
        constant,
    )


def _reach(
    ceiling: Floats, floor: Floats, stored: Floats, most_up: Floats, most_down: Floats
) -> tuple[Floats, Floats]:
    """Return (T, N) the least and the most energy that can be in each battery after each slot.

    Leaving out what cannot be reached leaves an interior to every box, for full and empty batteries too.
    """
    least, most = np.empty_like(most_up), np.empty_like(most_up)
    low = high = stored
    for t in range(len(most_up)):
        low = least[t] = np.maximum(low - most_down[t], floor)
        high = most[t] = np.minimum(high + most_up[t], ceiling)
    return least, most


def _former(problem: ControlProblem, order: Indices) -> tuple[Bools, Floats]:
    if problem.former_power_w is None:
        raise ValueError("there is no former plan")
    former = problem.former_power_w[order].T
    said = np.isfinite(former)
    return said, np.where(said, former, 0.0) / 1000
