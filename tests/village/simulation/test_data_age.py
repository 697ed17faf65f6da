"""What the age of the grid's data costs: the same moments for all ages, and nothing that was not lived."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.persistence import persist
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.data_age import DataAges, compared, data_ages
from battery_commons.simulation.data_age_csv import data_age_csv
from battery_commons.simulation.data_age_days import estimate
from battery_commons.simulation.what_if import with_batteries

from .lived import without_feeder

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SLOTS = 6 * SLOTS_PER_DAY + 24
FIRST = 3 * SLOTS_PER_DAY + 24
"""The slot from which data up to six hours old are compared."""
_SHARES: list[float] = []
"""What the progress of `six_days` told."""
FRESH = timedelta(0)
START = datetime(2016, 5, 1, 22, tzinfo=UTC)


def days(count: float) -> TimeGrid:
    return TimeGrid(START, int(count * SLOTS_PER_DAY))


@cache
def six_days() -> DataAges:
    """Return what six days and six hours of two batteries come to, without a feeder."""
    village = with_batteries(record_builtin(), 2).part(140 * SLOTS_PER_DAY, SLOTS)
    return data_ages(without_feeder(village), AFTER_NET_METERING, _SHARES.append)


def test_a_short_record_compares_the_ages_that_it_is_long_enough_for() -> None:
    ages, first = compared(days(7))

    assert ages == [FRESH, HOUR, 6 * HOUR, DAY]
    assert first == 4 * SLOTS_PER_DAY, "the oldest data must reach three days back, and three are left"


def test_a_long_record_waits_until_forecasts_from_the_oldest_data_are_learned() -> None:
    ages, first = compared(days(50))

    assert ages[-1] == 7 * DAY
    assert first == (7 + 29) * SLOTS_PER_DAY


def test_a_record_too_short_for_learning_starts_as_soon_as_the_oldest_data_suffice() -> None:
    _, first = compared(days(49.9))

    assert first == (7 + 3) * SLOTS_PER_DAY


def test_too_short_a_record_is_refused_with_what_it_takes() -> None:
    with pytest.raises(ValueError, match=r"6\.0 days are too few .* an hour old take 6\.0 days, .* old 13"):
        compared(days(6))


def test_a_village_without_a_battery_is_refused() -> None:
    village = record_builtin().part(0, 7 * SLOTS_PER_DAY)
    bare = replace(village, batteries=(), site_of=np.empty(0, dtype=np.intp))

    with pytest.raises(ValueError, match="no battery"):
        data_ages(bare, AFTER_NET_METERING, lambda _: None)


def test_every_age_is_held_against_fresh_data() -> None:
    fresh, *older = six_days().ages

    assert fresh.peak_lost is not None
    assert fresh.peak_lost.value == fresh.peak_lost.low == fresh.peak_lost.high == 0
    for each in older:
        assert each.peak_lost is not None
        assert each.peak_reduction is not None
        assert fresh.peak_reduction is not None
        assert each.peak_lost.value == pytest.approx(fresh.peak_reduction - each.peak_reduction)
        assert each.eur_lost_per_year is not None
        assert each.saving_eur_per_year is not None
        assert fresh.saving_eur_per_year is not None
        assert each.eur_lost_per_year.value == pytest.approx(
            fresh.saving_eur_per_year.value - each.saving_eur_per_year.value
        )


def test_fresh_persistence_has_no_skill_beyond_itself_and_older_data_none_but_less() -> None:
    skills = [each.transformers.skill for each in six_days().ages]

    assert not six_days().learned
    assert skills[0] == pytest.approx(0)
    assert all(older is not None and older < 0 for older in skills[1:])


def test_errors_are_those_of_each_hours_forecast_of_the_coming_day() -> None:
    village = record_builtin().part(140 * SLOTS_PER_DAY, SLOTS)
    start, errors = village.grid.start, []
    for t in range(FIRST, SLOTS - SLOTS_PER_DAY + 1, 4):
        grid = TimeGrid(start + t * timedelta(minutes=15), SLOTS_PER_DAY)
        for load_w in village.base_load_w:
            expected = persist(MeasuredSeries(start, load_w[: t - 4]), grid, grid.start)
            errors.append(np.abs(expected.load_w - load_w[t : t + SLOTS_PER_DAY]).mean())

    hour_old = six_days().ages[1]
    assert hour_old.transformers.mae_w == pytest.approx(np.mean(errors))


def test_without_a_feeder_m4_steers_and_the_transformers_peaks_count() -> None:
    assert six_days().model is ControlModel.M4
    assert not six_days().has_feeder
    assert all(each.feeder is None for each in six_days().ages)


def test_only_the_last_row_has_a_guard() -> None:
    assert [each.has_guard for each in six_days().ages] == [False] * 3
    assert six_days().guarded.has_guard
    assert six_days().guarded.age == FRESH
    assert six_days().guarded.transformers == six_days().ages[0].transformers


def test_few_days_are_called_few() -> None:
    assert six_days().days == 2
    assert six_days().weeks == 0
    assert six_days().is_short
    assert all(each.weekly_peak_reduction is None for each in six_days().ages)


def test_the_share_that_is_done_grows_until_all_is() -> None:
    six_days()

    assert _SHARES[-1] == 1
    assert all(one <= other for one, other in pairwise(_SHARES))


def test_an_estimate_is_the_ratio_of_sums_with_chance_around_it() -> None:
    found = estimate(np.array([1.0, 3.0, 2.0, 2.0]), np.array([10.0, 10.0, 10.0, 10.0]))

    assert found is not None
    assert found.value == pytest.approx(0.2)
    assert 0.1 <= found.low < found.value < found.high <= 0.3
    assert found.is_clear


@pytest.mark.parametrize("amount", [lambda n: n.normal(0, 1, 40), lambda n: n.normal(0, 100, 40)])
def test_what_chance_explains_is_not_called_clear(
    amount: Callable[[np.random.Generator], np.ndarray],
) -> None:
    amounts = amount(np.random.default_rng(3))
    found = estimate(amounts - amounts.mean(), np.ones(40))

    assert found is not None
    assert not found.is_clear


def test_an_estimate_of_nothing_is_none() -> None:
    assert estimate(np.zeros(3), np.zeros(3)) is None
    assert estimate(np.empty(0), np.empty(0)) is None


def test_the_table_has_a_row_for_each_age_and_empty_cells_for_what_there_is_not() -> None:
    rows = list(csv.DictReader(io.StringIO(data_age_csv(six_days()))))

    assert [row["data_age_hours"] for row in rows] == ["0.0", "1.0", "6.0", "0.0"]
    assert [row["guard"] for row in rows] == ["no", "no", "no", "yes"]
    assert {row["feeder_skill_percent"] for row in rows} == {""}
    assert {row["peaks_of"] for row in rows} == {"transformers"}
    assert float(rows[2]["transformers_skill_percent"]) == pytest.approx(
        100 * (six_days().ages[2].transformers.skill or 0), abs=1e-4
    )
