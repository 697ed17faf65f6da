"""How forecasts are scored."""

import json
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from battery_commons.domain.time import TimeGrid
from battery_commons.forecast.load import LoadForecast, Method
from battery_commons.forecast.scores import ScoreKeeper
from tests.village.forecast.series import at, known

SLOTS = 144


def flat(load_w: float, half_band_w: float = 0.0) -> LoadForecast:
    level = np.full(SLOTS, load_w)
    return LoadForecast(level, level - half_band_w, level + half_band_w, timedelta(0), Method.BOOSTING)


def issued(slot: int, load_w: float = 100.0) -> ScoreKeeper:
    keeper = ScoreKeeper()
    keeper.issue(flat(load_w, 10.0), flat(load_w + 40.0), TimeGrid(at(slot), SLOTS))
    return keeper


def measured(keeper: ScoreKeeper, values_w: NDArray[np.float64], slot: int) -> None:
    keeper.measure(known(values_w), at(slot))


def test_a_forecast_is_scored_by_how_far_ahead_it_was() -> None:
    keeper = issued(0)
    load_w = np.concatenate([np.full(4, 105.0), np.full(20, 120.0), np.full(72, 100.0), np.full(48, 60.0)])
    measured(keeper, load_w, SLOTS)

    assert [score.count for score in keeper.scores.values()] == [4, 20, 72, 48]
    assert [score.mae_w for score in keeper.scores.values()] == [5, 20, 0, 40]
    assert [score.coverage for score in keeper.scores.values()] == [1, 0, 1, 0]
    assert keeper.scores["1-6 h"].skill == 0
    assert keeper.scores["6-24 h"].skill == 1
    assert keeper.scores["0-1 h"].relative_mae == pytest.approx(5 / 105)
    # 10 above the upper end of the band costs nine tenths of it, 30 above the lower end one tenth.
    assert keeper.scores["1-6 h"].pinball_w == pytest.approx((3, 10, 9))


def test_only_what_has_been_measured_is_scored() -> None:
    keeper = issued(0)

    measured(keeper, np.full(SLOTS, 100.0), 3)

    assert keeper.scores["0-1 h"].count == 3
    assert np.isnan(keeper.scores["24-36 h"].mae_w)


def test_a_slot_is_scored_once_for_each_issue() -> None:
    keeper = issued(0)
    load_w = np.full(SLOTS, 100.0)
    for slot in (2, 2, 4):
        measured(keeper, load_w, slot)
    keeper.issue(flat(999.0), flat(0.0), TimeGrid(at(0), SLOTS))
    measured(keeper, load_w, 4)

    assert keeper.scores["0-1 h"].count == 4
    assert keeper.scores["0-1 h"].mae_w == 0

    keeper.issue(flat(101.0), flat(0.0), TimeGrid(at(4), SLOTS))
    measured(keeper, load_w, 8)

    assert keeper.scores["0-1 h"].count == 8
    assert keeper.scores["1-6 h"].count == 4


def test_a_measurement_that_never_comes_is_not_waited_for() -> None:
    keeper = issued(0)
    load_w = np.full(SLOTS + 20 * 96, 100.0)
    load_w[7] = np.nan
    measured(keeper, load_w, SLOTS)
    assert keeper._pending

    measured(keeper, load_w, SLOTS + 15 * 96)

    assert not keeper._pending
    assert sum(score.count for score in keeper.scores.values()) == SLOTS - 1


@given(steps=st.lists(st.integers(1, 60), min_size=1, max_size=8), gaps=st.sets(st.integers(0, 300)))
def test_scores_do_not_depend_on_when_they_are_made_or_kept(steps: list[int], gaps: set[int]) -> None:
    load_w = np.linspace(0, 699, 700)
    load_w[list(gaps)] = np.nan
    often, once = ScoreKeeper(), ScoreKeeper()
    slot = 0
    for step in steps:
        for keeper in (often, once):
            keeper.issue(flat(150.0, 99.0), flat(0.0), TimeGrid(at(slot), SLOTS))
        slot += step
        measured(often, load_w, slot)
        often = ScoreKeeper.from_dict(json.loads(json.dumps(often.as_dict())))
    for keeper in (often, once):
        measured(keeper, load_w, 700)

    for name, score in once.scores.items():
        assert often.scores[name].count == score.count
        assert often.scores[name].inside == score.inside
        assert often.scores[name].error_w == pytest.approx(score.error_w)
