"""Programs, resources and groups of the profile are recognised, and ours are such."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.dutch_flex import CongestionPoint, FlexGroup, MaxDuration
from battery_commons.openadr.dutch_profile.objects import (
    BatteryResource,
    DutchProgram,
    battery_attributes,
    battery_resource,
    dutch_program,
    flex_group,
)
from tests.village.openadr.dutch_profile.judge import accepts_group, accepts_program, accepts_resource
from tests.village.openadr.dutch_profile.written import (
    EAN,
    ENEXIS,
    GROUP_ID,
    NOON,
    PROVIDER,
    RESOURCE_ID,
    Raw,
    attributes,
    group,
    program,
    text,
)


def resource(**more: object) -> Raw:
    """Return a home battery as the operator's server shows it."""
    said = battery_attributes(ENEXIS, EAN) + attributes(**more)
    stamps = {"createdDateTime": text(NOON), "modificationDateTime": text(NOON)}
    return stamps | {
        "id": RESOURCE_ID,
        "objectType": "VEN_RESOURCE_REQUEST",
        "clientID": "village",
        "venID": "ven",
        "resourceName": "home/b1",
        "targets": ["home/b1"],
        "attributes": said,
    }


def test_a_program_of_the_profile_is_recognised_with_its_operator_and_version() -> None:
    assert accepts_program(program())
    assert dutch_program(program()) == DutchProgram("program", ENEXIS, "1.0.0")


@pytest.mark.parametrize(
    "changed",
    [
        {"PROGRAM_TYPE": "DSO_SP_INTERFACE-2.0.0"},
        {"PROGRAM_TYPE": "DSO_SP_INTERFACE"},
        {"PROGRAM_TYPE": "DSO_SP_INTERFACE-1.0.0-00"},
        {"PROGRAM_TYPE": "PRICING_TARIFF"},
        {"RETAILER_NAME": PROVIDER},
        {"BINDING_EVENTS": False},
    ],
)
def test_another_program_is_not(changed: dict[str, object]) -> None:
    said = {"PROGRAM_TYPE": "DSO_SP_INTERFACE-1.0.0", "RETAILER_NAME": ENEXIS, "BINDING_EVENTS": True}
    assert dutch_program(program() | {"attributes": attributes(**(said | changed))}) is None


@given(st.from_regex(r"\ADSO_SP_INTERFACE-1\.[0-9]{1,2}\.[0-9]{1,2}([-+.][a-z0-9.+-]{1,8})?\Z") | st.text())
def test_a_version_is_one_where_the_validator_sees_one(program_type: str) -> None:
    said = attributes(PROGRAM_TYPE=program_type, RETAILER_NAME=ENEXIS, BINDING_EVENTS=True)
    raw = program() | {"attributes": said}
    if dutch_program(raw) is not None:
        assert accepts_program(raw)


def test_a_group_is_read() -> None:
    point = CongestionPoint("MSR-1234", MaxDuration.FOUR_HOURS)
    raw = group()
    assert accepts_group(raw)
    assert flex_group(raw) == FlexGroup(GROUP_ID, "group-1", ENEXIS, PROVIDER, point, [RESOURCE_ID])


def test_a_group_says_how_much_can_be_called() -> None:
    capacity = {
        "ACTIVE_BASELINE": 20.0,
        "RESERVED_BASELINE": 0.0,
        "ACTIVE_AVAILABLE_FLEX": 12.5,
        "RESERVED_AVAILABLE_FLEX": 0.0,
    }
    raw = group(more=capacity)
    assert accepts_group(raw)
    read = flex_group(raw)
    assert read is not None
    assert read.available_w == 12_500


@pytest.mark.parametrize(
    "wrong",
    [
        {"DSO_ID": PROVIDER},
        {"SERVICE_PROVIDER_ID": "8712345678900"},
        {"CONGESTION_POINT_ID": ""},
        {"MAX_DURATION": "PT3H"},
    ],
)
def test_a_group_that_the_validator_refuses_is_none(wrong: dict[str, object]) -> None:
    assert not accepts_group(group(more=wrong))
    assert flex_group(group(more=wrong)) is None


def test_a_group_that_does_not_target_itself_is_none() -> None:
    assert flex_group(group() | {"targets": ["group-2"]}) is None


def test_a_battery_is_registered_by_its_connection_without_its_home() -> None:
    assert accepts_resource(resource())
    assert battery_resource(resource()) == BatteryResource(RESOURCE_ID, "home/b1", None)


def test_a_battery_that_was_not_taken_into_its_group_says_why() -> None:
    raw = resource(REGISTRATION_STATUS="REJECTED", REJECTED_REASON="WRONG_EAN")
    assert accepts_resource(raw)
    assert battery_resource(raw) == BatteryResource(RESOURCE_ID, "home/b1", "WRONG_EAN")


def test_another_resource_is_no_battery() -> None:
    assert battery_resource(resource() | {"attributes": attributes(FLEX_TYPE="PV")}) is None
    assert battery_resource({"id": "1", "resourceName": "t1"}) is None


JUNK: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["attributes", "children", "targets", "id", "resourceGroupName"]), JUNK)
def test_junk_in_an_object_makes_it_none(name: str, junk: object) -> None:
    flex_group(group() | {name: junk})
    battery_resource(resource() | {name: junk})
    dutch_program(program() | {name: junk})
