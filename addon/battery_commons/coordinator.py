"""A running coordinator: the store, both listeners and the tick, from start to a clean stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
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
from battery_commons.web.discovery import announced
from battery_commons.web.members import members_app
from battery_commons.web.pages import pages_app
from battery_commons.web.server import VillageServer, listening

DATABASE = "village.db"
KEY = "village-key.pem"

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


async def run_coordinator(settings: Settings) -> None:
    """Serve homes and volunteer, and tick, until SIGINT or SIGTERM.

    Leases that homes hold at a stop run on to their end, so that a restart goes unnoticed.
    Raises StoreError when the data cannot be used and OSError when an address is taken.
    """
    store = Store.open(settings.data_dir / DATABASE)
    async with AsyncExitStack() as stack:
        stack.callback(store.close)
        key = load_or_create_key(settings.data_dir / KEY)
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
            peaks_shaved_w=lambda: service.peaks_shaved_w,
        )
        members = await stack.enter_async_context(
            listening(members_app(village), settings.members_host, settings.members_port)
        )
        pages = await stack.enter_async_context(
            listening(pages_app(village), settings.pages_host, settings.pages_port)
        )
        port = int(members.rpartition(":")[2])
        await stack.enter_async_context(
            announced(store.village(), settings.members_host, port, announce=settings.announce)
        )
        if isinstance(settings.clock, ScaledClock):
            _LOGGER.info("prices are not fetched: this village's clock is not the market's")
        else:
            prices = asyncio.create_task(
                keep_prices(store, "EnergyZero", partial(fetch_prices, session), settings.clock)
            )
            stack.callback(prices.cancel)
        _LOGGER.info("coordinator started", members=members, pages=pages, model=settings.model)
        await _until_stopped(service)
        _LOGGER.info("coordinator stopped")


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
