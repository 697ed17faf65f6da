"""The transformer's meter, against a coordinator's door that a test opens and shuts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web

from battery_commons.domain.time import SLOT
from demo.process import DemoError
from demo.transformer_meter import HISTORY, TransformerMeter
from tests.village.demo.conftest import VILLAGE, HandClock


class Door:
    """Takes readings, as the members' API does."""

    def __init__(self) -> None:
        """Take what comes."""
        self.taken: list[dict[str, Any]] = []
        self.authorization: str | None = None
        self.status = 200

    async def post(self, request: web.Request) -> web.Response:
        """Take one message."""
        self.authorization = request.headers.get("Authorization")
        if self.status == 200:
            self.taken += (await request.json())["readings"]
        return web.json_response({"version": 1}, status=self.status)

    def times(self) -> list[datetime]:
        """Return the stamps taken."""
        return [datetime.fromisoformat(reading["at"]) for reading in self.taken]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def runner(door: Door) -> AsyncIterator[web.AppRunner]:
    app = web.Application()
    app.router.add_post("/api/v1/meters/t1/readings", door.post)
    runner = web.AppRunner(app)
    await runner.setup()
    yield runner
    await runner.cleanup()


@pytest.fixture
async def meter(clock: HandClock, port: int) -> AsyncIterator[TransformerMeter]:
    async with ClientSession() as session:
        yield TransformerMeter(
            session=session,
            url=f"http://127.0.0.1:{port}",
            transformer_id="t1",
            token="t0ken",
            load_w=lambda moment: (moment - VILLAGE) / SLOT,
            clock=clock,
        )


async def test_at_its_start_it_sends_every_quarter_hour_of_two_days(
    meter: TransformerMeter, runner: web.AppRunner, door: Door, port: int, clock: HandClock
) -> None:
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await meter.back_fill()
    assert door.authorization == "Bearer t0ken"
    assert [clock.to_village(at) for at in door.times()] == [VILLAGE - HISTORY + n * SLOT for n in range(192)]
    assert door.taken[-1]["power_w"] == -1


async def test_without_a_coordinator_the_history_cannot_be_sent(meter: TransformerMeter) -> None:
    with pytest.raises(DemoError, match="does not take readings"):
        await meter.back_fill()


async def test_what_nobody_took_is_sent_once_somebody_listens(
    meter: TransformerMeter, runner: web.AppRunner, door: Door, port: int, clock: HandClock
) -> None:
    running = asyncio.create_task(meter.run())
    await asyncio.sleep(0.1)
    assert not meter.pushed
    await web.TCPSite(runner, "127.0.0.1", port).start()
    clock.wait(1)
    async with asyncio.timeout(8):
        while len(door.taken) < 2:
            await asyncio.sleep(0.05)
    running.cancel()
    assert [clock.to_village(at) for at in door.times()][:2] == [VILLAGE, VILLAGE + timedelta(minutes=1)]
    assert [at for at, _ in meter.pushed][:2] == [VILLAGE, VILLAGE + timedelta(minutes=1)]


async def test_a_coordinator_that_refuses_is_not_worked_around(
    meter: TransformerMeter, runner: web.AppRunner, door: Door, port: int
) -> None:
    await web.TCPSite(runner, "127.0.0.1", port).start()
    door.status = 401
    with pytest.raises(DemoError, match="refused"):
        await meter.back_fill()
