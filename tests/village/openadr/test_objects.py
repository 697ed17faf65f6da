"""Objects of OpenADR 3.1 are read tolerantly, written strictly, and refused with their id and a reason."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openadr3_client.oadr310.models.event.event import ExistingEvent
from openadr3_client.oadr310.models.program.program import ExistingProgram
from openadr3_client.oadr310.models.report.report import NewReport

from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.objects import Event, Program, Report, Subscription, parse, parse_event, to_wire

EVENT: dict[str, Any] = {
    "id": "brink-17",
    "objectType": "EVENT",
    "createdDateTime": "2026-11-28T12:00:00Z",
    "modificationDateTime": "2026-11-28T12:05:00.250000Z",
    "programID": "limits",
    "eventName": "evening",
    "priority": 2,
    "targets": ["brink"],
    "payloadDescriptors": [
        {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "IMPORT_CAPACITY_LIMIT", "units": "KW"}
    ],
    "reportDescriptors": [{"payloadType": "USAGE", "frequency": 1, "repeat": -1}],
    "intervalPeriod": {"start": "2026-11-28T17:00:00+01:00", "duration": "PT15M", "randomizeStart": "PT1M"},
    "intervals": [
        {"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [120.5]}]},
        {"id": 1, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]},
    ],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def changed(**fields: object) -> dict[str, Any]:
    return EVENT | fields


def refusal(raw: object) -> UnacceptableError:
    with pytest.raises(UnacceptableError) as refused:
        parse_event(raw)
    return refused.value


def test_what_is_written_says_what_was_read() -> None:
    event = parse_event(EVENT)

    assert parse_event(json.loads(json.dumps(to_wire(event)))) == event


def test_the_independent_client_reads_what_is_written() -> None:
    theirs = ExistingEvent.model_validate(to_wire(parse_event(EVENT)))

    assert theirs.intervals is not None
    assert [each.payloads[0].values for each in theirs.intervals] == [(120.5,), (100,)]
    assert (theirs.priority, theirs.targets) == (2, ("brink",))


def test_what_the_independent_client_writes_is_read_with_its_nulls() -> None:
    theirs = ExistingEvent.model_validate(EVENT)

    event = parse_event(theirs.model_dump(mode="json", by_alias=True))

    ours = parse_event(EVENT)
    assert (event.id, event.intervals, event.interval_period) == (
        ours.id,
        ours.intervals,
        ours.interval_period,
    )


def test_a_program_and_a_report_are_read_by_the_independent_client() -> None:
    program = parse(
        Program,
        {
            "id": "p1",
            "createdDateTime": "2026-11-28T12:00:00Z",
            "modificationDateTime": "2026-11-28T12:00:00Z",
            "programName": "limits",
            "programDescriptions": [{"URL": "https://example.org/limits"}],
        },
    )
    report = parse(
        Report,
        {
            "eventID": "brink-17",
            "clientName": "brinkdorp",
            "resources": [
                {
                    "resourceName": "t1",
                    "intervals": [{"id": 0, "payloads": [{"type": "USAGE", "values": [1.5]}]}],
                }
            ],
        },
    )

    assert ExistingProgram.model_validate(to_wire(program)).program_name == "limits"
    assert NewReport.model_validate(to_wire(report)).resources[0].resource_name == "t1"


def test_nothing_that_is_absent_is_written() -> None:
    assert "null" not in json.dumps(to_wire(parse_event(changed(priority=None, targets=None))))


def test_fields_and_payload_types_that_are_new_to_us_are_passed_over() -> None:
    payloads = [{"type": "MOON_PHASE", "values": ["full", True, 3]}]

    event = parse_event(changed(mood="calm", intervals=[{"id": 0, "payloads": payloads}]))

    assert event.intervals is not None
    assert event.intervals[0].payloads[0].values == ("full", True, 3)


def test_targets_as_openadr_3_0_writes_them_are_read() -> None:
    event = parse_event(changed(targets=[{"type": "RESOURCE_NAME", "values": ["t1", "t2"]}]))

    assert event.targets == ("t1", "t2")


@pytest.mark.parametrize("id_", ["17", "urn:dso:17", "x" * 128])
def test_an_id_need_not_be_a_uuid(id_: str) -> None:
    assert parse_event(changed(id=id_)).id == id_


def test_a_start_of_zeros_means_now() -> None:
    event = parse_event(changed(intervalPeriod={"start": "0000-00-00T00:00:00Z", "duration": "PT1H"}))

    assert event.interval_period is not None
    assert event.interval_period.start is None


@pytest.mark.parametrize(
    "fields",
    [
        {"programID": None},
        {"priority": -1},
        {"intervals": [{"id": 0, "payloads": []}]},
        {"intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [float("nan")]}]}]},
        {"intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [float("inf")]}]}]},
        {"intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [1e300]}]}]},
        {"intervalPeriod": {"start": "2026-11-28T17:00:00", "duration": "PT15M"}},
        {"intervalPeriod": {"start": 1_800_000_000, "duration": "PT15M"}},
        {"intervalPeriod": {"start": "9999-12-31T23:59:59Z", "duration": "PT15M"}},
        {"intervalPeriod": {"start": "2026-11-28T17:00:00Z", "duration": "-PT15M"}},
        {"intervalPeriod": {"start": "2026-11-28T17:00:00Z", "duration": "a while"}},
        {"intervals": [{"id": n, "payloads": [{"type": "P", "values": [1]}]} for n in range(10_001)]},
        {"targets": ["x" * 129]},
    ],
)
def test_what_is_wrong_is_refused_with_the_events_id(fields: dict[str, object]) -> None:
    assert refusal(changed(**fields)).event_id == "brink-17"


@pytest.mark.parametrize("raw", [None, [], "event", 3, {}])
def test_what_is_no_event_is_refused(raw: object) -> None:
    assert refusal(raw).event_id is None


@given(raw=JSON)
def test_whatever_is_sent_is_read_or_refused(raw: object) -> None:
    for kind in (Event, Program, Report, Subscription):
        with suppress(UnacceptableError):
            parse(kind, raw)


@given(field=st.sampled_from(sorted(EVENT)), value=JSON)
def test_an_event_with_whatever_in_one_field_is_read_or_refused(field: str, value: object) -> None:
    try:
        event = parse_event(changed(**{field: value}))
    except UnacceptableError:
        return
    assert parse_event(json.loads(json.dumps(to_wire(event)))) == event
