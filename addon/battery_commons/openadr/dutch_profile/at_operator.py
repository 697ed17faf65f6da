"""What the operator's server holds of the village: its batteries, their groups, and its reports."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from battery_commons.domain.dutch_flex import DutchParticipation, FlexGroup
from battery_commons.openadr.dutch_profile.objects import (
    BatteryResource,
    Object,
    battery_attributes,
    battery_resource,
    dutch_program,
    flex_group,
    only_value,
)
from battery_commons.openadr.dutch_profile.terms import ReportName, ReportPayload
from battery_commons.openadr.trouble import OF_ONE_CALL, LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient, segment


@dataclass(frozen=True, slots=True)
class Registered:
    """What the operator's server knows of the village's batteries."""

    shown: Sequence[BatteryResource]
    """Those that it knew already."""
    moved: Collection[str]
    """By Asset-ID, those that are behind another connection than it knew until now."""
    trouble: LineTrouble | None
    """Why it did not take another."""


@dataclass(frozen=True, slots=True)
class Operator:
    """The operator's server, as the village sees it."""

    client: VtnClient
    ven_id: str
    participation: DutchParticipation

    async def groups(self) -> list[FlexGroup]:
        """Return the village's groups. Raises LineError."""
        own = self.participation.provider, self.participation.operator
        shown = [flex_group(each) for each in _objects(await self.client.listed("resource_groups"))]
        return [each for each in shown if each is not None and (each.provider, each.operator) == own]

    async def register(self, connections: Mapping[str, str]) -> Registered:
        """Have the server know these batteries, by Asset-ID, behind these connections (EAN18).

        One that is not taken keeps the others from nothing. Raises LineError.
        """
        shown = _objects(await self.client.listed("resources", {"venID": self.ven_id}))
        known = {found.asset: (found, each) for each in shown if (found := battery_resource(each))}
        moved: set[str] = set()
        trouble: LineTrouble | None = None
        for asset, ean in connections.items():
            attributes = battery_attributes(self.participation.operator, ean)
            message: dict[str, object] = {
                "objectType": "VEN_RESOURCE_REQUEST",
                "venID": self.ven_id,
                "resourceName": asset,
                "attributes": attributes,
            }
            resource, held = known.get(asset, (None, {}))
            # What the operator itself has added stays out of it.
            if all(only_value(held, str(each["type"])) in _values(each) for each in attributes):
                continue
            try:
                if resource is None:
                    await self.client.post("resources", message)
                else:
                    await self.client.put(f"resources/{segment(resource.object_id)}", message)
                    moved.add(asset)
            except LineError as error:
                if error.trouble not in OF_ONE_CALL:
                    raise
                trouble = error.trouble
        return Registered([resource for resource, _ in known.values()], moved, trouble)

    async def forget(self, resource: BatteryResource) -> None:
        """Have the server forget a battery, and with it its connection. Raises LineError."""
        await self.client.delete(f"resources/{segment(resource.object_id)}")

    async def reports(self, event_id: str) -> list[Object]:
        """Return what the village reported on an event, the oldest first. Raises LineError."""
        own = {"eventID": event_id, "clientName": self.participation.provider}
        shown = _objects(await self.client.listed("reports", own))
        # A server need not know every filter.
        ours = [
            each
            for each in shown
            if each.get("eventID") == event_id and each.get("clientName") == own["clientName"]
        ]
        return sorted(ours, key=lambda each: str(each.get("createdDateTime")))

    async def report(self, report: Mapping[str, object]) -> str | None:
        """Send a report; return by what id the server knows it, if it says so. Raises LineError."""
        answer = await self.client.post("reports", report)
        id_ = answer.get("id") if isinstance(answer, Mapping) else None
        return id_ if isinstance(id_, str) and id_ else None

    async def correct(self, report_id: str, report: Mapping[str, object]) -> None:
        """Put a report in the place of one that was sent. Raises LineError."""
        await self.client.put(f"reports/{segment(report_id)}", report)


async def offers_program(client: VtnClient, participation: DutchParticipation, names: Sequence[str]) -> bool:
    """Return whether the operator offers a program of the profile; `names` are as those of a line.

    Raises LineError.
    """
    shown = _objects(await client.listed("programs"))
    chosen = [dutch_program(each) for each in shown if not names or each.get("programName") in names]
    return any(each is not None and each.operator == participation.operator for each in chosen)


def carried(report: Object) -> dict[str, list[object]]:
    """Return what a report says, by type; of what it says more than once, the last."""
    return {
        str(payload.get("type")): _values(payload)
        for resource in _objects(report.get("resources"))
        for interval in _objects(resource.get("intervals"))
        for payload in _objects(interval.get("payloads"))
    }


def requests(reports: Sequence[Object]) -> dict[str, tuple[str, ReportPayload]]:
    """Return what was asked last of each battery, by its object id: of which group, and what."""
    asked: dict[str, tuple[str, ReportPayload]] = {}
    for each in reports:
        said = carried(each)
        group = str(next(iter(said.get(ReportPayload.GROUP_ID, [])), ""))
        for request in (ReportPayload.REGISTRATION, ReportPayload.DEREGISTRATION):
            asked |= {str(id_): (group, request) for id_ in said.get(request, [])}
    return asked


def told_statuses(reports: Sequence[Object]) -> dict[str, str]:
    """Return the status that was told last of each battery, by Asset-ID."""
    told: dict[str, str] = {}
    for report in reports:
        if report.get("reportName") != ReportName.OPERATIONAL_STATUS:
            continue
        for resource in _objects(report.get("resources")):
            said = carried({"resources": [resource]}).get(ReportPayload.OPERATIONAL_STATUS, [])
            told |= {str(resource.get("resourceName")): str(each) for each in said}
    return told


def _objects(listed: object) -> list[Object]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list | tuple) else []


def _values(attribute: Object) -> list[object]:
    values = attribute.get("values")
    return values if isinstance(values, list) else []
