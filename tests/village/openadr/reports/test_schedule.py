"""When reports are due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.openadr.objects import MAX_INTERVALS, Event, ReportDescriptor, parse_event
from battery_commons.openadr.reports.schedule import DueReport, due_reports, spans_of

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO, MUCH_LATER = NOON - timedelta(days=9_000), NOON + timedelta(days=9_000)


def event(intervals: int, each: str = "PT1H", **more: Any) -> Event:
    """Return an event of equal intervals from noon on."""
    payloads = [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]
    return parse_event(
        {
            "id": "e1",
            "programID": "p1",
            "intervalPeriod": {"start": "2026-11-28T12:00:00Z", "duration": each},
            "intervals": [{"id": k, "payloads": payloads} for k in range(intervals)],
            **more,
        }
    )


def due(of: Event, after: datetime = LONG_AGO, until: datetime = MUCH_LATER, **asked: Any) -> list[DueReport]:
    descriptor = ReportDescriptor(payload_type="USAGE", **asked)
    return due_reports(spans_of(of, NOON), [descriptor], after, until)


def hours(reports: list[DueReport]) -> list[tuple[float, list[float]]]:
    """Return when reports are due and where their intervals begin, in hours after noon."""
    return [
        ((each.due - NOON) / HOUR, [(start - NOON) / HOUR for _, start, _ in each.intervals])
        for each in reports
    ]


def test_without_more_one_report_of_all_intervals_is_due_when_the_last_is_over() -> None:
    assert hours(due(event(3))) == [(3, [0, 1, 2])]


def test_a_report_can_be_asked_for_after_every_interval() -> None:
    found = due(event(3), start_interval=1, num_intervals=1, repeat=-1)
    assert hours(found) == [(1, [0]), (2, [1]), (3, [2])]


def test_a_report_can_be_asked_for_now_and_then() -> None:
    found = due(event(6), start_interval=2, num_intervals=2, frequency=3, repeat=2)
    assert hours(found) == [(2, [0, 1]), (5, [3, 4])]


def test_a_forecast_is_due_before_what_it_is_about() -> None:
    found = due(event(4), start_interval=1, num_intervals=2, historical=False)
    assert hours(found) == [(1, [1, 2])]
    assert hours(due(event(2), historical=False)) == [(0, [0, 1])]


def test_sub_intervals_are_quarter_hours() -> None:
    found = due(event(1), report_intervals="SUB_INTERVALS")
    assert hours(found) == [(1, [0, 0.25, 0.5, 0.75])]


def test_intervals_are_called_as_the_event_calls_them() -> None:
    named = event(3)
    own = [each.model_copy(update={"id": 7 - each.id}) for each in named.intervals or ()]
    (report,) = due(named.model_copy(update={"intervals": tuple(own)}), start_interval=2)
    assert [each.id for each in report.intervals] == [7, 6]


def test_an_open_end_is_never_over() -> None:
    assert due(event(1, "P9999Y")) == []


def test_years_that_are_repeated_are_reported_on() -> None:
    found = spans_of(event(1, "P1Y", duration="P5Y"), NOON)
    assert (len(found.spans), found.is_whole) == (5, True)


def test_an_event_that_goes_on_is_reported_on_interval_by_interval_and_bounded() -> None:
    endless = event(1, "PT15M", duration="P9999Y")
    found = due(endless, start_interval=1, num_intervals=1, repeat=-1)
    assert len(found) == MAX_INTERVALS
    assert due(endless) == []


@pytest.mark.parametrize("asked", [{"num_intervals": 0}, {"repeat": 0}, {"start_interval": 10**12}])
def test_what_asks_for_nothing_gets_nothing(asked: dict[str, Any]) -> None:
    assert due(event(3), **asked) == []


_COUNTS = st.integers(-3, 12)


@given(
    count=st.integers(1, 12),
    asked=st.fixed_dictionaries(
        {
            "start_interval": _COUNTS,
            "num_intervals": _COUNTS,
            "frequency": _COUNTS,
            "repeat": _COUNTS,
            "historical": st.booleans(),
        }
    ),
    now=st.integers(-2, 15),
)
def test_whatever_is_asked(count: int, asked: dict[str, Any], now: int) -> None:
    of, at = event(count), NOON + now * HOUR
    every = due(of, **asked)
    before, later = due(of, LONG_AGO, at, **asked), due(of, at, MUCH_LATER, **asked)
    assert before + later == every  # Each is due once, whenever one looks.
    assert len({each.name for each in every}) == len(every) <= count + 1
    for each in every:
        assert each.intervals
        if asked["historical"]:
            assert each.due >= max(span.end for span in each.intervals)
        else:
            assert each.due <= min(span.start for span in each.intervals)
