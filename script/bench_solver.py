"""Time the solver against HiGHS on villages of batteries that all differ, and say how good its plans are.

Each size runs in a process of its own, so that the peak memory is that size's. HiGHS gets the bill alone (M2)
as one sparse linear program, without the terms that make a quadratic program of it, and two minutes at most.

    script/bench_solver.py [batteries ...]
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import highspy
import numpy as np
from scipy import sparse

from battery_commons.control.alike import merge_alike
from battery_commons.control.interior_point.solve import solve
from battery_commons.control.objective import Objective, counted_prices, stored_value
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import BillingMeter, ControlProblem, FeederOutlook
from battery_commons.control.valuation import value_eur
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.time import SLOT_HOURS, SLOTS_PER_DAY, TimeGrid

SIZES = (9, 100, 1_000, 10_000)
TRANSFORMERS = 70
HOMES_PER_BATTERY = 3
SEED = 20250601
HIGHS_SECONDS = 120.0
EVENING = (64, 84)
"""Slots in which the feeder is to be relieved."""


def heterogeneous_village(batteries: int, transformers: int = TRANSFORMERS) -> ControlProblem:
    """Return a sunny day for batteries of 5 to 20 kWh of one to four hours, no two alike."""
    rng = np.random.default_rng(SEED)
    transformers = min(transformers, batteries)
    hour = np.arange(SLOTS_PER_DAY) / 4
    capacity_wh = rng.uniform(5_000, 20_000, batteries)
    power_w = capacity_wh / rng.uniform(1, 4, batteries)
    homes = HOMES_PER_BATTERY * batteries / transformers
    noon, evening = rng.uniform(11, 14, (transformers, 1)), rng.uniform(17, 21, (transformers, 1))
    sun = rng.uniform(0.4, 1.2, (transformers, 1)) * np.exp(-(((hour - noon) / 3) ** 2))
    peak = rng.uniform(0.4, 1.2, (transformers, 1)) * np.exp(-(((hour - evening) / 2) ** 2))
    base_w = 1000 * homes * (0.35 - sun + peak + 0.02 * rng.normal(size=(transformers, SLOTS_PER_DAY)))
    day_ahead = 0.09 + 0.06 * np.sin((hour - 3) / 24 * 4 * np.pi) + 0.01 * rng.normal(size=SLOTS_PER_DAY)
    highest_w = np.abs(base_w).max(axis=1)
    return ControlProblem(
        grid=TimeGrid(datetime(2025, 6, 1, tzinfo=UTC), SLOTS_PER_DAY),
        batteries=[
            Battery(
                f"home-{n}/b",
                f"t{n % transformers}",
                capacity_wh[n],
                power_w[n],
                power_w[n],
                rng.uniform(0.88, 0.97),
                rng.uniform(0.88, 0.97),
                rng.uniform(0.0, 0.2),
            )
            for n in range(batteries)
        ],
        stored_wh=capacity_wh * rng.random(batteries),
        transformers=[Transformer(f"t{k}", "Brink", 0.9 * highest_w[k]) for k in range(transformers)],
        base_load_w=base_w,
        meters=[
            BillingMeter(
                0.8 * base_w.sum(axis=0), 1.21 * (day_ahead + 0.02) + 0.123, np.maximum(day_ahead, 0.01)
            )
        ],
        feeder=FeederOutlook(
            Feeder("feeder", "Feeder", 1.2 * np.abs(base_w.sum(axis=0)).max()), 0.1 * base_w.sum(axis=0)
        ),
    )


def objectives_for(problem: ControlProblem) -> Mapping[str, Objective]:
    """Return the weights of models like M2 to M5."""
    worth, slots = stored_value(problem), np.arange(problem.grid.slots)
    mean_kw = problem.base_load_w.mean(axis=1, keepdims=True) / 1000
    return {
        "M2": Objective(bill=1.0, stored_eur_per_kwh=worth),
        "M3": Objective(
            transformer_eur_per_kw2h=0.001,
            transformer_target_kw=np.broadcast_to(mean_kw, problem.base_load_w.shape),
        ),
        "M4": Objective(bill=1.0, transformer_eur_per_kw2h=0.001, stored_eur_per_kwh=worth),
        "M5": Objective(
            bill=1.0,
            transformer_eur_per_kw2h=0.001,
            feeder_eur_per_kw2h=np.where((slots >= EVENING[0]) & (slots < EVENING[1]), 0.001, 0.0),
            feeder_target_kw=np.zeros(len(slots)),
            stored_eur_per_kwh=worth,
        ),
        "peak": Objective(bill=1.0, feeder_peak_eur_per_kw=0.5, stored_eur_per_kwh=worth),
    }


def seconds_of_highs(problem: ControlProblem, objective: Objective) -> float:
    """Return how long HiGHS takes for the least bill of these batteries, or its time limit."""
    n, t = len(problem.batteries), problem.grid.slots
    meter = problem.meters[0]
    buy, sell = counted_prices(meter)
    gain = np.array([b.charge_efficiency for b in problem.batteries])
    worth = np.array([b.discharge_efficiency for b in problem.batteries])
    power = np.repeat([b.max_charge_w / 1000 for b in problem.batteries], t)
    capacity = np.array([b.capacity_wh / 1000 for b in problem.batteries])
    floor = np.minimum([b.reserve for b in problem.batteries] * capacity, problem.stored_wh / 1000)
    each = sparse.eye_array(t)
    before = each - sparse.eye_array(t, k=-1)
    everyone = np.ones((1, n))
    dynamics = [
        -SLOT_HOURS * sparse.kron(sparse.diags_array(gain), each),
        SLOT_HOURS * sparse.kron(sparse.diags_array(1 / worth), each),
        sparse.kron(sparse.eye_array(n), before),
        None,
        None,
    ]
    balance = [-sparse.kron(everyone, each), sparse.kron(everyone, each), None, each, -each]
    matrix = sparse.csc_array(sparse.block_array([dynamics, balance]))
    start = np.zeros((n, t))
    start[:, 0] = problem.stored_wh / 1000
    right = np.concatenate([start.ravel(), meter.net_w / 1000])
    end = np.zeros((n, t))
    end[:, -1] = -objective.stored_eur_per_kwh * worth
    wear = np.full(2 * n * t, SLOT_HOURS * objective.wear_eur_per_kwh / 2)
    unbounded = np.full(2 * t, highspy.kHighsInf)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = matrix.shape[1], matrix.shape[0]
    program.col_cost_ = np.concatenate([wear, end.ravel(), SLOT_HOURS * buy, -SLOT_HOURS * sell])
    program.col_lower_ = np.concatenate([np.zeros(2 * n * t), np.repeat(floor, t), np.zeros(2 * t)])
    program.col_upper_ = np.concatenate([power, power, np.repeat(capacity, t), unbounded])
    program.row_lower_ = program.row_upper_ = right
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    highs.setOptionValue("time_limit", HIGHS_SECONDS)
    begin = time.perf_counter()
    highs.passModel(program)
    highs.run()
    return time.perf_counter() - begin


def measure(batteries: int) -> dict[str, dict[str, float]]:
    """Return the figures of one size, by model. HiGHS goes last, so that its memory does not count."""
    problem = heterogeneous_village(batteries)
    figures: dict[str, dict[str, float]] = {}
    for name, objective in objectives_for(problem).items():
        begin = time.perf_counter()
        schedule = optimise(problem, objective)
        seconds = time.perf_counter() - begin
        memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        bound = solve(merge_alike(problem), objective).bound_eur or -np.inf
        value = value_eur(problem, objective, schedule.power_w, schedule.curtailed_w)
        idle = value_eur(problem, objective, 0 * schedule.power_w, schedule.curtailed_w)
        gap = 100 * (value - bound) / (idle - value)
        figures[name] = {"seconds": seconds, "gap": gap, "memory": memory_mb}
    figures["M2"]["highs"] = seconds_of_highs(problem, objectives_for(problem)["M2"])
    return figures


def main() -> None:
    """Print the table."""
    print("| batteries | model | time | HiGHS, whole M2 | ratio | realised gap | peak memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for batteries in [int(size) for size in sys.argv[1:]] or SIZES:
        command = [sys.executable, __file__, "--measure", str(batteries)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
        figures = json.loads(said.splitlines()[-1])
        for name, row in figures.items():
            highs = row.get("highs")
            rival = "" if highs is None else f"{'>' if highs >= HIGHS_SECONDS else ''} {highs:.2f} s"
            ratio = "" if highs is None else f"{row['seconds'] / highs:.3f}"
            print(
                f"| {batteries:,} | {name} | {row['seconds']:.3f} s | {rival} | {ratio} "
                f"| {row['gap']:.3f} % | {row['memory']:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main()
