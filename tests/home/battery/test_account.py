"""What a battery has moved for the village, counted from its readings."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.battery.account import (
    LONGEST_GAP,
    BatteryAccount,
    Moved,
    Observation,
)

NOON = datetime(2026, 6, 21, 10, tzinfo=UTC)
"""Noon in the village."""
HERE = ZoneInfo("Europe/Amsterdam")
TODAY = date(2026, 6, 21)
LOOK = timedelta(seconds=5)


def look(
    at: datetime, power_w: float, *, for_village: bool = True, setpoint_w: float | None = None
) -> Observation:
    return Observation(at, power_w, for_village, setpoint_w)


def account_of(*looks: Observation | None, zone: ZoneInfo = HERE) -> BatteryAccount:
    account = BatteryAccount()
    for each in looks:
        account = account.observed(each, zone)
    return account


def steadily(power_w: float, begin: datetime, lasting: timedelta, **kind: bool) -> list[Observation]:
    return [look(begin + n * LOOK, power_w, **kind) for n in range(lasting // LOOK + 1)]


def test_an_hour_of_charging_for_the_village_is_counted() -> None:
    account = account_of(*steadily(2000, NOON, timedelta(hours=1)))

    assert account.for_village.charged_wh == pytest.approx(2000)
    assert account.for_village.discharged_wh == 0
    assert account.today_wh(TODAY) == pytest.approx(2000)
    assert account.this_month_wh(TODAY) == pytest.approx(2000)


def test_what_a_battery_does_for_its_own_house_is_throughput_only() -> None:
    account = account_of(*steadily(-2000, NOON, timedelta(hours=1), for_village=False))

    assert account.for_village == Moved()
    assert account.today_wh(TODAY) == 0
    assert account.throughput_wh == pytest.approx(2000)
    assert account.cycles(10_000) == pytest.approx(0.1)


def test_the_order_at_a_look_counts_for_the_time_after_it() -> None:
    account = account_of(
        look(NOON, 1800, for_village=False),
        look(NOON + LOOK, 1800, for_village=True),
        look(NOON + 2 * LOOK, 1800, for_village=False),
        look(NOON + 3 * LOOK, 1800, for_village=False),
    )

    assert account.for_village.charged_wh == pytest.approx(1800 * 5 / 3600)


def test_a_power_that_turns_counts_on_both_sides() -> None:
    account = account_of(look(NOON, 3000), look(NOON + timedelta(seconds=40), -1000))

    assert account.for_village.charged_wh == pytest.approx(3000 / 2 * 30 / 3600)
    assert account.for_village.discharged_wh == pytest.approx(1000 / 2 * 10 / 3600)


def test_what_happened_in_a_long_gap_is_not_invented() -> None:
    after = NOON + LONGEST_GAP + timedelta(seconds=1)

    account = account_of(look(NOON, 5000), look(after, 5000), look(after + LOOK, 5000))

    assert account.throughput_wh == pytest.approx(5000 * 5 / 3600)


def test_what_a_lost_battery_did_is_not_invented() -> None:
    assert account_of(look(NOON, 5000), None, look(NOON + LOOK, 5000)).throughput_wh == 0


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf, 1e9])
def test_a_power_that_no_battery_has_is_no_reading(nonsense: float) -> None:
    account = account_of(look(NOON, 1000), look(NOON + LOOK, nonsense), look(NOON + 2 * LOOK, 1000))

    assert account.throughput_wh == 0


def test_a_clock_that_is_set_back_counts_nothing_twice() -> None:
    account = account_of(
        look(NOON, 1800),
        look(NOON + 2 * LOOK, 1800),
        look(NOON + LOOK, 1800),
        look(NOON + 2 * LOOK, 1800),
    )

    assert account.throughput_wh == pytest.approx(1800 * 15 / 3600)


def test_the_same_reading_again_moves_nothing_and_keeps_what_it_began() -> None:
    account = account_of(
        look(NOON, 1800, for_village=False),
        look(NOON, 1800, for_village=True),
        look(NOON + LOOK, 1800),
    )

    assert account.throughput_wh == pytest.approx(1800 * 5 / 3600)
    assert account.for_village == Moved()


def test_a_new_day_begins_at_local_midnight_in_the_middle_of_an_interval() -> None:
    midnight = datetime(2026, 6, 21, 22, tzinfo=UTC)
    before, after = midnight - timedelta(seconds=30), midnight + timedelta(seconds=10)

    evening = account_of(look(before - timedelta(seconds=30), 3600), look(before, 3600))
    night = evening.observed(look(after, 3600), HERE)

    assert evening.today_wh(TODAY) == pytest.approx(30)
    assert night.today_wh(TODAY) == 0
    assert night.today_wh(TODAY + timedelta(days=1)) == pytest.approx(10)
    assert night.this_month_wh(TODAY) == pytest.approx(70)
    assert night.for_village.charged_wh == pytest.approx(70)


def test_a_new_month_begins_with_its_first_local_day() -> None:
    midnight = datetime(2026, 6, 30, 22, tzinfo=UTC)

    account = account_of(*steadily(3600, midnight - timedelta(seconds=10), timedelta(seconds=15)))

    assert account.this_month_wh(date(2026, 6, 30)) == 0
    assert account.this_month_wh(date(2026, 7, 1)) == pytest.approx(5)


def test_a_day_without_a_look_has_nothing_in_it() -> None:
    account = account_of(*steadily(2000, NOON, timedelta(minutes=10)))

    assert account.today_wh(TODAY + timedelta(days=1)) == 0
    assert account.this_month_wh(date(2026, 7, 1)) == 0
    assert account.followed_share(TODAY + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 30), 24)]
)
def test_a_day_is_as_long_as_its_clock_makes_it(day: date, hours: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=HERE).astimezone(UTC)
    step = timedelta(minutes=1)

    account = account_of(*(look(midnight + n * step, 1000) for n in range(-30, hours * 60)))

    assert account.today_wh(day) == pytest.approx(1000 * (hours - 1 / 60))


def test_the_time_in_which_a_setpoint_was_kept_is_a_share_of_the_time_under_one() -> None:
    account = account_of(
        look(NOON, 0, setpoint_w=3000),
        look(NOON + LOOK, 2000, setpoint_w=3000),  # A third off.
        look(NOON + 2 * LOOK, 2750, setpoint_w=3000),  # Within a tenth.
        look(NOON + 3 * LOOK, 2950, setpoint_w=400),
        look(NOON + 4 * LOOK, 280),  # Within 150 W; what comes next is under no setpoint.
        look(NOON + 5 * LOOK, 5000),
    )

    assert account.followed_share(TODAY) == pytest.approx(3 / 4)


def test_an_account_survives_a_restart_and_the_time_between_is_not_counted() -> None:
    before = account_of(*steadily(2000, NOON, timedelta(hours=1)))

    after = BatteryAccount.restored(json.loads(json.dumps(before.stored())))
    resumed = after.observed(look(NOON + timedelta(hours=1, seconds=10), 2000), HERE)

    assert resumed.for_village == before.for_village
    assert resumed.today_wh(TODAY) == before.today_wh(TODAY)
    assert resumed.throughput_wh == before.throughput_wh


powers = st.floats(-20_000, 20_000)
anything = st.floats() | powers
gaps = st.floats(-400_000, 400_000) | st.floats(0, 60)
observations = st.lists(st.none() | st.tuples(gaps, anything, st.booleans(), st.none() | powers), max_size=40)


@given(observations)
def test_whatever_is_read_the_totals_only_grow(
    seen: list[tuple[float, float, bool, float | None] | None],
) -> None:
    account, at = BatteryAccount(), NOON
    for each in seen:
        before = account
        if each is None:
            account = account.observed(None, HERE)
            continue
        seconds, power_w, for_village, setpoint_w = each
        at += timedelta(seconds=seconds)
        account = account.observed(Observation(at, power_w, for_village, setpoint_w), HERE)

        assert account.for_village.charged_wh >= before.for_village.charged_wh >= 0
        assert account.for_village.discharged_wh >= before.for_village.discharged_wh >= 0
        assert account.throughput_wh >= before.throughput_wh
        assert account.throughput_wh >= account.for_village.total_wh * (1 - 1e-9)
        assert math.isfinite(account.throughput_wh)
        assert account.month_wh >= account.day_wh * (1 - 1e-9)
        assert 0 <= account.followed_s <= account.steered_s


@given(st.lists(st.tuples(st.floats(0.1, 60), powers), min_size=2, max_size=60))
def test_energy_is_conserved(steps: list[tuple[float, float]]) -> None:
    """Charged less discharged is the area below the power, whatever days it lies on."""
    account, at, net_wh, last_w = BatteryAccount(), datetime(2026, 3, 28, 22, 45, tzinfo=UTC), 0.0, None
    for seconds, power_w in steps:
        step = timedelta(seconds=seconds)
        at += step
        if last_w is not None:
            net_wh += (last_w + power_w) / 2 * step.total_seconds() / 3600
        last_w = power_w
        account = account.observed(look(at, power_w), HERE)

    moved = account.for_village
    assert moved.charged_wh - moved.discharged_wh == pytest.approx(net_wh, abs=1e-6)
    assert account.throughput_wh == pytest.approx(moved.total_wh)
