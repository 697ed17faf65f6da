"""Sends each home its plan, again and again until it answers, a newer plan exists or the lease is over."""

import asyncio
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from battery_commons.dispatch.lease import lease_end, outlook_of, plan_message
from battery_commons.domain.plan import Plan
from battery_commons.domain.time import Clock
from battery_commons.store.errors import NotFoundError
from battery_commons.store.records import Home, HomeBattery
from battery_commons.store.store import Store
from battery_commons.wire.envelope import seal
from battery_commons.wire.messages import Outlook, PlanAnswer

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
ATTEMPT_TIMEOUT = ClientTimeout(total=10)
MAX_ANSWER_BYTES = 65_536

_LOGGER = structlog.get_logger(__name__)


class DeliveryError(Exception):
    """A plan did not reach its home; the message says why."""


@dataclass(slots=True)
class Dispatcher:
    """Delivers plans. Each home has at most one delivery under way: that of its newest plan."""

    store: Store
    key: Ed25519PrivateKey
    clock: Clock
    session: ClientSession
    jitter: Callable[[], float] = random.random
    """0 to 1; spreads retries, so that homes that were lost together do not come back together."""
    _deliveries: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def dispatch(self, plan: Plan, only: Collection[str] | None = None) -> None:
        """Start sending every home, or those of `only`, its part of `plan`; return once all is recorded.

        Raises StoreError when the plan cannot be recorded: nothing is sent that is not on record.
        """
        homes, batteries, transformers = await asyncio.to_thread(
            lambda: (self.store.homes(), self.store.batteries(), self.store.transformers())
        )
        outlooks = {each.id: outlook_of(plan, each, batteries) for each in transformers}
        for home in homes:
            own = [battery for battery in batteries if battery.home_id == home.id]
            if own and (only is None or home.id in only):
                await self._start_delivery(home, own, plan, outlooks[home.transformer_id])

    async def close(self) -> None:
        """Stop sending. Leases that homes already hold run on to their end."""
        deliveries = list(self._deliveries.values())
        for delivery in deliveries:
            delivery.cancel()
        await asyncio.gather(*deliveries, return_exceptions=True)

    async def _start_delivery(
        self, home: Home, batteries: list[HomeBattery], plan: Plan, outlook: Outlook
    ) -> None:
        issued_at = self.clock.now()
        try:
            sequence = await asyncio.to_thread(self.store.next_sequence, home.id)
            message = plan_message(
                plan,
                home_id=home.id,
                batteries=batteries,
                outlook=outlook,
                sequence=sequence,
                issued_at=issued_at,
                clock=self.clock,
            )
            await asyncio.to_thread(
                self.store.record_dispatch,
                home.id,
                sequence,
                message.model_dump_json(),
                issued_at,
                lease_end(issued_at),
            )
        except NotFoundError:
            return  # The home left while the plan was made.
        if (former := self._deliveries.get(home.id)) is not None:
            former.cancel()
        self._deliveries[home.id] = asyncio.create_task(
            self._deliver(home, sequence, seal(message, self.key), lease_end(issued_at))
        )

    async def _deliver(
        self, home: Home, sequence: int, envelope: dict[str, object], lease_until: datetime
    ) -> None:
        """Send one plan until it is answered or its lease is over."""
        log = _LOGGER.bind(home_id=home.id, sequence=sequence)
        delay_s = FIRST_RETRY_S
        while self.clock.now() < lease_until:
            try:
                answer = await self._attempt(home, envelope)
            except DeliveryError as error:
                log.warning("plan not delivered", error=str(error), retry_in_s=round(delay_s, 1))
                await asyncio.to_thread(
                    self.store.record_attempt_failed, home.id, sequence, self.clock.now(), str(error)
                )
                await asyncio.sleep(delay_s * (0.5 + self.jitter() / 2))
                delay_s = min(2 * delay_s, LONGEST_RETRY_S)
                continue
            await asyncio.to_thread(
                self.store.record_answer,
                home.id,
                sequence,
                self.clock.now(),
                accepted=answer.accepted,
                reason=answer.reason,
            )
            if answer.accepted:
                log.info("plan accepted")
            else:
                log.warning("plan refused", reason=answer.reason)
            return
        log.warning("plan expired before its home answered")

    async def _attempt(self, home: Home, envelope: dict[str, object]) -> PlanAnswer:
        """Try the home's addresses in their order and return its answer.

        Raises DeliveryError with what went wrong at each address.
        """
        problems = []
        for number, url in enumerate(home.webhook_urls, start=1):
            try:
                return await self._post(url, envelope)
            except DeliveryError as error:
                problems.append(f"address {number}: {error}")
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
