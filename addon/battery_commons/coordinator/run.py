"""A running coordinator, from start to a clean stop: the store, both listeners and the tick."""

import asyncio
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module

import structlog
from aiohttp import ClientSession

from battery_commons.coordinator.assembly import Parts, assembled
from battery_commons.coordinator.settings import Settings, own_home_assistant
from battery_commons.coordinator.tending import tended
from battery_commons.coordinator.tls import members_tls, pages_tls
from battery_commons.own_past.turns import OwnPast
from battery_commons.sense.home_place import home_place
from battery_commons.store import Store
from battery_commons.store.audit import COMMAND_LINE, Author
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import DATABASE, KEY
from battery_commons.store.restoring import Restoring
from battery_commons.store.shaping import shape_elsewhere
from battery_commons.store.sole_use import sole_use
from battery_commons.supervisor.api import Supervisor
from battery_commons.supervisor.discovery import Discovery, discovered
from battery_commons.tick.service import VillageService
from battery_commons.web.access.reach import Reach, is_loopback, own_names
from battery_commons.web.address import members_url
from battery_commons.web.members.admission import Admission
from battery_commons.web.members.app import members_app
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.backups import Care
from battery_commons.web.server import listening
from battery_commons.web.tls import MembersTls

_OPEN_FILES = 16_384
"""For thousands of homes, each with a call and a stream."""
_THREADS = 12
"""Some wait for the disk or for their turn to write; calls that only read must not wait behind them."""

_LOGGER = structlog.get_logger(__name__)


def coordinate(settings: Settings) -> None:
    """Run the coordinator until it is stopped, and anew on a database that was put back.

    Raises what `run_coordinator` does.
    """
    restoring = Restoring()
    folder = settings.backup_folder
    # An event loop of its own each time: none of the threads of the former one can write to the new database.
    asyncio.run(run_coordinator(settings, restoring))
    while folder is not None and restoring.carry_out(folder, datetime.now(UTC)):
        asyncio.run(run_coordinator(settings, restoring))


async def run_coordinator(settings: Settings, restoring: Restoring) -> None:
    """Serve homes and volunteer, and tick, until SIGINT or SIGTERM, or until a backup is to be put back.

    Leases that homes hold at a stop run on to their end, so that a restart goes unnoticed.
    Raises StoreError when the data cannot be used, or are by another coordinator, and OSError when an address
    is taken; ValueError where the pages would be sent in the clear.
    """
    _allow_many_homes()
    async with AsyncExitStack() as stack:
        store = await _opened(settings, stack)
        _choose_what_was_given(settings, store)
        for_members = members_tls(settings, store)
        for_pages = pages_tls(settings, for_members)
        if for_members:
            await stack.enter_async_context(tended("the members' certificate", for_members.keep_fresh))
        if for_pages and for_pages is not for_members:
            await stack.enter_async_context(tended("the pages' certificate", for_pages.keep_fresh))
        session = await stack.enter_async_context(ClientSession())
        key = load_or_create_key(settings.data_dir / KEY)
        parts = assembled(settings, store, key, session, for_members)
        stack.push_async_callback(parts.dispatcher.close)
        members = await _serve_members(parts, stack)
        port = int(members.rpartition(":")[2])
        pages = await _serve_pages(parts, restoring, for_pages, port, stack)
        await _tell_first_administrator(settings, store, pages)
        await _announce(parts, port, stack)
        for what, work in parts.beside_ticks():
            await stack.enter_async_context(tended(what, work))
        _LOGGER.info("coordinator started", members=members, pages=pages, model=parts.service.model)
        await _until_stopped(parts.service, restoring.asked)
        _LOGGER.info("coordinator stopped")


async def _opened(settings: Settings, stack: AsyncExitStack) -> Store:
    """Return the store, which no other coordinator uses until the stack unwinds. Raises StoreError."""
    stack.enter_context(sole_use(settings.data_dir))
    if settings.database_url is None:
        await asyncio.to_thread(shape_elsewhere, settings.data_dir / DATABASE)
    store = Store.open(settings.database_url or settings.data_dir / DATABASE)
    stack.callback(store.close)
    store.claim()
    return store


