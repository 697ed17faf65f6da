"""Events as they arrive: read in any form, judged, recognised."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.openadr.arrival import LARGEST_EVENT, arrived, identity
from battery_commons.openadr.forms import UnreadableError, one_form, read_json
from battery_commons.openadr.intervals import windows
from battery_commons.openadr.objects import parse_event
from tests.village.openadr.dutch_profile.written import flex
from tests.village.openadr.vtn_peer import limit_event

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
NOW = datetime.now(UTC)
EVENT = {
    "id": "e1",
    "programID": "p1",
    "modificationDateTime": "2026-11-24T10:00:00+01:00",
    **limit_event(100),
}


@given(JSON)
def test_whatever_arrives_has_an_id_a_version_and_a_verdict(said: object) -> None:
    event = arrived(said, NOW)
    assert event.event_id
    assert len(event.version) == 64
    assert event.refusal
    json.loads(event.raw)


@given(st.binary(max_size=60))
def test_what_cannot_be_read_is_said_not_to_be(body: bytes) -> None:
    with suppress(UnreadableError):
        read_json(body)


@pytest.mark.parametrize("strange", ["\ud800", "a\x00b"])
def test_an_id_that_no_database_takes_is_no_id(strange: str) -> None:
    event = arrived(EVENT | {"id": strange, "programID": strange}, NOW)
    assert event.refusal
    assert event.event_id.startswith("(no id) ")
    assert event.program_id == ""


def test_an_event_that_ends_when_no_calendar_does_is_refused() -> None:
    far = {
        "start": "2150-11-29T18:00:00Z",
        "duration": "P999Y999999DT9999999H999999999M",
        "randomizeStart": "PT9999999H999999999M99999999999S",
    }
    assert arrived(EVENT | {"intervalPeriod": far}, NOW).refusal == "malformed"


@pytest.mark.parametrize("duration", ["P9999Y", "P5000Y", "P999999D", "PT0S"])
def test_a_call_of_the_dutch_profile_that_no_calendar_holds_is_refused(duration: str) -> None:
    """It may not end the line over which it came, either: the next listing would bring it again."""
    call = flex((4, 2, 6), window=NOW.replace(minute=0, second=0, microsecond=0) + timedelta(days=2))
    call["intervals"][0]["intervalPeriod"]["duration"] = duration
    assert arrived(call, NOW).refusal in {"profile_form", "profile_intervals"}


def test_a_servers_own_stamp_may_lack_its_time_zone_but_no_start_may() -> None:
    assert arrived(EVENT | {"createdDateTime": "2026-11-24T10:00:00.5"}, NOW).refusal is None
    bare = {"start": "2150-11-29T18:00:00", "duration": "PT1H"}
    assert arrived(EVENT | {"intervalPeriod": bare}, NOW).refusal == "malformed"


def test_names_are_in_camel_case_and_nulls_are_left_out() -> None:
    said = {"program_id": "p", "ven_id": None, "interval_period": {"randomize_start": "PT5M"}, "id": "e_1"}
    assert one_form(said) == {"programID": "p", "intervalPeriod": {"randomizeStart": "PT5M"}, "id": "e_1"}


@pytest.mark.parametrize(
    "same",
    [
        EVENT | {"modificationDateTime": "2026-11-24T09:00:00.000Z"},
        EVENT | {"objectType": "EVENT"},
        EVENT | {"targets": []},
        dict(reversed(EVENT.items())),
    ],
)
def test_the_same_content_is_the_same_version(same: dict[str, object]) -> None:
    assert identity(same) == identity(EVENT)


@pytest.mark.parametrize(
    "other",
    [
        EVENT | limit_event(99),
        EVENT | {"modificationDateTime": "2026-11-24T09:00:01Z"},
        EVENT | {"targets": ["t1"]},
    ],
)
def test_other_content_is_another_version(other: dict[str, object]) -> None:
    assert identity(other)[1] != identity(EVENT)[1]


def test_an_event_is_read() -> None:
    event = arrived(EVENT, NOW)
    assert (event.event_id, event.program_id, event.refusal) == ("e1", "p1", None)
    assert event.modified == datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration", "has_end"),
    [("PT1H", True), ("P2D", True), ("P9999Y", False), ("P3Y", False), ("PT0S", False)],
)
def test_an_event_has_an_end_as_far_as_that_is_known(duration: str, *, has_end: bool) -> None:
    start = NOW + timedelta(hours=1)
    period = {"start": start.isoformat(), "duration": duration}
    event = arrived({**EVENT, "intervalPeriod": period}, NOW)
    assert event.refusal is None
    assert (event.ends_at is not None) is has_end
    assert event.ends_at is None or event.ends_at > start


@pytest.mark.parametrize("ven_name", ["Ansen", "Brinkdorp", "Ruinen"])
def test_an_event_has_not_ended_before_its_start_is_moved_as_far_as_it_may(ven_name: str) -> None:
    start = NOW + timedelta(hours=1)
    period = {"start": start.isoformat(), "duration": "PT1H", "randomizeStart": "PT240H"}
    moved = EVENT | {"id": "e3", "intervalPeriod": period}
    until = NOW + timedelta(days=30)
    [window] = windows(parse_event(moved), NOW, until, received_at=NOW, ven_name=ven_name)
    ends_at = arrived(moved, NOW).ends_at
    assert window.end is not None
    assert ends_at is not None
    assert ends_at > window.end


def test_a_huge_event_is_refused_and_not_kept_whole() -> None:
    event = arrived(EVENT | {"eventName": "x" * LARGEST_EVENT}, NOW)
    assert (event.event_id, event.refusal, event.raw) == ("e1", "too_large", "{}")


@pytest.mark.parametrize("event_id", [None, "", 5, "x" * 201])
def test_an_event_without_a_usable_id_is_refused_under_its_content(event_id: object) -> None:
    event = arrived({**EVENT, "id": event_id}, NOW)
    assert event.event_id.startswith("(no id) ")
    assert event.refusal


def test_an_event_of_a_later_century_is_not_over() -> None:
    far = {"start": "2150-11-29T18:00:00Z", "duration": "PT1H"}
    assert arrived(EVENT | {"intervalPeriod": far}, NOW).refusal is None
