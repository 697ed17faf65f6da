"""From the events that are kept, and the contracts that were signed, to what is asked and told at a tick."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import FlexCall, OperatorSignals
from battery_commons.domain.operator_line import OperatorEvent
from battery_commons.domain.time import Clock
from battery_commons.flexibility.contracts import standing_limits
from battery_commons.openadr.objects import Event, parse_event
from battery_commons.openadr.signals import AHEAD, InForce, signals
from battery_commons.openadr.village_time import in_village_time
from battery_commons.store import Store
from battery_commons.store.event_references import LineEvent

_UNCLEAR = (ValueError, OverflowError)

_LOGGER = structlog.get_logger(__name__)


@dataclass(slots=True)
class EventsInForce:
    """Reads them anew at each tick, and remembers how each was understood."""

    store: Store
    clock: Clock
    calls: Callable[[], Sequence[FlexCall]] = tuple
    """What is called in another form than that of `openadr/signals.py`."""
    _read: dict[tuple[str, str, str], Event | None] = field(default_factory=dict)
    """By line, event and text; None for one that cannot be obeyed after all."""
    _references: dict[LineEvent, str] = field(default_factory=dict)
    """What the village calls each event that is kept."""
    _unreadable: set[str] = field(default_factory=set)
    """Contracts, by id, of which it was told."""

    def signals(self, now: datetime) -> OperatorSignals:
        """Return what is asked and told from `now` on, in village time. Raises StoreError."""
        kept = self.store.operator_events(self.clock.to_wall(now))
        before, self._read = self._read, {}
        lines = {each.id: each.line.ven_name for each in self.store.operator_lines()} if kept else {}
        subjects = {each.id: each.id for each in self.store.transformers()} | {FEEDER_ID: FEEDER_ID}
        called = self._called(kept)
        found = []
        for each in kept:
            key = each.line_id, each.event_id, each.raw
            event = self._read[key] = before[key] if key in before else self._understood(each, now)
            if event is not None:
                ven_name, reference = lines.get(each.line_id, ""), called[each.line_id, each.event_id]
                found.append(InForce(event, each.received_at, ven_name, reference, each.line_id))
        calls = self.calls()
        try:
            asked = signals(found, subjects, now, calls)
        except _UNCLEAR:
            # What is repeated may contradict itself on some days only. It is silent then, and it alone.
            asked = signals([each for each in found if self._is_clear(each, now)], subjects, now, calls)
        agreed = standing_limits(self.store.contracts(), now, now + AHEAD)
        self._tell_unreadable_contracts()
        return replace(asked, limits=[*asked.limits, *agreed])

    def _tell_unreadable_contracts(self) -> None:
        unreadable = {each.id for each in self.store.unreadable_contracts()}
        for id_ in sorted(unreadable - self._unreadable):
            _LOGGER.warning("contract cannot be read", contract=id_, effect="it counts for nothing")
        self._unreadable = unreadable

    def received(self) -> dict[str, datetime]:
        """Return when each event in force, as the village calls it, came in, in village time.

        Raises StoreError.
        """
        kept = self.store.operator_events(self.clock.to_wall(self.clock.now()))
        called = self._called(kept)
        return {called[each.line_id, each.event_id]: each.received_at for each in kept}

    def _called(self, kept: Sequence[OperatorEvent]) -> dict[LineEvent, str]:
        """Return what the village calls events."""
        events = {(each.line_id, each.event_id) for each in kept}
        before = self._references  # Two threads may ask at once.
        new = self.store.event_references(events - before.keys())
        self._references = called = {each: new.get(each) or before[each] for each in events}
        return called

    def _is_clear(self, event: InForce, now: datetime) -> bool:
        """Return whether an event can be obeyed at a moment; tell of one that cannot."""
        try:
            signals([event], {}, now)
        except _UNCLEAR as error:
            _LOGGER.warning("event cannot be obeyed now", event_id=event.reference, problem=str(error))
            return False
        return True

    def _understood(self, kept: OperatorEvent, now: datetime) -> Event | None:
        """Return an event in village time; None, which is told once, for one that makes a plan impossible."""
        try:
            event = in_village_time(parse_event(json.loads(kept.raw)), self.clock)
            signals([InForce(event, kept.received_at)], {}, now)
        except _UNCLEAR as error:
            _LOGGER.warning(
                "event cannot be obeyed", line_id=kept.line_id, event_id=kept.event_id, problem=str(error)
            )
            return None
        # An event is called as its line knows it, whatever its text says.
        return event.model_copy(update={"id": kept.event_id})
