"""Time M4's program against HiGHS on a plain energy-cost linear program of the same size.

HiGHS gets the easier problem (no congestion price, so no quadratic term): it is the reference, not a rival.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import highspy
import numpy as np

from battery_commons.control.m4 import objective_m4
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import BillingMeter, ControlProblem
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import SLOT_HOURS, SLOTS_PER_DAY, TimeGrid

SIZES = (10, 30, 100)
REPEATS = 5


def problem_of(batteries: int) -> ControlProblem:
    """Return a sunny day for `batteries` behind two transformers."""
    hour = np.arange(SLOTS_PER_DAY) / 4
    base_w = 1000 * (40 - 200 * np.exp(-(((hour - 12) / 3) ** 2)) + 60 * np.exp(-(((hour - 19) / 2) ** 2)))
    price = 0.25 + 0.1 * np.sin(hour / 24 * 4 * np.pi)
    return ControlProblem(
        grid=TimeGrid(datetime(2025, 6, 1, tzinfo=UTC), SLOTS_PER_DAY),
        batteries=[Battery(f"home-{n}/b", f"t{n % 2}", 10_000, 5_000, 5_000) for n in range(batteries)],
        stored_wh=np.full(batteries, 5_000.0),
        transformers=[Transformer("t0", "Brink", 250_000), Transformer("t1", "Es", 400_000)],
        base_load_w=np.array([base_w, base_w / 2]),
        meters=[BillingMeter(1.5 * base_w, price, price - 0.15)],
    )


def least_cost_by_highs(problem: ControlProblem) -> None:
    """Solve the same batteries for energy cost alone, as one sparse linear program."""
    n, t = len(problem.batteries), problem.grid.slots
    highs = highspy.Highs()
    highs.silent()
    charge, discharge, energy = (
        highs.addVariables(n, t, lb=low, ub=high) for low, high in ((0, 5), (0, 5), (1, 10))
    )
    for i in range(n):
        for k in range(t):
            before = energy[i, k - 1] if k else problem.stored_wh[i] / 1000
            gained = SLOT_HOURS * (0.95 * charge[i, k] - discharge[i, k] / 0.95)
            highs.addConstr(energy[i, k] == before + gained)
    prices = problem.meters[0].import_price
    highs.minimize(
        highs.qsum(
            float(SLOT_HOURS * prices[k]) * (charge[i, k] - discharge[i, k])
            for i in range(n)
            for k in range(t)
        )
    )


def median_seconds(work: Callable[[], object]) -> float:
    """Return the median time of a few runs."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    """Print the table of docs/benchmarks.md."""
    print("| batteries | M4 | HiGHS, energy cost only | ratio |")
    print("| --- | --- | --- | --- |")
    for batteries in SIZES:
        problem = problem_of(batteries)
        ours = median_seconds(lambda problem=problem: optimise(problem, objective_m4(problem)))
        reference = median_seconds(lambda problem=problem: least_cost_by_highs(problem))
        print(f"| {batteries} | {1000 * ours:.0f} ms | {1000 * reference:.0f} ms | {ours / reference:.2f} |")


if __name__ == "__main__":
    main()
