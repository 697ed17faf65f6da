"""Objects as a grid operator's server shows them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

PROVIDER, ENEXIS = "8712345678906", "8712423014022"
EAN = "871687120052345672"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
"""Calls are published then, for the 24 hours from noon the day after."""
WINDOW = NOON + timedelta(days=1)
REPORT_ID = "0d0f1b1e-5a8e-4d5e-9d2f-5b7a2d1c3e4f"
GROUP_ID = "6f1f9d1c-1f5e-4d0e-8b0d-3a3b3c3d3e3f"
RESOURCE_ID = "2b7e1516-28ae-4d2a-abf7-158809cf4f3c"

type Raw = dict[str, Any]


def text(moment: datetime) -> str:
    """Return a moment as it is sent."""
    return moment.isoformat().replace("+00:00", "Z")


def attributes(**values: object) -> list[Raw]:
    """Return attributes, each of one value."""
    return [{"type": name, "values": [value]} for name, value in values.items()]


def program(id_: str = "program") -> Raw:
    """Return the profile's program of Enexis."""
    return _known(id_) | {
        "programName": "Congestion",
        "attributes": attributes(
            PROGRAM_TYPE="DSO_SP_INTERFACE-1.0.0", RETAILER_NAME=ENEXIS, BINDING_EVENTS=True
        ),
    }


def group(name: str = "group-1", more: Mapping[str, object] | None = None) -> Raw:
    """Return a resource group of the village."""
    said = {
        "DSO_ID": ENEXIS,
        "SERVICE_PROVIDER_ID": PROVIDER,
        "CONGESTION_POINT_ID": "MSR-1234",
        "MAX_DURATION": "PT4H",
    }
    return _known(GROUP_ID) | {
        "resourceGroupName": name,
        "targets": [name],
        "children": [{"type": "ven_resource", "id": RESOURCE_ID}],
        "attributes": attributes(**(said | dict(more or {}))),
    }


def anchor(id_: str = "anchor") -> Raw:
    """Return what reports refer to that answer no event."""
    names = ("REGISTRATION_REQUEST", "DE_REGISTRATION_REQUEST", "OPERATIONAL_STATUS")
    asked = [{"payloadType": name, "frequency": 0, "repeat": -1} for name in names]
    return _event(id_) | {"eventName": "Reporting anchor", "reportDescriptors": asked}


def baseline(
    active_kw: float, reserved_kw: float = 0.0, id_: str = "baseline", targets: Sequence[str] = ("group-1",)
) -> Raw:
    """Return what a group is taken to draw."""
    return _event(id_) | {
        "targets": list(targets),
        "payloadDescriptors": [
            {"payloadType": name, "units": "KW"} for name in ("ACTIVE_BASELINE", "RESERVED_BASELINE")
        ],
        "reportDescriptors": [
            {"payloadType": name, "reportIntervals": "OPEN_INTERVALS", "frequency": 0, "repeat": -1}
            for name in ("ACTIVE_FLEX_DELTA", "RESERVED_FLEX_DELTA")
        ],
        "intervals": [
            {
                "id": 0,
                "payloads": attributes(ACTIVE_BASELINE=active_kw, RESERVED_BASELINE=reserved_kw),
            }
        ],
    }


def override(active_kw: float, reason: str = "AREA", id_: str = "override") -> Raw:
    """Return what the operator makes of an offer."""
    reason = {"AREA": "CONGESTION_AREA_FLEXIBILITY_EXCEEDED"}.get(reason, reason)
    payloads = attributes(
        REPORT_ID=REPORT_ID,
        ACTIVE_FLEX_DELTA_OVERRIDE=active_kw,
        ACTIVE_FLEX_DELTA_OVERRIDE_REASON=reason,
    )
    described: list[Raw] = [{"payloadType": each["type"]} for each in payloads]
    described[1]["units"] = "KW"
    return _event(id_) | {
        "targets": ["group-1"],
        "payloadDescriptors": described,
        "intervals": [{"id": 0, "payloads": payloads}],
    }


def flex(*stretches: tuple[int, int, float], id_: str = "flex", window: datetime = WINDOW) -> Raw:
    """Return a call: of each stretch its start in hours from the window's, its hours, and the kW."""
    return _event(id_, window - timedelta(days=1)) | {
        "targets": ["group-1"],
        "payloadDescriptors": [{"payloadType": "FLEX", "units": "KW"}],
        "reportDescriptors": [
            {"payloadType": "ACK", "frequency": 0},
            {"payloadType": "DELIVERED_FLEX", "reportIntervals": "INTERVALS", "frequency": -1, "repeat": 1},
        ],
        "intervalPeriod": {"start": text(window), "duration": "P1D"},
        "intervals": [
            {
                "id": number,
                "intervalPeriod": {
                    "start": text(window + timedelta(hours=start)),
                    "duration": f"PT{hours}H",
                },
                "payloads": attributes(FLEX=power_kw),
            }
            for number, (start, hours, power_kw) in enumerate(stretches)
        ],
    }


def _event(id_: str, made: datetime = NOON) -> Raw:
    return _known(id_, made) | {"objectType": "EVENT", "programID": "program"}


def _known(id_: str, made: datetime = NOON) -> Raw:
    return {"id": id_, "createdDateTime": text(made), "modificationDateTime": text(made)}
