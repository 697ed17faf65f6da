# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flexmeasures==1.0.1"]
# ///
"""Let FlexMeasures' device_scheduler solve problems from bench_peer.py.

It runs under a Python of its own (see above), so nothing of Battery Commons can be imported here: a list of
problems comes as JSON on standard input, the list of answers goes as JSON to standard output.
"""

import json
import logging
import os
import statistics
import sys
import time
from typing import Any

import pandas as pd
from flask import Flask
from flexmeasures.data.models.planning.linear_optimization import device_scheduler

REPEATS = 5
LONGEST_S = 20.0
"""No further repeat is begun after so long."""

ENERGY = ["min", "max", "equals"]
FLOW = ["derivative min", "derivative max", "derivative equals"]
LOSSES = ["derivative down efficiency", "derivative up efficiency"]


def solve(problem: dict[str, Any], solver: str) -> dict[str, Any]:
    """Return the plan, its cost and the median time of `solver`, one of the two that FlexMeasures has."""
    app = Flask("peer")
    app.config |= {"FLEXMEASURES_LP_SOLVER": solver, "LOGGING_LEVEL": "INFO"}
    times: list[float] = []
    with app.app_context():
        while len(times) < REPEATS and sum(times) < LONGEST_S:
            begin = time.perf_counter()
            powers, cost, results, _ = device_scheduler(**arguments(problem))
            times.append(time.perf_counter() - begin)
    return {
        "seconds": statistics.median(times),
        "cost_eur": cost,
        "condition": str(results.solver.termination_condition),
        "power_kw": [power.tolist() for power in powers[:-1]],
    }


def arguments(problem: dict[str, Any]) -> dict[str, Any]:
    """Return the problem in FlexMeasures' words: batteries, and one device for what houses use."""
    slot_hours = problem["slot_hours"]
    index = pd.date_range(
        "2025-06-01", periods=len(problem["base_kw"]), freq=pd.Timedelta(hours=slot_hours), tz="UTC"
    )

    def frame(columns: list[str], **values: object) -> pd.DataFrame:
        return pd.DataFrame(index=index, columns=columns, dtype=float).assign(
            **{name.replace("_", " "): value for name, value in values.items()}
        )

    devices = [
        # Its stock counts from what is stored at the start, in kW times slots.
        frame(
            ENERGY + FLOW + LOSSES,
            min=(battery["least_kwh"] - battery["stored_kwh"]) / slot_hours,
            max=(battery["capacity_kwh"] - battery["stored_kwh"]) / slot_hours,
            derivative_min=-battery["power_kw"],
            derivative_max=battery["power_kw"],
            derivative_down_efficiency=battery["discharge_efficiency"],
            derivative_up_efficiency=battery["charge_efficiency"],
        )
        for battery in problem["batteries"]
    ]
    devices.append(frame(ENERGY + FLOW, derivative_equals=problem["base_kw"]))
    limit_kw = problem["limit_kw"]
    return {
        "device_constraints": devices,
        "ems_constraints": frame(FLOW[:2], derivative_min=-limit_kw, derivative_max=limit_kw),
        "commitments": [
            # Nothing is promised to the market, so all import and all feed-in deviate, each at its price.
            frame(
                ["quantity"],
                quantity=0.0,
                downwards_deviation_price=[slot_hours * price for price in problem["export_price"]],
                upwards_deviation_price=[slot_hours * price for price in problem["import_price"]],
                group=range(len(index)),
            )
        ],
    }


def main() -> None:
    """Answer."""
    logging.disable()
    # HiGHS, which is no Python, greets on standard output.
    answer_to = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answers = [
        {solver: solve(problem, solver) for solver in problem["solvers"]} for problem in json.load(sys.stdin)
    ]
    with os.fdopen(answer_to, "w") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    main()
