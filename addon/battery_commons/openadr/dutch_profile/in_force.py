"""What the store knows of the profile at a moment: the line, its groups, and the operator's events."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from battery_commons.domain.dutch_flex import DutchParticipation, FlexGroup, TakenCall
from battery_commons.domain.operator import FlexCall
from battery_commons.domain.operator_line import KeptLine
from battery_commons.domain.time import Clock
from battery_commons.openadr.dutch_profile.calls import Understood, flex_calls, understand
from battery_commons.openadr.dutch_profile.events import ProfileEvent, read_event
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.store import Store

KNOWN_FOR = timedelta(days=7)
"""So long after its end a call can still be reported on, where the operator could not be reached before."""


@dataclass(frozen=True, slots=True)
class DutchState:
    """What is in force on a line of the profile."""

    line_id: str
    events: Sequence[ProfileEvent]
    groups: Sequence[FlexGroup]
    taken: Mapping[str, TakenCall]
    """Calls that were taken on before, by event."""

    def understood(self, participation: DutchParticipation) -> Understood:
        """Return which calls are followed, and which are refused."""
        return understand(self.events, self.groups, participation, self.taken)


def is_dutch(line: KeptLine, participation: DutchParticipation | None) -> bool:
    """Return whether a line is to the operator of the profile: it calls the village by its EAN."""
    return participation is not None and line.line.ven_name == participation.provider


def dutch_states(store: Store, participation: DutchParticipation, clock: Clock) -> list[DutchState]:
    """Return what is in force on every line of the profile, or was until lately. Raises StoreError."""
    lines = [each.id for each in store.operator_lines() if is_dutch(each, participation)]
    lately = clock.to_wall(clock.now()) - KNOWN_FOR
    events = store.operator_events(not_over_at=lately) if lines else []
    return [
        DutchState(
            line_id,
            _read([each.raw for each in events if each.line_id == line_id]),
            store.dutch_groups(line_id),
            store.taken_calls(line_id),
        )
        for line_id in lines
    ]


def dutch_calls(store: Store, clock: Clock) -> list[FlexCall]:
    """Return every call that is followed and not over, as the planner knows it. Raises StoreError."""
    participation = store.dutch_participation()
    if participation is None:
        return []
    now = clock.to_wall(clock.now())
    followed = [
        (state.line_id, called)
        for state in dutch_states(store, participation, clock)
        for called in state.understood(participation).called
        if called.dispatch.end > now
    ]
    known_as = store.event_references([(line_id, called.dispatch.event_id) for line_id, called in followed])
    return [
        replace(call, event_id=known_as[line_id, called.dispatch.event_id])
        for line_id, called in followed
        for call in flex_calls([called], clock)
    ]


def _read(raws: Sequence[str]) -> list[ProfileEvent]:
    """Return the events of the profile among those that came over a line."""
    events: list[ProfileEvent] = []
    for raw in raws:
        try:
            events.append(read_event(json.loads(raw)))
        except UnacceptableError:
            continue  # Refused as it came, or of another kind of program.
    return events