async def _serve_members(parts: Parts, stack: AsyncExitStack) -> str:
    """Listen to homes, operators and those below, and return where. Raises OSError."""
    settings, tls = parts.settings, parts.village.tls
    served = members_app(parts.village, Admission(parts.door))
    served.add_routes([*parts.operators.routes(), *parts.below.routes()])
    return await stack.enter_async_context(
        listening(
            served,
            settings.members_host,
            settings.members_port,
            tls=tls.context if tls else None,
            door=parts.door,
        )
    )


async def _serve_pages(
    parts: Parts, restoring: Restoring, tls: MembersTls | None, members_port: int, stack: AsyncExitStack
) -> str:
    """Serve the volunteer's pages, and return where. Raises OSError."""
    settings, for_homes = parts.settings, parts.village.tls
    own = own_home_assistant(settings.supervisor)
    past = OwnPast(settings.data_dir)
    stack.callback(past.cancel)
    app = pages_app(
        parts.village,
        ingress=settings.supervisor is not None,
        members_url=await members_url(settings.members_host, members_port, tls=for_homes is not None),
        meters=parts.meters,
        operators=parts.operators,
        rejected=lambda: parts.flexibility.rejected,
        below=parts.below,
        reach=Reach(
            only_here=is_loopback(settings.pages_host),
            tls=tls is not None,
            names=own_names(settings.pages_names),
            door=parts.door,
        ),
        backtests=past.backtests,
        data_ages=past.data_ages,
        home_place=partial(home_place, own) if own else None,
        care=Care(settings.backup_folder, restoring, nightly=settings.supervisor is None),
    )
    return await stack.enter_async_context(
        listening(app, settings.pages_host, settings.pages_port, tls=tls.context if tls else None)
    )


async def _announce(parts: Parts, members_port: int, stack: AsyncExitStack) -> None:
    """Tell the local network, and the Home Assistant that this is an app of, where homes connect."""
    settings, village = parts.settings, parts.village
    if settings.announce is not False:
        # Loaded where there is something to announce: not as an app.
        announced = import_module("battery_commons.web.members.discovery").announced
        host, encrypted = settings.members_host, village.tls is not None
        await stack.enter_async_context(
            announced(village.store.village(), host, members_port, tls=encrypted, announce=settings.announce)
        )
    if settings.supervisor is not None:
        discovery = Discovery(Supervisor(parts.session, settings.supervisor), village, members_port)
        await stack.enter_async_context(discovered(discovery))


def _choose_what_was_given(settings: Settings, store: Store) -> None:
    """Set the village to what the command says. Raises StoreError."""
    store.change_settings(
        lambda former: replace(
            former,
            control_model=settings.model or former.control_model,
            tariff=settings.tariff or former.tariff,
        ),
        Author(COMMAND_LINE, settings.clock.now()),
    )


def _allow_many_homes() -> None:
    """Have threads enough, and as many connections as the system allows: the usual 1,024 are too few."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _tell_first_administrator(settings: Settings, store: Store, pages: str) -> None:
    """Write a code in the log while nobody can sign in: who reads that may become administrator."""
    if settings.supervisor is not None or is_loopback(settings.pages_host):
        return
    if not await asyncio.to_thread(store.has_administrators):
        code = await asyncio.to_thread(store.new_administrator_code, datetime.now(UTC))
        _LOGGER.info("nobody can sign in yet: open the pages, and give this code", pages=pages, code=code)


async def _until_stopped(service: VillageService, restore: asyncio.Event) -> None:
    """Run the ticks until a signal, or `restore`, asks to stop. An unexpected error ends the program."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    ticks = asyncio.create_task(service.run())
    stops = {asyncio.create_task(stopped.wait()), asyncio.create_task(restore.wait())}
    await asyncio.wait({ticks, *stops}, return_when=asyncio.FIRST_COMPLETED)
    for stop in stops:
        stop.cancel()
    if ticks.done():
        ticks.result()
    ticks.cancel()
    await asyncio.gather(ticks, return_exceptions=True)
