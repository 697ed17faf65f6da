"""What a plan promises for the rest of today, and what today has done to the promise already."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.control.bands import Extremes, Promise, promise
from battery_commons.control.guard import Band
from battery_commons.control.problem import ControlProblem, FeederOutlook
from battery_commons.domain.grid import Feeder
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOT, TimeGrid

from .conftest import make_problem

M2, M3, M4, M5, M6, LAYERED = list(ControlModel)[1:]
STEERED = (M2, M3, M4, M5, M6, LAYERED)
LEVELS = (M3, M4, M6, LAYERED)
LIMIT_W = 250_000.0
BACKGROUND_W = 300_000.0
TODAY = 88
"""Slots of the first local day: the problem starts at 00:00 UTC, which is 02:00 in the Netherlands."""


def outlook(problem: ControlProblem, spread_w: float | None = None) -> ControlProblem:
    """Return `problem` under a feeder with a steady load of others."""
    slots = problem.grid.slots
    spread = None if spread_w is None else np.full(slots, spread_w)
    feeder = FeederOutlook(Feeder("f", "Feeder", inf), np.full(slots, BACKGROUND_W), spread)
    return replace(problem, feeder=feeder)


def steady(load_kw: float = 50.0, *, slots: int = 96) -> ControlProblem:
    """Return a problem of a load that hardly changes: from `load_kw` up to 95 W more."""
    return outlook(make_problem(batteries=2, base_load_kw=load_kw + np.arange(slots) / 1000))


def standing_still(problem: ControlProblem) -> np.ndarray:
    return np.zeros((len(problem.batteries), problem.grid.slots))


def promised(
    model: ControlModel,
    problem: ControlProblem | None = None,
    *,
    lowest_w: float = inf,
    highest_w: float = -inf,
    feeder_peak_w: float = 0.0,
) -> Promise:
    problem = problem or steady()
    so_far = Extremes(np.array([lowest_w]), np.array([highest_w]), feeder_peak_w)
    return promise(problem, model, standing_still(problem), so_far)


def edges(promise: Promise) -> tuple[float, float]:
    return float(promise.transformers.lowest_w[0]), float(promise.transformers.highest_w[0])


@pytest.mark.parametrize("model", LEVELS)
def test_a_model_that_levels_promises_what_it_plans_for_the_rest_of_today(model: ControlModel) -> None:
    lowest_w, highest_w = edges(promised(model))

    assert lowest_w == pytest.approx(50_000)
    assert highest_w == pytest.approx(50_000 + TODAY - 1)  # tomorrow's higher load is no licence for today


@pytest.mark.parametrize("model", [M2, M5])
def test_a_model_that_does_not_level_promises_the_limit_alone(model: ControlModel) -> None:
    assert edges(promised(model)) == (-LIMIT_W, LIMIT_W)


def test_the_batteries_are_part_of_what_is_promised() -> None:
    problem = steady()
    power_w = standing_still(problem)
    power_w[:, 10], power_w[:, 20] = 4_000, -3_000

    band = promise(problem, M4, power_w, Extremes.of_a_new_day(1)).transformers

    assert band.highest_w[0] == pytest.approx(50_010 + 8_000)
    assert band.lowest_w[0] == pytest.approx(50_020 - 6_000)


@pytest.mark.parametrize("model", LEVELS)
def test_what_has_been_reached_today_widens_the_band(model: ControlModel) -> None:
    assert edges(promised(model, lowest_w=-80_000, highest_w=120_000)) == (-80_000, 120_000)


@pytest.mark.parametrize("model", LEVELS)
def test_what_has_been_reached_within_the_plan_changes_nothing(model: ControlModel) -> None:
    assert edges(promised(model, lowest_w=50_040, highest_w=50_050)) == edges(promised(model))


@pytest.mark.parametrize("model", STEERED)
def test_the_transformers_limit_narrows_the_band(model: ControlModel) -> None:
    problem = steady(300)
    assert edges(promised(model, problem, lowest_w=-260_000, highest_w=400_000)) == (-LIMIT_W, LIMIT_W)


@given(
    load_kw=st.floats(-400, 400),
    lowest_w=st.floats(-4e5, 4e5) | st.just(inf),
    highest_w=st.floats(-4e5, 4e5) | st.just(-inf),
    model=st.sampled_from(STEERED),
)
def test_a_band_is_within_the_limit_and_never_turned_round(
    load_kw: float, lowest_w: float, highest_w: float, model: ControlModel
) -> None:
    """Also where all that is planned, or has been, is beyond the limit on one side."""
    low_w, high_w = edges(promised(model, steady(load_kw), lowest_w=lowest_w, highest_w=highest_w))

    assert -LIMIT_W <= low_w <= high_w <= LIMIT_W


def test_on_the_last_quarter_hour_of_a_day_only_that_one_counts() -> None:
    problem = steady()
    late = replace(problem, grid=TimeGrid(problem.grid.start + (TODAY - 1) * SLOT, 96))

    assert edges(promised(M4, late)) == (50_000, 50_000)


@pytest.mark.parametrize("model", [M2, M3, M4, M6])
def test_a_local_model_promises_nothing_of_the_feeder(model: ControlModel) -> None:
    promise = promised(model, feeder_peak_w=1e6)

    assert promise.feeder_peak_w is None
    assert promise.feeder_may_reach_w is None


@pytest.mark.parametrize("model", [M5, LAYERED])
def test_the_service_promises_the_feeders_highest_load_of_today(model: ControlModel) -> None:
    assert promised(model).feeder_peak_w == pytest.approx(BACKGROUND_W + 50_000 + TODAY - 1)


@pytest.mark.parametrize("model", [M5, LAYERED])
def test_a_feed_in_of_the_feeder_is_a_peak_too(model: ControlModel) -> None:
    assert promised(model, steady(-800)).feeder_peak_w == pytest.approx(800_000 - BACKGROUND_W)


@pytest.mark.parametrize("model", [M5, LAYERED])
def test_a_feeder_peak_that_has_been_reached_today_is_not_held_below(model: ControlModel) -> None:
    assert promised(model, feeder_peak_w=900_000).feeder_peak_w == 900_000


def test_only_where_the_feeder_is_the_motive_energy_is_kept_for_it() -> None:
    assert promised(LAYERED).feeder_may_reach_w is None
    assert promised(M5).feeder_may_reach_w == pytest.approx(BACKGROUND_W + 50_000 + TODAY - 1)


def test_what_the_feeder_may_reach_counts_with_a_forecast_that_errs() -> None:
    unsure = outlook(make_problem(base_load_kw=np.full(96, 50.0)), spread_w=40_000)

    assert promised(M5, unsure).feeder_may_reach_w == pytest.approx(BACKGROUND_W + 90_000)


def test_without_a_feeder_nothing_is_promised_of_it() -> None:
    assert promised(M2, replace(steady(), feeder=None)).feeder_peak_w is None


BAND = Band(np.array([-1.0]), np.array([1.0]))


@pytest.mark.parametrize(
    ("may_reach_w", "reached_w", "kept_w"),
    [(700_000, 600_000, 600_000), (600_000, 700_000, None), (700_000, 700_000, None), (None, 600_000, None)],
    ids=["more may come", "the worst is over", "just reached", "the feeder is not the motive"],
)
def test_relief_is_kept_below_todays_peak_while_a_higher_load_may_come(
    may_reach_w: float | None, reached_w: float, kept_w: float | None
) -> None:
    so_far = Extremes(np.zeros(1), np.zeros(1), feeder_peak_w=reached_w)

    assert Promise(BAND, 650_000, may_reach_w).kept_below_w(so_far) == kept_w


def test_a_day_goes_on_from_how_it_has_been() -> None:
    so_far = Extremes.of_a_new_day(2)
    for load_w, feeder_w in (([10.0, -5.0], 300.0), ([4.0, 20.0], -400.0), ([5.0, 5.0], None)):
        so_far = so_far.after(np.array(load_w), feeder_w)

    assert so_far.lowest_w.tolist() == [4, -5]
    assert so_far.highest_w.tolist() == [10, 20]
    assert so_far.feeder_peak_w == 400
