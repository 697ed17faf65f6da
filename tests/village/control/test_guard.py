"""The guard: brings a measured load back into its band, fairly, and never beyond what a home allows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.control.guard import Band, FeederWatch, GuardTask, guard


def task(
    *,
    planned_w: list[float],
    base_w: list[float],
    band_w: float = 100_000.0,
    least_w: float = -5_000.0,
    most_w: float = 5_000.0,
    transformer_of: list[int] | None = None,
    feeder: FeederWatch | None = None,
) -> GuardTask:
    """Return a moment of batteries that can do -5 to 5 kW, behind one transformer unless said otherwise."""
    n = len(planned_w)
    edge = np.full(len(base_w), band_w)
    return GuardTask(
        planned_w=np.array(planned_w),
        least_w=np.full(n, least_w),
        most_w=np.full(n, most_w),
        transformer_of=np.array(transformer_of or [0] * n),
        base_w=np.array(base_w),
        band=Band(-edge, edge),
        feeder=feeder,
    )


def watch(background_w: float, peak_w: float, reached_w: float | None = None) -> FeederWatch:
    return FeederWatch(background_w, peak_w, reached_w)


def test_inside_the_band_the_plan_stands() -> None:
    assert guard(task(planned_w=[1_000, -2_000], base_w=[50_000])).tolist() == [1_000, -2_000]


def test_too_much_import_is_brought_back_to_the_edge_of_the_band() -> None:
    power_w = guard(task(planned_w=[0, 0, 0], base_w=[106_000]))

    assert power_w.sum() == pytest.approx(-6_000)
    assert power_w == pytest.approx([-2_000] * 3)


def test_too_much_feed_in_is_brought_back_to_the_edge_of_the_band() -> None:
    assert guard(task(planned_w=[0, 0], base_w=[-104_000])) == pytest.approx([2_000, 2_000])


def test_each_gives_in_proportion_to_its_headroom() -> None:
    moment = replace(task(planned_w=[0, 0], base_w=[103_000]), least_w=np.array([-5_000.0, -1_000.0]))

    assert guard(moment) == pytest.approx([-2_500, -500])


def test_what_cannot_be_held_is_held_as_far_as_the_batteries_reach() -> None:
    assert guard(task(planned_w=[0, 5_000], base_w=[150_000])).tolist() == [-5_000, -5_000]


def test_only_batteries_behind_the_overloaded_transformer_move() -> None:
    power_w = guard(task(planned_w=[0, 0], base_w=[102_000, 10_000], transformer_of=[0, 1]))

    assert power_w == pytest.approx([-2_000, 0])


def test_a_feeder_peak_is_held_by_all_batteries_together() -> None:
    power_w = guard(
        task(planned_w=[0, 0], base_w=[50_000, 50_000], transformer_of=[0, 1], feeder=watch(604_000, 700_000))
    )

    assert power_w == pytest.approx([-2_000, -2_000])


def test_the_feeder_is_not_helped_at_the_expense_of_a_transformer() -> None:
    """Charging against the feeder's feed-in would lift the first transformer above its band."""
    power_w = guard(
        task(
            planned_w=[0, 0],
            base_w=[99_500, 0],
            transformer_of=[0, 1],
            feeder=watch(-799_500 - 4_000, 700_000),
        )
    )

    assert power_w[0] <= 500
    assert power_w[1] > 1_000


def test_relief_that_the_day_does_not_need_is_kept_for_later() -> None:
    moment = task(planned_w=[-4_000], base_w=[0], feeder=watch(600_000, 700_000, 650_000))

    assert guard(moment) == pytest.approx([0])


def test_relief_is_eased_no_further_than_the_days_peak() -> None:
    moment = task(planned_w=[-4_000], base_w=[0], feeder=watch(651_000, 700_000, 650_000))

    assert guard(moment) == pytest.approx([-1_000])


def test_energy_is_only_kept_where_the_feeder_is_the_motive() -> None:
    assert guard(task(planned_w=[-4_000], base_w=[0], feeder=watch(600_000, 700_000))) == pytest.approx(
        [-4_000]
    )


powers = st.floats(-20_000, 20_000)


@given(
    planned_w=st.lists(powers, min_size=1, max_size=6),
    base_w=st.lists(st.floats(-300_000, 300_000), min_size=1, max_size=3),
    least_w=st.floats(-5_000, 0),
    most_w=st.floats(0, 5_000),
    background_w=st.floats(-1e6, 1e6),
    reached_w=st.none() | st.floats(0, 700_000),
)
def test_no_battery_is_ever_asked_beyond_what_it_can_do(
    planned_w: list[float],
    base_w: list[float],
    least_w: float,
    most_w: float,
    background_w: float,
    reached_w: float | None,
) -> None:
    of = [n % len(base_w) for n in range(len(planned_w))]
    moment = task(
        planned_w=planned_w,
        base_w=base_w,
        least_w=least_w,
        most_w=most_w,
        transformer_of=of,
        feeder=watch(background_w, 700_000, reached_w),
    )

    power_w = guard(moment)

    assert (power_w >= least_w - 1e-6).all()
    assert (power_w <= most_w + 1e-6).all()


@given(base_w=st.floats(-300_000, 300_000), planned_w=st.lists(powers, min_size=1, max_size=6))
def test_a_load_is_never_taken_further_out_of_its_band(base_w: float, planned_w: list[float]) -> None:
    moment = task(planned_w=planned_w, base_w=[base_w])

    before_w = base_w + np.clip(planned_w, -5_000, 5_000).sum()
    after_w = base_w + guard(moment).sum()

    assert abs(after_w) <= max(abs(before_w), 100_000) + 1e-6


class Loop:
    """A transformer whose meter is read `delay` steps late, with noise, and ten batteries behind it."""

    def __init__(self, base_w: np.ndarray, delay: int, noise_w: float = 0.0) -> None:
        rng = np.random.default_rng(1)
        seen = np.concatenate([np.full(delay, base_w[0]), base_w])[: len(base_w)]
        self.base_w = base_w
        self.seen_w = seen + noise_w * rng.standard_normal(len(base_w))

    def loads_w(self) -> np.ndarray:
        """Return the load of each step with the guard at work."""
        corrections = [guard(task(planned_w=[0.0] * 10, base_w=[float(seen)])).sum() for seen in self.seen_w]
        return np.asarray(self.base_w + np.array(corrections))


STEP_W = np.where(np.arange(120) < 30, 80_000.0, 130_000.0)


@pytest.mark.parametrize("delay", [0, 1, 3, 6, 12])
def test_after_a_step_the_load_settles_at_the_band_and_never_swings_beyond(delay: int) -> None:
    load_w = Loop(STEP_W, delay).loads_w()

    assert (load_w[:30] == 80_000).all()
    assert load_w[30 + delay :] == pytest.approx(100_000)
    assert load_w.min() >= 80_000 - 1e-6
    assert np.diff(load_w[30 + delay :]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("noise_w", [500.0, 2_000.0])
def test_noise_on_the_meter_is_passed_on_but_not_amplified(noise_w: float) -> None:
    load_w = Loop(STEP_W, delay=2, noise_w=noise_w).loads_w()

    assert load_w[40:].std() <= 1.1 * noise_w
