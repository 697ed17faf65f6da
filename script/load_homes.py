"""Many light homes in one process, for script/bench_load.py: they report, and take plans as a real home does.

What a plan must be to be believed is decided by the integration's own inbox, signature and all; there is no
battery and no Home Assistant behind it. Every home has connections, a token and an address of its own.
"""

import asyncio
import json
import random
import signal
import sys
import time
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType, web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.community.client import (
    BatteryTelemetry,
    CommunityClient,
    CommunityError,
)
from custom_components.battery_commons.community.envelope import RefusedError, read_json
from custom_components.battery_commons.community.inbox import Inbox, accepted, refused
from custom_components.battery_commons.community.stream import Backoff, hello
from custom_components.battery_commons.village_coordinator import VILLAGE_INTERVAL

BATTERY_ID = "battery"
LIMITS = BatteryLimits(capacity_wh=10_000, max_charge_w=5000, max_discharge_w=5000)
EVERY_S = VILLAGE_INTERVAL.total_seconds()
WEBHOOK = "/api/webhook/"


@dataclass(slots=True)
class Counts:
    """What all homes together have seen."""

    sent: int = 0
    failed: int = 0
    """Telemetry calls that were refused, broke off or took too long."""
    problems: dict[str, int] = field(default_factory=dict)
    took_s: list[float] = field(default_factory=list)
    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    """Home and stamp (microseconds of wall time) of each reading that the village said it had taken."""
    plans: int = 0
    refused: int = 0
    streams_lost: int = 0


class LightHome:
    """One home: it reports a battery that does nothing, and answers every plan."""

    def __init__(self, number: int, told: dict[str, Any], village: dict[str, Any], counts: Counts) -> None:
        """Be the home that was `told` its id and token by the `village`."""
        self.id: str = told["home_id"]
        self.streams: bool = told["streams"]
        self._counts = counts
        self._key = Ed25519PublicKey.from_public_bytes(b64decode(village["key"]))
        self._inbox = Inbox()
        address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
        self._session = ClientSession(headers={"X-Forwarded-For": address}, timeout=ClientTimeout(total=30))
        self._client = CommunityClient(self._session, village["url"], self._key, told["token"])

    async def run(self) -> None:
        """Report, and hold the stream open where plans come that way, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._report())
                if self.streams:
                    group.create_task(self._hold())
        finally:
            await self._session.close()

    def answer(self, text: bytes | str) -> dict[str, Any]:
        """Believe a plan or not, as a home does, and return what it says to the village."""
        try:
            self._inbox = self._inbox.admit(
                read_json(text),
                key=self._key,
                home_id=self.id,
                batteries={BATTERY_ID: LIMITS},
                now=datetime.now(UTC),
            )
        except RefusedError as error:
            self._counts.refused += 1
            return refused(error)
        self._counts.plans += 1
        return accepted(self._inbox)

    async def _report(self) -> None:
        await asyncio.sleep(EVERY_S * random.random())  # noqa: S311 - only spreads calls
        due = time.monotonic()
        while True:
            at = datetime.now(UTC)
            plan = self._inbox.plan
            reading = BatteryTelemetry(
                battery_id=BATTERY_ID,
                at=at,
                state_of_charge=0.5,
                power_w=0.0,
                setpoint_w=0.0,
                mode="village",
                reason="hold",
                plan_sequence=plan.batteries[BATTERY_ID].sequence if plan else None,
            )
            began = time.perf_counter()
            self._counts.sent += 1
            try:
                await self._client.send_telemetry(at, [reading])
            except CommunityError as error:
                self._counts.failed += 1
                name = f"{type(error).__name__}: {error}"
                self._counts.problems[name] = self._counts.problems.get(name, 0) + 1
            else:
                self._counts.acknowledged.append((self.id, round(at.timestamp() * 1e6)))
            self._counts.took_s.append(time.perf_counter() - began)
            due += EVERY_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _hold(self) -> None:
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                async with self._client.stream() as socket:
                    await socket.send_json(hello(self._inbox))
                    async for frame in socket:
                        if frame.type is WSMsgType.TEXT:
                            await socket.send_json(self.answer(frame.data))
            except CommunityError:
                pass
            self._counts.streams_lost += 1
            await asyncio.sleep(backoff.wait_s(time.monotonic() - began, random.random()))  # noqa: S311


async def report_load(meter: dict[str, str], url: str) -> None:
    """Post what a transformer carries, for ever."""
    headers = {"Authorization": f"Bearer {meter['token']}"}
    async with ClientSession(headers=headers, timeout=ClientTimeout(total=30)) as session:
        while True:
            body = {"readings": [{"at": datetime.now(UTC).isoformat(), "power_w": 60_000.0}]}
            with suppress(ClientError, TimeoutError):
                await session.post(f"{url}/api/v1/meters/{meter['id']}/readings", json=body)
            await asyncio.sleep(EVERY_S)


async def main(folder: Path) -> None:
    """Run the homes in `folder`/homes.json until asked to end; then write what they saw."""
    village = json.loads((folder / "homes.json").read_text())
    counts = Counts()
    homes = [LightHome(number, told, village, counts) for number, told in enumerate(village["homes"])]
    by_id = {home.id: home for home in homes}

    async def take_plan(request: web.Request) -> web.Response:
        return web.json_response(by_id[request.match_info["home"]].answer(await request.read()))

    app = web.Application()
    # The village's own names for homes are not known before they joined: here they stand for the webhook's.
    app.router.add_post(f"{WEBHOOK}{{home}}", take_plan)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", village["webhook_port"], backlog=4096).start()
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    async with asyncio.TaskGroup() as group:
        meters = (report_load(meter, village["url"]) for meter in village["meters"])
        running = [group.create_task(each) for each in (*meters, *(home.run() for home in homes))]
        await asked_to_stop.wait()
        for task in running:
            task.cancel()
    await runner.cleanup()
    (folder / "seen.json").write_text(
        json.dumps({name: getattr(counts, name) for name in Counts.__dataclass_fields__})
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
