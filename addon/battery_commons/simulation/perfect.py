"""Perfect foresight: what a model could do at best, if everything to come were known.

The period is planned a week at a time, with a look beyond the week's end so that no week dumps its energy on
the next, and replayed through the physical batteries.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np

from battery_commons.control.flash_mob import choose_windows
from battery_commons.control.models import OBJECTIVES
from battery_commons.control.optimise import optimise
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid
from battery_commons.simulation.chosen import AS_USUAL, Chosen
from battery_commons.simulation.outcome import Mode, Outcome, outcome_of
from battery_commons.simulation.problems import half_full, problem_with_foresight
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.replay import drive
from battery_commons.simulation.residents import mean_use_w, respond

WEEK = timedelta(days=7)
LOOK_BEYOND_SLOTS = 144
"""A day and a half: what a battery of a few hours can still make use of."""


def with_foresight(
    village: RecordedVillage,
    tariff: Tariff,
    model: ControlModel,
    progress: Callable[[float], None],
    *,
    chosen: Chosen = AS_USUAL,
) -> Outcome:
    """Return how the village goes through its record under `model` if it knows what comes.

    `progress` is told the share that is done, from 0 to 1. Raises SolverError.
    """
    response_w = _responses(village, tariff, model)
    lived = replace(chosen.planned_for(village), base_load_w=village.base_load_w + response_w)
    stored_wh = half_full(village)
    setpoints_w = np.full((len(village.batteries), village.grid.slots), np.nan)
    if model in OBJECTIVES:
        setpoints_w = _plan(lived, tariff, model, chosen.congestion_weight, progress)
    power_w, energy_wh = drive(village.batteries, setpoints_w, village.house_w, stored_wh.tolist())
    progress(1.0)
    return outcome_of(
        village, model, Mode.PERFECT, power_w=power_w, energy_wh=energy_wh, response_w=response_w
    )


def _plan(
    village: RecordedVillage,
    tariff: Tariff,
    model: ControlModel,
    congestion_weight: float,
    progress: Callable[[float], None],
) -> Floats:
    stored_wh = half_full(village)
    setpoints_w = np.empty((len(village.batteries), village.grid.slots))
    for first, end in _weeks(village.grid):
        slots = min(end + LOOK_BEYOND_SLOTS, village.grid.slots) - first
        known = problem_with_foresight(village, tariff, stored_wh, first, slots)
        problem = replace(known, congestion_weight=congestion_weight)
        planned_w = optimise(problem, OBJECTIVES[model](problem)).power_w[:, : end - first]
        setpoints_w[:, first:end] = planned_w
        _, energy_wh = drive(village.batteries, planned_w, village.house_w[:, first:end], stored_wh.tolist())
        stored_wh = energy_wh[:, -1]
        progress(end / village.grid.slots)
    return setpoints_w


def _weeks(grid: TimeGrid) -> list[tuple[int, int]]:
    """Return the slots [first, end) of each week.

    Weeks meet at local midnights, where daily peaks begin anew.
    """
    edges = [0]
    local = grid.start.astimezone(MARKET_ZONE).replace(hour=0, minute=0)
    while edges[-1] < grid.slots:
        local += WEEK  # wall time: a week may be an hour longer or shorter
        edges.append(min((local - grid.start) // SLOT, grid.slots))
    return list(pairwise(edges))


def _responses(village: RecordedVillage, tariff: Tariff, model: ControlModel) -> Floats:
    """Return (K, T) what residents do about the windows that M6 chooses with foresight; else zero."""
    response_w = np.zeros_like(village.base_load_w)
    if model == ControlModel.M6:
        whole = problem_with_foresight(village, tariff, half_full(village), 0, village.grid.slots)
        use_w = mean_use_w(village)
        for window in choose_windows(whole):
            response_w += respond(village, window, use_w)
    return response_w
