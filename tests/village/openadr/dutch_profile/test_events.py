"""Events of the profile are read, and whatever the validator refuses is refused here too."""

import copy
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.openadr.dutch_profile.dispatch import FlexDispatch, FlexInterval
from battery_commons.openadr.dutch_profile.events import (
    Anchor,
    Baseline,
    FlexDeltaOverride,
    check_shape,
    read_event,
)
from battery_commons.openadr.dutch_profile.terms import OverrideReason
from battery_commons.openadr.errors import UnacceptableError
from tests.village.openadr.dutch_profile.judge import accepts_event
from tests.village.openadr.dutch_profile.written import (
    NOON,
    REPORT_ID,
    WINDOW,
    Raw,
    anchor,
    baseline,
    flex,
    override,
)

EVENING = flex((4, 1, 0), (5, 4, 12.5), (9, 1, 0))
EVENTS = [anchor(), baseline(20.25, 3.5), override(-8.0), EVENING, flex((0, 2, 0), (22, 2, 7))]
NUMBERS = [True, -1, 0, 1, 0.005, 1e9, -0.5, float("nan")]
WORDS = ["", "x", "5", "KW", "FLEX", "group-2", "INTERVALS", "PT1H", "PT3H", "P2D"]
MOMENTS = ["2026-11-29T12:07:00Z", "2026-11-29T12:00:00", "9999-12-31T23:59:59Z"]
JUNK = st.sampled_from([*NUMBERS, *WORDS, *MOMENTS, [], {}, [[]]])


def read(raw: Mapping[str, object]) -> object:
    """Return what an event tells; None where it is refused."""
    try:
        return read_event(raw)
    except UnacceptableError:
        return None


def test_the_anchor_is_what_reports_refer_to() -> None:
    assert read_event(anchor()) == Anchor("anchor")


def test_a_baseline_has_an_active_and_a_reserved_part() -> None:
    assert read_event(baseline(20.25, -3.5)) == Baseline("baseline", NOON, ("group-1",), 20_250, -3500)


def test_an_override_says_what_counts_and_why() -> None:
    assert read_event(override(-8.0)) == FlexDeltaOverride(
        "override", NOON, "group-1", REPORT_ID, -8000, None, [OverrideReason.AREA_EXCEEDED]
    )


def test_a_call_is_stretches_with_hours_beside_them() -> None:
    hours = timedelta(hours=1)
    assert read_event(EVENING) == FlexDispatch(
        "flex",
        NOON,
        "group-1",
        WINDOW,
        [
            FlexInterval(0, WINDOW + 4 * hours, hours, 0),
            FlexInterval(1, WINDOW + 5 * hours, 4 * hours, 12_500),
            FlexInterval(2, WINDOW + 9 * hours, hours, 0),
        ],
    )


@pytest.mark.parametrize("raw", EVENTS, ids=lambda raw: str(raw["id"]))
def test_the_validator_agrees_with_what_is_read(raw: Raw) -> None:
    assert accepts_event(raw)
    check_shape(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (flex((4, 3, 5)), "profile_intervals"),
        (flex((21, 4, 5)), "profile_intervals"),
        (flex((4, 2, 5), (5, 2, 5)), "profile_intervals"),
        (flex((4, 1, 0), (6, 2, 5)), "profile_intervals"),
        (flex((4, 1, 2), (5, 2, 5)), "profile_values"),
        (flex((4, 2, -5)), "profile_values"),
        (flex((4, 2, float("nan"))), "profile_values"),
        (flex((4, 2, 1e7)), "profile_values"),
        (flex((4, 2, 5.001)), "profile_values"),
        (flex(), "profile_intervals"),
        (flex((4, 2, 5), window=WINDOW + timedelta(minutes=7)), "profile_intervals"),
        (flex((4, 2, 5)) | {"targets": ["group-1", "group-2"]}, "profile_targets"),
        (flex((4, 2, 5)) | {"intervalPeriod": {"start": "2026-11-29T12:00:00Z"}}, "profile_form"),
        (
            flex((4, 2, 5)) | {"intervalPeriod": {"start": "2026-11-29T12:00:00Z", "duration": "P365D"}},
            "profile_period",
        ),
        (flex((4, 2, 5)) | {"reportDescriptors": []}, "profile_report_descriptors"),
        (flex((4, 2, 5)) | {"payloadDescriptors": []}, "profile_payload_descriptors"),
        (override(8.0), "profile_values"),
        (override(-8.0, "BECAUSE"), "profile_values"),
        (baseline(1) | {"targets": []}, "profile_targets"),
        (anchor() | {"targets": ["group-1"]}, "profile_targets"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_id_and_says_which(raw: Raw, reason: str) -> None:
    with pytest.raises(UnacceptableError) as refused:
        read_event(raw)
    assert (refused.value.event_id, refused.value.reason) == (raw["id"], reason)


def test_events_of_another_kind_are_no_business_of_the_profile() -> None:
    price = anchor() | {
        "reportDescriptors": [],
        "intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [1]}]}],
    }
    check_shape(price)
    check_shape({"intervals": price["intervals"]})
    with pytest.raises(UnacceptableError, match="profile_form"):
        read_event(price)


@given(st.sampled_from(EVENTS), st.data())
def test_nothing_is_taken_that_the_validator_refuses(raw: Raw, data: st.DataObject) -> None:
    changed = copy.deepcopy(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        _change(changed, data)
    if read(changed) is not None:
        assert accepts_event(changed)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 23), st.sampled_from([1, 2, 3, 4, 6]), st.integers(0, 2000).map(lambda n: n / 100)
        ),
        max_size=4,
    )
)
def test_calls_are_taken_just_where_the_validator_takes_them(stretches: list[tuple[int, int, float]]) -> None:
    raw = flex(*stretches)
    assert (read(raw) is not None) == accepts_event(raw)


def _change(holder: Any, data: st.DataObject) -> None:
    """Put junk somewhere in an object, or take something out of it, or have it twice."""
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        # Those are for OpenADR itself to judge (openadr/objects.py).
        keys = [each for each in keys if each not in ("modificationDateTime", "eventName", "objectType")]
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = holder[key]
        if isinstance(inner, dict | list) and data.draw(st.integers(0, 4)):
            holder = inner
            continue
        what = data.draw(st.sampled_from(["junk", "junk", "drop", "twice"]))
        if what == "junk":
            holder[key] = copy.deepcopy(data.draw(JUNK))
        elif what == "drop":
            del holder[key]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(inner))
        return
