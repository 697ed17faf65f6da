"""A running coordinator: the store, both listeners and the tick, from start to a clean stop."""

import asyncio
import logging
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path

import structlog
from aiohttp import ClientSession
from structlog.tracebacks import ExceptionDictTransformer

from battery_commons.account_keeper import AccountKeeper
from battery_commons.community_keeper import CommunityKeeper
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import TariffChoice
from battery_commons.domain.time import Clock, ScaledClock
from battery_commons.experiment_keeper import ExperimentKeeper
from battery_commons.mob_keeper import MobKeeper
from battery_commons.openadr.dutch_profile.in_force import dutch_calls
from battery_commons.openadr.dutch_profile.participant import DutchParticipant
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.reports.sender import OperatorReports
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import Vtn
from battery_commons.own_past import OwnPast
from battery_commons.sense.examination import Examiner
from battery_commons.sense.home_place import home_place
from battery_commons.sense.meters.home_assistant import HomeAssistantAccess
from battery_commons.sense.meters.keeper import MeterKeeper
from battery_commons.sense.prices.feed import keep_prices
from battery_commons.sense.prices.sources import price_sources
from battery_commons.sense.weather.feed import keep_weather
from battery_commons.sense.weather.sources import weather_sources
from battery_commons.service import VillageService
from battery_commons.store import Store
from battery_commons.store.audit import COMMAND_LINE, Author
from battery_commons.store.backup_folder import BackupFolder
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import DatabaseUrl
from battery_commons.store.restoring import Restoring
from battery_commons.store.shaping import shape_elsewhere
from battery_commons.store.sole_use import sole_use
from battery_commons.supervisor.api import Supervisor, SupervisorAccess
from battery_commons.supervisor.discovery import Discovery, discovered
from battery_commons.tending import tended
from battery_commons.upkeep import keep_backed_up, keep_examined, keep_tidy
from battery_commons.vote_keeper import VoteKeeper
from battery_commons.web.access.reach import Reach, is_loopback, own_names
from battery_commons.web.address import members_url
from battery_commons.web.door import Door, Network
from battery_commons.web.members.admission import Admission
from battery_commons.web.members.app import members_app
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.backups import Care
from battery_commons.web.server import VillageServer, listening
from battery_commons.web.tls import CertificateFiles, MembersTls, Tls, default_tls, make_certificate

DATABASE = "village.db"
KEY = "village-key.pem"
_OPEN_FILES = 16_384
"""For thousands of homes, each with a call and a stream."""
_THREADS = 12
"""Some wait for the disk or for their turn to write; calls that only read must not wait behind them."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How one coordinator is run."""

    data_dir: Path
    members_host: str
    members_port: int
    pages_host: str
    pages_port: int
    clock: Clock
    model: ControlModel | None = None
    """What the village is set to at the start; None leaves what was chosen before."""
    tariff: TariffChoice | None = None
    """As with `model`."""
    database_url: DatabaseUrl | None = None
    """A database on a server; None for a file in the data folder."""
    announce: bool | None = None
    """Whether the local network is told where homes connect; None unless only this machine can connect."""
    tls: Tls | None = None
    """Whether homes call over TLS; None for what `default_tls` says."""
    certificate: CertificateFiles | None = None
    """A certificate for that from elsewhere."""
    trusted_proxies: Sequence[Network] = ()
    """Who is believed about where a call comes from."""
    pages_tls: Tls | None = None
    """Whether the pages are read over TLS; None for what `_pages_tls` says."""
    pages_names: Sequence[str] = ()
    """By which names the pages are reached, beside the machine's own."""
    supervisor: SupervisorAccess | None = None
    """Where this runs as a Home Assistant app: pages are then for its ingress alone."""


