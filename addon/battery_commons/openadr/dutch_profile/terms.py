"""The names that the profile gives things, beyond OpenADR's own."""

from datetime import timedelta
from enum import StrEnum

PROGRAM_TYPE = "DSO_SP_INTERFACE"
"""With a version behind it, what a program of the profile is called."""
MAJOR_VERSION = 1
"""Of the profile: others may mean something else by the same names."""
HOME_BATTERY = "HB"
"""The flex type of a home battery."""
AGGREGATED = "AGGREGATED_REPORT"
"""In a report, the name of what is about a whole group."""
KW = "KW"

QUARTER = timedelta(minutes=15)
WINDOW = timedelta(days=1)
"""Of a dispatch: 24 hours, on days of 23 and 25 hours too."""
NOTICE = timedelta(hours=24)
"""Between the last moment at which a dispatch is published and the start of its window."""
ADJACENT_HOUR = timedelta(hours=1)
"""Before or after a dispatched stretch: the group stays at its baseline, so as not to rebound."""


class EventPayload(StrEnum):
    """What the operator's events carry."""

    ACTIVE_BASELINE = "ACTIVE_BASELINE"
    RESERVED_BASELINE = "RESERVED_BASELINE"
    REPORT_ID = "REPORT_ID"
    ACTIVE_OVERRIDE = "ACTIVE_FLEX_DELTA_OVERRIDE"
    ACTIVE_OVERRIDE_REASON = "ACTIVE_FLEX_DELTA_OVERRIDE_REASON"
    RESERVED_OVERRIDE = "RESERVED_FLEX_DELTA_OVERRIDE"
    RESERVED_OVERRIDE_REASON = "RESERVED_FLEX_DELTA_OVERRIDE_REASON"
    FLEX = "FLEX"


class ReportPayload(StrEnum):
    """What the village's reports carry."""

    GROUP_ID = "RESOURCE_GROUP_ID"
    REGISTRATION = "REGISTRATION_REQUEST"
    DEREGISTRATION = "DE_REGISTRATION_REQUEST"
    OPERATIONAL_STATUS = "OPERATIONAL_STATUS"
    ACTIVE_DELTA = "ACTIVE_FLEX_DELTA"
    RESERVED_DELTA = "RESERVED_FLEX_DELTA"
    ACK = "ACK"
    DELIVERED = "DELIVERED_FLEX"


class ReportName(StrEnum):
    """The reports that have a name of their own."""

    REGISTRATION = "RESOURCE_REGISTRATION"
    OPERATIONAL_STATUS = "OPERATIONAL_STATUS"


class OverrideReason(StrEnum):
    """Why an operator counts on less, or more, than the village offers."""

    AREA_EXCEEDED = "CONGESTION_AREA_FLEXIBILITY_EXCEEDED"
    SHARE_EXCEEDED = "SHARE_LIMIT_EXCEEDED"
    NO_DECREASE = "DECREASE_NOT_ALLOWED"
    BASELINE_EXCEEDED = "BASELINE_EXCEEDED"
    OTHER = "OTHER"


class OperationalStatus(StrEnum):
    """Whether a battery can deliver, and what part of its group's baseline it counts for."""

    NORMAL = "NORMAL"
    ERROR = "ERROR"
    """It cannot now; its group is expected to deliver without it."""
    PENDING = "PENDING"
    """It does not yet take part: it counts for what is reserved."""
