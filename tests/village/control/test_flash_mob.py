"""When residents are asked to use less or more, and what the plan then expects of the load."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery_commons.control.flash_mob import (
    AFTER_SLOTS,
    WINDOW_SLOTS,
    CodeWindow,
    LearnedResponse,
    choose_windows,
    shifted,
    with_response,
)
from battery_commons.control.problem import BillingMeter, ControlProblem
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.time import SLOT, TimeGrid

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RED, GREEN = CongestionSignal.RED, CongestionSignal.GREEN
ORDINARY, SHORT, LONG = date(2025, 6, 1), date(2025, 3, 30), date(2025, 10, 26)
DAYS = pytest.mark.parametrize("day", [ORDINARY, SHORT, LONG], ids=["96 slots", "92 slots", "100 slots"])


def village(base_load_w: np.ndarray, start: datetime) -> ControlProblem:
    """Return a village without batteries, behind as many transformers as `base_load_w` (K, T) has."""
    net_w = base_load_w.sum(axis=0)
    price = np.full(net_w.size, 0.3)
    return ControlProblem(
        grid=TimeGrid(start, net_w.size),
        batteries=[],
        stored_wh=np.zeros(0),
        transformers=[Transformer(f"t{k}", f"T{k}", 250_000.0) for k in range(len(base_load_w))],
        base_load_w=base_load_w,
        meters=[BillingMeter(net_w, price, price - 0.15)],
    )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def slots_of(day: date) -> int:
    return (midnight(day + timedelta(days=1)) - midnight(day)) // SLOT


def one_day(day: date, load_w: np.ndarray) -> ControlProblem:
    """Return a village whose load is `load_w` (24,) by the hour on the wall's clock."""
    starts = TimeGrid(midnight(day), slots_of(day)).starts()
    return village(np.array([[load_w[s.astimezone(AMSTERDAM).hour] for s in starts]]), midnight(day))


def sunny(noon_w: float = -100_000.0, evening_w: float = 80_000.0) -> np.ndarray:
    """Return (24,) the load of a day that feeds in at noon and draws in the evening."""
    load_w = np.full(24, 20_000.0)
    load_w[11:15], load_w[18:20] = noon_w, evening_w
    return load_w


def local(window: CodeWindow) -> time:
    return window.start.astimezone(AMSTERDAM).time()


@st.composite
def outlooks(draw: st.DrawFn) -> ControlProblem:
    """Draw a day and a half of any load, from any quarter hour on, often over a change of the clock."""
    first = midnight(draw(st.sampled_from([ORDINARY, SHORT, LONG]))) - timedelta(days=1)
    start = first + draw(st.integers(0, 191)) * SLOT
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    middle_w = draw(st.sampled_from([-2e5, -1e4, 0.0, 1e4, 2e5]))
    return village(middle_w + rng.normal(0, 3e4, (2, draw(st.integers(96, 144)))), start)


@given(outlooks())
@settings(deadline=None, max_examples=60)
def test_there_is_at_most_one_window_of_each_code_per_local_day(problem: ControlProblem) -> None:
    asked = Counter((w.code, w.start.astimezone(AMSTERDAM).date()) for w in choose_windows(problem))

    assert max(asked.values(), default=0) <= 1


@given(outlooks())
@settings(deadline=None, max_examples=60)
def test_windows_are_within_waking_hours_and_within_the_horizon(problem: ControlProblem) -> None:
    for window in choose_windows(problem):
        last = (window.start + (WINDOW_SLOTS - 1) * SLOT).astimezone(AMSTERDAM)
        assert local(window) >= time(8)
        assert last.time() <= time(21, 45)
        assert last.date() == window.start.astimezone(AMSTERDAM).date()
        assert window.slots(problem.grid).stop - window.slots(problem.grid).start == WINDOW_SLOTS


@given(outlooks())
@settings(deadline=None, max_examples=60)
def test_red_is_only_asked_where_the_village_imports_and_green_only_where_it_feeds_in(
    problem: ControlProblem,
) -> None:
    for window in choose_windows(problem):
        mean_w = problem.base_load_w.sum(axis=0)[window.slots(problem.grid)].mean()
        assert mean_w > 0 if window.code is RED else mean_w < 0


@DAYS
def test_red_is_asked_for_the_evening_and_green_for_the_noon_on_days_of_any_length(day: date) -> None:
    green, red = choose_windows(one_day(day, sunny()))

    assert (green.code, red.code) == (GREEN, RED)
    assert time(11) <= local(green) <= time(13)
    assert local(red) == time(18)


@DAYS
def test_the_night_is_never_asked_for_however_high_its_load(day: date) -> None:
    load_w = np.full(24, 1_000.0)
    load_w[[*range(8), 22, 23]] = 200_000.0

    (red,) = choose_windows(one_day(day, load_w))

    assert time(8) <= local(red) <= time(20)


def test_a_village_that_only_feeds_in_is_never_asked_to_use_less() -> None:
    assert [w.code for w in choose_windows(one_day(ORDINARY, np.full(24, -5_000.0)))] == [GREEN]


