"""Lets the Home Assistant on this machine set itself up: the Supervisor is told where its village is."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from battery_commons.store import StoreError
from battery_commons.store.audit import Author
from battery_commons.store.errors import NotFoundError
from battery_commons.store.members import INVITATION_LASTS
from battery_commons.supervisor.api import Supervisor, SupervisorError
from battery_commons.web.server import VillageServer
from battery_commons.wire.invitation import invitation_link

SERVICE = "battery_commons"
"""The integration's domain: the Supervisor's name for what is discovered."""
LOOK_EVERY_S = 20
AUTHOR = "Battery Commons"
"""Who invites, in the audit log: the app itself."""

_LOGGER = structlog.get_logger(__name__)


type Config = dict[str, str | int]
"""What `async_step_hassio` of the integration's config flow reads."""


@dataclass(frozen=True, slots=True)
class _OwnInvitation:
    """The invitation that the Supervisor holds."""

    transformer_id: str
    code: str
    expires_at: datetime


class Discovery:
    """Keeps what the Supervisor is told of the village up to date.

    A village without a transformer cannot be joined, so nothing is told of it. One with a single transformer
    that nobody has joined yet is still its volunteer's: the message brings an invitation, and Home Assistant
    asks for no code. Otherwise it brings the address alone.
    """

    def __init__(self, supervisor: Supervisor, village: VillageServer, port: int) -> None:
        """Tell `supervisor` of `village`, whose members' API is at `port`."""
        self._supervisor = supervisor
        self._village = village
        self._port = port
        self._host: str | None = None
        self._invitation: _OwnInvitation | None = None
        self._told: Config | None = None

    async def run(self) -> None:
        """Look every few seconds whether there is something to tell."""
        while True:
            try:
                await self.look()
            except (SupervisorError, StoreError, NotFoundError) as error:
                _LOGGER.warning("not told to the Supervisor; trying again", problem=str(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Tell the Supervisor what is new, if anything. Raises SupervisorError and StoreError."""
        transformers, homes = await asyncio.to_thread(
            lambda: (self._village.store.transformers(), self._village.store.homes())
        )
        if not transformers:
            return
        if self._host is None:
            self._host = await self._supervisor.hostname()
        config: Config = {"host": self._host, "port": self._port, "ssl": self._village.tls is not None}
        if len(transformers) == 1 and not homes:
            config["invitation"] = await self._invite(transformers[0].id)
        if config == self._told:
            return
        await self._supervisor.discover(SERVICE, config)
        self._told = config
        _LOGGER.info("told to the Supervisor", invitation="invitation" in config)

    async def _invite(self, transformer_id: str) -> str:
        """Return the link of an invitation that still counts: the same one for as long as it does."""
        village, known = self._village, self._invitation
        now = village.clock.now()
        if known is None or known.transformer_id != transformer_id or known.expires_at <= now:
            known = _OwnInvitation(transformer_id, secrets.token_urlsafe(16), now + INVITATION_LASTS)
            await asyncio.to_thread(
                village.store.add_invitation,
                transformer_id,
                known.code,
                known.expires_at,
                Author(AUTHOR, now),
            )
            self._invitation = known
        url = f"{'https' if village.tls else 'http'}://{self._host}:{self._port}"
        return invitation_link(
            url, known.code, village.key.public_key(), village.tls.pin if village.tls else None
        )


@asynccontextmanager
async def discovered(discovery: Discovery) -> AsyncIterator[None]:
    """Keep the Supervisor told while the block runs."""
    task = asyncio.create_task(discovery.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
