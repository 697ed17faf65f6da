"""Sends each home its plan, again and again until it answers, a newer plan exists or the lease is over.

Where the home holds a stream open, the plan goes down that first: it is known to be alive, and needs no new
connection. Where there is none, or it breaks, the plan is posted to the home's webhook.
"""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from itertools import batched

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from battery_commons.dispatch.errors import DeliveryError
from battery_commons.dispatch.lease import lease_end, outlook_of, plan_message
from battery_commons.dispatch.links import Links
from battery_commons.dispatch.quality import Way
from battery_commons.dispatch.stream import HomeStream
from battery_commons.domain.plan import Plan
from battery_commons.domain.time import Clock
from battery_commons.store.errors import NotFoundError
from battery_commons.store.group_commit import GroupCommit
from battery_commons.store.records import Home, HomeBattery
from battery_commons.store.store import Store
from battery_commons.wire.envelope import seal
from battery_commons.wire.messages import Outlook, PlanAnswer, PlanMessage

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
ATTEMPT_TIMEOUT = ClientTimeout(total=10)
MAX_ANSWER_BYTES = 65_536
AT_ONCE = 200
"""Plans that are put on record together; the next are, while these are under way."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Parcel:
    """A home's newest plan, signed and ready to send, and what the home said to it."""

    home: Home
    sequence: int
    envelope: dict[str, object]
    lease_until: datetime
    ready_at: float = field(default_factory=time.monotonic)
    accepted: bool | None = None
    """None before the home has answered."""


