"""A baseline is found outside of the activation that it is held against, or not at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.activation import BatteryPower
from battery_commons.domain.time import MARKET_ZONE, SLOT
from battery_commons.flexibility.proof.baselines import (
    Method,
    high_4_of_5,
    meter_minus_batteries,
    operators_own,
)
from battery_commons.students_t import quantile

THURSDAY = datetime(2025, 6, 19, 15, 0, tzinfo=UTC)
"""17:00 on a Dutch clock."""
EVENING = [THURSDAY + n * SLOT for n in range(8)]


class Meter:
    """A meter that shows what `load` says, and remembers what was read."""

    def __init__(self, load: Mapping[datetime, float]) -> None:
        self._load = load
        self.read: list[tuple[datetime, datetime]] = []

    def __call__(self, start: datetime, end: datetime) -> Mapping[datetime, float]:
        self.read.append((start, end))
        return {at: power for at, power in self._load.items() if start <= at < end}


def past(days: int = 50, of_day: Mapping[int, float] = MappingProxyType({})) -> dict[datetime, float]:
    """Return a load of 10 kW all the time but on some days of June 2025."""
    start = THURSDAY - timedelta(days=days)
    slots = (start + n * SLOT for n in range(days * 96 + 96))
    return {at: of_day.get(at.day, 10_000.0) if at.month == 6 else 10_000.0 for at in slots}


def test_it_is_the_mean_of_the_four_days_with_most_load_of_the_last_five_weekdays() -> None:
    days = {18: 11_000.0, 17: 12_000.0, 16: 9_000.0, 13: 13_000.0, 12: 14_000.0, 11: 99_000.0}
    load = past(of_day=days)
    # The two hours before are alike on all days: nothing is moved.
    for at in list(load):
        if at.astimezone(MARKET_ZONE).hour in {15, 16}:
            load[at] = 10_000.0

    found = high_4_of_5(EVENING, Meter(load), [])

    assert [day.day for day in found.days] == [12, 13, 17, 18]
    assert {each.power_w for each in found.expected.values()} == {12_500.0}
    # Of 11, 12, 13 and 14 kW, for one day more: Student's t of three degrees of freedom.
    assert found.expected[THURSDAY].spread_w == pytest.approx(
        quantile(0.9, 3) * 1_290.994 * 1.25**0.5, rel=1e-3
    )


def test_it_is_moved_by_how_much_the_two_hours_before_differ() -> None:
    load = past()
    for n in range(1, 9):
        load[THURSDAY - n * SLOT] = 10_700.0

    found = high_4_of_5(EVENING, Meter(load), [])

    assert {round(each.power_w) for each in found.expected.values()} == {10_700}
    assert [each.age for each in found.expected.values()] == [n * SLOT for n in range(8)]


def test_days_of_another_activation_and_days_with_a_gap_are_passed_over() -> None:
    load = past()
    del load[EVENING[3] - timedelta(days=2)]
    yesterday = THURSDAY - timedelta(days=1)

    found = high_4_of_5(EVENING, Meter(load), [(yesterday, yesterday + SLOT)])

    assert [day.day for day in found.days] == [11, 12, 13, 16]


def test_weekends_are_held_against_weekends() -> None:
    saturday = [at + timedelta(days=2) for at in EVENING]

    found = high_4_of_5(saturday, Meter(past() | dict.fromkeys(saturday, 1.0) | _until(saturday[0])), [])

    assert [day.day for day in found.days] == [8, 9, 14, 15]  # The 9th was Whit Monday.


def test_a_public_holiday_is_as_a_weekend_and_no_day_to_hold_a_weekday_against() -> None:
    thursday = [at - timedelta(days=7) for at in EVENING]
    # Between the 6th and the 10th are a weekend and Whit Monday.
    assert [day.day for day in high_4_of_5(thursday, Meter(past()), []).days] == [5, 6, 10, 11]

    whit_monday = [at - timedelta(days=10) for at in EVENING]
    assert [day.day for day in high_4_of_5(whit_monday, Meter(past()), []).days] == [31, 1, 7, 8]


def _until(at: datetime) -> dict[datetime, float]:
    return {at - n * SLOT: 10_000.0 for n in range(1, 200)}


@pytest.mark.parametrize("days", [2, 5])
def test_too_few_days_are_no_baseline(days: int) -> None:
    assert not high_4_of_5(EVENING, Meter(past(days)), []).expected


def test_without_the_two_hours_before_there_is_none() -> None:
    load = past()
    del load[THURSDAY - SLOT]

    assert not high_4_of_5(EVENING, Meter(load), []).expected


def test_clocks_that_were_changed_in_between_do_not_move_the_hour() -> None:
    monday = datetime(2025, 3, 31, 15, 0, tzinfo=UTC)  # 17:00; on Friday that was 16:00 UTC
    load = {monday - n * SLOT: 1_000.0 for n in range(-4, 96 * 20)}
    for back in range(3, 20):
        for n in range(4):
            load[monday + timedelta(hours=1) + n * SLOT - timedelta(days=back)] = 5_000.0

    found = high_4_of_5([monday + n * SLOT for n in range(4)], Meter(load), [])

    assert {each.power_w for each in found.expected.values()} == {5_000.0}


@given(
    quarter_hour=st.integers(0, 96 * 340),
    slots=st.integers(1, 120),
    began_earlier=st.integers(0, 40),
)
def test_no_reading_since_an_activation_began_is_ever_looked_at(
    quarter_hour: int, slots: int, began_earlier: int
) -> None:
    first = datetime(2025, 1, 10, tzinfo=UTC) + quarter_hour * SLOT
    begins = first - began_earlier * timedelta(minutes=7)
    load = {first - n * SLOT: 1_000.0 + n % 96 for n in range(-slots, 96 * 12)}
    meter = Meter(load)

    found = high_4_of_5([first + n * SLOT for n in range(slots)], meter, [], begins)

    assert all(end <= begins for _, end in meter.read)
    assert not found.expected or len(found.expected) == slots


@given(
    loads=st.dictionaries(st.sampled_from(EVENING), st.floats(-1e6, 1e6)),
    powers=st.dictionaries(st.sampled_from(EVENING), st.floats(-1e6, 1e6)),
)
def test_a_meter_without_its_batteries_is_told_only_where_both_were_measured(
    loads: dict[datetime, float], powers: dict[datetime, float]
) -> None:
    found = meter_minus_batteries(loads, {at: BatteryPower(power) for at, power in powers.items()})

    assert found.expected.keys() == loads.keys() & powers.keys()
    for at, each in found.expected.items():
        assert each.power_w + powers[at] == pytest.approx(loads[at], abs=1e-6)
        assert each.spread_w == 0


def test_the_operators_own_is_there_where_the_event_names_one() -> None:
    assert {each.power_w for each in operators_own(EVENING, 0.0).expected.values()} == {0.0}
    assert operators_own(EVENING, None).method is Method.OPERATOR
    assert not operators_own(EVENING, None).expected
