"""The events of the profile: what each tells the village. One that breaks the profile's rules is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError

from battery_commons.openadr.dutch_profile.dispatch import FlexDispatch, read_dispatch
from battery_commons.openadr.dutch_profile.shape import (
    Event,
    Rule,
    announces,
    asks_for,
    only_interval,
    only_value,
    power_w,
)
from battery_commons.openadr.dutch_profile.terms import EventPayload, OverrideReason, ReportPayload
from battery_commons.openadr.errors import UnacceptableError

_BASELINES = {EventPayload.ACTIVE_BASELINE, EventPayload.RESERVED_BASELINE}
_OVERRIDES = {
    EventPayload.ACTIVE_OVERRIDE: EventPayload.ACTIVE_OVERRIDE_REASON,
    EventPayload.RESERVED_OVERRIDE: EventPayload.RESERVED_OVERRIDE_REASON,
}
_AN_OVERRIDE = {EventPayload.REPORT_ID, *_OVERRIDES, *_OVERRIDES.values()}
_ANCHORED = (ReportPayload.REGISTRATION, ReportPayload.DEREGISTRATION, ReportPayload.OPERATIONAL_STATUS)
_NAMES: set[str] = {*EventPayload, *_ANCHORED}
"""By any of these an event says that it is of the profile."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What reports refer to that answer no event: a program has one."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a group is taken to draw where it is not called, from when it was made until the next one."""

    event_id: str
    created_at: datetime
    """Wall time."""
    targets: Sequence[str]
    """The group, by its Group-ID, and whatever else it is targeted at."""
    active_w: float
    reserved_w: float


@dataclass(frozen=True, slots=True)
class FlexDeltaOverride:
    """What the operator makes of a group's offer, until there is another offer or override."""

    event_id: str
    created_at: datetime
    """Wall time."""
    group: str
    """Group-ID."""
    report_id: str
    """Of the offer."""
    active_w: float | None
    """Zero or less, relative to the baseline; None where the offer stands."""
    reserved_w: float | None
    """As `active_w`."""
    reasons: Sequence[OverrideReason]


type ProfileEvent = Anchor | Baseline | FlexDeltaOverride | FlexDispatch


class _Kind(StrEnum):
    ANCHOR = "anchor"
    BASELINE = "baseline"
    OVERRIDE = "override"
    DISPATCH = "dispatch"


def check_shape(raw: Mapping[str, object]) -> None:
    """Refuse an event of one of the profile's kinds that breaks its rules, in whichever program it stands.

    Raises UnacceptableError. Events of no such kind are let be.
    """
    if _names_in(raw) & _NAMES:
        read_event(raw)


def read_event(raw: Mapping[str, object]) -> ProfileEvent:
    """Return what an event in a program of the profile tells.

    Raises UnacceptableError for one that breaks a rule of the profile, or is of none of its kinds.
    """
    event = _event(raw)
    kind = _kind(event)
    if kind is None:
        raise UnacceptableError(event.id, Rule.FORM.value)
    return _read(event, kind)


def _names_in(raw: object) -> set[str]:
    """Return every type that is named anywhere in an event, whatever else is in it."""
    if isinstance(raw, list):
        return set().union(*(_names_in(each) for each in raw))
    if not isinstance(raw, Mapping):
        return set()
    own = {each for each in (raw.get("type"), raw.get("payloadType")) if isinstance(each, str)}
    return own.union(*(_names_in(each) for each in raw.values() if not isinstance(each, str)))


def _event(raw: Mapping[str, object]) -> Event:
    try:
        return Event.model_validate(raw)
    except ValidationError as error:
        said = raw.get("id")
        raise UnacceptableError(said if isinstance(said, str) else None, Rule.FORM.value) from error


def _kind(event: Event) -> _Kind | None:
    types = event.payload_types()
    if EventPayload.FLEX in types:
        return _Kind.DISPATCH
    if types & _BASELINES:
        return _Kind.BASELINE
    if types & _AN_OVERRIDE:
        return _Kind.OVERRIDE
    asked = {each.payload_type for each in event.report_descriptors}
    return _Kind.ANCHOR if not types and asked & set(_ANCHORED) else None


def _read(event: Event, kind: _Kind) -> ProfileEvent:
    match kind:
        case _Kind.ANCHOR:
            return _anchor(event)
        case _Kind.BASELINE:
            return _baseline(event)
        case _Kind.OVERRIDE:
            return _override(event)
        case _Kind.DISPATCH:
            return read_dispatch(event)


def _anchor(event: Event) -> Anchor:
    event.require(Rule.TARGETS, not event.targets)
    event.require(Rule.PERIOD, event.interval_period is None)
    event.require(Rule.INTERVALS, not event.intervals)
    event.require(Rule.REPORT_DESCRIPTORS, len(event.report_descriptors) == len(_ANCHORED))
    for name in _ANCHORED:
        asked = asks_for(event, name)
        event.require(Rule.REPORT_DESCRIPTORS, asked.frequency == 0, asked.repeat == -1)
    return Anchor(event.id)


def _baseline(event: Event) -> Baseline:
    event.require(Rule.TARGETS, bool(event.targets))
    announces(event, set(_BASELINES), powers=set(_BASELINES))
    for name in (ReportPayload.ACTIVE_DELTA, ReportPayload.RESERVED_DELTA):
        asked = asks_for(event, name)
        at_will = asked.report_intervals == "OPEN_INTERVALS" and asked.frequency == 0
        event.require(Rule.REPORT_DESCRIPTORS, at_will, asked.repeat == -1)
    interval = only_interval(event)
    event.require(Rule.INTERVALS, len(interval.payloads) == len(_BASELINES))
    return Baseline(
        event.id,
        event.created_date_time,
        tuple(event.targets),
        active_w=power_w(event, only_value(event, interval, EventPayload.ACTIVE_BASELINE)),
        reserved_w=power_w(event, only_value(event, interval, EventPayload.RESERVED_BASELINE)),
    )


def _override(event: Event) -> FlexDeltaOverride:
    event.require(Rule.TARGETS, len(event.targets) == 1)
    interval = only_interval(event)
    announces(event, {each.type for each in interval.payloads}, powers={str(each) for each in _OVERRIDES})
    report_id = only_value(event, interval, EventPayload.REPORT_ID)
    event.require(Rule.VALUES, _is_uuid(report_id))
    overrides: dict[EventPayload, float] = {}
    reasons = []
    for name, because in _OVERRIDES.items():
        value, reason = only_value(event, interval, name), only_value(event, interval, because)
        event.require(Rule.VALUES, (value is None) == (reason is None))
        if value is None:
            continue
        overrides[name] = power_w(event, value)
        event.require(Rule.VALUES, overrides[name] <= 0, reason in set(OverrideReason))
        reasons.append(OverrideReason(str(reason)))
    event.require(Rule.VALUES, bool(overrides))
    return FlexDeltaOverride(
        event.id,
        event.created_date_time,
        event.targets[0],
        str(report_id),
        overrides.get(EventPayload.ACTIVE_OVERRIDE),
        overrides.get(EventPayload.RESERVED_OVERRIDE),
        reasons,
    )


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return isinstance(value, str)
