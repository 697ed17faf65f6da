"""The constraints of the shared formulation as sparse matrices: which variables meet in which row.

They depend on the shape of a problem alone, not on its figures, so the ticks of a day share them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import sparse

from battery_commons.control.objective import Objective, local_days
from battery_commons.control.problem import ControlProblem, Indices
from battery_commons.domain.time import SLOT_HOURS

type Columns = Mapping[str, Indices]
"""Where each variable stands in the program's vector: (rows, slots or days) of each kind."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything about a problem and an objective that decides which variables and rows there are."""

    slots: int
    transformers: int
    meters: int
    transformer_of: tuple[int, ...]
    meter_of: tuple[int, ...]
    gain: tuple[float, ...]
    """By battery: the energy that a unit of charge stores."""
    drain: tuple[float, ...]
    """By battery: the energy that a unit of discharge takes."""
    pv_transformer: tuple[int, ...]
    pv_meter: tuple[int, ...]
    watches_feeder: bool
    limits_feeder: bool
    on_feeder: tuple[bool, ...]
    """By transformer: whether it hangs on the feeder."""
    peak_days: tuple[int, ...]
    """By slot the number of its day, where the highest load of each day counts; else empty."""

    @classmethod
    def of(cls, problem: ControlProblem, objective: Objective) -> Shape:
        """Return the shape of `problem` under `objective`."""
        ids = {transformer.id: k for k, transformer in enumerate(problem.transformers)}
        limited = problem.feeder is not None and bool(np.isfinite(problem.feeder_limits_kw()).any())
        watched = problem.feeder is not None and (objective.watches_feeder or limited)
        peaks = watched and objective.feeder_peak_eur_per_kw > 0
        return cls(
            slots=problem.grid.slots,
            transformers=len(problem.transformers),
            meters=len(problem.meters),
            transformer_of=tuple(problem.transformer_of().tolist()),
            meter_of=tuple(problem.meter_of().tolist()),
            gain=tuple(battery.charge_efficiency for battery in problem.batteries),
            drain=tuple(1 / battery.discharge_efficiency for battery in problem.batteries),
            pv_transformer=tuple(ids[pv.transformer_id] for pv in problem.curtailable),
            pv_meter=tuple(pv.meter for pv in problem.curtailable),
            watches_feeder=watched,
            limits_feeder=limited,
            on_feeder=tuple(problem.on_feeder().tolist()),
            peak_days=tuple(local_days(problem).tolist()) if peaks else (),
        )


@dataclass(frozen=True, eq=False, slots=True)
class Matrices:
    """The columns, and the two matrices over them."""

    columns: Columns
    balances: sparse.csc_matrix
    """Rows that are equal to something: each battery's energy, each load, each meter, the feeder."""
    limits: sparse.csc_matrix
    """Rows that stay below something, above something, or both."""

    @property
    def variables(self) -> int:
        """How many variables there are."""
        return sum(block.size for block in self.columns.values())


@lru_cache(maxsize=64)
def matrices(shape: Shape) -> Matrices:
    """Return the matrices of a shape; the same object for the same shape, so nobody may change it."""
    columns = _columns(shape)
    return Matrices(columns, _balances(shape, columns), _limits(shape, columns))


def _columns(shape: Shape) -> Columns:
    n, k, t, feeders = len(shape.gain), shape.transformers, shape.slots, int(shape.watches_feeder)
    sizes = {
        "charge": (n, t),
        "discharge": (n, t),
        "energy": (n, t),
        "load": (k, t),
        "overload": (k, t),
        "imported": (shape.meters, t),
        "exported": (shape.meters, t),
        "curtailed": (len(shape.pv_meter), t),
        "feeder": (feeders, t),
        "feeder_overload": (feeders, t),
        "peak": (1, max(shape.peak_days) + 1 if shape.peak_days else 0),
    }
    ends = np.cumsum([0, *(rows * width for rows, width in sizes.values())])
    return {
        name: np.arange(start, end).reshape(size)
        for (name, size), (start, end) in zip(sizes.items(), pairwise(ends), strict=True)
    }


def _balances(shape: Shape, columns: Columns) -> sparse.csc_matrix:
    """Return energy, transformer, meter and feeder rows, in this order."""
    n, k, t, m = len(shape.gain), shape.transformers, shape.slots, shape.meters
    each_slot = sparse.eye_array(t)
    behind, billed = _incidence(shape.transformer_of, k), _incidence(shape.meter_of, m)
    pv_behind, pv_billed = _incidence(shape.pv_transformer, k), _incidence(shape.pv_meter, m)
    rows = [
        {
            "charge": -SLOT_HOURS * sparse.kron(sparse.diags_array(np.array(shape.gain)), each_slot),
            "discharge": SLOT_HOURS * sparse.kron(sparse.diags_array(np.array(shape.drain)), each_slot),
            "energy": sparse.kron(sparse.eye_array(n), each_slot - sparse.eye_array(t, k=-1)),
        },
        {
            "charge": -sparse.kron(behind, each_slot),
            "discharge": sparse.kron(behind, each_slot),
            "curtailed": -sparse.kron(pv_behind, each_slot),
            "load": sparse.eye_array(k * t),
        },
        {
            "charge": -sparse.kron(billed, each_slot),
            "discharge": sparse.kron(billed, each_slot),
            "curtailed": -sparse.kron(pv_billed, each_slot),
            "imported": sparse.eye_array(m * t),
            "exported": -sparse.eye_array(m * t),
        },
    ]
    if shape.watches_feeder:
        on_it = sparse.csc_array(np.array([shape.on_feeder], dtype=float))
        rows.append({"load": -sparse.kron(on_it, each_slot), "feeder": each_slot})
    return _stack(rows, columns)


def _limits(shape: Shape, columns: Columns) -> sparse.csc_matrix:
    """Return L - o, L + o; F - o, F + o where the feeder is limited; F - peak, F + peak where peaks count."""
    t = shape.slots
    load, feeder = sparse.eye_array(columns["load"].size), sparse.eye_array(t)
    rows = [{"load": load, "overload": -load}, {"load": load, "overload": load}]
    if shape.limits_feeder:
        rows += [
            {"feeder": feeder, "feeder_overload": -feeder},
            {"feeder": feeder, "feeder_overload": feeder},
        ]
    if shape.peak_days:
        of_day = sparse.csc_array((np.ones(t), (np.arange(t), np.array(shape.peak_days))))
        rows += [{"feeder": feeder, "peak": -of_day}, {"feeder": feeder, "peak": of_day}]
    return _stack(rows, columns)


def _incidence(group_of: tuple[int, ...], groups: int) -> sparse.csc_array:
    """Return (groups, members) with 1 where a member is in a group; a member of group -1 is in none."""
    of = np.array(group_of, dtype=np.intp)
    members = np.flatnonzero(of >= 0)
    return sparse.csc_array((np.ones(len(members)), (of[members], members)), shape=(groups, len(of)))


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
