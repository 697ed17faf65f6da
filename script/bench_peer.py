"""Time this planner beside FlexMeasures' device_scheduler on the same small problem, in the same run.

Houses with a battery and PV behind one transformer, for the energy bill alone: what both can express. So the
objective is M2's without wear and without a worth of what is left at the end: FlexMeasures could price these
as well, but as further commitments, which would only slow it down. It keeps a battery from charging and
discharging at once with a binary per slot; this planner looks afterwards whether that came out.

FlexMeasures runs under a Python of its own, which uv provides; where that cannot be, it is skipped.

    script/bench peer [houses ...]
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from battery_commons.control.m2 import objective_m2
from battery_commons.control.objective import Objective
from battery_commons.control.optimise import optimise
from battery_commons.control.problem import BillingMeter, ControlProblem, Floats
from battery_commons.control.schedule import Schedule
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import SLOT_HOURS, SLOTS_PER_DAY, TimeGrid

SIZES = (9, 20)
SEED = 20250601
REPEATS = 5
LIMIT_SHARE = 0.85
"""The transformer's limit as a share of the highest load without batteries: they have to keep it."""
SOLVERS = {"highspy": "directly on HiGHS, its default", "appsi_highs": "through Pyomo"}
"""FlexMeasures' own names of the ways in which it can solve."""
AGREED = 0.01
"""How far the costs may differ, as a share of what the batteries save: the bill itself may be about zero."""
READY_WITHIN_S = 600.0
"""Time to get FlexMeasures and 160 packages that it needs, the first time."""
ANSWER_WITHIN_S = 900.0

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "script" / "bench_peer_flexmeasures.py"


class NoPeerError(Exception):
    """FlexMeasures cannot run here."""


def village(houses: int) -> ControlProblem:
    """Return a sunny day of houses that all have the same battery, filled differently."""
    rng = np.random.default_rng(SEED)
    hour = np.arange(SLOTS_PER_DAY) / 4
    noon, evening = rng.uniform(11, 14, (houses, 1)), rng.uniform(17, 21, (houses, 1))
    sun = rng.uniform(2, 5, (houses, 1)) * np.exp(-(((hour - noon) / 3) ** 2))
    peak = rng.uniform(1, 4, (houses, 1)) * np.exp(-(((hour - evening) / 2) ** 2))
    base_w = 1000 * (0.3 - sun + peak).sum(axis=0)
    day_ahead = 0.09 + 0.06 * np.sin((hour - 3) / 24 * 4 * np.pi) + 0.01 * rng.normal(size=SLOTS_PER_DAY)
    return ControlProblem(
        grid=TimeGrid(datetime(2025, 6, 1, tzinfo=UTC), SLOTS_PER_DAY),
        batteries=[Battery(f"home-{n}/b", "t0", 10_000, 5_000, 5_000) for n in range(houses)],
        stored_wh=rng.uniform(2_000, 8_000, houses),
        transformers=[Transformer("t0", "Brink", LIMIT_SHARE * np.abs(base_w).max())],
        base_load_w=base_w[np.newaxis],
        meters=[BillingMeter(base_w, 1.21 * (day_ahead + 0.02) + 0.123, np.maximum(day_ahead - 0.01, 0.0))],
    )


def bill_alone(problem: ControlProblem) -> Objective:
    """Return M2 without what the peer is not asked for."""
    return replace(objective_m2(problem), wear_eur_per_kwh=0.0, stored_eur_per_kwh=0.0)


def bill_eur(problem: ControlProblem, power_w: Floats) -> float:
    """Return what the day costs with the batteries at these powers (N, T)."""
    meter = problem.meters[0]
    net_kwh = SLOT_HOURS * (meter.net_w + power_w.sum(axis=0)) / 1000
    price = np.where(net_kwh > 0, meter.import_price, meter.export_price)
    return float(net_kwh @ price)


def keeps_limit(problem: ControlProblem, power_w: Floats) -> bool:
    """Return whether the transformer stays within its limit, give or take a watt."""
    load_w = problem.base_load_w[0] + power_w.sum(axis=0)
    return bool(np.abs(load_w).max() <= problem.transformers[0].limit_w + 1.0)