@dataclass(slots=True)
class Dispatcher:
    """Delivers plans. Each home has at most one delivery under way: that of its newest plan."""

    store: Store
    key: Ed25519PrivateKey
    clock: Clock
    session: ClientSession
    jitter: Callable[[], float] = random.random
    """0 to 1; spreads retries, so that homes that were lost together do not come back together."""
    links: Links = field(default_factory=Links)
    _answers: GroupCommit = field(init=False)
    _newest: dict[str, _Parcel] = field(default_factory=dict)
    """By home, also after it was answered: a home that has forgotten it is sent it again."""
    _deliveries: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Listen to homes that open their streams."""
        self._answers = GroupCommit(self.store)
        self.links.listener = self

    async def resume(self) -> None:
        """Take up what a stop cut short: homes get the plan whose lease still runs without a new tick.

        One that took it already is only sent it again where it opens its stream and has forgotten it.

        Raises StoreError.
        """
        now = self.clock.now()
        homes, sent = await asyncio.to_thread(lambda: (self.store.homes(), self.store.latest_dispatches()))
        for home in homes:
            record = sent.get(home.id)
            if record is None or home.suspended_at is not None or home.id in self._newest:
                continue
            if not record.issued_at <= now < record.lease_until:
                continue
            try:
                message = PlanMessage.model_validate_json(record.plan_json)
            except ValidationError:
                _LOGGER.warning("a plan on record cannot be read, and is not sent again", home_id=home.id)
                continue
            parcel = _Parcel(
                home,
                record.sequence,
                seal(message, self.key),
                record.lease_until,
                accepted=record.accepted,
            )
            self._newest[home.id] = parcel
            if record.accepted is None:
                self._begin(home.id, self._deliver(parcel))

    async def dispatch(self, plan: Plan, only: Collection[str] | None = None) -> None:
        """Start sending every home, or those of `only`, its part of `plan`; return once all is recorded.

        Raises StoreError when the plan cannot be recorded: nothing is sent that is not on record.
        """
        now = self.clock.now()
        homes, recipients, batteries, transformers = await asyncio.to_thread(
            lambda: (
                self.store.homes(),
                self.store.recipients(now),
                self.store.batteries(),
                self.store.transformers(),
            )
        )
        self.links.keep_only([home.id for home in homes])
        outlooks = {each.id: outlook_of(plan, each, batteries) for each in transformers}
        own: dict[str, list[HomeBattery]] = {}
        for battery in batteries:
            own.setdefault(battery.home_id, []).append(battery)
        addressed = [
            (home, own[home.id], outlooks[home.transformer_id])
            for home in recipients
            if home.id in own and (only is None or home.id in only)
        ]
        for some in batched(addressed, AT_ONCE, strict=False):
            for parcel in await asyncio.to_thread(self._recorded, plan, some):
                self._newest[parcel.home.id] = parcel
                self.links.plans["sent"] += 1
                self._begin(parcel.home.id, self._deliver(parcel))

    def sequences(self) -> dict[str, int]:
        """Return the number of the newest plan that each home is sent, by its id."""
        return {home_id: parcel.sequence for home_id, parcel in self._newest.items()}

    def leases(self) -> int:
        """Return how many homes hold a plan that counts, as far as they have answered."""
        now = self.clock.now()
        return sum(parcel.accepted is True and now < parcel.lease_until for parcel in self._newest.values())

    async def close(self) -> None:
        """Stop sending. Leases that homes already hold run on to their end."""
        deliveries = list(self._deliveries.values())
        for delivery in deliveries:
            delivery.cancel()
        await asyncio.gather(*deliveries, return_exceptions=True)

    def _recorded(
        self, plan: Plan, homes: Iterable[tuple[Home, list[HomeBattery], Outlook]]
    ) -> list[_Parcel]:
        """Put the plans of some homes on record, all at once, and return them signed. Raises StoreError."""
        parcels = []
        with self.store.together():
            for home, batteries, outlook in homes:
                # A home that has left while the plan was made needs none.
                with suppress(NotFoundError):
                    parcels.append(self._parcel(plan, home, batteries, outlook))
        return parcels

    def _parcel(self, plan: Plan, home: Home, batteries: list[HomeBattery], outlook: Outlook) -> _Parcel:
        """Number, record and sign one home's part of a plan. Raises StoreError or NotFoundError."""
        issued_at = self.clock.now()
        # Seconds of wall time, so that a store that came from a backup gives no number that homes have
        # seen: they take no plan from the future.
        at_least = int(self.clock.to_wall(issued_at).timestamp())
        sequence = self.store.next_sequence(home.id, at_least)
        message = plan_message(
            plan,
            home_id=home.id,
            batteries=batteries,
            outlook=outlook,
            sequence=sequence,
            issued_at=issued_at,
            clock=self.clock,
        )
        lease_until = lease_end(issued_at)
        self.store.record_dispatch(home.id, sequence, message.model_dump_json(), issued_at, lease_until)
        return _Parcel(home, sequence, seal(message, self.key), lease_until)

    def stream_opened(self, home_id: str, accepted: int) -> None:
        """Send a home that has opened its stream the plan in force, if that is newer than what it took."""
        parcel = self._newest.get(home_id)
        if parcel is None or parcel.accepted is False or self.clock.now() >= parcel.lease_until:
            return
        if accepted < parcel.sequence:
            self._begin(home_id, self._deliver(parcel))
        elif accepted == parcel.sequence and parcel.accepted is None:
            # Its answer was lost with the way that it went.
            answer = PlanAnswer(accepted=True, sequence=accepted)
            self._begin(home_id, self._keep_answer(parcel, answer, Way.STREAM))

    def home_gone(self, home_id: str) -> None:
        """Send a home that does not take part any more nothing."""
        self._newest.pop(home_id, None)
        if (delivery := self._deliveries.pop(home_id, None)) is not None:
            delivery.cancel()

    def _begin(self, home_id: str, work: Coroutine[None, None, None]) -> None:
        """Let `work` take the place of what was under way for a home."""
        if (former := self._deliveries.get(home_id)) is not None:
            former.cancel()
        self._deliveries[home_id] = asyncio.create_task(work)

    async def _deliver(self, parcel: _Parcel) -> None:
        """Send one plan until it is answered or its lease is over."""
        log = _LOGGER.bind(home_id=parcel.home.id, sequence=parcel.sequence)
        delay_s = FIRST_RETRY_S
        while self.clock.now() < parcel.lease_until:
            try:
                answer, way = await self._attempt(parcel)
            except DeliveryError as error:
                log.warning("plan not delivered", error=str(error), retry_in_s=round(delay_s, 1))
                await self._answers.write(
                    partial(
                        self.store.record_attempt_failed,
                        parcel.home.id,
                        parcel.sequence,
                        self.clock.now(),
                        str(error),
                    )
                )
                await asyncio.sleep(delay_s * (0.5 + self.jitter() / 2))
                delay_s = min(2 * delay_s, LONGEST_RETRY_S)
                continue
            await self._keep_answer(parcel, answer, way)
            return
        self.links.plans["expired"] += 1
        log.warning("plan expired before its home answered")

    async def _keep_answer(self, parcel: _Parcel, answer: PlanAnswer, way: Way) -> None:
        parcel.accepted = answer.accepted
        self.links.plans["accepted" if answer.accepted else "refused"] += 1
        took_s = time.monotonic() - parcel.ready_at
        self.links.record(parcel.home.id).delivery_s = took_s
        await self._answers.write(
            partial(
                self.store.record_answer,
                parcel.home.id,
                parcel.sequence,
                self.clock.now(),
                accepted=answer.accepted,
                reason=answer.reason,
            )
        )
        log = _LOGGER.bind(home_id=parcel.home.id, sequence=parcel.sequence, way=way, took_s=round(took_s, 3))
        if answer.accepted:
            log.info("plan accepted")
        else:
            log.warning("plan refused", reason=answer.reason)

    async def _attempt(self, parcel: _Parcel) -> tuple[PlanAnswer, Way]:
        """Try every way to the home once, and return its answer and the way on which it came.

        Raises DeliveryError with what went wrong on each.
        """
        problems = []
        if (stream := self.links.stream(parcel.home.id)) is not None:
            try:
                return await self._ask(stream, parcel), Way.STREAM
            except DeliveryError as error:
                problems.append(f"stream: {error}")
        if urls := parcel.home.webhook_urls:
            try:
                return await self._post_somewhere(urls, parcel), Way.WEBHOOK
            except DeliveryError as error:
                problems.append(str(error))
        raise DeliveryError("; ".join(problems) or "it has no address, and has not opened its stream yet")

    async def _ask(self, stream: HomeStream, parcel: _Parcel) -> PlanAnswer:
        """Send a plan down the home's stream. Raises DeliveryError."""
        record = self.links.record(parcel.home.id)
        try:
            answer = await stream.ask(parcel.sequence, parcel.envelope)
        except DeliveryError:
            record.stream_failed(self.clock.now())
            raise
        record.stream_answered(self.clock.now())
        return answer

    async def _post_somewhere(self, urls: Sequence[str], parcel: _Parcel) -> PlanAnswer:
        """Try the home's addresses, first the one that worked last. Raises DeliveryError."""
        record, problems = self.links.record(parcel.home.id), []
        for url in record.in_order(urls):
            try:
                answer = await self._post(url, parcel.envelope)
            except DeliveryError as error:
                record.webhook_failed(url, self.clock.now())
                problems.append(f"address {urls.index(url) + 1}: {error}")
            else:
                record.webhook_answered(url, self.clock.now())
                return answer
        record.webhook_reached = False
        raise DeliveryError("; ".join(problems))

    async def _post(self, url: str, envelope: dict[str, object]) -> PlanAnswer:
        try:
            async with self.session.post(
                url, json=envelope, timeout=ATTEMPT_TIMEOUT, allow_redirects=False
            ) as response:
                body = await response.content.read(MAX_ANSWER_BYTES)
                status = response.status
        except TimeoutError as error:
            raise DeliveryError("no answer in time") from error
        except ClientError as error:
            raise DeliveryError(f"not reachable ({type(error).__name__})") from error
        if status != HTTPStatus.OK:
            raise DeliveryError(f"answered with HTTP status {status}")
        if not body:
            # Home Assistant answers an unknown webhook with an empty 200, to tell strangers nothing.
            raise DeliveryError("the home does not know this webhook (any more)")
        try:
            return PlanAnswer.model_validate_json(body)
        except ValidationError as error:
            raise DeliveryError("answered with something else than a plan's answer") from error
