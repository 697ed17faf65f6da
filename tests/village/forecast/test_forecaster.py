"""What a forecaster says of the coming day, and what it must not know."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.forecast.forecaster import Forecaster
from battery_commons.forecast.load import LoadForecast, Method
from battery_commons.forecast.persistence import persist
from battery_commons.simulation.village import load_village
from tests.village.forecast.series import START, at, known, load_of, weather_of

DAYS = 50
LOAD_W = load_of(DAYS)
WEATHER = weather_of(DAYS)
TRAINED_AT = 35 * 96
SLOTS = 144
ANY_LOAD = st.one_of(st.just(np.nan), st.just(np.inf), st.floats(-1e300, 1e300), st.floats(-1e5, 1e5))


@pytest.fixture(scope="module")
def trained() -> Forecaster:
    return train_on(LOAD_W)


def train_on(values_w: NDArray[np.float64], weather: Weather | None = WEATHER) -> Forecaster:
    forecaster = Forecaster()
    forecaster.train(known(values_w), weather, at(TRAINED_AT))
    return forecaster


def ahead(
    forecaster: Forecaster,
    values_w: NDArray[np.float64],
    slot: int,
    slots: int = SLOTS,
    weather: Weather | None = WEATHER,
) -> LoadForecast:
    """Return the forecast issued at the start of the slot of index `slot`."""
    return forecaster.forecast(known(values_w), weather, TimeGrid(at(slot), slots), at(slot))


def check_sane(forecast: LoadForecast, slots: int = SLOTS) -> None:
    assert forecast.load_w.shape == forecast.low_w.shape == forecast.high_w.shape == (slots,)
    assert np.isfinite([forecast.load_w, forecast.low_w, forecast.high_w]).all()
    assert (forecast.low_w <= forecast.load_w).all()
    assert (forecast.load_w <= forecast.high_w).all()


def check_same(one: LoadForecast, other: LoadForecast) -> None:
    assert (one.age, one.method) == (other.age, other.method)
    np.testing.assert_array_equal(
        [one.load_w, one.low_w, one.high_w], [other.load_w, other.low_w, other.high_w]
    )


def test_it_trains_at_once_then_weekly_then_monthly() -> None:
    forecaster = Forecaster()
    assert forecaster.needs_training(at(0), WEATHER)

    forecaster.train(known(LOAD_W), WEATHER, at(96))
    assert not forecaster.needs_training(at(96 + 95), WEATHER)
    assert forecaster.needs_training(at(2 * 96), WEATHER)

    forecaster.train(known(LOAD_W), WEATHER, at(TRAINED_AT))
    assert not forecaster.needs_training(at(TRAINED_AT + 7 * 96 - 1), WEATHER)
    assert forecaster.needs_training(at(TRAINED_AT + 7 * 96), WEATHER)

    year_w = np.tile(LOAD_W, 5)
    forecaster.train(known(year_w), None, at(200 * 96))
    assert not forecaster.needs_training(at(227 * 96), None)
    assert forecaster.needs_training(at(228 * 96), None)


def test_before_its_first_training_it_persists() -> None:
    forecast = ahead(Forecaster(), LOAD_W, 20 * 96)

    check_same(forecast, persist(known(LOAD_W), TimeGrid(at(20 * 96), SLOTS), at(20 * 96)))
    assert forecast.method == Method.PERSISTENCE


def test_nothing_measured_is_zero_of_no_age(trained: Forecaster) -> None:
    forecast = ahead(trained, np.full(200, np.nan), 200)

    assert (forecast.age, forecast.method) == (None, Method.NOTHING)
    check_sane(forecast)


@pytest.mark.parametrize(
    ("age", "method"),
    [
        (timedelta(0), Method.BOOSTING),
        (timedelta(minutes=15), Method.BOOSTING),
        (timedelta(hours=30), Method.BOOSTING),
        (timedelta(days=3), Method.PERSISTENCE),
        (timedelta(days=7), Method.PERSISTENCE),
    ],
)
def test_the_age_of_the_data_decides(trained: Forecaster, age: timedelta, method: Method) -> None:
    slot = 45 * 96
    forecast = ahead(trained, LOAD_W[: slot - age // SLOT], slot)

    assert forecast.age == age
    assert forecast.method == method
    check_sane(forecast)


def test_an_error_just_measured_is_carried_on_and_fades(trained: Forecaster) -> None:
    slot = 45 * 96 + 33
    higher_w = LOAD_W.copy()
    higher_w[slot - 1] += 1_000

    more_w = ahead(trained, higher_w, slot).load_w - ahead(trained, LOAD_W, slot).load_w

    assert 500 < more_w[0] < 1_000
    assert (np.abs(more_w[40:]) < 150).all()


@pytest.mark.parametrize("midnight", [datetime(2025, 3, 30, tzinfo=UTC), datetime(2025, 10, 26, tzinfo=UTC)])
def test_a_shop_opens_by_the_local_clock_when_it_changes(midnight: datetime) -> None:
    # From 8 to 18 hours of Dutch time, on the days before and after the change alike.
    start = midnight - timedelta(days=42)
    grid = TimeGrid(start, 50 * 96)
    offset = timedelta(hours=1 if midnight.month == 3 else 2)
    change = midnight + timedelta(hours=1)
    after = timedelta(hours=3) - offset
    local_hour = [(slot + (offset if slot < change else after)).hour for slot in grid.starts()]
    load_w = np.array([20_000.0 if 8 <= hour < 18 else 2_000.0 for hour in local_hour])
    forecaster = Forecaster()
    history = MeasuredSeries(start, load_w)
    now = midnight + timedelta(days=1)
    forecaster.train(history, None, now)

    forecast = forecaster.forecast(history, None, TimeGrid(now, 96), now)
    changed = forecaster.forecast(history, None, TimeGrid(midnight, 100), midnight)

    measured_w = load_w[43 * 96 : 44 * 96]
    yesterday_w = load_w[42 * 96 : 43 * 96]
    check_sane(forecast, 96)
    check_sane(changed, 100)
    assert (
        np.abs(yesterday_w - measured_w).max() == 0
    )  # the day after the change is like its forerunner again
    assert np.abs(forecast.load_w - measured_w).mean() < 1_500
    assert np.abs(changed.load_w[:96] - yesterday_w).mean() < 1_500


@pytest.mark.parametrize(
    "load_w",
    [
        np.full(TRAINED_AT, 700.0),
        np.zeros(TRAINED_AT),
        np.where(np.arange(TRAINED_AT) == 0, 5.0, np.nan),
        np.where(np.arange(TRAINED_AT) % 96 == 40, 5.0, np.nan),
        np.full(TRAINED_AT, 1e300),
        np.where(np.arange(TRAINED_AT) % 7 == 0, 1e308, LOAD_W[:TRAINED_AT]),
        np.where(np.arange(TRAINED_AT) % 7 == 0, 1e11, LOAD_W[:TRAINED_AT]),
    ],
    ids=["constant", "zero", "one slot", "one slot a day", "all absurd", "absurd at times", "huge at times"],
)
def test_no_series_is_too_strange(load_w: NDArray[np.float64]) -> None:
    check_sane(ahead(train_on(load_w), load_w, TRAINED_AT))


def test_a_constant_load_is_forecast_as_it_is() -> None:
    load_w = np.full(TRAINED_AT, 700.0)

    forecast = ahead(train_on(load_w), load_w, TRAINED_AT)

    np.testing.assert_allclose([forecast.load_w, forecast.low_w, forecast.high_w], 700.0)


@pytest.mark.parametrize(
    "weather",
    [
        None,
        Weather(START, {}),
        Weather(START, {"radiation": np.full(DAYS * 96, np.nan), "wind": np.full(DAYS * 96, 3.0)}),
        Weather(START, {"wind": np.where(np.arange(DAYS * 96) % 5, 7.0, np.inf)}),
        Weather(at(30 * 96), {"temperature": np.linspace(0, 20, 100)}),
    ],
    ids=["none", "empty", "useless", "gaps", "too short"],
)
def test_no_weather_is_too_strange(weather: Weather | None, trained: Forecaster) -> None:
    check_sane(ahead(train_on(LOAD_W, weather), LOAD_W, TRAINED_AT, weather=weather))
    check_sane(ahead(trained, LOAD_W, TRAINED_AT, weather=weather))


def test_weather_beyond_all_experience_does_not_carry_the_forecast_away(trained: Forecaster) -> None:
    weather = Weather(START, {"radiation": WEATHER.columns["radiation"] * 1e9})

    load_w = ahead(trained, LOAD_W, TRAINED_AT, weather=weather).load_w

    assert np.abs(load_w).max() < 5 * np.abs(LOAD_W).max()


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_training_on_anything_gives_a_finite_forecast(data: st.DataObject) -> None:
    load_w = LOAD_W[:TRAINED_AT].copy()
    begin = data.draw(st.integers(0, TRAINED_AT - 1))
    length = data.draw(st.integers(1, TRAINED_AT - begin))
    load_w[begin : begin + length] = data.draw(arrays(np.float64, length, elements=ANY_LOAD, fill=ANY_LOAD))

    check_sane(ahead(train_on(load_w), load_w, TRAINED_AT))


@settings(max_examples=60, deadline=None)
@given(
    slot=st.integers(1, DAYS * 96 - 200),
    slots=st.integers(1, 200),
    gaps=st.lists(st.tuples(st.integers(0, DAYS * 96), st.integers(1, 2_000)), max_size=4),
    later=st.integers(0, 30),
    strange=ANY_LOAD,
)
def test_any_gap_leaves_a_finite_forecast(
    slot: int,
    slots: int,
    gaps: list[tuple[int, int]],
    later: int,
    strange: float,
    trained: Forecaster,
) -> None:
    load_w = LOAD_W.copy()
    for begin, length in gaps:
        load_w[begin : begin + length] = np.nan
    load_w[slot - 1] = strange
    grid = TimeGrid(at(slot + later), slots)

    check_sane(trained.forecast(known(load_w), WEATHER, grid, at(slot)), slots)


@settings(max_examples=60, deadline=None)
@given(
    slot=st.integers(TRAINED_AT, DAYS * 96 - 1),
    age=st.integers(0, 250),
    seconds=st.integers(0, 899),
    future=st.floats(-1e5, 1e5) | st.just(np.nan),
)
def test_what_is_measured_later_changes_nothing(
    slot: int, age: int, seconds: int, future: float, trained: Forecaster
) -> None:
    """Through the same forecaster, so that no memory of an earlier answer may tell of it either."""
    now = at(slot) + timedelta(seconds=seconds)
    grid = TimeGrid(at(slot), SLOTS)
    newest = slot - age
    other_w = np.where(np.arange(len(LOAD_W)) < slot, LOAD_W, future)
    aged_w = np.where(np.arange(len(LOAD_W)) < newest, LOAD_W, np.nan)

    fresh = trained.forecast(known(LOAD_W), WEATHER, grid, now)
    check_same(fresh, trained.forecast(known(other_w), WEATHER, grid, now))
    check_same(fresh, trained.forecast(known(LOAD_W[:slot]), WEATHER, grid, now))
    aged = trained.forecast(known(aged_w), WEATHER, grid, now)
    check_same(aged, trained.forecast(known(LOAD_W[:newest]), WEATHER, grid, now))
    assert aged.age == now - at(newest)


@pytest.mark.parametrize("weather", [WEATHER, None], ids=["weather", "none"])
def test_what_is_measured_later_is_not_learned_from(weather: Weather | None) -> None:
    other_w = LOAD_W.copy()
    other_w[TRAINED_AT:] = -1e5

    one, other = train_on(LOAD_W, weather), train_on(other_w, weather)

    for slot in (TRAINED_AT, TRAINED_AT + 5, TRAINED_AT + 96):
        check_same(ahead(one, LOAD_W, slot, weather=weather), ahead(other, LOAD_W, slot, weather=weather))


def test_a_second_training_does_not_look_ahead_either() -> None:
    again = TRAINED_AT + 7 * 96
    other_w = LOAD_W.copy()
    other_w[again:] = -1e5
    forecasts = []
    for load_w in (LOAD_W, other_w):
        forecaster = train_on(load_w)
        ahead(forecaster, load_w, again)
        forecaster.train(known(load_w), WEATHER, at(again))
        forecasts.append(ahead(forecaster, load_w, again))

    check_same(*forecasts)


@settings(max_examples=30, deadline=None)
@given(slots=st.lists(st.integers(TRAINED_AT, DAYS * 96), min_size=2, max_size=6))
def test_what_was_asked_before_changes_nothing(slots: list[int], trained: Forecaster) -> None:
    fresh = Forecaster(_trained=trained._trained)
    for slot in slots:
        ahead(trained, LOAD_W, slot)

    check_same(ahead(trained, LOAD_W, slots[0]), ahead(fresh, LOAD_W, slots[0]))


def test_a_measurement_that_comes_late_is_not_overlooked(trained: Forecaster) -> None:
    slot = 45 * 96 + 5
    gap_w = LOAD_W.copy()
    gap_w[slot - 80 : slot - 20] = np.nan
    before = ahead(trained, gap_w, slot)
    fresh = Forecaster(_trained=trained._trained)

    after = ahead(trained, LOAD_W, slot)

    check_same(after, ahead(fresh, LOAD_W, slot))
    assert np.abs(after.load_w - before.load_w).max() > 0


def test_training_twice_alike_forecasts_alike(trained: Forecaster) -> None:
    check_same(ahead(train_on(LOAD_W), LOAD_W, TRAINED_AT), ahead(trained, LOAD_W, TRAINED_AT))


def test_walking_through_ten_weeks_of_the_village_it_beats_persistence() -> None:
    """Weeks 9 to 18 of the year, every seventh hour, with a hole in the data on the way."""
    village = load_village()
    first, last = 8 * 672, 18 * 672
    start, load_w = village.time_grid.start, village.feeder_load_w()
    history_w = load_w.copy()
    history_w[13 * 672 : 13 * 672 + 150] = np.nan
    weather = Weather(start, {"radiation": village.radiation})
    forecaster = Forecaster()
    errors, naive_errors, inside = [], [], []
    for slot in range(first, last, 28):
        now = start + slot * SLOT
        history = MeasuredSeries(start, history_w[:slot])
        if forecaster.needs_training(now, weather):
            forecaster.train(history, weather, now)
        grid = TimeGrid(now, 96)
        forecast = forecaster.forecast(history, weather, grid, now)
        measured_w = load_w[slot : slot + 96]
        errors.append(np.abs(forecast.load_w - measured_w))
        naive_errors.append(np.abs(persist(history, grid, now).load_w - measured_w))
        inside.append((forecast.low_w <= measured_w) & (measured_w <= forecast.high_w))

    # The first hour, the next five, and the rest of the day.
    for lead, most in ((slice(0, 4), 0.45), (slice(4, 24), 0.65), (slice(24, 96), 0.75)):
        error, naive, coverage = (
            float(np.mean([row[lead] for row in rows])) for rows in (errors, naive_errors, inside)
        )
        assert error < most * naive
        assert 0.7 <= coverage <= 0.9


def until(slot: int) -> Weather:
    """Return the weather as it is known once no forecast comes in any more."""
    return Weather(START, {"radiation": WEATHER.columns["radiation"][:slot]})


def test_where_the_weather_is_lost_models_that_do_without_take_over() -> None:
    slot = 40 * 96
    forecaster = train_on(LOAD_W)
    assert not forecaster.needs_training(at(slot), WEATHER)

    # Nothing has been learned without the weather yet: better no model than one that misses its eyes.
    assert ahead(forecaster, LOAD_W, slot, weather=until(slot)).method is Method.PERSISTENCE
    assert forecaster.needs_training(at(slot), until(slot))

    forecaster.train(known(LOAD_W), until(slot), at(slot))
    blind = Forecaster()
    blind.train(known(LOAD_W), None, at(slot))
    lost = ahead(forecaster, LOAD_W, slot, weather=until(slot))
    assert lost.method is Method.BOOSTING
    check_same(lost, ahead(blind, LOAD_W, slot, weather=None))


def test_once_the_weather_is_back_so_are_the_models_that_know_it() -> None:
    slot = 40 * 96
    forecaster = train_on(LOAD_W)
    before = ahead(forecaster, LOAD_W, slot)
    forecaster.train(known(LOAD_W), until(slot), at(slot))
    ahead(forecaster, LOAD_W, slot, weather=until(slot))

    check_same(ahead(forecaster, LOAD_W, slot), before)


def test_a_village_that_has_just_said_where_it_lies_learns_the_weather_at_once() -> None:
    forecaster = train_on(LOAD_W, None)
    soon = at(TRAINED_AT + 4)
    assert not forecaster.needs_training(soon, None)
    assert forecaster.needs_training(soon, WEATHER)
    # Until then it goes on as before.
    check_same(
        ahead(forecaster, LOAD_W, TRAINED_AT + 4), ahead(forecaster, LOAD_W, TRAINED_AT + 4, weather=None)
    )


def test_weather_that_is_hardly_known_of_the_past_is_not_learned_from() -> None:
    short = WEATHER.columns["radiation"].copy()
    short[: TRAINED_AT - 13 * 96] = np.nan
    weather = Weather(START, {"radiation": short})
    check_same(
        ahead(train_on(LOAD_W, weather), LOAD_W, TRAINED_AT, weather=weather),
        ahead(train_on(LOAD_W, None), LOAD_W, TRAINED_AT, weather=None),
    )
