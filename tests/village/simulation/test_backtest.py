"""A village under several models: one process or many, the same result; a failure ends it in words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import inf
from time import monotonic

import numpy as np
import pytest

from battery_commons.control.schedule import SolverError
from battery_commons.domain.grid import Feeder
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.simulation.backtest import BacktestRequest, run_backtest
from battery_commons.simulation.outcome import Backtest, Mode
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.rolling import Knowledge

from .lived import LAYERED, M1, M2, M3, M4, M5, M6, lived, summer, without_feeder

type Shares = dict[ControlModel, float]


def request(
    models: Sequence[ControlModel], mode: Mode = Mode.PERFECT, village: RecordedVillage | None = None
) -> BacktestRequest:
    return BacktestRequest(village or summer(1), AFTER_NET_METERING, models, mode)


def run(asked: BacktestRequest, workers: int = 1) -> tuple[Backtest, list[Shares]]:
    """Return the backtest and what was told of its progress."""
    told: list[Shares] = []
    return run_backtest(asked, lambda done: told.append(dict(done)), workers), told


def check_same(one: Backtest, other: Backtest) -> None:
    for left, right in zip(one.outcomes, other.outcomes, strict=True):
        assert (left.model, left.mode) == (right.model, right.mode)
        for name in ("power_w", "energy_wh", "response_w", "transformer_load_w", "feeder_load_w"):
            np.testing.assert_array_equal(getattr(left, name), getattr(right, name), name)


@pytest.mark.parametrize(
    ("asked", "run_as"),
    [
        ([], [M1]),
        ([M4, M2], [M1, M4, M2]),
        ([M4, M1, M2], [M1, M4, M2]),
        ([M4, M4, M1, M1, M4], [M1, M4]),
    ],
)
def test_m1_comes_first_and_every_model_once(asked: list[ControlModel], run_as: list[ControlModel]) -> None:
    assert request(asked).all_models == run_as
    assert [outcome.model for outcome in run(request(asked))[0].outcomes] == run_as


@pytest.mark.parametrize("mode", Mode)
def test_each_model_goes_through_the_same_village_in_its_own_way(mode: Mode) -> None:
    result, _ = run(request([M3], mode, summer()))

    check_same(result, replace(result, outcomes=[lived(mode, model) for model in (M1, M3)]))


def test_what_everything_cost_is_told_with_it() -> None:
    result, _ = run(request([]))

    assert result.tariff_name == AFTER_NET_METERING.name
    np.testing.assert_array_equal(
        result.import_price, AFTER_NET_METERING.import_price(result.village.day_ahead)
    )
    np.testing.assert_array_equal(
        result.export_price, AFTER_NET_METERING.export_price(result.village.day_ahead)
    )


@pytest.mark.parametrize(("mode", "days"), [(Mode.ROLLING, 7), (Mode.PERFECT, 0)])
def test_the_age_of_data_is_told_where_it_mattered(mode: Mode, days: int) -> None:
    week_old = replace(request([], mode), knowledge=Knowledge(data_age=timedelta(days=7)))

    assert run(week_old)[0].data_age_days == days


@pytest.mark.parametrize(("lost", "models"), [([M5], [M4, M5]), ([LAYERED, M5], list(ControlModel))])
def test_a_village_without_a_feeder_refuses_the_regional_models_in_words(
    lost: list[ControlModel], models: list[ControlModel]
) -> None:
    names = ", ".join(lost).replace("+", r"\+")

    with pytest.raises(
        ValueError, match=f"^{names} needs the load of the feeder, which this village has not"
    ):
        request(models, village=without_feeder(summer(1)))


@pytest.mark.parametrize("mode", Mode)
def test_a_village_without_a_feeder_runs_the_local_models(mode: Mode) -> None:
    result, _ = run(request([M2, M3, M4, M6], mode, without_feeder(summer(1))))

    assert [outcome.feeder_load_w for outcome in result.outcomes] == [None] * 5


@pytest.mark.parametrize("mode", Mode)
def test_progress_goes_from_nothing_to_all_model_by_model(mode: Mode) -> None:
    _, told = run(request([M2, M4], mode))

    assert set(told[-1].values()) == {1.0}
    for model in (M1, M2, M4):
        shares = [done[model] for done in told]
        assert shares == sorted(shares)
        assert shares[-1] == 1
    assert [done[M4] for done in told if done[M2] < 1] == [0.0] * sum(done[M2] < 1 for done in told)


def test_many_processes_and_one_give_bit_for_bit_the_same() -> None:
    asked = request([M6, LAYERED], Mode.ROLLING, summer(2))

    (alone, _), (together, told) = run(asked, workers=1), run(asked, workers=2)

    check_same(together, alone)
    assert set(told[-1]) == {M1, M6, LAYERED}
    assert set(told[-1].values()) == {1.0}
    for model in told[-1]:
        shares = [done[model] for done in told]
        assert shares == sorted(shares)
        assert 0 <= shares[0] <= 1


@pytest.mark.parametrize(
    ("mode", "solver"),
    [
        (Mode.ROLLING, "battery_commons.tick.planner.make_plan"),
        (Mode.PERFECT, "battery_commons.simulation.perfect.optimise"),
    ],
)
def test_a_model_that_finds_no_plan_ends_the_backtest_with_its_error(
    monkeypatch: pytest.MonkeyPatch, mode: Mode, solver: str
) -> None:
    def give_up(*_: object) -> None:
        raise SolverError("primal infeasible")

    monkeypatch.setattr(solver, give_up)

    with pytest.raises(SolverError, match="primal infeasible"):
        run(request([M4], mode))


def test_a_model_that_fails_in_its_process_ends_the_others_at_once() -> None:
    """M5 finds that nothing is known of its feeder, while M4 has most of a year to go."""
    began = monotonic()
    run(request([M4], Mode.ROLLING, without_feeder(summer(2))))
    half_of_m4_s = 50 * (monotonic() - began)
    unknown = replace(summer(200), feeder=Feeder("feeder", "Feeder", inf), feeder_background_w=None)

    began = monotonic()
    with pytest.raises(ValueError, match="feeder"):
        run(request([M4, M5], Mode.ROLLING, unknown), workers=2)

    assert monotonic() - began < half_of_m4_s