def timed(problem: ControlProblem) -> tuple[Schedule, float]:
    """Return our schedule and the median time that it takes, the building of the objective included."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        schedule = optimise(problem, bill_alone(problem))
        times.append(time.perf_counter() - begin)
    return schedule, statistics.median(times)


def as_plain(problem: ControlProblem) -> dict[str, Any]:
    """Return the problem as the peer reads it."""
    meter = problem.meters[0]
    return {
        "solvers": list(SOLVERS),
        "slot_hours": SLOT_HOURS,
        "base_kw": (problem.base_load_w[0] / 1000).tolist(),
        "limit_kw": problem.transformers[0].limit_w / 1000,
        "import_price": meter.import_price.tolist(),
        "export_price": meter.export_price.tolist(),
        "batteries": [
            {
                "capacity_kwh": battery.capacity_wh / 1000,
                "least_kwh": min(battery.reserve * battery.capacity_wh, stored_wh) / 1000,
                "stored_kwh": stored_wh / 1000,
                "power_kw": battery.max_charge_w / 1000,
                "charge_efficiency": battery.charge_efficiency,
                "discharge_efficiency": battery.discharge_efficiency,
            }
            for battery, stored_wh in zip(problem.batteries, problem.stored_wh.tolist(), strict=True)
        ],
    }


def ask_peer(problems: list[ControlProblem]) -> list[dict[str, dict[str, Any]]]:
    """Return what the peer makes of each problem, by solver. Raises NoPeerError where it cannot run here."""
    uv = shutil.which("uv") or shutil.which("uv", path=ROOT / ".cache" / "uv" / "bin")
    if uv is None:
        raise NoPeerError("uv is not here (script/setup gets it)")
    try:
        subprocess.run(  # noqa: S603
            [uv, "sync", "--quiet", "--script", PEER],
            check=True,
            capture_output=True,
            text=True,
            timeout=READY_WITHIN_S,
        )
    except subprocess.CalledProcessError as error:
        said = [line.strip() for line in error.stderr.splitlines() if line.strip()]
        raise NoPeerError("; ".join(said[:3]) or "uv said nothing") from error
    except subprocess.TimeoutExpired as error:
        raise NoPeerError(f"it was not here within {READY_WITHIN_S:.0f} s") from error
    run = subprocess.run(  # noqa: S603
        [uv, "run", "--quiet", "--script", PEER],
        input=json.dumps([as_plain(problem) for problem in problems]),
        check=False,
        capture_output=True,
        text=True,
        timeout=ANSWER_WITHIN_S,
    )
    if run.returncode:
        sys.exit(f"FlexMeasures failed:\n{run.stderr}")
    answers: list[dict[str, dict[str, Any]]] = json.loads(run.stdout)
    return answers


def main() -> None:
    """Print the table; exit with 1 where the peer fails or finds another cost for the same problem."""
    problems = [village(int(size)) for size in sys.argv[1:] or SIZES]
    try:
        answers = ask_peer(problems)
    except NoPeerError as reason:
        print(f"FlexMeasures is skipped: {reason}\n")
        answers = [{} for _ in problems]
    print("| houses | ours | FlexMeasures | solved | ratio | cost ours / theirs | without batteries |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    disagreed = False
    for problem, theirs in zip(problems, answers, strict=True):
        schedule, seconds = timed(problem)
        cost, idle = bill_eur(problem, schedule.power_w), bill_eur(problem, 0 * schedule.power_w)
        first = f"| {len(problem.batteries)} | {1000 * seconds:.0f} ms |"
        if not theirs:
            print(f"{first} - | - | - | EUR {cost:.2f} / - | EUR {idle:.2f} |")
        for solver, answer in theirs.items():
            power_w = 1000 * np.array(answer["power_kw"])
            their_cost = bill_eur(problem, power_w)
            disagreed |= abs(cost - their_cost) > AGREED * (idle - cost)
            disagreed |= not (keeps_limit(problem, schedule.power_w) and keeps_limit(problem, power_w))
            ratio = seconds / answer["seconds"]
            print(
                f"{first} {1000 * answer['seconds']:.0f} ms | {SOLVERS[solver]} | {ratio:.3f} "
                f"| EUR {cost:.4f} / {their_cost:.4f} | EUR {idle:.2f} |"
            )
    if disagreed:
        sys.exit(
            f"The costs differ by more than {AGREED:.0%} of what the batteries save, or a limit is broken."
        )


if __name__ == "__main__":
    main()
