"""The shared formulation (objective.py) as one sparse quadratic program, solved exactly by PIQP.

Variables, in kW and kWh per slot: charge c, discharge d, energy e of each battery; load L and overload o of
each transformer; import g+ and feed-in g- of each meter; curtailed PV q; where the objective or a limit
watches the feeder also its load F, its overload and the highest |F| of each local day.

PIQP is a proximal interior-point method for sparse quadratic programs (Schwan et al., CDC 2023).
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import piqp
from scipy import sparse

from battery_commons.control.alike import AlikeBatteries
from battery_commons.control.objective import (
    CHANGE_OF_MIND_EUR_PER_KW2H,
    CURTAILMENT_EUR_PER_KWH,
    EVEN_SHARING_EUR_PER_KW2H,
    OVERLOAD_EUR_PER_KWH,
    Objective,
    counted_prices,
    local_days,
)
from battery_commons.control.problem import ControlProblem, Floats, Indices
from battery_commons.control.schedule import BURNING_KW, Flows, SolverError
from battery_commons.domain.time import SLOT_HOURS

MAX_ITERATIONS = 250


class QuadraticProgram:
    """One problem and objective, ready to be solved, and to be solved again with some flows forbidden."""

    def __init__(self, alike: AlikeBatteries, objective: Objective) -> None:
        """Lay out the variables and fill the matrices."""
        self._problem = alike.problem
        self._objective = objective
        self._counts = alike.counts
        self._columns = _columns(self._problem, objective)
        self._equalities, self._rights = _equalities(self._problem, self._columns)
        self._limits, self._floor, self._ceiling = _limits(self._problem, self._columns)
        self._lower, self._upper = _bounds(self._problem, self._columns)
        self._linear, self._quadratic = self._costs()

    def solve(self) -> Flows:
        """Return the optimum, or the best iterate where the solver ran out of iterations.

        Batteries never burn energy in it: a relaxation without binaries may charge and discharge at once
        where energy is worth less than nothing. Where it does, the larger flow is kept and the program
        solved again.

        Raises SolverError when the solver fails altogether.
        """
        flows = self._run()
        if np.minimum(flows.charge, flows.discharge).max(initial=0.0) > BURNING_KW:
            charges = flows.charge > flows.discharge
            self._upper[self._columns["charge"][~charges]] = 0.0
            self._upper[self._columns["discharge"][charges]] = 0.0
            flows = self._run()
        return flows

    def _run(self) -> Flows:
        solver = piqp.SparseSolver()
        solver.settings.max_iter = MAX_ITERATIONS
        # Every problem of this form has a solution: every limit is soft, and standing still is allowed. The
        # solver's tests for the opposite are heuristics that large loads can trip.
        solver.settings.eps_primal_inf = solver.settings.eps_dual_inf = 1e-20
        solver.setup(
            P=sparse.csc_matrix(sparse.diags_array(self._quadratic)),
            c=self._linear,
            A=self._equalities,
            b=self._rights,
            G=self._limits,
            h_l=self._floor,
            h_u=self._ceiling,
            x_l=self._lower,
            x_u=self._upper,
        )
        status = solver.solve()
        found = np.asarray(solver.result.x)
        if status not in {piqp.PIQP_SOLVED, piqp.PIQP_MAX_ITER_REACHED} or not np.isfinite(found).all():
            raise SolverError(f"no optimum: {status.name}")
        found = np.clip(found, self._lower, self._upper)
        return Flows(
            charge=found[self._columns["charge"]],
            discharge=found[self._columns["discharge"]],
            curtailed=found[self._columns["curtailed"]],
            optimal=status == piqp.PIQP_SOLVED,
        )

    def _costs(self) -> tuple[Floats, Floats]:
        """Return the linear costs, and the diagonal of Q in 1/2 x'Qx."""
        objective, problem, columns = self._objective, self._problem, self._columns
        linear, quadratic = np.zeros(_size(columns)), np.zeros(_size(columns))
        for m, meter in enumerate(problem.meters):
            buy, sell = counted_prices(meter)
            linear[columns["imported"][m]] = SLOT_HOURS * objective.bill * buy
            linear[columns["exported"][m]] = -SLOT_HOURS * objective.bill * sell
        for flow in ("charge", "discharge"):
            linear[columns[flow]] = SLOT_HOURS * objective.wear_eur_per_kwh / 2
            quadratic[columns[flow]] = (
                2 * SLOT_HOURS * EVEN_SHARING_EUR_PER_KW2H / self._counts[:, np.newaxis]
            )
        self._cling_to_former(linear, quadratic)
        _pull(
            linear,
            quadratic,
            columns["load"],
            objective.transformer_eur_per_kw2h,
            objective.transformer_target_kw,
        )
        if objective.feeder_eur_per_kw2h is not None:
            _pull(
                linear,
                quadratic,
                columns["feeder"],
                objective.feeder_eur_per_kw2h,
                objective.feeder_target_kw,
            )
        linear[columns["peak"]] = objective.feeder_peak_eur_per_kw
        for overload in ("overload", "feeder_overload"):
            linear[columns[overload]] = SLOT_HOURS * OVERLOAD_EUR_PER_KWH
        linear[columns["curtailed"]] = SLOT_HOURS * CURTAILMENT_EUR_PER_KWH
        efficiency = np.array([battery.discharge_efficiency for battery in problem.batteries])
        linear[columns["energy"][:, -1]] = -objective.stored_eur_per_kwh * efficiency
        return linear, quadratic

    def _cling_to_former(self, linear: Floats, quadratic: Floats) -> None:
        """Price the distance from the plan in force: (c - d - b°)^2, apart for the side that b° is on."""
        if self._problem.former_power_w is None:
            return
        said = np.isfinite(self._problem.former_power_w)
        former = np.where(said, self._problem.former_power_w, 0.0) / 1000
        price = 2 * SLOT_HOURS * CHANGE_OF_MIND_EUR_PER_KW2H * said / self._counts[:, np.newaxis]
        for flow, aim in (("charge", np.maximum(former, 0.0)), ("discharge", np.maximum(-former, 0.0))):
            quadratic[self._columns[flow]] += price
            linear[self._columns[flow]] -= price * aim


