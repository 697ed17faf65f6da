"""Reports what was delivered of calls once they are over, and corrects that while late readings come in.

The profile asks for one report of a call's delivery: a correction takes its place on the operator's server,
as OpenADR has reports updated.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from battery_commons.domain.dutch_flex import Takers
from battery_commons.domain.time import Clock
from battery_commons.openadr.dutch_profile import reports
from battery_commons.openadr.dutch_profile.at_operator import Operator
from battery_commons.openadr.dutch_profile.calls import Called
from battery_commons.openadr.dutch_profile.own_side import delivery_of
from battery_commons.openadr.dutch_profile.terms import ReportPayload
from battery_commons.store import Store
from battery_commons.store.operator_reports import KeptReport

REPORT_AFTER = timedelta(minutes=15)
"""Readings of the last quarter hour have come by then."""
CORRECTED_WITHIN = timedelta(days=1)
CORRECTED_EVERY = timedelta(minutes=15)


class Deliveries:
    """What was delivered, on every line."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Work it out from `store`, and keep there what was sent."""
        self._store = store
        self._clock = clock
        self._looked: dict[tuple[str, str], datetime] = {}
        """By line and event, when a delivery was last worked out, in village time."""

    def is_due(self, called: Called) -> bool:
        """Return whether a call is over for so long that its delivery is to be reported."""
        return self._over_for(called) >= REPORT_AFTER

    async def report(self, line_id: str, operator: Operator, called: Called, behind: Takers) -> None:
        """Report a delivery for the first time. Raises LineError, StoreError."""
        event_id, now = called.dispatch.event_id, self._clock.now()
        report = await self._worked_out(operator, called, behind)
        report_id = await operator.report(report)
        sent = KeptReport(line_id, event_id, _name(behind), now, json.dumps(report), report_id, now)
        await asyncio.to_thread(self._store.keep_operator_reports, [sent])
        self._looked[line_id, event_id] = now

    async def correct(self, line_id: str, operator: Operator, called: Called, behind: Takers) -> None:
        """Correct a report that late readings make another.

        Only as long as the same batteries take part: without one that left, it would be another group's.
        Raises LineError, StoreError.
        """
        key, now = (line_id, called.dispatch.event_id), self._clock.now()
        if self._over_for(called) > CORRECTED_WITHIN:
            self._looked.pop(key, None)
            return
        if key in self._looked and now - self._looked[key] < CORRECTED_EVERY:
            return
        sent = await asyncio.to_thread(self._sent, line_id, called, behind)
        if sent is not None and sent.report_id is not None:
            report = await self._worked_out(operator, called, behind)
            if (body := json.dumps(report)) != sent.body:
                await operator.correct(sent.report_id, report)
                corrected = replace(sent, body=body, sent_at=now, corrections=sent.corrections + 1)
                await asyncio.to_thread(self._store.note_operator_report, corrected)
        self._looked[key] = now

    def _sent(self, line_id: str, called: Called, behind: Takers) -> KeptReport | None:
        """Return the report that was sent of what these batteries delivered. Raises StoreError."""
        event_id, since = called.dispatch.event_id, self._clock.to_village(called.dispatch.end)
        found = (event_id, _name(behind))
        of_line = self._store.operator_reports(line_id, since)
        return next((each for each in of_line if (each.event_id, each.name) == found), None)

    def _over_for(self, called: Called) -> timedelta:
        return self._clock.to_wall(self._clock.now()) - called.dispatch.end

    async def _worked_out(self, operator: Operator, called: Called, behind: Takers) -> reports.Report:
        delivered: Mapping[datetime, float] = await asyncio.to_thread(
            delivery_of, self._store, self._clock, called, behind
        )
        return reports.delivery(operator.participation.provider, called.dispatch, delivered)


def _name(behind: Takers) -> str:
    """Return what a report is kept as: another where other batteries take part."""
    batteries = sorted(each.id for each in behind.given)
    return f"{ReportPayload.DELIVERED} {sha256(json.dumps(batteries).encode()).hexdigest()[:16]}"
