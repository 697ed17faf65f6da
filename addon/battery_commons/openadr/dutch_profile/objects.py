"""The profile's programs, resources and resource groups, as the operator's server shows them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from battery_commons.domain.battery import Battery
from battery_commons.domain.dutch_flex import CongestionPoint, FlexGroup, MaxDuration
from battery_commons.domain.ean import GRID_OPERATORS, is_ean13
from battery_commons.openadr.dutch_profile.power import watts
from battery_commons.openadr.dutch_profile.terms import HOME_BATTERY, MAJOR_VERSION, PROGRAM_TYPE

_NUMBER = r"(?:0|[1-9]\d*)"
_PRE_RELEASE = rf"(?:{_NUMBER}|\d*[A-Za-z-][0-9A-Za-z-]*)"
_BUILD = r"[0-9A-Za-z-]+"
_VERSION = re.compile(
    rf"{PROGRAM_TYPE}-(?P<version>(?P<major>{_NUMBER})\.{_NUMBER}\.{_NUMBER}"
    rf"(?:-{_PRE_RELEASE}(?:\.{_PRE_RELEASE})*)?(?:\+{_BUILD}(?:\.{_BUILD})*)?)",
    re.ASCII,
)
"""https://semver.org: no number begins with a zero, but for those that name a build."""
_IS_BATTERY = "FLEX_TYPE"

type Object = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DutchProgram:
    """A program of the profile."""

    id: str
    operator: str
    """EAN13."""
    version: str
    """Of the profile: `1.0.0`."""


@dataclass(frozen=True, slots=True)
class BatteryResource:
    """A home battery, as the operator's server shows it."""

    object_id: str
    asset: str
    """Asset-ID: the battery's id in the village."""
    rejected: str | None
    """Why the operator did not take it into its group; None where it did, or has not decided."""


def dutch_program(program: Object) -> DutchProgram | None:
    """Return a program of the profile; None for one of another kind, or of a version that is not known."""
    said = _VERSION.fullmatch(str(only_value(program, "PROGRAM_TYPE")))
    operator, id_ = only_value(program, "RETAILER_NAME"), program.get("id")
    if said is None or int(said["major"]) != MAJOR_VERSION:
        return None
    if not isinstance(id_, str) or not isinstance(operator, str) or operator not in GRID_OPERATORS:
        return None
    # An event that may change under way would have to be acknowledged anew, which the profile does not know.
    return (
        DutchProgram(id_, operator, said["version"])
        if only_value(program, "BINDING_EVENTS") is True
        else None
    )


def battery_attributes(operator: str, ean: str) -> list[dict[str, object]]:
    """Return what the operator is told of a home battery: whose grid, behind which connection, and what."""
    said = {"DSO_ID": operator, "EAN": ean, _IS_BATTERY: HOME_BATTERY}
    return [{"type": name, "values": [value]} for name, value in said.items()]


def battery_resource(resource: Object) -> BatteryResource | None:
    """Return a home battery; None for another resource."""
    object_id, asset = resource.get("id"), resource.get("resourceName")
    if not isinstance(object_id, str) or not isinstance(asset, str):
        return None
    if only_value(resource, _IS_BATTERY) != HOME_BATTERY:
        return None
    rejected = only_value(resource, "REGISTRATION_STATUS") == "REJECTED"
    reason = only_value(resource, "REJECTED_REASON")
    return BatteryResource(object_id, asset, str(reason or "OTHER") if rejected else None)


def asset_of(battery: Battery) -> str:
    """Return what a battery is called towards the operator: nothing in it tells whose it is."""
    return battery.id


def flex_group(group: Object) -> FlexGroup | None:
    """Return a resource group; None for one that lacks what the profile asks of it."""
    object_id, name, targets = group.get("id"), group.get("resourceGroupName"), group.get("targets")
    operator, provider = only_value(group, "DSO_ID"), only_value(group, "SERVICE_PROVIDER_ID")
    point, longest = only_value(group, "CONGESTION_POINT_ID"), only_value(group, "MAX_DURATION")
    if not isinstance(targets, list) or name not in targets or not isinstance(point, str) or not point:
        return None
    if not isinstance(object_id, str) or not isinstance(name, str):
        return None
    if operator not in GRID_OPERATORS or not is_ean13(provider) or longest not in set(MaxDuration):
        return None
    available_w = watts(only_value(group, "ACTIVE_AVAILABLE_FLEX"))
    return FlexGroup(
        object_id=object_id,
        name=name,
        operator=str(operator),
        provider=str(provider),
        point=CongestionPoint(point, MaxDuration(str(longest))),
        members=_members(group.get("children")),
        available_w=None if available_w is None else max(available_w, 0.0),
    )


def only_value(holder: Object, name: str) -> object:
    """Return the value of an object's attribute that has one; None where it has none, or several."""
    attributes = holder.get("attributes")
    found = [
        each.get("values")
        for each in (attributes if isinstance(attributes, list) else [])
        if isinstance(each, dict) and each.get("type") == name
    ]
    values = found[0] if len(found) == 1 else None
    return values[0] if isinstance(values, list) and len(values) == 1 else None


def _members(children: object) -> Sequence[str]:
    """Return the object ids of the batteries in a group: the VTN shows only the village's own."""
    listed = children if isinstance(children, list) else []
    ids = [each.get("id") for each in listed if isinstance(each, dict) and each.get("type") == "ven_resource"]
    return [each for each in ids if isinstance(each, str)]
