"""Batteries join their group, leave another, and are forgotten once they are in none."""

from dataclasses import replace

from battery_commons.domain.dutch_flex import CongestionPoint, FlexGroup, MaxDuration
from battery_commons.openadr.dutch_profile.membership import Membership, membership
from battery_commons.openadr.dutch_profile.objects import BatteryResource
from battery_commons.openadr.dutch_profile.terms import ReportPayload
from tests.village.openadr.dutch_profile.written import ENEXIS, PROVIDER

BATTERY = BatteryResource("r1", "home/b1", None)
GROUP = FlexGroup("g1", "group-1", ENEXIS, PROVIDER, CongestionPoint("MSR-1", MaxDuration.TWO_HOURS))
WITH = replace(GROUP, members=["r1"])
OTHER = replace(GROUP, object_id="g2", name="group-2")
JOIN = {"r1": ("g1", ReportPayload.REGISTRATION)}
LEAVE = {"r1": ("g1", ReportPayload.DEREGISTRATION)}


def test_a_battery_that_is_in_no_group_joins_its_own() -> None:
    assert membership([BATTERY], {"home/b1": GROUP}, [GROUP], {}) == Membership(joining={"g1": ["r1"]})


def test_what_was_asked_is_not_asked_again() -> None:
    assert membership([BATTERY], {"home/b1": GROUP}, [GROUP], JOIN) == Membership()
    assert membership([BATTERY], {}, [WITH], LEAVE) == Membership()


def test_but_for_a_battery_behind_another_connection() -> None:
    again = membership([BATTERY], {"home/b1": GROUP}, [GROUP], JOIN, {"home/b1"})
    assert again == Membership(joining={"g1": ["r1"]})


def test_a_battery_in_its_group_stays() -> None:
    assert membership([BATTERY], {"home/b1": WITH}, [WITH], JOIN) == Membership(inside={"home/b1"})


def test_a_battery_that_takes_part_no_longer_leaves_and_is_then_forgotten() -> None:
    assert membership([BATTERY], {}, [WITH], JOIN) == Membership(leaving={"g1": ["r1"]})
    assert membership([BATTERY], {}, [GROUP], LEAVE) == Membership(forgotten=[BATTERY])


def test_a_battery_that_moved_leaves_its_former_group_before_it_joins_another() -> None:
    wanted = {"home/b1": OTHER}
    assert membership([BATTERY], wanted, [WITH, OTHER], JOIN) == Membership(leaving={"g1": ["r1"]})
    assert membership([BATTERY], wanted, [GROUP, OTHER], LEAVE) == Membership(joining={"g2": ["r1"]})
