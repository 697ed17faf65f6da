"""The Shapley value of what homes take off a peak: exact for few, within its stated error for many."""

import tracemalloc
from itertools import permutations

import numpy as np
import pytest

from battery_commons.account.fairness import peak_audits
from battery_commons.account.settle import Opening, settle
from battery_commons.account.shapley import MOST_EXACT, sampled, shapley
from tests.village.account.made import made_month


def case(homes: int, seed: int, slots: int = 2_688) -> tuple[np.ndarray, np.ndarray]:
    """A month in which batteries of all sizes mostly work against the load, and at times with it."""
    random = np.random.default_rng(seed)
    hours = np.arange(slots) / 4
    load = 60_000 * np.sin(hours * np.pi / 12) + random.normal(0, 8_000, slots)
    size = random.uniform(300, 3_000, homes)[:, np.newaxis]
    return load, -np.sign(load) * size * random.uniform(-0.3, 1.0, (homes, slots))


def peak(load: np.ndarray) -> float:
    return float(np.abs(load).max())


def test_the_value_is_the_mean_over_all_orders_of_joining() -> None:
    load, difference = case(4, seed=1, slots=96)
    expected = np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        together = load.copy()
        for home in order:
            expected[home] += (peak(together) - peak(together + difference[home])) / len(orders)
            together += difference[home]
    assert shapley(load, difference).value_w == pytest.approx(expected)


@pytest.mark.parametrize("homes", [1, 9, 40])
def test_values_sum_to_what_all_take_off_together(homes: int) -> None:
    load, difference = case(homes, seed=homes)
    values = shapley(load, difference).value_w
    assert values.sum() == pytest.approx(peak(load) - peak(load + difference.sum(axis=0)))


def test_for_nine_homes_the_estimate_is_the_exact_value_within_its_stated_error() -> None:
    inside = []
    for seed in range(20):
        load, difference = case(9, seed)
        exact = shapley(load, difference)
        assert exact.orders == 0
        estimate = sampled(load, difference, pairs=400, seed=seed)
        assert estimate.orders == 800
        off = np.abs(estimate.value_w - exact.value_w)
        assert (off <= 5 * estimate.standard_error_w + 1e-9).all()
        assert estimate.within_w.max() < 0.1 * exact.value_w.sum()
        inside += (off <= estimate.within_w + 1e-9).tolist()
    assert np.mean(inside) > 0.9  # of 180; 95 % is what is stated


def test_the_same_seed_gives_the_same_estimate() -> None:
    load, difference = case(20, seed=2)
    first, second = shapley(load, difference, pairs=5), shapley(load, difference, pairs=5)
    assert np.array_equal(first.value_w, second.value_w)
    assert not np.array_equal(first.value_w, shapley(load, difference, pairs=5, seed=1).value_w)


def test_all_coalitions_of_a_flat_month_are_counted_in_little_memory() -> None:
    """A coordinator has a few hundred MB; nothing can be left out where no quarter hour stands out."""
    _, difference = case(MOST_EXACT, seed=4, slots=2_976)
    tracemalloc.start()
    shapley(np.full(2_976, 50_000.0), difference)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30_000_000


def test_homes_that_did_the_same_have_the_same_value_and_one_that_did_nothing_has_none() -> None:
    load, difference = case(3, seed=3)
    values = shapley(load, np.stack([difference[0], difference[0], 0 * load])).value_w
    assert values[0] == pytest.approx(values[1])
    assert values[2] == pytest.approx(0)


@pytest.mark.parametrize("homes", [0, 6, 21])
def test_a_month_s_peaks_are_explained_home_by_home(homes: int) -> None:
    basis = made_month(2, homes)
    settlement = settle(basis, Opening())
    transformer, feeder = peak_audits(basis, settlement)
    assert (transformer.grid_id, feeder.grid_id) == ("t1", "feeder")
    for peak_audit in (transformer, feeder):
        lower_w = peak_audit.alone_peak_w - peak_audit.peak_w
        assert sum(value.watts for value in peak_audit.values.values()) == pytest.approx(lower_w)
    with_battery = {home.account for home in basis.homes if home.batteries}
    assert set(transformer.values) == with_battery
    assert (transformer.orders > 0) == (len(with_battery) > 12)
