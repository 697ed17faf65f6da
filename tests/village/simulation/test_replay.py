"""A replay is what physics makes of a plan: nothing in it that the batteries could not do."""

from datetime import UTC, datetime, timedelta
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.domain.time import TimeGrid
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.simulation.demo_day import demo_day
from battery_commons.simulation.replay import Replay, replay
from battery_commons.simulation.village import load_village

MAY = datetime(2016, 5, 25, tzinfo=UTC)
DAY = TimeGrid(MAY, 96)
VILLAGE = load_village()
IDS = [c.battery.id for c in VILLAGE.battery_connections if c.battery]
HALF_FULL = dict.fromkeys(IDS, 5_000.0)
NEARLY_EMPTY = dict.fromkeys(IDS, 1_000.0)

plans = st.lists(st.none() | st.floats(-10_000, 10_000), min_size=8, max_size=8)


def test_without_setpoints_each_battery_serves_its_own_house() -> None:
    outcome = replay(VILLAGE, DAY, {}, HALF_FULL)
    grid_w = outcome.house_w + outcome.power_w
    for house_w, power_w, net_w in zip(outcome.house_w, outcome.power_w, grid_w, strict=True):
        assert np.all(power_w * house_w <= 0)  # it never makes the house's exchange with the grid larger,
        assert np.all(net_w * house_w >= -1e-9)  # and never turns it round


def test_on_a_sunny_day_batteries_left_alone_are_full_before_the_peak_is_over() -> None:
    outcome = replay(VILLAGE, DAY, {}, NEARLY_EMPTY)
    noon = 11 * 4
    assert np.mean(outcome.energy_wh[:, noon] > 9_900) > 0.5


def test_a_setpoint_is_followed_as_far_as_the_battery_can() -> None:
    first = IDS[0]
    outcome = replay(VILLAGE, DAY, {first: [2_000.0] * 96}, HALF_FULL)
    charging = outcome.power_w[0]
    full_after = 5_000 / (2_000 * 0.25 * 0.95)
    assert charging[: int(full_after)] == pytest.approx(2_000)
    assert charging[int(full_after) + 1 :] == pytest.approx(0)
    assert outcome.charged_wh[0] == pytest.approx(5_000 / 0.95)


def test_the_transformers_carry_the_village_and_its_batteries() -> None:
    outcome = replay(VILLAGE, DAY, {}, HALF_FULL)
    first = VILLAGE.slot(MAY)
    for transformer in VILLAGE.transformers:
        behind = [b.transformer_id == transformer.id for b in outcome.batteries]
        expected_w = VILLAGE.transformer_load_w(transformer.id)[first : first + 96]
        expected_w = expected_w + outcome.power_w[behind].sum(axis=0)
        assert outcome.transformer_load_w[transformer.id] == pytest.approx(expected_w)


def test_peaks_are_those_of_the_load() -> None:
    outcome = replay(VILLAGE, DAY, {}, HALF_FULL)
    load_w = outcome.transformer_load_w["t1"]
    assert outcome.peak_import_w("t1") == load_w.max() > 0
    assert outcome.peak_export_w("t1") == -load_w.min() > 0
    assert outcome.peak_w("t1") == max(load_w.max(), -load_w.min())


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(IDS), plans), st.integers(0, 35_000), st.floats(0, 10_000))
def test_whatever_is_asked_energy_is_conserved_and_bounds_hold(
    asked: dict[str, list[float | None]], first: int, stored_wh: float
) -> None:
    grid = TimeGrid(VILLAGE.time_grid.start + first * timedelta(minutes=15), 8)
    outcome = replay(VILLAGE, grid, asked, dict.fromkeys(IDS, stored_wh))
    change_wh = outcome.energy_wh[:, -1] - outcome.energy_wh[:, 0]
    assert change_wh == pytest.approx(
        outcome.charged_wh * 0.95 - outcome.discharged_wh / 0.95, abs=1e-6, rel=1e-9
    )
    assert np.all(outcome.lost_wh >= -1e-6)
    assert np.all((outcome.energy_wh >= 0) & (outcome.energy_wh <= 10_000))
    assert np.all(np.abs(outcome.power_w) <= 5_000)


def test_a_day_in_two_halves_is_the_same_day() -> None:
    whole = replay(VILLAGE, DAY, {}, HALF_FULL)
    morning = replay(VILLAGE, TimeGrid(MAY, 48), {}, HALF_FULL)
    stored = dict(zip(IDS, morning.energy_wh[:, -1].tolist(), strict=True))
    afternoon = replay(VILLAGE, TimeGrid(MAY + timedelta(hours=12), 48), {}, stored)
    assert np.array_equal(whole.power_w, np.hstack([morning.power_w, afternoon.power_w]))


def test_a_year_loses_what_the_efficiencies_take() -> None:
    outcome = replay(VILLAGE, VILLAGE.time_grid, {}, NEARLY_EMPTY)
    assert outcome.lost_wh.sum() / outcome.charged_wh.sum() == pytest.approx(1 - 0.95**2, abs=0.002)


def test_it_does_not_disturb_the_village() -> None:
    before_w = VILLAGE.transformer_load_w("t1")
    replay(VILLAGE, DAY, {}, HALF_FULL)
    assert np.array_equal(VILLAGE.transformer_load_w("t1"), before_w)


def test_a_leak_in_the_physics_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def leak(physical: PhysicalBattery, *_: object) -> float:
        physical.energy_wh -= 0.01
        return 0.0

    monkeypatch.setattr(PhysicalBattery, "step", leak)
    with pytest.raises(RuntimeError, match="energy balance"):
        replay(VILLAGE, DAY, {}, HALF_FULL)


def refused(
    asked: dict[str, list[float | None]], stored_wh: dict[str, float], grid: TimeGrid = DAY
) -> Replay:
    return replay(VILLAGE, grid, asked, stored_wh)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown batteries"):
        refused({"nobody/battery": [None] * 96}, HALF_FULL)
    with pytest.raises(ValueError, match="95 setpoints for 96 slots"):
        refused({IDS[0]: [None] * 95}, HALF_FULL)
    with pytest.raises(ValueError, match="no battery can follow"):
        refused({IDS[0]: [nan] * 96}, HALF_FULL)
    with pytest.raises(ValueError, match="cannot hold"):
        refused({}, HALF_FULL | {IDS[0]: 10_001.0})
    with pytest.raises(KeyError):
        refused({}, {})
    with pytest.raises(IndexError, match="outside"):
        refused({}, HALF_FULL, TimeGrid(VILLAGE.time_grid.end - timedelta(hours=1), 8))


def test_the_demo_day_is_sunny_and_like_the_day_before() -> None:
    assert demo_day(VILLAGE) == MAY
    first = VILLAGE.slot(datetime(2016, 1, 1, tzinfo=UTC))
    feed_in_w = -VILLAGE.transformer_load_w("t1")[first : first + 365 * 96].reshape(365, 96).min(axis=1)
    chosen = (MAY - datetime(2016, 1, 1, tzinfo=UTC)).days
    assert np.sum(feed_in_w > feed_in_w[chosen]) <= 36
    assert feed_in_w[chosen] == pytest.approx(feed_in_w[chosen - 1], rel=0.1)