type Columns = Mapping[str, Indices]
"""Where each variable stands in the program's vector: (rows, slots or days) of each kind."""


def _columns(problem: ControlProblem, objective: Objective) -> Columns:
    n, k, t = len(problem.batteries), len(problem.transformers), problem.grid.slots
    watched = problem.feeder is not None and (
        objective.watches_feeder or np.isfinite(problem.feeder.feeder.limit_w)
    )
    days = int(local_days(problem).max()) + 1 if watched and objective.feeder_peak_eur_per_kw else 0
    shapes = {
        "charge": (n, t),
        "discharge": (n, t),
        "energy": (n, t),
        "load": (k, t),
        "overload": (k, t),
        "imported": (len(problem.meters), t),
        "exported": (len(problem.meters), t),
        "curtailed": (len(problem.curtailable), t),
        "feeder": (int(watched), t),
        "feeder_overload": (int(watched), t),
        "peak": (1, days),
    }
    ends = np.cumsum([0, *(rows * width for rows, width in shapes.values())])
    return {
        name: np.arange(start, end).reshape(shape)
        for (name, shape), (start, end) in zip(shapes.items(), pairwise(ends), strict=True)
    }


def _size(columns: Columns) -> int:
    return sum(block.size for block in columns.values())


def _pull(
    linear: Floats, quadratic: Floats, block: Indices, price: Floats | float, target: Floats | None
) -> None:
    """Add dt price (x - target)^2 for a block of variables, but for its constant."""
    quadratic[block] += 2 * SLOT_HOURS * price
    if target is not None:
        linear[block] -= 2 * SLOT_HOURS * price * target


def _bounds(problem: ControlProblem, columns: Columns) -> tuple[Floats, Floats]:
    lower, upper = np.zeros(_size(columns)), np.full(_size(columns), np.inf)
    lower[columns["load"]] = lower[columns["feeder"]] = -np.inf
    available = problem.is_available()
    batteries = problem.batteries
    upper[columns["charge"]] = available * np.array([[b.max_charge_w / 1000] for b in batteries])
    upper[columns["discharge"]] = available * np.array([[b.max_discharge_w / 1000] for b in batteries])
    upper[columns["energy"]] = np.array([[b.capacity_wh / 1000] for b in batteries])
    # A battery found below its reserve may stay there; it is only not taken further down.
    reserve_wh = np.array([b.reserve * b.capacity_wh for b in batteries])
    lower[columns["energy"]] = np.minimum(reserve_wh, problem.stored_wh)[:, np.newaxis] / 1000
    for j, pv in enumerate(problem.curtailable):
        upper[columns["curtailed"][j]] = pv.yield_w / 1000
    # Import and feed-in at once would be free where both have one price: bound what cannot happen.
    reach_kw = sum(max(b.max_charge_w, b.max_discharge_w) for b in batteries) / 1000
    reach_kw += sum((pv.yield_w for pv in problem.curtailable), np.zeros(problem.grid.slots)) / 1000
    for m, meter in enumerate(problem.meters):
        most_kw = np.abs(meter.net_w) / 1000 + reach_kw + 1
        upper[columns["imported"][m]] = upper[columns["exported"][m]] = most_kw
    return lower, upper


