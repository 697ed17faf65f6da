"""Loads of transformers without a meter, estimated from the homes that report."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.time import SLOT
from battery_commons.sense.estimation import estimate_loads
from battery_commons.sense.standard_profile import place_in_profile, standard_w
from battery_commons.simulation.village import load_village

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


def at_noon(powers_w: list[float]) -> dict[str, dict[datetime, float]]:
    return {f"h{n}": {NOON: power_w} for n, power_w in enumerate(powers_w)}


def test_of_a_street_of_which_every_home_reports_nothing_is_guessed() -> None:
    [estimate] = estimate_loads(at_noon([100, 200, 300, 400, 500]), 5, [NOON]).values()

    assert (estimate.load_w, estimate.spread_w, estimate.homes) == (1500, 0, 5)


def test_fewer_than_five_homes_are_not_told_of() -> None:
    usual_w, _ = standard_w([NOON])

    [estimate] = estimate_loads(at_noon([9000, 9000, 9000, 9000]), 100, [NOON]).values()

    assert estimate.homes == 0
    assert estimate.load_w == pytest.approx(100 * usual_w[0])
    assert estimate.spread_w > 0


def test_the_more_homes_report_the_more_they_say_of_the_others() -> None:
    few, many = (estimate_loads(at_noon([2000.0, 2100.0] * half), 100, [NOON])[NOON] for half in (3, 30))
    usual_w = 100 * standard_w([NOON])[0][0]

    assert usual_w < few.load_w < many.load_w < 100 * 2100
    assert many.spread_w < few.spread_w


@given(
    st.lists(st.floats(-30_000, 30_000), max_size=30),
    st.integers(1, 500),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - hypothesis asks for it
)
def test_an_estimate_is_always_a_number_with_a_band(
    powers_w: list[float], connections: int, moment: datetime
) -> None:
    moment = moment.replace(tzinfo=UTC)
    houses = {f"h{n}": {moment: power_w} for n, power_w in enumerate(powers_w)}

    [estimate] = estimate_loads(houses, connections, [moment]).values()

    assert np.isfinite(estimate.load_w)
    assert np.isfinite(estimate.spread_w)
    assert estimate.spread_w >= 0
    assert estimate.homes in {0, len(powers_w)}


def test_the_standard_profile_is_the_mean_of_the_built_in_village() -> None:
    village = load_village()
    starts = village.time_grid.starts()
    place = place_in_profile(NOON)
    there = [n for n, start in enumerate(starts) if place_in_profile(start) == place]
    net_w = np.stack([village.net_w(each.id)[there] for each in village.connections])

    mean_w, spread_w = standard_w([NOON])

    assert mean_w[0] == pytest.approx(net_w.mean(), abs=0.5)
    assert spread_w[0] == pytest.approx(net_w.std(), abs=0.5)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_a_week_of_the_built_in_village_is_mostly_within_the_band(share: float) -> None:
    village, rng = load_village(), np.random.default_rng(1)
    slots = [village.time_grid.start + timedelta(days=150) + n * SLOT for n in range(0, 7 * 96, 5)]
    places = [village.slot(slot) for slot in slots]
    own = np.stack([village.net_w(c.id)[places] for c in village.connections if c.transformer_id == "t1"])
    inside = []
    for _ in range(5):
        chosen = rng.choice(len(own), round(share * len(own)), replace=False)
        houses = {str(n): dict(zip(slots, own[n].tolist(), strict=True)) for n in chosen}
        estimates = estimate_loads(houses, len(own), slots)
        inside += [
            abs(estimate.load_w - load_w) <= estimate.spread_w
            for estimate, load_w in zip(estimates.values(), own.sum(axis=0), strict=True)
        ]

    assert np.mean(inside) >= 0.6