def coordinate(settings: Settings) -> None:
    """Run the coordinator until it is stopped, and anew on a database that was put back.

    Raises what `run_coordinator` does.
    """
    restoring = Restoring()
    folder = _backup_folder(settings)
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
    folder = _backup_folder(settings)
    async with AsyncExitStack() as stack:
        stack.enter_context(sole_use(settings.data_dir))
        if settings.database_url is None:
            await asyncio.to_thread(shape_elsewhere, settings.data_dir / DATABASE)
        store = Store.open(settings.database_url or settings.data_dir / DATABASE)
        stack.callback(store.close)
        store.claim()
        _choose_what_was_given(settings, store)
        key = load_or_create_key(settings.data_dir / KEY)
        if tls := _members_tls(settings, store):
            await stack.enter_async_context(tended("the members' certificate", tls.keep_fresh))
        if (pages_tls := _pages_tls(settings, tls)) and pages_tls is not tls:
            await stack.enter_async_context(tended("the pages' certificate", pages_tls.keep_fresh))
        session = await stack.enter_async_context(ClientSession())
        dispatcher = Dispatcher(store, key, settings.clock, session)
        stack.push_async_callback(dispatcher.close)
        in_force = EventsInForce(store, settings.clock, partial(dutch_calls, store, settings.clock))
        service = VillageService(store, settings.clock, dispatcher, in_force.signals, in_force.received)
        votes = VoteKeeper(
            store,
            settings.clock,
            settings.data_dir,
            lambda: service.plan,
            service.settings_changed,
            books=lambda: village.books,
        )
        village = VillageServer(
            store=store,
            key=key,
            clock=settings.clock,
            control_model=lambda: service.model,
            comparing_until=lambda: service.comparing_until,
            current_plan=lambda: service.plan,
            forecast_scores=lambda: {id_: keeper.report() for id_, keeper in service.scores.items()},
            readings_taken=service.readings_taken,
            members_changed=service.members_changed,
            settings_changed=service.settings_changed,
            votes_changed=votes.changed,
            vote_reckoned=votes.share_done,
            tick_figures=service.figures,
            leases=dispatcher.leases,
            estimated=lambda: service.estimated,
            peaks_shaved_w=lambda: service.peaks_shaved_w,
            tls=tls,
            links=dispatcher.links,
        )
        own = own_home_assistant(settings.supervisor)
        meters = MeterKeeper(store, settings.clock, own)
        operators = OperatorLines(store, settings.clock, service.operator_changed)
        flexibility = DutchParticipant(store, settings.clock, operators.clients, service.operator_changed)
        reports = OperatorReports(store, settings.clock, operators.clients, lambda: service.plan)
        past = OwnPast(settings.data_dir)
        stack.callback(past.cancel)
        door = Door(settings.trusted_proxies)
        served = members_app(village, Admission(door))
        vtn = Vtn(store, lambda: datetime.now(UTC), Reach(door=door).is_private)
        served.add_routes([*operators.routes(), *vtn.routes()])
        members = await stack.enter_async_context(
            listening(
                served,
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
                    meters=meters,
                    operators=operators,
                    rejected=lambda: flexibility.rejected,
                    below=vtn,
                    reach=Reach(
                        only_here=is_loopback(settings.pages_host),
                        tls=pages_tls is not None,
                        names=own_names(settings.pages_names),
                        door=door,
                    ),
                    backtests=past.backtests,
                    data_ages=past.data_ages,
                    home_place=partial(home_place, own) if own else None,
                    care=Care(folder, restoring, nightly=settings.supervisor is None),
                ),
                settings.pages_host,
                settings.pages_port,
                tls=pages_tls.context if pages_tls else None,
            )
        )
        await _tell_first_administrator(settings, store, pages)
        if settings.announce is not False:
            # Loaded where there is something to announce: not as an app.
            announced = import_module("battery_commons.web.members.discovery").announced
            host, encrypted, asked = settings.members_host, tls is not None, settings.announce
            await stack.enter_async_context(
                announced(store.village(), host, port, tls=encrypted, announce=asked)
            )
        if settings.supervisor is not None:
            discovery = Discovery(Supervisor(session, settings.supervisor), village, port)
            await stack.enter_async_context(discovered(discovery))
        running = [
            ("meters", meters.run),
            ("votes", votes.run),
            ("the account", AccountKeeper(store, village.books, settings.clock).run),
            ("the community's facts", CommunityKeeper(store, village.books, settings.clock).run),
            ("lines to grid operators", operators.run),
            ("flexibility for grid operators", flexibility.run),
            ("reports to grid operators", reports.run),
            ("notifications of those below", vtn.notifications.run),
            ("experiments", ExperimentKeeper(store, settings.clock).run),
            ("codes", MobKeeper(store, settings.clock, lambda: service.decided).run),
            ("question to those below", vtn.question.run),
        ]
        for what, work in [*running, *_beside_ticks(settings, village, session, folder)]:
            await stack.enter_async_context(tended(what, work))
        _LOGGER.info("coordinator started", members=members, pages=pages, model=service.model)
        await _until_stopped(service, restoring.asked)
        _LOGGER.info("coordinator stopped")


