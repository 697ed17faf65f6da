"""The reports of the profile, as they are sent."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from battery_commons.openadr.dutch_profile.dispatch import FlexDispatch, FlexInterval
from battery_commons.openadr.dutch_profile.power import kilowatts, kilowatts_at_most
from battery_commons.openadr.dutch_profile.terms import (
    AGGREGATED,
    QUARTER,
    OperationalStatus,
    ReportName,
    ReportPayload,
)

type Report = dict[str, object]


def registration(
    provider: str, anchor_id: str, group_object_id: str, resource_ids: Sequence[str], *, leaves: bool = False
) -> Report:
    """Ask to take batteries into a group, or to let them go; all by the ids of the operator's server."""
    request = ReportPayload.DEREGISTRATION if leaves else ReportPayload.REGISTRATION
    payloads = [_payload(ReportPayload.GROUP_ID, [group_object_id]), _payload(request, resource_ids)]
    return _report(provider, anchor_id, _aggregated(_interval(payloads)), ReportName.REGISTRATION)


def flex_delta(provider: str, baseline_id: str, active_w: float, reserved_w: float) -> Report:
    """Offer to draw that much less than a baseline (W, zero or more): what delivers now, and what will."""
    payloads = [
        _payload(ReportPayload.ACTIVE_DELTA, [0.0 - kilowatts_at_most(active_w)]),
        _payload(ReportPayload.RESERVED_DELTA, [0.0 - kilowatts_at_most(reserved_w)]),
    ]
    return _report(provider, baseline_id, _aggregated(_interval(payloads)))


def acknowledgement(provider: str, event_id: str) -> Report:
    """Say that a call has arrived."""
    return _report(provider, event_id, _aggregated(_interval([_payload(ReportPayload.ACK, [True])])))


def delivery(provider: str, dispatch: FlexDispatch, delivered_w: Mapping[datetime, float]) -> Report:
    """Say how much less than its baseline a group drew, by quarter hour (wall time, W), in every stretch.

    A quarter hour that is not named, or that is below zero, delivered nothing.
    """
    intervals = [
        _interval([_payload(ReportPayload.DELIVERED, _delivered(each, delivered_w))], each)
        for each in dispatch.intervals
    ]
    return _report(provider, dispatch.event_id, _aggregated(*intervals))


def operational_status(provider: str, anchor_id: str, statuses: Mapping[str, OperationalStatus]) -> Report:
    """Say, by Asset-ID, whether batteries can deliver."""
    resources = [
        {
            "resourceName": asset,
            "intervals": [_interval([_payload(ReportPayload.OPERATIONAL_STATUS, [status.value])])],
        }
        for asset, status in statuses.items()
    ]
    return _report(provider, anchor_id, resources, ReportName.OPERATIONAL_STATUS)


def duration_text(duration: timedelta) -> str:
    """Return whole hours as an ISO 8601 duration."""
    return f"PT{duration // timedelta(hours=1)}H"


def moment_text(moment: datetime) -> str:
    """Return a moment in UTC as RFC 3339 writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _delivered(interval: FlexInterval, delivered_w: Mapping[datetime, float]) -> list[float]:
    starts = (interval.start + k * QUARTER for k in range(interval.duration // QUARTER))
    return [kilowatts(max(delivered_w.get(start, 0.0), 0.0)) for start in starts]


def _report(
    provider: str, event_id: str, resources: Sequence[Mapping[str, object]], name: ReportName | None = None
) -> Report:
    report: Report = {
        "objectType": "REPORT",
        "eventID": event_id,
        "clientName": provider,
        "resources": list(resources),
    }
    return report if name is None else report | {"reportName": name.value}


def _aggregated(*intervals: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [{"resourceName": AGGREGATED, "intervals": list(intervals)}]


def _interval(payloads: Sequence[Mapping[str, object]], of: FlexInterval | None = None) -> dict[str, object]:
    if of is None:
        return {"id": 0, "payloads": list(payloads)}
    period = {"start": moment_text(of.start), "duration": duration_text(of.duration)}
    return {"id": of.id, "intervalPeriod": period, "payloads": list(payloads)}


def _payload(name: ReportPayload, values: Sequence[object]) -> dict[str, object]:
    return {"type": name.value, "values": list(values)}