def test_a_village_that_only_draws_is_never_asked_to_use_more() -> None:
    assert [w.code for w in choose_windows(one_day(ORDINARY, np.full(24, 5_000.0)))] == [RED]


def test_nobody_is_asked_anything_where_there_is_no_load() -> None:
    assert choose_windows(one_day(ORDINARY, np.zeros(24))) == []


def test_nobody_is_asked_for_a_window_longer_than_what_is_known() -> None:
    short = WINDOW_SLOTS - 1

    assert choose_windows(village(np.full((1, short), 80_000.0), midnight(ORDINARY))) == []


def test_the_load_that_counts_is_the_whole_villages() -> None:
    one = one_day(ORDINARY, sunny()).base_load_w
    both = village(np.concatenate([one, -one + 500.0]), midnight(ORDINARY))

    assert [w.code for w in choose_windows(both)] == [RED]


def test_too_late_in_the_day_nothing_is_asked_of_today() -> None:
    evening = midnight(ORDINARY) + timedelta(hours=20, minutes=15)
    asked = choose_windows(village(np.full((1, 96), 5_000.0), evening))

    assert [w.start.astimezone(AMSTERDAM).date() for w in asked] == [ORDINARY + timedelta(days=1)]


def test_before_the_first_event_nothing_is_expected() -> None:
    problem = one_day(ORDINARY, sunny())
    nothing = dict.fromkeys([RED, GREEN], LearnedResponse.nothing_yet(1))

    expected = with_response(problem, choose_windows(problem), nothing)

    np.testing.assert_array_equal(expected.base_load_w, problem.base_load_w)


@pytest.mark.parametrize(("events", "share"), [(1, 1 / 4), (3, 1 / 2), (27, 0.9)])
def test_what_is_expected_is_drawn_to_zero_while_events_are_few(events: int, share: float) -> None:
    response = LearnedResponse.nothing_yet(2)
    for _ in range(events):
        response = response.after_event(np.array([-4_000.0, -1_000.0]), np.array([2_000.0, 500.0]))

    inside_w, after_w = response.expected_w()

    assert inside_w == pytest.approx(share * np.array([-4_000, -1_000]))
    assert after_w == pytest.approx(share * np.array([2_000, 500]))


def answered(problem: ControlProblem, window: CodeWindow) -> np.ndarray:
    """Return (T,) by how much an often seen response to `window` shifts the load of the only transformer."""
    often = LearnedResponse(np.array([-3e6]), np.array([1.5e6]), events=997)
    expected = with_response(problem, [window], {window.code: often})
    return np.asarray(expected.base_load_w[0] - problem.base_load_w[0])


def test_load_is_expected_less_in_the_window_and_more_in_the_four_hours_after() -> None:
    problem = one_day(ORDINARY, np.full(24, 50_000.0))
    change_w = answered(problem, CodeWindow(RED, midnight(ORDINARY) + timedelta(hours=17)))

    first, end, later = 68, 68 + WINDOW_SLOTS, 68 + WINDOW_SLOTS + AFTER_SLOTS
    assert change_w[first:end] == pytest.approx(-3_000)
    assert change_w[end:later] == pytest.approx(1_500)
    assert not change_w[:first].any()
    assert not change_w[later:].any()


@pytest.mark.parametrize(
    ("hours", "inside", "after"),
    [(-1, 4, 16), (-3, 0, 12), (-6, 0, 0), (23, 4, 0), (22.5, 6, 0), (30, 0, 0), (20, 8, 8)],
    ids=["begun", "over", "long over", "at the end", "near the end", "beyond", "evening"],
)
def test_of_a_window_at_the_edge_of_the_horizon_what_is_within_it_counts(
    hours: float, inside: int, after: int
) -> None:
    problem = one_day(ORDINARY, np.full(24, 50_000.0))
    change_w = answered(problem, CodeWindow(RED, midnight(ORDINARY) + timedelta(hours=hours)))

    assert (int((change_w < 0).sum()), int((change_w > 0).sum())) == (inside, after)


@given(outlooks(), st.integers(0, 2**16))
@settings(deadline=None, max_examples=30)
def test_a_shift_keeps_the_meter_and_the_transformers_consistent(problem: ControlProblem, seed: int) -> None:
    shift_w = np.random.default_rng(seed).normal(0, 5_000, problem.base_load_w.shape)

    moved = shifted(problem, shift_w)

    assert moved.base_load_w == pytest.approx(problem.base_load_w + shift_w)
    assert moved.meters[0].net_w == pytest.approx(moved.base_load_w.sum(axis=0))
    assert moved.meters[0].import_price is problem.meters[0].import_price


def test_a_shift_behind_several_meters_is_refused() -> None:
    problem = one_day(ORDINARY, sunny())
    meters = [replace(problem.meters[0], batteries=[]), replace(problem.meters[0], batteries=[])]

    with pytest.raises(ValueError, match="one meter"):
        shifted(replace(problem, meters=meters), np.zeros((1, 96)))
