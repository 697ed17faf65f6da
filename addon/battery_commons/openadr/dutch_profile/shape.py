"""OpenADR's event as the profile looks at it, and how one that breaks a rule of the profile is refused.

Stricter than openadr/objects.py: every field has the form that the profile gives it, and P1D is 24 hours,
as the grid operators' validator counts it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, StrictStr, model_validator
from pydantic.alias_generators import to_camel

from battery_commons.openadr.dutch_profile.power import watts
from battery_commons.openadr.dutch_profile.terms import KW, EventPayload
from battery_commons.openadr.errors import UnacceptableError

_MOST_INTERVALS = 100
_MOST_TARGETS = 100
type _Name = Annotated[StrictStr, Field(min_length=1, max_length=128)]


class Rule(StrEnum):
    """Which part of the profile an event breaks: the reason of its refusal."""

    FORM = "profile_form"
    """It cannot be read at all, or is of none of the profile's kinds."""
    TARGETS = "profile_targets"
    PERIOD = "profile_period"
    PAYLOAD_DESCRIPTORS = "profile_payload_descriptors"
    REPORT_DESCRIPTORS = "profile_report_descriptors"
    INTERVALS = "profile_intervals"
    VALUES = "profile_values"


class _Object(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Period(_Object):
    """When something is."""

    start: AwareDatetime
    duration: Annotated[timedelta, Field(ge=timedelta())]

    @model_validator(mode="after")
    def _require_end(self) -> Self:
        try:
            _ = self.end
        except OverflowError:
            raise ValueError("no calendar goes that far") from None
        return self

    @property
    def end(self) -> datetime:
        """Return when it is over."""
        return self.start + self.duration


class PayloadDescriptor(_Object):
    """What an event's payload is."""

    payload_type: _Name
    units: _Name | None = None


class ReportDescriptor(_Object):
    """A report that an event asks for."""

    payload_type: _Name
    report_intervals: _Name = "INTERVALS"
    frequency: StrictInt = -1
    repeat: StrictInt = 1


class Payload(_Object):
    """What an interval carries."""

    type: _Name
    values: Annotated[Sequence[object], Field(max_length=_MOST_INTERVALS)]


class Interval(_Object):
    """A stretch of an event."""

    id: StrictInt
    interval_period: Period | None = None
    payloads: Annotated[Sequence[Payload], Field(min_length=1, max_length=10)]


class Event(_Object):
    """An event, as far as the profile makes use of it."""

    id: _Name
    program_id: Annotated[_Name, Field(alias="programID")]
    created_date_time: AwareDatetime
    """From when it is in force, where it has no period."""
    targets: Annotated[Sequence[_Name], Field(max_length=_MOST_TARGETS)] = ()
    payload_descriptors: Annotated[Sequence[PayloadDescriptor], Field(max_length=_MOST_INTERVALS)] = ()
    report_descriptors: Annotated[Sequence[ReportDescriptor], Field(max_length=_MOST_INTERVALS)] = ()
    interval_period: Period | None = None
    intervals: Annotated[Sequence[Interval], Field(max_length=_MOST_INTERVALS)] = ()

    def payload_types(self) -> set[str]:
        """Return what it announces or carries, which tells its kind."""
        carried = {payload.type for interval in self.intervals for payload in interval.payloads}
        return carried | {each.payload_type for each in self.payload_descriptors}

    def require(self, rule: Rule, *conditions: bool) -> None:
        """Raise UnacceptableError unless it keeps to a rule."""
        if not all(conditions):
            raise UnacceptableError(self.id, rule.value)


def only_interval(event: Event) -> Interval:
    """Return the one interval of an event that is in force from when it is made: it has no period.

    Raises UnacceptableError.
    """
    event.require(Rule.PERIOD, event.interval_period is None)
    event.require(Rule.INTERVALS, len(event.intervals) == 1)
    interval = event.intervals[0]
    event.require(Rule.INTERVALS, interval.id == 0, interval.interval_period is None)
    return interval


def only_value(event: Event, interval: Interval, name: EventPayload) -> object:
    """Return the one value of a payload that there is once; None where there is none.

    Raises UnacceptableError for a second payload, and for other than one value.
    """
    found = [each for each in interval.payloads if each.type == name]
    event.require(Rule.VALUES, len(found) <= 1, all(len(each.values) == 1 for each in found))
    return found[0].values[0] if found else None


def power_w(event: Event, value: object) -> float:
    """Return a power in W. Raises UnacceptableError for what is none."""
    found = watts(value)
    if found is None:
        raise UnacceptableError(event.id, Rule.VALUES.value)
    return found


def announces(event: Event, names: set[str], powers: set[str]) -> None:
    """Raise UnacceptableError unless each of `names` is described once, and `powers` in kW."""
    described = [each.payload_type for each in event.payload_descriptors]
    in_kw = (each.units == KW for each in event.payload_descriptors if each.payload_type in powers)
    once = len(described) == len(set(described)) and set(described) == names
    event.require(Rule.PAYLOAD_DESCRIPTORS, once, *in_kw)


def asks_for(event: Event, name: str) -> ReportDescriptor:
    """Return the one request for a report. Raises UnacceptableError where there is none, or another one."""
    found = [each for each in event.report_descriptors if each.payload_type == name]
    event.require(Rule.REPORT_DESCRIPTORS, len(found) == 1)
    return found[0]
