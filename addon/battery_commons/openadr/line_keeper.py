"""Keeps one line to an operator up: registered, listening, and never out of step for long."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf

import structlog
from aiohttp import ClientSession

from battery_commons.domain.operator_line import KeptLine, Reception
from battery_commons.domain.time import Clock
from battery_commons.openadr.intake import EventIntake
from battery_commons.openadr.pace import Pace
from battery_commons.openadr.reception.broker import BrokerListener
from battery_commons.openadr.reception.notifiers import offered
from battery_commons.openadr.reception.polling import reconcile
from battery_commons.openadr.reception.ways import Ways
from battery_commons.openadr.reception.webhook import LARGEST_MESSAGE, subscribe, unsubscribe
from battery_commons.openadr.registration import (
    WantedResource,
    programs_of,
    register_resources,
    register_ven,
)
from battery_commons.openadr.trouble import NOT_TAKEN, OF_ONE_CALL, LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store, StoreError
from battery_commons.store.group_commit import GroupCommit

LEAVE_WITHIN_S = 10.0

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LineStatus:
    """How a line is doing."""

    reception: Reception | None = None
    """By which way events come; None while they do not."""
    heard_at: datetime | None = None
    """When all events were last seen since the start, in village time."""
    trouble: LineError | None = None
    """What is wrong now; None while all is well."""
    not_taken: LineError | None = None
    """What the VTN did not take of the village's VEN, resources or subscription, or does not tell of its
    programs or broker: events come all the same."""
    programs: Sequence[str] = ()
    counts: dict[str, int] = field(default_factory=dict)
    """Of what came since the start; see EventIntake."""
    reports: dict[str, int] = field(default_factory=dict)
    """Of reports since the start; see VtnClient."""


class LineKeeper:
    """One line. Whatever happens to the ways by which events are told, full listings go on."""

    def __init__(
        self,
        kept: KeptLine,
        store: Store,
        clock: Clock,
        session: ClientSession,
        *,
        resources: Callable[[], Sequence[WantedResource]],
        changed: Callable[[], None],
        pace: Pace,
    ) -> None:
        """Keep `kept` up; `resources` may block, and `changed` is told when what is asked changes."""
        self.kept = kept
        self.client = VtnClient(session, kept.line, (kept.webhook_token,))
        self._store = store
        self._clock = clock
        self._resources = resources
        self._pace = pace
        self._intake = EventIntake(store, clock, kept.id, changed, GroupCommit(store))
        self._intake.targets.listed(kept.resource_names)
        if kept.line.programs:
            self._intake.programs = ()  # Until it is known which those are.
        self._wanted = asyncio.Event()
        self._ways = Ways()
        self._broker = BrokerListener(
            self.client, self._ways, pace, told=self._told_by_broker, wanted=self._wanted
        )
        self._programs: dict[str, str] = {}
        self._are_programs_read = True
        """Whether they were the last time that they were asked for."""
        self._register_at = -inf
        self._status = LineStatus()

    @property
    def status(self) -> LineStatus:
        """Return how it is doing."""
        is_up = self._status.trouble is None and self._status.heard_at is not None
        way = self._ways.best or (Reception.POLLING if is_up else None)
        return replace(
            self._status,
            reception=way,
            counts=dict(self._intake.counts),
            reports=dict(self.client.reports),
        )

    def called(self) -> None:
        """Take note that the operator can reach the village."""
        self._ways.works(Reception.WEBHOOK)

    async def notified(self, body: bytes | None) -> bool:
        """Take in a message of the webhook (None: too large), and return whether it is understood.

        Raises StoreError.
        """
        if body is None:
            self._intake.too_large()
            self._wanted.set()
            return False
        return await self._told([body])

    async def run(self) -> None:
        """Keep the line up until cancelled."""
        wait_s = self._pace.first_wait_s
        try:
            while True:
                trouble = await self._step()
                self._status = replace(self._status, trouble=trouble)
                if trouble is None:
                    wait_s = self._pace.first_wait_s
                    await self._until_wanted()
                    continue
                if trouble.trouble is not LineTrouble.BUSY:
                    self._register_at = -inf  # What asks to be left alone is not asked everything again.
                pause_s = wait_s if trouble.wait_s is None else max(trouble.wait_s, self._pace.first_wait_s)
                _LOGGER.warning(
                    "operator_line_down",
                    line=self.kept.id,
                    trouble=trouble.trouble,
                    detail=trouble.detail,
                    again_in_s=pause_s,
                )
                await asyncio.sleep(pause_s)
                wait_s = self._pace.longer(wait_s)
        finally:
            await self._broker.listen_to(None)

    async def leave(self) -> None:
        """Have the VTN tell the village nothing more, as far as it can be reached."""
        if not self.kept.line.callback_url:
            return
        try:
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await unsubscribe(self.client, self.kept)
        except (LineError, TimeoutError) as error:
            _LOGGER.warning("operator_not_told_of_leaving", line=self.kept.id, problem=str(error))

    async def _step(self) -> LineError | None:
        """Register where it is time to, and list all events; return what is wrong."""
        try:
            is_due = asyncio.get_running_loop().time() >= self._register_at
            if is_due or self._intake.units.wanted:
                await self._register()
            is_different = await reconcile(
                self.client, self.kept, list(self._programs), self._store, self._intake
            )
            now = self._clock.now()
            await asyncio.to_thread(self._store.note_heard, self.kept.id, now)
        except LineError as error:
            return error
        except StoreError as error:
            return LineError(LineTrouble.FAULT, str(error))
        except Exception:
            # One line's must not end the others', and the volunteer sees it beside that line.
            _LOGGER.exception("operator_line_failed", line=self.kept.id)
            return LineError(LineTrouble.FAULT)
        if self._ways.listed(is_different=is_different):
            self._register_at = -inf  # Perhaps the VTN has lost the subscription.
        if self._intake.units.wanted and self._are_programs_read:
            self._wanted.set()  # Its units are to be known first.
        self._status = replace(self._status, heard_at=now)
        return None

    async def _register(self) -> None:
        try:
            await self._read_programs()
        except LineError as error:
            if not self._programs or error.trouble is LineTrouble.NO_PROGRAM:
                raise
            # Events of the programs that are known may come all the same.
            self._are_programs_read = False
            again_s = max(self._pace.reconcile_s, error.wait_s or 0.0)
            self._register_at = asyncio.get_running_loop().time() + again_s
            _LOGGER.warning("operator_programs_not_read", line=self.kept.id, problem=str(error))
            self._status = replace(self._status, not_taken=error)
            return
        self._are_programs_read = True
        line = self.kept.line
        troubles: list[LineError] = []
        with _apart(troubles):
            await self._register_ven()
        if line.callback_url:  # Also without a VEN: a VTN that makes none may call all the same.
            with _apart(troubles):
                await subscribe(self.client, self.kept, list(self._programs))
        with _apart(troubles):
            broker = await offered(self.client, line, self.kept.ven_id, list(self._programs))
            await self._broker.listen_to(broker)
        may_pass = any(each.trouble not in NOT_TAKEN for each in troubles)
        again_s = self._pace.reconcile_s if may_pass else self._pace.register_s
        self._register_at = asyncio.get_running_loop().time() + again_s
        not_taken = next(iter(troubles), None)
        programs = sorted(self._programs.values())
        _LOGGER.info(
            "operator_line_up",
            line=self.kept.id,
            ven=self.kept.ven_id,
            programs=programs,
            has_broker=self._broker.is_there,
            not_taken=str(not_taken or ""),
        )
        self._status = replace(self._status, programs=programs, not_taken=not_taken)

    async def _read_programs(self) -> None:
        line = self.kept.line
        wanted = tuple(self._intake.units.wanted)
        shown = await programs_of(self.client, line)
        self._programs = {id_: each.name for id_, each in shown.items()}
        self._intake.units.listed({id_: each.descriptors for id_, each in shown.items()}, wanted)
        self._intake.programs = list(self._programs) if line.programs else None

    async def _register_ven(self) -> None:
        ven_id = await register_ven(self.client, self.kept.line)
        if ven_id != self.kept.ven_id:
            await asyncio.to_thread(self._store.note_ven, self.kept.id, ven_id)
            self.kept = replace(self.kept, ven_id=ven_id)
        wanted = await asyncio.to_thread(self._resources)
        named = await register_resources(self.client, ven_id, wanted)
        if named != self.kept.resource_names:
            await asyncio.to_thread(self._store.note_resource_names, self.kept.id, named)
            self.kept = replace(self.kept, resource_names=named)
        self._intake.targets.listed(named)

    async def _told_by_broker(self, messages: Sequence[bytes | None]) -> None:
        self._ways.works(Reception.MQTT)
        read = [each for each in messages if each is not None and len(each) <= LARGEST_MESSAGE]
        for _ in range(len(messages) - len(read)):
            self._intake.too_large()
            self._wanted.set()
        await self._told(read)

    async def _told(self, messages: Sequence[bytes]) -> bool:
        """Take in notifications, and return whether all are understood. Raises StoreError."""
        try:
            told = await self._intake.notified(messages)
        except StoreError:
            self._wanted.set()  # It may not be told again.
            raise
        if told.wants_listing:
            self._wanted.set()
        return told.is_understood

    async def _until_wanted(self) -> None:
        """Wait until it is time for the next listing."""
        await asyncio.sleep(self._pace.apart_s)
        with suppress(TimeoutError):
            is_told = self._ways.best is not None
            async with asyncio.timeout(self._pace.reconcile_s if is_told else self._pace.poll_s):
                await self._wanted.wait()
        self._wanted.clear()


@contextmanager
def _apart(troubles: list[LineError]) -> Iterator[None]:
    """Let what is wrong with a part of a VTN keep what follows from nothing."""
    try:
        yield
    except LineError as error:
        if error.trouble not in OF_ONE_CALL:
            raise
        troubles.append(error)
