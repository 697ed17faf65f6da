"""What both listeners need of the village, and how they are opened."""

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import override

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.account.keeping.books import Books
from battery_commons.dispatch.links import Links
from battery_commons.dispatch.quality import LinkQuality
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.time import Clock
from battery_commons.sense.clocks import HomeClocks
from battery_commons.store import Store
from battery_commons.tick.steps import TickFigures
from battery_commons.web.door import Door
from battery_commons.web.members.attendance import Attendance
from battery_commons.web.tls import MembersTls

IDLE_FOR_S = 60.0
"""How long a connection may be open without a whole request; homes call every ten seconds."""
HANDSHAKE_WITHIN_S = 10.0
LINGER_S = 2.0
"""How long what is still to come of a refused message is read, so that its sender gets to hear why."""


@dataclass(frozen=True, slots=True)
class VillageServer:
    """The village, as the web sees it."""

    store: Store
    key: Ed25519PrivateKey
    """Signs what homes must be able to trust."""
    clock: Clock
    control_model: Callable[[], ControlModel]
    current_plan: Callable[[], Plan | None]
    """The plan in force; None before the first tick."""
    forecast_scores: Callable[[], Mapping[str, object]]
    """By transformer, how good the forecasts of its load have been."""
    readings_taken: Callable[[Sequence[BatteryReading]], None]
    """Told of every battery reading that was taken in."""
    peaks_shaved_w: Callable[[], Mapping[str, float | None]]
    """By transformer, by how much the batteries lower today's peak; None where that is not known."""
    comparing_until: Callable[[], datetime | None] = lambda: None
    """Until when control models are compared; None while the village is steered as voted."""
    estimated: Callable[[], Mapping[str, EstimatedLoad]] = dict
    """By transformer whose load is no meter's, what it is estimated to carry."""
    tick_figures: Callable[[], TickFigures] = TickFigures
    """How ticks have gone since the start."""
    leases: Callable[[], int] = lambda: 0
    """How many homes hold a plan that counts."""
    readings: Counter[str] = field(default_factory=Counter)
    """How many battery readings were taken in or refused since the start, by `accepted` or the reason."""
    members_changed: Callable[[], None] = lambda: None
    """Told when homes were suspended, resumed, moved or removed."""
    settings_changed: Callable[[], None] = lambda: None
    """Told when the village chose another control model, tariff or place."""
    votes_changed: Callable[[], None] = lambda: None
    """Told when something was put to the vote."""
    vote_reckoned: Callable[[str], float | None] = lambda _vote_id: None
    """By vote, which share of its effects is reckoned; None where that is not known."""
    tls: MembersTls | None = None
    """Of the members' listener; None where it speaks no TLS itself."""
    attendance: Attendance = field(default_factory=Attendance)
    clocks: HomeClocks = field(default_factory=HomeClocks)
    links: Links = field(default_factory=Links)
    """The dispatcher's: the ways to all homes, their streams among them."""
    books: Books = field(init=False)
    """The account's."""

    def __post_init__(self) -> None:
        """Keep one set of books for all."""
        object.__setattr__(self, "books", Books(self.store, self.key))

    def link_quality(self) -> Mapping[str, LinkQuality]:
        """Return how well each home is reached, by its id, as far as anything is known of it."""
        return self.links.quality(self.clock.now())


@asynccontextmanager
async def listening(
    app: web.Application,
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    door: Door | None = None,
) -> AsyncIterator[str]:
    """Serve `app` while the block runs, and give its address (`https://host:port`); port 0 takes a free one.

    `door` decides whose connections are let in; without one all are. Requests under way get a few seconds to
    end. Raises OSError when the address is taken.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_log(),
        shutdown_timeout=5,
        keepalive_timeout=IDLE_FOR_S,
        lingering_time=LINGER_S,
    )
    await runner.setup()
    try:
        server = await asyncio.get_running_loop().create_server(
            _protocols(runner, door),
            host,
            port,
            backlog=1024,
            ssl=tls,
            ssl_handshake_timeout=HANDSHAKE_WITHIN_S if tls else None,
        )
        try:
            scheme = "https" if tls else "http"
            yield f"{scheme}://{host}:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
    finally:
        await runner.cleanup()


class _NoNoise(logging.Filter):
    """Leaves out what was no HTTP: anybody can send that, without end, and it holds their address."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


def _log() -> logging.Logger:
    log = logging.getLogger(__name__)
    if not log.filters:
        log.addFilter(_NoNoise())
    return log


def _protocols(runner: web.AppRunner, door: Door | None) -> Callable[[], asyncio.Protocol]:
    """Return what makes the protocol of each connection."""
    serve = runner.server
    assert serve is not None  # noqa: S101 - the runner is set up
    return serve if door is None else lambda: door.guarding(serve())
