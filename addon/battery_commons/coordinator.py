"""A running coordinator: the store, both listeners and the tick, from start to a clean stop."""

import asyncio
import logging
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from aiohttp import ClientSession

from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import Clock, ScaledClock
from battery_commons.sense.prices.energyzero import fetch_prices
from battery_commons.sense.prices.feed import keep_prices
from battery_commons.service import VillageService
from battery_commons.store import Store
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.sole_use import sole_use
from battery_commons.supervisor.api import Supervisor, SupervisorAccess
from battery_commons.supervisor.discovery import Discovery, discovered
from battery_commons.upkeep import keep_tidy
from battery_commons.web.admission import Admission
from battery_commons.web.discovery import announced, members_url
from battery_commons.web.door import Door, Network
from battery_commons.web.members import members_app
from battery_commons.web.pages import pages_app
from battery_commons.web.server import VillageServer, listening
from battery_commons.web.tls import CertificateFiles, MembersTls, Tls, default_tls, make_certificate

DATABASE = "village.db"
KEY = "village-key.pem"
_OPEN_FILES = 16_384
"""For thousands of homes, each with a call and a stream."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How one coordinator is run."""

    data_dir: Path
    members_host: str
    members_port: int
    pages_host: str
    pages_port: int
    model: ControlModel
    tariff_at: Callable[[datetime], Tariff]
    clock: Clock
    announce: bool | None = None
    """Whether the local network is told where homes connect; None unless only this machine can connect."""
    tls: Tls | None = None
    """Whether homes call over TLS; None for what `default_tls` says."""
    certificate: CertificateFiles | None = None
    """A certificate for that from elsewhere."""
    trusted_proxies: Sequence[Network] = ()
    """Who is believed about where a call comes from."""
    supervisor: SupervisorAccess | None = None
    """Where this runs as a Home Assistant app: pages are then for its ingress alone."""


async def run_coordinator(settings: Settings) -> None:
    """Serve homes and volunteer, and tick, until SIGINT or SIGTERM.

    Leases that homes hold at a stop run on to their end, so that a restart goes unnoticed.
    Raises StoreError when the data cannot be used, or are by another coordinator, and OSError when an address
    is taken.
    """
    _allow_open_connections()
    async with AsyncExitStack() as stack:
        stack.enter_context(sole_use(settings.data_dir))
        store = Store.open(settings.data_dir / DATABASE)
        stack.callback(store.close)
        key = load_or_create_key(settings.data_dir / KEY)
        if tls := _members_tls(settings, store):
            stack.callback(asyncio.create_task(tls.keep_fresh()).cancel)
        session = await stack.enter_async_context(ClientSession())
        dispatcher = Dispatcher(store, key, settings.clock, session)
        stack.push_async_callback(dispatcher.close)
        service = VillageService(store, settings.clock, dispatcher, settings.model, settings.tariff_at)
        village = VillageServer(
            store=store,
            key=key,
            clock=settings.clock,
            control_model=lambda: service.model,
            current_plan=lambda: service.plan,
            forecast_scores=lambda: {id_: keeper.report() for id_, keeper in service.scores.items()},
            readings_taken=service.readings_taken,
            members_changed=service.members_changed,
            peaks_shaved_w=lambda: service.peaks_shaved_w,
            tls=tls,
            links=dispatcher.links,
        )
        door = Door(settings.trusted_proxies)
        members = await stack.enter_async_context(
            listening(
                members_app(village, Admission(door)),
                settings.members_host,
                settings.members_port,
                tls=tls.context if tls else None,
                door=door,
            )
        )
        port = int(members.rpartition(":")[2])
        pages = await stack.enter_async_context(
            listening(
                pages_app(
                    village,
                    ingress=settings.supervisor is not None,
                    members_url=await members_url(settings.members_host, port, tls=tls is not None),
                ),
                settings.pages_host,
                settings.pages_port,
            )
        )
        await stack.enter_async_context(
            announced(
                store.village(),
                settings.members_host,
                port,
                tls=tls is not None,
                announce=settings.announce,
            )
        )
        if settings.supervisor is not None:
            discovery = Discovery(Supervisor(session, settings.supervisor), village, port)
            await stack.enter_async_context(discovered(discovery))
        if isinstance(settings.clock, ScaledClock):
            _LOGGER.info("prices are not fetched: this village's clock is not the market's")
        else:
            prices = asyncio.create_task(
                keep_prices(store, "EnergyZero", partial(fetch_prices, session), settings.clock)
            )
            stack.callback(prices.cancel)
        upkeep = asyncio.create_task(keep_tidy(store, settings.clock))
        stack.callback(upkeep.cancel)
        _LOGGER.info("coordinator started", members=members, pages=pages, model=settings.model)
        await _until_stopped(service)
        _LOGGER.info("coordinator stopped")


def _allow_open_connections() -> None:
    """Let this process hold as many connections as the system allows: the usual 1,024 are too few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _members_tls(settings: Settings, store: Store) -> MembersTls | None:
    """Return how the members' listener speaks TLS, if it does. Raises StoreError."""
    if settings.certificate is not None:
        return MembersTls(settings.certificate)
    chosen = settings.tls or default_tls(
        settings.data_dir, settings.members_host, has_homes=bool(store.homes())
    )
    return MembersTls(make_certificate(settings.data_dir)) if chosen is Tls.SELF else None


async def _until_stopped(service: VillageService) -> None:
    """Run the ticks until a signal asks to stop. An unexpected error ends the program."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    ticks = asyncio.create_task(service.run())
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({ticks, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if ticks.done():
        ticks.result()
    ticks.cancel()
    await asyncio.gather(ticks, return_exceptions=True)


def log_as_json() -> None:
    """Write every log line as one JSON object to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