def _equalities(problem: ControlProblem, columns: Columns) -> tuple[sparse.csc_matrix, Floats]:
    """Return the balances of each battery's energy, each transformer's load, each meter and the feeder."""
    n, k, t = len(problem.batteries), len(problem.transformers), problem.grid.slots
    m = len(problem.meters)
    each_slot = sparse.eye_array(t)
    gain = sparse.diags_array(np.array([b.charge_efficiency for b in problem.batteries]))
    loss = sparse.diags_array(np.array([1 / b.discharge_efficiency for b in problem.batteries]))
    behind = _incidence(problem.transformer_of(), k)
    billed = _incidence(problem.meter_of(), m)
    ids = {transformer.id: number for number, transformer in enumerate(problem.transformers)}
    pv_behind = _incidence(np.array([ids[pv.transformer_id] for pv in problem.curtailable], dtype=np.intp), k)
    pv_billed = _incidence(np.array([pv.meter for pv in problem.curtailable], dtype=np.intp), m)
    stored_kwh = np.zeros((n, t))
    stored_kwh[:, 0] = problem.stored_wh / 1000

    rows: list[tuple[dict[str, sparse.sparray], Floats]] = [
        (
            {
                "charge": -SLOT_HOURS * sparse.kron(gain, each_slot),
                "discharge": SLOT_HOURS * sparse.kron(loss, each_slot),
                "energy": sparse.kron(sparse.eye_array(n), each_slot - sparse.eye_array(t, k=-1)),
            },
            stored_kwh.ravel(),
        ),
        (
            {
                "charge": -sparse.kron(behind, each_slot),
                "discharge": sparse.kron(behind, each_slot),
                "curtailed": -sparse.kron(pv_behind, each_slot),
                "load": sparse.eye_array(k * t),
            },
            problem.base_load_w.ravel() / 1000,
        ),
        (
            {
                "charge": -sparse.kron(billed, each_slot),
                "discharge": sparse.kron(billed, each_slot),
                "curtailed": -sparse.kron(pv_billed, each_slot),
                "imported": sparse.eye_array(m * t),
                "exported": -sparse.eye_array(m * t),
            },
            np.concatenate([np.zeros(0), *(meter.net_w / 1000 for meter in problem.meters)]),
        ),
    ]
    if problem.feeder and columns["feeder"].size:
        sums = -sparse.kron(np.ones((1, k)), each_slot)
        rows.append(({"load": sums, "feeder": each_slot}, problem.feeder.background_w / 1000))
    return _stack([parts for parts, _ in rows], columns), np.concatenate([right for _, right in rows])


def _limits(problem: ControlProblem, columns: Columns) -> tuple[sparse.csc_matrix, Floats, Floats]:
    """Return lowest - o <= L <= highest + o, the same for the feeder, and |F| <= the peak of its day."""
    t = problem.grid.slots
    highest, lowest = problem.limits_kw()
    load = sparse.eye_array(columns["load"].size)
    rows: list[dict[str, sparse.sparray]] = [
        {"load": load, "overload": -load},
        {"load": load, "overload": load},
    ]
    unbounded = np.full(highest.size, np.inf)
    floor, ceiling = [-unbounded, lowest.ravel()], [highest.ravel(), unbounded]
    each_slot = sparse.eye_array(t)

    def never_beyond(what: str, matrix: sparse.sparray, most_kw: float) -> None:
        rows.extend([{"feeder": each_slot, what: -matrix}, {"feeder": each_slot, what: matrix}])
        floor.extend([np.full(t, -np.inf), np.full(t, -most_kw)])
        ceiling.extend([np.full(t, most_kw), np.full(t, np.inf)])

    if problem.feeder and columns["feeder"].size and np.isfinite(problem.feeder.feeder.limit_w):
        never_beyond("feeder_overload", each_slot, problem.feeder.feeder.limit_w / 1000)
    if columns["peak"].size:
        days = local_days(problem)
        never_beyond("peak", sparse.csc_array((np.ones(t), (np.arange(t), days))), 0.0)
    return _stack(rows, columns), np.concatenate(floor), np.concatenate(ceiling)


def _incidence(group_of: Indices, groups: int) -> sparse.csc_array:
    """Return (groups, members) with 1 where a member is in a group; a member of group -1 is in none."""
    members = np.flatnonzero(group_of >= 0)
    ones = np.ones(len(members))
    return sparse.csc_array((ones, (group_of[members], members)), shape=(groups, len(group_of)))


def _stack(rows: list[dict[str, sparse.sparray]], columns: Columns) -> sparse.csc_matrix:
    """Return the rows of blocks as one matrix over all variables."""
    blocks = [
        [
            parts.get(name, sparse.csc_array((next(iter(parts.values())).shape[0], block.size)))
            for name, block in columns.items()
        ]
        for parts in rows
    ]
    return sparse.csc_matrix(sparse.block_array(blocks))
