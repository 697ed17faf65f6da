"""Sends the operators the reports that their events ask for.

A report is kept before it is sent. Where nobody knows whether a former attempt arrived, as after a restart,
the operator's server is asked first: nothing is sent twice. For a day, late meter data corrects what was
sent.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from battery_commons.domain.operator_line import KeptLine, OperatorEvent
from battery_commons.domain.plan import Plan
from battery_commons.domain.time import Clock
from battery_commons.openadr.dutch_profile.in_force import is_dutch
from battery_commons.openadr.objects import to_wire
from battery_commons.openadr.pace import Pace
from battery_commons.openadr.reports.asked import AskedReport, AskedReports
from battery_commons.openadr.reports.known import known_of
from battery_commons.openadr.reports.measured import MEASURES
from battery_commons.openadr.reports.subjects import subjects
from battery_commons.openadr.reports.written import QUALITY, written
from battery_commons.openadr.trouble import OF_ONE_CALL, LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient, segment
from battery_commons.store import Store, StoreError
from battery_commons.store.operator_reports import KeptReport

EVERY_S = 30.0
SENT_WITHIN = timedelta(days=7)
"""What could not be sent for so long is not sent any more."""
CORRECTED_WITHIN = timedelta(days=1)
CORRECTED_EVERY = timedelta(minutes=15)
MOST_CORRECTIONS = 8
MOST_IN_A_ROUND = 20
"""New reports on a line: whoever asks for thousands gets them over time."""
_FOR_GOOD = {LineTrouble.REFUSED, LineTrouble.FORBIDDEN, LineTrouble.TOO_LARGE}

_LOGGER = structlog.get_logger(__name__)

type Lines = Callable[[], Mapping[str, tuple[KeptLine, VtnClient]]]
type _Key = tuple[str, str, str]


class OperatorReports:
    """Reports on every line but those of the Dutch profile, which has reports of its own."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        lines: Lines,
        plan: Callable[[], Plan | None] = lambda: None,
        pace: Pace | None = None,
    ) -> None:
        """Report over `lines`; `plan` is the one in force."""
        self._store = store
        self._clock = clock
        self._lines = lines
        self._plan = plan
        self._pace = pace or Pace()
        self._asked = AskedReports(clock)
        self._looked: dict[_Key, datetime] = {}
        """When it was last looked whether a report, by line, event and name, is still right."""
        self._fresh: set[_Key] = set()
        """Reports that were never tried: the operator cannot have them."""
        self._failed: Counter[_Key] = Counter()
        """How often a report failed by itself: others go before one that makes a server fail."""
        self._waits: dict[str, tuple[float, float]] = {}
        """By line that is in trouble: from when on it is tried again (loop time), after how long a wait."""

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(EVERY_S)

    async def round(self) -> None:
        """Send on each line what is due now."""
        lines = self._lines()
        try:
            dutch = await asyncio.to_thread(self._store.dutch_participation)
            events = await asyncio.to_thread(
                self._store.operator_events, self._clock.to_wall(self._clock.now() - SENT_WITHIN)
            )
        except StoreError as error:
            _LOGGER.warning("reports to operators not known; trying again", problem=str(error))
            return
        self._forget(events)
        open_ = [each for each in lines.values() if not is_dutch(each[0], dutch)]
        await asyncio.gather(
            *(
                self._on(kept, client, [each for each in events if each.line_id == kept.id])
                for kept, client in open_
            )
        )

    async def _on(self, kept: KeptLine, client: VtnClient, events: list[OperatorEvent]) -> None:
        time = asyncio.get_running_loop().time
        not_before, waited_s = self._waits.get(kept.id, (0.0, self._pace.first_wait_s / 2))
        if time() < not_before:
            return
        try:
            for report in await asyncio.to_thread(self._outstanding, kept, events):
                await self._send(client, report)
        except LineError as error:
            wait_s = max(self._pace.longer(waited_s), error.wait_s or 0.0)
            self._waits[kept.id] = time() + wait_s, min(wait_s, self._pace.longest_wait_s)
            _LOGGER.warning(
                "reports not sent; trying again", line=kept.id, trouble=error.trouble, again_in_s=wait_s
            )
        except StoreError as error:
            _LOGGER.warning("reports not kept; trying again", line=kept.id, problem=str(error))
        else:
            self._waits.pop(kept.id, None)

    def _outstanding(self, kept: KeptLine, events: list[OperatorEvent]) -> list[KeptReport]:
        """Return what is to be sent, the oldest first, and keep what is new of it. Raises StoreError."""
        now = self._clock.now()
        after = now - SENT_WITHIN
        before = {(each.event_id, each.name): each for each in self._store.operator_reports(kept.id, after)}
        new: list[KeptReport] = []
        found: list[KeptReport] = []
        for asked in self._asked.due(kept, events, after, now):
            event_id, due = asked.event.event_id, asked.due
            sent = before.get((event_id, due.name))
            if sent is None:
                if len(new) < MOST_IN_A_ROUND and not asked.is_too_late(now):
                    body = self._body(kept, asked, now)
                    new += [KeptReport(kept.id, event_id, due.name, due.due, body)] if body else []
            elif sent.refusal is None:
                again = sent if sent.sent_at is None else self._corrected(kept, asked, sent, now)
                found += [again] if again else []
        self._store.keep_operator_reports(new)
        self._fresh.update(_key(each) for each in new)
        return sorted([*found, *new], key=lambda each: (self._failed[_key(each)], each.due_at))

    def _forget(self, events: list[OperatorEvent]) -> None:
        """Forget what is known of events that are over or changed, and of their reports."""
        self._asked.forget_all_but(events)
        there = {(each.line_id, each.event_id) for each in events}
        self._failed = Counter({key: times for key, times in self._failed.items() if key[:2] in there})
        old = self._clock.now() - 2 * CORRECTED_WITHIN
        self._looked = {key: at for key, at in self._looked.items() if at > old}

    def _body(self, kept: KeptLine, asked: AskedReport, now: datetime) -> str | None:
        """Return a report as it is sent; None where the village has nothing that it could be of."""
        due = asked.due
        measure = MEASURES.get(due.descriptor.payload_type)
        known = known_of(self._store, now, self._plan(), due.intervals, measure or MEASURES["DEMAND"])
        of = subjects(
            asked.targets,
            known.transformers,
            has_feeder=self._store.feeder() is not None,
            aggregate=due.descriptor.aggregate,
        )
        if not of:
            return None
        report = written(due, asked.event.event_id, kept.line.ven_name, of, known=known, clock=self._clock)
        return json.dumps(to_wire(report), separators=(",", ":"))

    def _corrected(
        self, kept: KeptLine, asked: AskedReport, sent: KeptReport, now: datetime
    ) -> KeptReport | None:
        """Return a report as it should be now, where late meter data makes it differ from what was sent."""
        due, key = asked.due, _key(sent)
        payload_type = due.descriptor.payload_type
        is_metered = payload_type == QUALITY or MEASURES[payload_type].is_metered
        if not is_metered or now - due.due > CORRECTED_WITHIN or sent.corrections >= MOST_CORRECTIONS:
            return None
        if now - self._looked.get(key, due.due) < CORRECTED_EVERY:
            return None
        self._looked[key] = now
        body = self._body(kept, asked, now)
        return replace(sent, body=body) if body is not None and body != sent.body else None

    async def _send(self, client: VtnClient, report: KeptReport) -> None:
        """Send a report or its correction. Raises LineError where that may be tried again, and StoreError."""
        try:
            report = await self._sent(client, report)
        except LineError as error:
            # What is not there is perhaps the server; a report that was sent, and is gone, was taken away.
            is_gone = error.trouble is LineTrouble.NOT_THERE and report.report_id is not None
            if error.trouble not in _FOR_GOOD and not is_gone:
                self._looked.pop(_key(report), None)
                self._failed[_key(report)] += error.trouble in OF_ONE_CALL
                raise
            _LOGGER.warning(
                "report_refused",
                line=report.line_id,
                event_id=report.event_id,
                report=report.name,
                trouble=error.trouble,
            )
            report = replace(report, refusal=error.trouble.value)
        self._failed.pop(_key(report), None)
        await asyncio.to_thread(self._store.note_operator_report, report)

    async def _sent(self, client: VtnClient, report: KeptReport) -> KeptReport:
        message, now = json.loads(report.body), self._clock.now()
        if report.report_id is not None:
            await client.put(f"reports/{segment(report.report_id)}", message)
            return replace(report, sent_at=now, corrections=report.corrections + 1)
        key = _key(report)
        answer: object = await self._there(client, message) if key not in self._fresh else None
        self._fresh.discard(key)
        if answer is None:
            answer = await client.post("reports", message)
        id_ = answer.get("id") if isinstance(answer, Mapping) else None
        if not isinstance(id_, str) or not id_:
            raise LineError(LineTrouble.NO_SENSE, "no id")
        return replace(report, sent_at=now, report_id=id_)

    async def _there(self, client: VtnClient, message: Mapping[str, object]) -> Mapping[str, object] | None:
        """Return the report as the operator has it already, if it does."""
        told = ("eventID", "clientName", "reportName")
        for each in await client.listed("reports", {"eventID": str(message["eventID"])}):
            if isinstance(each, dict) and all(each.get(name) == message[name] for name in told):
                return each
        return None


def _key(report: KeptReport) -> _Key:
    return report.line_id, report.event_id, report.name
