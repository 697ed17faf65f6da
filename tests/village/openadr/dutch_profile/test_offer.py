"""What a group offers and delivered is what its batteries can and did, and no more."""

from datetime import timedelta

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.dutch_flex import MaxDuration
from battery_commons.openadr.dutch_profile.offer import available_w, delivered_w, status_of
from battery_commons.openadr.dutch_profile.terms import OperationalStatus
from tests.village.openadr.dutch_profile.written import NOON

LARGE = Battery("h1/b", "t1", 20_000, 5000, 5000, discharge_efficiency=1.0, reserve=0.0)
SMALL = Battery("h2/b", "t1", 4000, 2000, 2000, discharge_efficiency=0.9, reserve=0.5)
QUARTER = timedelta(minutes=15)


def test_over_two_hours_a_large_battery_is_bound_by_its_power_and_a_small_one_by_its_energy() -> None:
    assert available_w(1000, [LARGE, SMALL], MaxDuration.TWO_HOURS) == pytest.approx(1000 + 5000 + 900)


def test_over_six_hours_there_is_less() -> None:
    assert available_w(0, [LARGE, SMALL], MaxDuration.SIX_HOURS) == pytest.approx(20_000 / 6 + 300)


def test_nothing_is_offered_of_a_group_that_is_taken_to_deliver_more_than_it_can() -> None:
    assert available_w(-9000, [LARGE], MaxDuration.TWO_HOURS) == 0


def test_what_was_delivered_is_what_was_not_drawn() -> None:
    measured = {"h1/b": {NOON: -5000.0}, "h2/b": {NOON: 500.0}}
    assert delivered_w(1000, [LARGE, SMALL], measured) == {NOON: 5500}


def test_a_group_that_drew_more_than_its_baseline_delivered_nothing() -> None:
    assert delivered_w(1000, [LARGE], {"h1/b": {NOON: 3000.0}}) == {NOON: 0}


def test_a_battery_that_was_not_measured_is_taken_to_have_charged() -> None:
    measured = {"h1/b": {NOON: -5000.0, NOON + QUARTER: -5000.0}, "h2/b": {NOON + QUARTER: 0.0}}
    assert delivered_w(1000, [LARGE, SMALL], measured) == {NOON: 4000, NOON + QUARTER: 6000}


@pytest.mark.parametrize(
    ("minutes", "is_suspended", "status"),
    [
        (None, False, OperationalStatus.PENDING),
        (1, False, OperationalStatus.NORMAL),
        (61, False, OperationalStatus.ERROR),
        (1, True, OperationalStatus.ERROR),
    ],
)
def test_a_battery_that_is_silent_or_suspended_cannot_deliver(
    minutes: int | None, *, is_suspended: bool, status: OperationalStatus
) -> None:
    heard_at = None if minutes is None else NOON - timedelta(minutes=minutes)
    assert status_of(heard_at, NOON, is_suspended=is_suspended) is status
