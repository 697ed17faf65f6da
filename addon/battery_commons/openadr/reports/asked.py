"""What events that are kept ask to be told, and when that is due."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from battery_commons.domain.operator_line import KeptLine, OperatorEvent
from battery_commons.domain.time import Clock
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.objects import Event, parse_event
from battery_commons.openadr.reports.schedule import DueReport, EventSpans, due_reports, spans_of
from battery_commons.openadr.reports.values import FRESH_FOR
from battery_commons.openadr.reports.written import can_report
from battery_commons.openadr.village_time import in_village_time

SETTLED_AFTER = timedelta(minutes=5)
"""Readings of an interval have come by then."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AskedReport:
    """A report that is due."""

    event: OperatorEvent
    due: DueReport
    targets: Sequence[str]
    """What it is to be about, by name; none for everything."""

    def is_too_late(self, now: datetime) -> bool:
        """Return whether a report on what was to come would tell nobody anything any more.

        All of it is over, or the report was due long before it was asked for.
        """
        if self.due.descriptor.historical:
            return False
        asked_late = self.event.received_at - self.due.due > FRESH_FOR
        return asked_late or now - self.due.intervals[-1].end > FRESH_FOR


class AskedReports:
    """Reads events once, and remembers how each was understood."""

    def __init__(self, clock: Clock) -> None:
        """Tell by `clock`, the village's."""
        self._clock = clock
        self._read: dict[tuple[str, str, str], tuple[Event, EventSpans] | None] = {}
        """By line, event and text; None for what asks for no report."""

    def due(
        self, kept: KeptLine, events: Collection[OperatorEvent], after: datetime, now: datetime
    ) -> list[AskedReport]:
        """Return what is due in (after, now] on a line, as far as the village can report it."""
        found = []
        for event in events:
            understood = self._understood(kept, event)
            if understood is None:
                continue
            asking, spans = understood
            for due in due_reports(spans, asking.report_descriptors or (), after, now):
                is_settled = not due.descriptor.historical or now - due.due >= SETTLED_AFTER
                if is_settled and can_report(due.descriptor.payload_type):
                    found.append(AskedReport(event, due, due.descriptor.targets or asking.targets or ()))
        return found

    def forget_all_but(self, events: Collection[OperatorEvent]) -> None:
        """Forget what was understood of events that are over or changed."""
        known = {(each.line_id, each.event_id, each.raw) for each in events}
        self._read = {key: read for key, read in self._read.items() if key in known}

    def _understood(self, kept: KeptLine, event: OperatorEvent) -> tuple[Event, EventSpans] | None:
        key = event.line_id, event.event_id, event.raw
        if key not in self._read:
            self._read[key] = None
            try:
                read = in_village_time(parse_event(json.loads(event.raw)), self._clock)
                if read.report_descriptors:
                    self._read[key] = read, spans_of(read, event.received_at, kept.line.ven_name)
            except (UnacceptableError, ValueError, OverflowError) as error:
                _LOGGER.warning("event cannot be reported on", event_id=event.event_id, problem=str(error))
        return self._read[key]
