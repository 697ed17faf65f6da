"""Which batteries are to join a group at the operator, or to leave one, and which are to be forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from battery_commons.domain.dutch_flex import FlexGroup
from battery_commons.openadr.dutch_profile.objects import BatteryResource
from battery_commons.openadr.dutch_profile.terms import ReportPayload

type Asked = Mapping[str, tuple[str, ReportPayload]]
"""What was asked last of a battery, by its object id: of which group, by its object id too, and what."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What is, and what has to be asked for."""

    inside: set[str] = field(default_factory=set)
    """Batteries in their group, by Asset-ID."""
    joining: dict[str, list[str]] = field(default_factory=dict)
    """By group, the batteries that are to be taken into it; by object ids."""
    leaving: dict[str, list[str]] = field(default_factory=dict)
    """As `joining`, those that are to be let go from it."""
    forgotten: list[BatteryResource] = field(default_factory=list)
    """What takes part no longer, and is in no group any more."""


def membership(
    shown: Sequence[BatteryResource],
    wanted: Mapping[str, FlexGroup],
    groups: Sequence[FlexGroup],
    asked: Asked,
    moved: Collection[str] = (),
) -> Membership:
    """Return what batteries at the operator are to become.

    `wanted` is by Asset-ID the group that a battery is to be in; it joins that once it has left any other.
    What was asked already is not asked again, but for `moved`: batteries (Asset-IDs) behind another
    connection now.
    """
    found = Membership()
    for each in shown:
        own = wanted.get(each.asset)
        inside = [group for group in groups if each.object_id in group.members]
        for group in inside:
            if group == own:
                found.inside.add(each.asset)
            elif asked.get(each.object_id) != (group.object_id, ReportPayload.DEREGISTRATION):
                found.leaving.setdefault(group.object_id, []).append(each.object_id)
        if inside:
            continue
        if own is None:
            found.forgotten.append(each)
        elif asked.get(each.object_id) != (own.object_id, ReportPayload.REGISTRATION) or each.asset in moved:
            found.joining.setdefault(own.object_id, []).append(each.object_id)
    return found
