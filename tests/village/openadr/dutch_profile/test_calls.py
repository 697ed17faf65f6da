"""Calls become ceilings that the planner knows, where they fit what was agreed and offered."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from openadr3_client.oadr310.models.event.event import ExistingEvent
from openadr3_client_nlflex_compliance.nlflex10 import validate_flex_dispatch_event_compliant

from battery_commons.domain.dutch_flex import (
    CongestionPoint,
    DutchParticipation,
    FlexGroup,
    MaxDuration,
    TakenCall,
)
from battery_commons.domain.operator import FlexCall
from battery_commons.domain.time import SLOT, ScaledClock, WallClock
from battery_commons.openadr.dutch_profile.calls import flex_calls, newest_baseline, understand
from battery_commons.openadr.dutch_profile.events import read_event
from tests.village.openadr.dutch_profile.written import (
    ENEXIS,
    NOON,
    PROVIDER,
    WINDOW,
    Raw,
    baseline,
    flex,
    group,
    override,
    text,
)

POINT = CongestionPoint("MSR-1234", MaxDuration.FOUR_HOURS)
PARTICIPATION = DutchParticipation(PROVIDER, ENEXIS, {"t1": POINT})
GROUP = FlexGroup("1", "group-1", ENEXIS, PROVIDER, POINT)
HOUR = timedelta(hours=1)


def made(raw: Raw, at: datetime) -> Raw:
    """Return an event as it was made at another moment."""
    return raw | {"createdDateTime": text(at)}


def calls(*raws: Raw, groups: tuple[FlexGroup, ...] = (GROUP,)) -> list[FlexCall]:
    """Return the ceilings that events ask for."""
    understood = understand([read_event(raw) for raw in raws], groups, PARTICIPATION)
    return flex_calls(understood.called, WallClock())


def refusals(*raws: Raw, groups: tuple[FlexGroup, ...] = (GROUP,)) -> dict[str | None, str]:
    """Return why calls are refused, by event."""
    understood = understand([read_event(raw) for raw in raws], groups, PARTICIPATION)
    return {each.event_id: each.reason for each in understood.refused}


def test_a_call_is_a_ceiling_under_the_baseline_by_the_quarter_hour() -> None:
    assert calls(baseline(20.0), flex((4, 1, 0), (5, 2, 25.0), (7, 1, 0))) == [
        FlexCall("flex", "t1", WINDOW + 4 * HOUR, [20_000] * 4),
        FlexCall("flex", "t1", WINDOW + 5 * HOUR, [-5000] * 8),
        FlexCall("flex", "t1", WINDOW + 7 * HOUR, [20_000] * 4),
    ]


@pytest.mark.parametrize(("day", "slots"), [("2026-10-25", 100), ("2027-03-28", 92), ("2026-11-29", 96)])
def test_a_window_is_24_hours_on_days_that_are_longer_or_shorter(day: str, slots: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
    start = midnight.astimezone(UTC)
    following = (midnight + timedelta(days=1)).astimezone(UTC)
    assert (following - start) // SLOT == slots
    last = flex((22, 2, 5), window=start)
    (call,) = calls(made(baseline(20.0), start - timedelta(days=2)), last)
    assert call.start == start + 22 * HOUR
    assert call.start + len(call.ceiling_w) * SLOT == start + timedelta(days=1)


def test_a_village_on_a_fast_clock_is_called_in_its_own_time() -> None:
    clock = ScaledClock(speed=2, wall_origin=NOON, village_origin=NOON)
    understood = understand([read_event(baseline(20.0)), read_event(flex((0, 2, 5)))], [GROUP], PARTICIPATION)
    (call,) = flex_calls(understood.called, clock)
    assert (call.start, len(call.ceiling_w)) == (NOON + timedelta(days=2), 16)


def test_the_baseline_at_publication_counts() -> None:
    later = made(baseline(50.0, id_="later"), NOON + HOUR)
    (call,) = calls(made(baseline(20.0), NOON - HOUR), later, flex((0, 2, 5)))
    assert call.ceiling_w[0] == 15_000


def test_where_that_one_was_deleted_the_next_counts() -> None:
    (call,) = calls(made(baseline(50.0), NOON + HOUR), flex((0, 2, 5)))
    assert call.ceiling_w[0] == 45_000


def test_the_newest_baseline_is_in_force() -> None:
    events = [read_event(made(baseline(1.0, id_=id_), NOON + n * HOUR)) for n, id_ in enumerate("abc")]
    newest = newest_baseline(events, "group-1")
    assert newest is not None
    assert newest.event_id == "c"


def test_a_call_on_an_unknown_group_is_refused() -> None:
    assert refusals(baseline(20.0), flex((0, 2, 5)), groups=()) == {"flex": "profile_unknown_group"}


def test_so_is_one_on_a_congestion_point_that_the_village_did_not_agree_on() -> None:
    other = FlexGroup("1", "group-1", ENEXIS, PROVIDER, CongestionPoint("MSR-9", MaxDuration.FOUR_HOURS))
    assert refusals(baseline(20.0), flex((0, 2, 5)), groups=(other,)) == {"flex": "profile_unknown_group"}


def test_so_is_one_without_a_baseline() -> None:
    others = baseline(20.0, targets=["group-2"])
    assert refusals(others, flex((0, 2, 5))) == {"flex": "profile_no_baseline"}


def test_so_is_one_for_longer_than_was_agreed_as_the_validator_has_it() -> None:
    raw = flex((0, 6, 5))
    assert refusals(baseline(20.0), raw) == {"flex": "profile_too_long"}
    event = ExistingEvent.model_validate(raw)
    assert validate_flex_dispatch_event_compliant(event, max_duration=4 * HOUR)


def test_so_is_one_for_more_than_can_be_called_as_the_validator_has_it() -> None:
    raw, offered = flex((0, 2, 5)), flex_group_with(4.99)
    assert refusals(baseline(20.0), raw, groups=(offered,)) == {"flex": "profile_too_much"}
    assert calls(baseline(20.0), raw, groups=(flex_group_with(5.0),))
    event = ExistingEvent.model_validate(raw)
    assert validate_flex_dispatch_event_compliant(event, max_callable_kw=4.99)


def test_an_override_says_how_much_can_be_called() -> None:
    offered = flex_group_with(50.0)
    assert refusals(baseline(20.0), override(-4.0), flex((0, 2, 5)), groups=(offered,)) == {
        "flex": "profile_too_much"
    }


def test_so_is_one_that_was_published_too_late() -> None:
    late = made(flex((0, 2, 5)), NOON + timedelta(minutes=6))
    assert refusals(baseline(20.0), late) == {"flex": "profile_too_late"}
    assert calls(baseline(20.0), made(flex((0, 2, 5)), NOON + timedelta(minutes=5)))


def test_one_that_is_refused_leaves_the_others() -> None:
    found = calls(baseline(20.0), flex((0, 6, 5), id_="long"), flex((8, 2, 5)))
    assert [each.event_id for each in found] == ["flex"]


def test_a_call_that_was_taken_on_stays_whatever_is_said_of_its_group_later() -> None:
    events = [
        read_event(made(baseline(90.0), NOON + HOUR)),
        read_event(override(-0.5)),
        read_event(flex((0, 2, 5))),
    ]
    understood = understand(events, [], PARTICIPATION, {"flex": TakenCall("t1", 20_000)})
    (call,) = flex_calls(understood.called, WallClock())
    assert call.ceiling_w == [15_000] * 8
    assert not understood.refused


def flex_group_with(available_kw: float) -> FlexGroup:
    """Return the group with what can be called of it."""
    return FlexGroup("1", "group-1", ENEXIS, PROVIDER, POINT, available_w=available_kw * 1000)


def test_the_group_is_the_one_that_the_operator_shows() -> None:
    assert group()["resourceGroupName"] == GROUP.name
