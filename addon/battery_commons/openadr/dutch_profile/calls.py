"""From the operator's events to calls that the planner knows, checked against what is known of the group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from types import MappingProxyType

from battery_commons.domain.dutch_flex import DutchParticipation, FlexGroup, TakenCall
from battery_commons.domain.operator import FlexCall
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.openadr.dutch_profile.dispatch import FlexDispatch, FlexInterval
from battery_commons.openadr.dutch_profile.events import Baseline, FlexDeltaOverride, ProfileEvent
from battery_commons.openadr.dutch_profile.terms import NOTICE
from battery_commons.openadr.errors import UnacceptableError

CLOCKS_APART = timedelta(minutes=5)
"""So far the operator's clock and that of its server may be apart."""
_ROUNDING_W = 0.5


class Unfit(StrEnum):
    """Why a call that keeps to the profile cannot be followed: the reason of its refusal."""

    GROUP = "profile_unknown_group"
    """It is on no group that the village has batteries in."""
    NO_BASELINE = "profile_no_baseline"
    """Nobody has said what the group is to draw less than."""
    TOO_LONG = "profile_too_long"
    """A stretch is longer than was agreed for the group."""
    TOO_MUCH = "profile_too_much"
    """It asks more than the village offered."""
    TOO_LATE = "profile_too_late"
    """It was published less than 24 hours before its window."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call that is followed."""

    dispatch: FlexDispatch
    rests_on: TakenCall


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of the calls among events."""

    called: Sequence[Called]
    refused: Sequence[UnacceptableError]


def understand(
    events: Sequence[ProfileEvent],
    groups: Sequence[FlexGroup],
    participation: DutchParticipation,
    taken: Mapping[str, TakenCall] = MappingProxyType({}),
) -> Understood:
    """Return which calls among events are followed, and which are refused and why.

    Those that were `taken` on before, by event, are judged no more: what the operator makes of the group
    later neither ends nor changes them.
    """
    called, refused = [], []
    for each in events:
        if isinstance(each, FlexDispatch):
            try:
                rests_on = taken.get(each.event_id) or _rests_on(each, events, groups, participation)
                called.append(Called(each, rests_on))
            except UnacceptableError as error:
                refused.append(error)
    return Understood(called, refused)


def subject_of(group: FlexGroup, participation: DutchParticipation) -> str | None:
    """Return which part of the village a group is; None where it is none of the village's."""
    if (group.provider, group.operator) != (participation.provider, participation.operator):
        return None
    return next((subject for subject, point in participation.points.items() if point == group.point), None)


def newest_baseline(
    events: Sequence[ProfileEvent], group: str, before: datetime | None = None
) -> Baseline | None:
    """Return the baseline of a group that is in force, or was at a moment (wall time).

    Where none is left from before that moment, the operator has put another in its place: the first since.
    """
    of_group = [each for each in events if isinstance(each, Baseline) and group in each.targets]
    known = sorted(of_group, key=lambda each: each.created_at)
    until = [each for each in known if before is None or each.created_at <= before]
    return until[-1] if until else next(iter(known), None)


def flex_calls(called: Sequence[Called], clock: Clock) -> list[FlexCall]:
    """Return calls as the planner knows them: a ceiling per quarter hour of village time."""
    return [_call(each, interval, clock) for each in called for interval in each.dispatch.intervals]


def _rests_on(
    dispatch: FlexDispatch,
    events: Sequence[ProfileEvent],
    groups: Sequence[FlexGroup],
    participation: DutchParticipation,
) -> TakenCall:
    group = next((each for each in groups if each.name == dispatch.group), None)
    subject = subject_of(group, participation) if group else None
    if group is None or subject is None:
        raise UnacceptableError(dispatch.event_id, Unfit.GROUP.value)
    if dispatch.created_at > dispatch.window_start - NOTICE + CLOCKS_APART:
        raise UnacceptableError(dispatch.event_id, Unfit.TOO_LATE.value)
    if max(each.duration for each in dispatch.intervals) > group.point.max_duration.duration:
        raise UnacceptableError(dispatch.event_id, Unfit.TOO_LONG.value)
    baseline = newest_baseline(events, group.name, dispatch.created_at)
    if baseline is None:
        raise UnacceptableError(dispatch.event_id, Unfit.NO_BASELINE.value)
    most_w = _available_w(events, group)
    if most_w is not None and any(each.flex_w > most_w + _ROUNDING_W for each in dispatch.intervals):
        raise UnacceptableError(dispatch.event_id, Unfit.TOO_MUCH.value)
    return TakenCall(subject, baseline.active_w)


def _available_w(events: Sequence[ProfileEvent], group: FlexGroup) -> float | None:
    """Return how much can be called of a group; None where nobody has said."""
    overrides = {
        each.created_at: -each.active_w
        for each in events
        if isinstance(each, FlexDeltaOverride) and each.group == group.name and each.active_w is not None
    }
    # An override is deleted once another offer takes its place.
    return overrides[max(overrides)] if overrides else group.available_w


def _call(called: Called, interval: FlexInterval, clock: Clock) -> FlexCall:
    start = slot_start(clock.to_village(interval.start))
    slots = ceil((clock.to_village(interval.end) - start) / SLOT)
    ceiling_w = called.rests_on.baseline_w - interval.flex_w
    return FlexCall(called.dispatch.event_id, called.rests_on.subject, start, [ceiling_w] * slots)
