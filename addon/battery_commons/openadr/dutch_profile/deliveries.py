"""Reports what was delivered of calls once they are over, and corrects that while late readings come in.

The profile asks for one report of a call's delivery: a correction takes its place on the operator's server,
as OpenADR has reports updated.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.battery import Battery
from battery_commons.domain.dutch_flex import Takers
from battery_commons.domain.time import Clock
from battery_commons.openadr.dutch_profile import reports
from battery_commons.openadr.dutch_profile.at_operator import Operator
from battery_commons.openadr.dutch_profile.calls import Called
from battery_commons.openadr.dutch_profile.own_side import delivery_of
from battery_commons.store import Store

REPORT_AFTER = timedelta(minutes=15)
"""Readings of the last quarter hour have come by then."""
CORRECTED_WITHIN = timedelta(days=1)
CORRECTED_EVERY = timedelta(minutes=15)


@dataclass(slots=True)
class _Sent:
    """A report of a delivery, as the operator has it."""

    report_id: str
    report: reports.Report
    batteries: frozenset[Battery]
    """Whose delivery it is."""
    looked_at: datetime
    """When it was last worked out, in village time."""


class Deliveries:
    """What was delivered, on every line."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Work it out from `store`."""
        self._store = store
        self._clock = clock
        self._sent: dict[tuple[str, str], _Sent] = {}
        """By line and event; those of before a restart are not corrected: who took part then is not known."""

    def is_due(self, called: Called) -> bool:
        """Return whether a call is over for so long that its delivery is to be reported."""
        return self._over_for(called) >= REPORT_AFTER

    async def report(self, line_id: str, operator: Operator, called: Called, behind: Takers) -> None:
        """Report a delivery for the first time. Raises LineError, StoreError."""
        now, report = self._clock.now(), await self._worked_out(operator, called, behind)
        report_id = await operator.report(report)
        if report_id is not None:
            key = line_id, called.dispatch.event_id
            self._sent[key] = _Sent(report_id, report, frozenset(behind.given), now)

    async def correct(self, line_id: str, operator: Operator, called: Called, behind: Takers) -> None:
        """Correct a report that late readings make another.

        Only as long as the same batteries take part: without one that left, it would be another group's.
        Raises LineError, StoreError.
        """
        key, now = (line_id, called.dispatch.event_id), self._clock.now()
        sent = self._sent.get(key)
        if sent is None or now - sent.looked_at < CORRECTED_EVERY:
            return
        if self._over_for(called) > CORRECTED_WITHIN or frozenset(behind.given) != sent.batteries:
            del self._sent[key]
            return
        report = await self._worked_out(operator, called, behind)
        if report != sent.report:
            await operator.correct(sent.report_id, report)
        sent.report, sent.looked_at = report, now

    def _over_for(self, called: Called) -> timedelta:
        return self._clock.to_wall(self._clock.now()) - called.dispatch.end

    async def _worked_out(self, operator: Operator, called: Called, behind: Takers) -> reports.Report:
        delivered: Mapping[datetime, float] = await asyncio.to_thread(
            delivery_of, self._store, self._clock, called, behind
        )
        return reports.delivery(operator.participation.provider, called.dispatch, delivered)
