"""What both listeners need of the village, and how they are opened."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import Clock
from battery_commons.store import Store
from battery_commons.web.attendance import Attendance


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
    attendance: Attendance = field(default_factory=Attendance)


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve `app` while the block runs, and give its address (`http://host:port`); port 0 takes a free one.

    Requests under way get a few seconds to end. Raises OSError when the address is taken.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