def own_home_assistant(supervisor: SupervisorAccess | None) -> HomeAssistantAccess | None:
    """Return the way to the Home Assistant that this is an app of: the Supervisor hands calls on to it."""
    return HomeAssistantAccess(f"{supervisor.url}/core/api", supervisor.token) if supervisor else None


def _beside_ticks(
    settings: Settings, village: VillageServer, session: ClientSession, folder: BackupFolder | None
) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """Return what else goes on for as long as the coordinator runs, by what it is called in the log."""
    store, clock = village.store, settings.clock
    if isinstance(clock, ScaledClock):
        _LOGGER.info("prices and weather are not fetched: this village's clock is not theirs")
    else:
        yield "prices", partial(keep_prices, store, price_sources(session), clock)
        yield "weather", partial(keep_weather, store, weather_sources(session), clock)
    if folder is not None and settings.supervisor is None:
        yield "nightly backups", partial(keep_backed_up, folder)
    yield "tidying", partial(keep_tidy, store, clock)
    yield "examining readings", partial(keep_examined, Examiner(store, clock, village.clocks))


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


def _members_tls(settings: Settings, store: Store) -> MembersTls | None:
    """Return how the members' listener speaks TLS, if it does. Raises StoreError."""
    if settings.certificate is not None:
        return MembersTls(settings.certificate)
    chosen = settings.tls or default_tls(
        settings.data_dir, settings.members_host, has_homes=bool(store.homes())
    )
    return MembersTls(make_certificate(settings.data_dir)) if chosen is Tls.SELF else None


def _pages_tls(settings: Settings, members: MembersTls | None) -> MembersTls | None:
    """Return how the pages' listener speaks TLS, if it does: always, but on loopback or behind a proxy.

    Raises StoreError, and ValueError where passwords would be sent in the clear.
    """
    if settings.supervisor is not None:
        return None
    needed = not (is_loopback(settings.pages_host) or settings.trusted_proxies)
    wanted = needed or (settings.certificate is not None and not is_loopback(settings.pages_host))
    chosen = settings.pages_tls or (Tls.SELF if wanted else Tls.OFF)
    if chosen is Tls.OFF:
        if needed:
            raise ValueError(
                "the pages would be sent in the clear, with passwords: leave --pages-tls off away, name the "
                "reverse proxy in front of them with --trusted-proxy, or keep them on 127.0.0.1"
            )
        return None
    if settings.certificate is not None:
        return members
    return members or MembersTls(make_certificate(settings.data_dir))


async def _tell_first_administrator(settings: Settings, store: Store, pages: str) -> None:
    """Write a code in the log while nobody can sign in: who reads that may become administrator."""
    if settings.supervisor is not None or is_loopback(settings.pages_host):
        return
    if not await asyncio.to_thread(store.has_administrators):
        code = await asyncio.to_thread(store.new_administrator_code, datetime.now(UTC))
        _LOGGER.info("nobody can sign in yet: open the pages, and give this code", pages=pages, code=code)


def _backup_folder(settings: Settings) -> BackupFolder | None:
    """Return where backups are kept; None for a database on a server."""
    if settings.database_url is not None:
        return None
    return BackupFolder(settings.data_dir / DATABASE, settings.data_dir / KEY)


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


def log_as_json() -> None:
    """Write every log line as one JSON object to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without what the variables held: that may be a password, or a household's.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
