"""The village as a service provider: registers its batteries, offers what they can, reports what they did.

What was sent before is read from the operator's server, so that after a restart nothing is sent twice, and
nothing is left out.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

from battery_commons.domain.dutch_flex import DutchParticipation, FlexGroup, Takers, home_of
from battery_commons.domain.operator_line import KeptLine
from battery_commons.domain.time import Clock
from battery_commons.openadr.dutch_profile import reports
from battery_commons.openadr.dutch_profile.at_operator import (
    Operator,
    carried,
    offers_program,
    requests,
    told_statuses,
)
from battery_commons.openadr.dutch_profile.calls import Called, newest_baseline, subject_of
from battery_commons.openadr.dutch_profile.deliveries import Deliveries
from battery_commons.openadr.dutch_profile.events import Anchor, ProfileEvent
from battery_commons.openadr.dutch_profile.in_force import DutchState, dutch_states, is_dutch
from battery_commons.openadr.dutch_profile.membership import membership
from battery_commons.openadr.dutch_profile.objects import Object, asset_of
from battery_commons.openadr.dutch_profile.offer import available_w
from battery_commons.openadr.dutch_profile.own_side import statuses_of, taking_part
from battery_commons.openadr.dutch_profile.terms import OperationalStatus, ReportPayload
from battery_commons.openadr.trouble import OF_ONE_CALL, LineError
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store, StoreError

EVERY_S = 30.0

_LOGGER = structlog.get_logger(__name__)

type Lines = Callable[[], Mapping[str, tuple[KeptLine, VtnClient]]]


class DutchParticipant:
    """Takes part on every line of the profile, round after round."""

    def __init__(
        self, store: Store, clock: Clock, lines: Lines, changed: Callable[[], None] = lambda: None
    ) -> None:
        """Take part over `lines`; `changed` is told when the operator has other groups for the village."""
        self._store = store
        self._clock = clock
        self._lines = lines
        self._changed = changed
        self._deliveries = Deliveries(store, clock)
        self._reported: set[tuple[str, str, ReportPayload]] = set()
        """Line, event and kind of the reports that the operator is known to have."""
        self._rejected: dict[str, dict[str, str]] = {}
        """By line and Asset-ID, as the operator's server last showed them."""
        self._not_before: dict[str, float] = {}
        """By line whose operator asks to be left alone, until when (loop time)."""
        self._told: set[tuple[str, str | None, str]] = set()
        """Of which refusals the log knows."""

    @property
    def rejected(self) -> Mapping[str, str]:
        """Return by Asset-ID why operators do not take batteries in, as the profile words it."""
        return {asset: reason for line in self._rejected.values() for asset, reason in line.items()}

    async def run(self) -> None:
        """Take part until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(EVERY_S)

    async def round(self) -> None:
        """Do on each line what is to be done now."""
        try:
            participation = await asyncio.to_thread(self._store.dutch_participation)
            lines = self._lines()
            self._rejected = {id_: told for id_, told in self._rejected.items() if id_ in lines}
            for kept, client in lines.values():
                if participation is not None and is_dutch(kept, participation) and kept.ven_id is not None:
                    await self._on(kept, client, kept.ven_id, participation)
        except StoreError as error:
            _LOGGER.warning("flexibility not taken part in; trying again", problem=str(error))

    async def _on(
        self, kept: KeptLine, client: VtnClient, ven_id: str, participation: DutchParticipation
    ) -> None:
        time = asyncio.get_running_loop().time
        if time() < self._not_before.get(kept.id, 0.0):
            return
        try:
            if not await offers_program(client, participation, kept.line.programs):
                self._tell(kept.id, None, "profile_no_program")
                return
            operator = Operator(client, ven_id, participation)
            groups = await operator.groups()
            await self._keep(kept.id, groups)
            await self._take_part(kept.id, operator, groups)
        except LineError as error:
            self._not_before[kept.id] = time() + (error.wait_s or 0.0)
            self._tell(kept.id, None, error.trouble)  # Without the server's own words: an EAN may be in them.
        else:
            self._told = {told for told in self._told if told[:2] != (kept.id, None)}

    async def _keep(self, line_id: str, groups: Sequence[FlexGroup]) -> None:
        by_name = sorted(groups, key=lambda each: each.name)
        if by_name != await asyncio.to_thread(self._store.dutch_groups, line_id):
            await asyncio.to_thread(self._store.keep_dutch_groups, line_id, by_name)
            self._changed()

    async def _take_part(self, line_id: str, operator: Operator, groups: Sequence[FlexGroup]) -> None:
        participation = operator.participation
        found = await asyncio.to_thread(taking_part, self._store, participation)
        states = await asyncio.to_thread(dutch_states, self._store, participation, self._clock)
        state = next((each for each in states if each.line_id == line_id), None)
        if state is None:
            return
        behind = {each.subject: each for each in found}
        of_group = [
            (group, behind[subject])
            for group in groups
            if (subject := subject_of(group, participation)) in behind
        ]
        anchor = next((each for each in state.events if isinstance(each, Anchor)), None)
        statuses = await asyncio.to_thread(statuses_of, self._store, self._clock.now(), found)
        await self._answer_calls(line_id, operator, state, behind)
        with self._apart(line_id, "registration"):
            before = await operator.reports(anchor.event_id) if anchor else []
            registered = await self._register(line_id, operator, of_group, anchor, before)
            if anchor is not None:
                known = {each: statuses[each] for each in registered}
                await self._tell_statuses(operator, anchor, before, known)
        for group, each in of_group:
            with self._apart(line_id, group.name):
                await self._offer(operator, group, each, state.events, statuses)

    async def _answer_calls(
        self, line_id: str, operator: Operator, state: DutchState, behind: Mapping[str, Takers]
    ) -> None:
        """Take on calls that can be followed, tell of others, and answer: that is waited for."""
        understood = state.understood(operator.participation)
        for refused in understood.refused:
            self._tell(line_id, refused.event_id, refused.reason)
        # Before they are acknowledged: from then on they count, whatever is said of the group.
        new = {each.dispatch.event_id: each.rests_on for each in understood.called}
        if new.keys() - state.taken.keys():
            await asyncio.to_thread(self._store.take_on_calls, line_id, new)
        for called in understood.called:
            if called.rests_on.subject in behind:
                with self._apart(line_id, called.dispatch.event_id):
                    await self._answer(line_id, operator, called, behind[called.rests_on.subject])

    @contextmanager
    def _apart(self, line_id: str, about: str) -> Iterator[None]:
        """Let what goes wrong with a call of the operator's server keep what follows from nothing."""
        try:
            yield
        except LineError as error:
            if error.trouble not in OF_ONE_CALL:
                raise
            self._tell(line_id, about, error.trouble)
        else:
            self._well(line_id, about)

    async def _register(
        self,
        line_id: str,
        operator: Operator,
        of_group: Sequence[tuple[FlexGroup, Takers]],
        anchor: Anchor | None,
        before: Sequence[Object],
    ) -> set[str]:
        """Have every battery in its group and no other; return, by Asset-ID, those that are."""
        provider, connections = operator.participation.provider, operator.participation.connections
        wanted = {asset_of(battery): group for group, behind in of_group for battery in behind.given}
        complete = [battery for _, behind in of_group if behind.is_complete for battery in behind.batteries]
        known = await operator.register(
            {asset_of(battery): connections[home_of(battery)] for battery in complete}
        )
        rejected = {each.asset: each.rejected for each in known.shown if each.rejected is not None}
        self._rejected[line_id] = rejected
        for asset, reason in rejected.items():
            self._tell(line_id, asset, reason)
        if known.trouble is None:
            self._well(line_id, "resources")
        else:
            self._tell(line_id, "resources", known.trouble)
        asked = requests(before)
        found = membership(known.shown, wanted, [group for group, _ in of_group], asked, known.moved)
        for gone in found.forgotten:
            await operator.forget(gone)
        if anchor is None:
            return found.inside
        for changes, leaves in ((found.leaving, True), (found.joining, False)):
            for group_id, ids in changes.items():
                await operator.report(
                    reports.registration(provider, anchor.event_id, group_id, ids, leaves=leaves)
                )
        return found.inside

    async def _tell_statuses(
        self,
        operator: Operator,
        anchor: Anchor,
        before: Sequence[Object],
        statuses: Mapping[str, OperationalStatus],
    ) -> None:
        told = told_statuses(before)
        changed = {
            asset: status
            for asset, status in sorted(statuses.items())
            if told.get(asset, OperationalStatus.NORMAL) != status
        }
        if changed:
            provider = operator.participation.provider
            await operator.report(reports.operational_status(provider, anchor.event_id, changed))

    async def _offer(
        self,
        operator: Operator,
        group: FlexGroup,
        behind: Takers,
        events: Sequence[ProfileEvent],
        statuses: Mapping[str, OperationalStatus],
    ) -> None:
        baseline = newest_baseline(events, group.name)
        if baseline is None:
            return

        def offered(power_w: float, status: OperationalStatus) -> float:
            able = [each for each in behind.given if statuses[asset_of(each)] is status]
            return available_w(power_w, able, group.point.max_duration)

        report = reports.flex_delta(
            operator.participation.provider,
            baseline.event_id,
            offered(baseline.active_w, OperationalStatus.NORMAL),
            offered(baseline.reserved_w, OperationalStatus.PENDING),
        )
        before = await operator.reports(baseline.event_id)
        if not before or carried(before[-1]) != carried(report):
            await operator.report(report)

    async def _answer(self, line_id: str, operator: Operator, called: Called, behind: Takers) -> None:
        """Acknowledge a call, and report what was delivered once it is over."""
        event_id, provider = called.dispatch.event_id, operator.participation.provider
        if not await self._has(line_id, operator, event_id, ReportPayload.ACK):
            await operator.report(reports.acknowledgement(provider, event_id))
        if not self._deliveries.is_due(called):
            return
        if not await self._has(line_id, operator, event_id, ReportPayload.DELIVERED):
            await self._deliveries.report(line_id, operator, called, behind)
        else:
            await self._deliveries.correct(line_id, operator, called, behind)

    async def _has(self, line_id: str, operator: Operator, event_id: str, kind: ReportPayload) -> bool:
        """Return whether the operator has a report of this kind on an event."""
        key = line_id, event_id, kind
        if key not in self._reported and any(
            kind in carried(each) for each in await operator.reports(event_id)
        ):
            self._reported.add(key)
        return key in self._reported

    def _tell(self, line_id: str, about: str | None, reason: str) -> None:
        """Log what is wrong once: about an event, a battery, or the line itself."""
        if (line_id, about, reason) not in self._told:
            self._told.add((line_id, about, reason))
            _LOGGER.warning("flexibility_refused", line=line_id, about=about, reason=reason)

    def _well(self, line_id: str, about: str) -> None:
        """Take note that the operator's server takes what it may not have taken before."""
        self._told -= {(line_id, about, trouble) for trouble in OF_ONE_CALL}
