"""Every report that is sent is one for the validator."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openadr3_client.oadr310.models.event.event import ExistingEvent
from openadr3_client_nlflex_compliance.nlflex10 import validate_flex_delivery_report_compliant

from battery_commons.openadr.dutch_profile import reports
from battery_commons.openadr.dutch_profile.at_operator import requests, told_statuses
from battery_commons.openadr.dutch_profile.dispatch import FlexDispatch
from battery_commons.openadr.dutch_profile.events import read_event
from battery_commons.openadr.dutch_profile.terms import OperationalStatus, ReportPayload
from tests.village.openadr.dutch_profile.judge import judged_report
from tests.village.openadr.dutch_profile.written import GROUP_ID, PROVIDER, RESOURCE_ID, WINDOW, flex

EVENING = flex((4, 1, 0), (5, 2, 12.5), (7, 1, 0))
POWERS_W = st.floats(0, 1e8)


def only_values(report: dict[str, Any], interval: int = 0) -> dict[str, list[object]]:
    """Return what a report about a whole group says, by type."""
    payloads = report["resources"][0]["intervals"][interval]["payloads"]
    return {each["type"]: each["values"] for each in payloads}


@pytest.mark.parametrize("leaves", [False, True])
def test_a_registration_names_group_and_batteries_by_the_servers_ids(*, leaves: bool) -> None:
    report = reports.registration(PROVIDER, "anchor", GROUP_ID, [RESOURCE_ID], leaves=leaves)
    judged_report(report)
    request = "DE_REGISTRATION_REQUEST" if leaves else "REGISTRATION_REQUEST"
    assert only_values(report) == {"RESOURCE_GROUP_ID": [GROUP_ID], request: [RESOURCE_ID]}


@given(POWERS_W, POWERS_W)
def test_an_offer_is_never_more_than_there_is(active_w: float, reserved_w: float) -> None:
    report = reports.flex_delta(PROVIDER, "baseline", active_w, reserved_w)
    judged_report(report)
    offered = only_values(report)
    for name, power_w in (("ACTIVE_FLEX_DELTA", active_w), ("RESERVED_FLEX_DELTA", reserved_w)):
        (delta_kw,) = offered[name]
        assert isinstance(delta_kw, float)
        assert 0 <= -delta_kw * 1000 <= power_w + 1e-6
        assert -delta_kw * 1000 > power_w - 10 - 1e-6


def test_an_acknowledgement_says_no_more_than_that_a_call_came() -> None:
    report = reports.acknowledgement(PROVIDER, "flex")
    judged_report(report)
    assert only_values(report) == {"ACK": [True]}


def delivery_of(delivered_w: dict[datetime, float]) -> dict[str, Any]:
    """Return the report on the evening's call."""
    dispatch = read_event(EVENING)
    assert isinstance(dispatch, FlexDispatch)
    return reports.delivery(PROVIDER, dispatch, delivered_w)


@given(st.dictionaries(st.integers(0, 95), st.floats(-1e8, 1e8), max_size=96))
def test_a_delivery_answers_every_stretch_of_its_call(delivered: dict[int, float]) -> None:
    quarters = {WINDOW + n * timedelta(minutes=15): power_w for n, power_w in delivered.items()}
    report = judged_report(delivery_of(quarters))
    event = ExistingEvent.model_validate(EVENING)
    assert validate_flex_delivery_report_compliant(report, event_intervals=event.intervals) is None


def test_a_delivery_has_a_value_for_every_quarter_hour() -> None:
    five = WINDOW + timedelta(hours=5)
    report = delivery_of({five: 12_504.0, five + timedelta(minutes=15): -3.0})
    assert only_values(report, 1) == {"DELIVERED_FLEX": [12.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}


def test_a_status_is_told_of_each_battery_by_itself() -> None:
    said = {"home/b1": OperationalStatus.ERROR, "home/b2": OperationalStatus.NORMAL}
    report = judged_report(reports.operational_status(PROVIDER, "anchor", said))
    assert [each.resource_name for each in report.resources] == list(said)


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["resources", "intervals", "payloads", "type", "values", "reportName"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(["resources", "reportName"]), JUNK), max_size=3))
def test_junk_in_what_the_server_holds_is_passed_over(held: list[dict[str, Any]]) -> None:
    assert requests(held) == {}
    told_statuses(held)


def test_the_last_that_was_asked_of_a_battery_counts() -> None:
    joined = reports.registration(PROVIDER, "anchor", GROUP_ID, [RESOURCE_ID, "other"])
    left = reports.registration(PROVIDER, "anchor", GROUP_ID, [RESOURCE_ID], leaves=True)
    assert requests([joined, left]) == {
        RESOURCE_ID: (GROUP_ID, ReportPayload.DEREGISTRATION),
        "other": (GROUP_ID, ReportPayload.REGISTRATION),
    }


def test_the_last_status_that_was_told_of_a_battery_counts() -> None:
    said = [
        {"b1": OperationalStatus.ERROR, "b2": OperationalStatus.PENDING},
        {"b1": OperationalStatus.NORMAL},
    ]
    held = [reports.operational_status(PROVIDER, "anchor", each) for each in said]
    assert told_statuses(held) == {"b1": "NORMAL", "b2": "PENDING"}
