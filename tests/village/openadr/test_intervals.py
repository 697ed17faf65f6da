"""When an event counts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.openadr.errors import Reason, UnacceptableError
from battery_commons.openadr.intervals import Window, windows
from battery_commons.openadr.objects import parse_event

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LIMIT = [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]
SETPOINT = [{"type": "DISPATCH_SETPOINT", "values": [-5]}]
STARTS = st.integers(-2_000, 2_000).map(lambda minutes: (NOW + timedelta(minutes=minutes)).isoformat())


def interval(id_: int, start: str | None = None, duration: str | None = None, **more: Any) -> dict[str, Any]:
    period = {key: value for key, value in (("start", start), ("duration", duration)) if value}
    return {"id": id_, "payloads": LIMIT, **({"intervalPeriod": period} if period else {}), **more}


def found(
    intervals: Sequence[dict[str, Any]] | None,
    since: datetime = NOW - DAY,
    until: datetime = NOW + DAY,
    ven_name: str = "",
    **fields: Any,
) -> list[Window]:
    raw = {
        "id": "e",
        "programID": "p",
        "createdDateTime": "2026-11-28T11:00:00Z",
        "intervals": intervals,
        **fields,
    }
    return windows(parse_event(raw), since, until, received_at=NOW, ven_name=ven_name)


def spans(of: Sequence[Window]) -> list[tuple[timedelta, timedelta | None]]:
    return [(each.start - NOW, None if each.end is None else each.end - NOW) for each in of]


def test_intervals_follow_one_another_from_the_events_start() -> None:
    said = found(
        [interval(0), interval(1)], intervalPeriod={"start": "2026-11-28T13:00:00Z", "duration": "PT1H"}
    )

    assert spans(said) == [(HOUR, 2 * HOUR), (2 * HOUR, 3 * HOUR)]


def test_an_interval_may_last_longer_than_the_others() -> None:
    said = found(
        [interval(0, duration="PT3H"), interval(1)],
        intervalPeriod={"start": "2026-11-28T13:00:00Z", "duration": "PT1H"},
    )

    assert spans(said) == [(HOUR, 4 * HOUR), (4 * HOUR, 5 * HOUR)]


def test_intervals_with_starts_of_their_own_need_no_order() -> None:
    said = found(
        [interval(0, "2026-11-28T20:00:00+01:00", "PT1H"), interval(1, "2026-11-28T13:00:00Z", "PT1H")]
    )

    assert spans(said) == [(HOUR, 2 * HOUR), (7 * HOUR, 8 * HOUR)]


def test_without_a_duration_it_lasts_until_further_notice() -> None:
    assert spans(found([interval(0, "2026-11-28T13:00:00Z", "PT0S")])) == [(HOUR, None)]
    assert spans(found([interval(0, "2026-11-28T13:00:00Z", "P9999Y")])) == [(HOUR, None)]


def test_without_a_duration_it_lasts_until_the_next_begins() -> None:
    said = found([interval(0, "2026-11-28T13:00:00Z"), interval(1, "2026-11-28T15:00:00Z")])

    assert spans(said) == [(HOUR, 3 * HOUR), (3 * HOUR, None)]


def test_a_single_interval_without_any_period_counts_from_when_the_event_was_made() -> None:
    assert spans(found([interval(0)])) == [(-HOUR, None)]


def test_several_intervals_without_any_period_are_refused() -> None:
    with pytest.raises(UnacceptableError) as refused:
        found([interval(0), interval(1)])
    assert (refused.value.event_id, refused.value.reason) == ("e", Reason.NO_START)


@pytest.mark.parametrize(
    "intervals",
    [
        [interval(0, "2026-11-28T13:00:00Z", "PT2H"), interval(1, "2026-11-28T14:00:00Z", "PT2H")],
        [interval(0, "2026-11-28T13:00:00Z", "PT2H", payloads=LIMIT + LIMIT)],
        [interval(0, "2026-11-28T13:00:00Z", "P9999Y"), interval(1)],
    ],
    ids=["overlap", "twice", "after the endless"],
)
def test_what_contradicts_itself_is_refused(intervals: list[dict[str, Any]]) -> None:
    with pytest.raises(UnacceptableError) as refused:
        found(intervals)
    assert refused.value.reason == Reason.CONTRADICTORY


def test_two_types_may_share_a_time() -> None:
    said = found([interval(0, "2026-11-28T13:00:00Z", "PT1H", payloads=LIMIT + SETPOINT)])

    assert [each.type for each in said] == ["DISPATCH_SETPOINT", "IMPORT_CAPACITY_LIMIT"]


def test_an_event_without_end_repeats_its_intervals() -> None:
    said = found(
        [interval(0), interval(1)],
        since=NOW + 99 * DAY,
        until=NOW + 99 * DAY + 2 * HOUR,
        duration="P9999Y",
        intervalPeriod={"start": "2026-11-28T12:00:00Z", "duration": "PT1H"},
    )

    assert spans(said) == [(99 * DAY, 99 * DAY + HOUR), (99 * DAY + HOUR, 99 * DAY + 2 * HOUR)]


def test_a_days_intervals_repeat_with_the_markets_days() -> None:
    """The day on which the clock goes forward lasts 23 hours: six in the evening stays six in the evening."""
    said = found(
        [interval(0, "2027-03-26T17:00:00Z", "P1D")],
        since=datetime(2027, 3, 28, 17, tzinfo=UTC),
        until=datetime(2027, 3, 29, 12, tzinfo=UTC),
        duration="P9999Y",
    )

    assert [each.start for each in said][-1] == datetime(2027, 3, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize("cycle", [["P1D"], ["P1D", "PT6H"], ["P1M"]])
def test_intervals_that_are_repeated_follow_one_another_also_where_the_clock_goes_forward(
    cycle: list[str],
) -> None:
    """Half past two at night, which is not there on the day on which the clock goes forward."""
    said = found(
        [interval(0, duration=each) for each in cycle],
        until=NOW + 400 * DAY,
        duration="P9999Y",
        intervalPeriod={"start": "2026-11-30T01:30:00Z"},
    )

    assert all(one.end == following.start for one, following in pairwise(said))


def test_a_shorter_event_cuts_its_intervals_off() -> None:
    said = found(
        [interval(0), interval(1)],
        duration="PT90M",
        intervalPeriod={"start": "2026-11-28T13:00:00Z", "duration": "PT1H"},
    )

    assert spans(said) == [(HOUR, 2 * HOUR), (2 * HOUR, 2.5 * HOUR)]


@pytest.mark.parametrize(("seconds", "many"), [("1", 1), ("0.1", 1_000)])
def test_seconds_without_end_are_refused(seconds: str, many: int) -> None:
    period = {"start": "2026-11-28T12:00:00Z", "duration": f"PT{seconds}S"}
    with pytest.raises(UnacceptableError) as refused:
        found([interval(0)] * many, duration="P9999Y", intervalPeriod=period)
    assert refused.value.reason == Reason.IMPOSSIBLE


def test_minutes_may_be_repeated_without_end() -> None:
    period = {"start": "2026-11-28T12:00:00Z", "duration": "PT1M"}

    assert len(found([interval(0), interval(1)], duration="P9999Y", intervalPeriod=period)) == 24 * 60


def test_a_random_start_is_the_same_each_time_and_another_for_each_village() -> None:
    period = {"start": "2026-11-28T13:00:00Z", "duration": "PT1H", "randomizeStart": "PT10M"}

    starts = {name: found([interval(0)], ven_name=name, intervalPeriod=period)[0].start for name in "abcdef"}

    assert all(HOUR <= start - NOW < HOUR + timedelta(minutes=10) for start in starts.values())
    assert len(set(starts.values())) == len(starts)
    assert found([interval(0)], ven_name="a", intervalPeriod=period)[0].start == starts["a"]


def test_only_what_touches_the_asked_time_is_told() -> None:
    period = {"start": "2026-11-28T13:00:00Z", "duration": "PT1H"}

    assert not found([interval(0)], until=NOW + HOUR, intervalPeriod=period)
    assert not found([interval(0)], since=NOW + 2 * HOUR, intervalPeriod=period)


@given(
    intervals=st.lists(
        st.builds(
            interval,
            st.integers(0, 9),
            st.none() | STARTS,
            st.sampled_from([None, "PT0S", "PT15M", "PT1H", "P1D", "P1M", "P9999Y"]),
        ),
        max_size=6,
    ),
    duration=st.sampled_from([None, "PT0S", "PT40M", "P2D", "P9999Y"]),
    period=st.sampled_from([None, {"start": "2026-11-28T13:00:00Z", "duration": "PT15M"}]),
)
def test_windows_of_whatever_event_never_overlap(
    intervals: list[dict[str, Any]], duration: str | None, period: dict[str, str] | None
) -> None:
    try:
        said = found(intervals, duration=duration, intervalPeriod=period)
    except UnacceptableError:
        return
    for window, following in pairwise(said):
        assert window.end is not None
        assert window.start < window.end <= following.start
