"""Light homes: they join by an invitation, report every ten seconds, and take every plan."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, Fingerprint, web

EVERY_S = 10.0
NONCE = "0123456789abcdef"
WEBHOOKS = 8123


@dataclass
class Homes:
    """Homes behind one transformer, and what came of their calls."""

    url: str
    pin: bytes
    tokens: list[str] = field(default_factory=list)
    receipts: int = 0
    plans: set[str] = field(default_factory=set)
    """The webhooks that were sent a plan."""

    @classmethod
    def of(cls, link: str) -> Homes:
        """Return no homes yet, of the village that an invitation is from."""
        text = link.rpartition(".")[2]
        return cls("https://127.0.0.1:8477", base64.urlsafe_b64decode(text + "="))

    async def join(self, link: str) -> None:
        """Let one more home in, with one battery."""
        code = link.rpartition("#")[2].partition(".")[0]
        number = len(self.tokens)
        webhook = f"http://127.0.0.1:{WEBHOOKS}/api/webhook/{number}"
        asked = {
            "code": code,
            "nonce": NONCE,
            "consent": True,
            "name": f"Home {number}",
            "webhook_urls": [webhook],
        }
        async with self._session() as session:
            answer = await self._call(session, "POST", "/api/v1/join", asked)
            self.tokens.append(token := json.loads(answer["payload"])["token"])
            battery = {"battery_id": "b1", "name": "Garage", "capacity_wh": 10_000, "reserve": 0.1}
            battery |= {"max_charge_w": 5000, "max_discharge_w": 5000}
            described = {"webhook_urls": [webhook], "batteries": [battery]}
            await self._call(session, "PUT", "/api/v1/home", described, token)

    async def live(self, seconds: float) -> None:
        """Report for as long, and answer plans meanwhile."""
        async with self._webhooks(), self._session() as session:
            try:
                async with asyncio.timeout(seconds), asyncio.TaskGroup() as homes:
                    for token in self.tokens:
                        homes.create_task(self._report(session, token))
            except TimeoutError:
                pass

    async def _report(self, session: ClientSession, token: str) -> None:
        while True:
            now = datetime.now(UTC).isoformat()
            reading = {
                "battery_id": "b1",
                "at": now,
                "state_of_charge": 0.5,
                "power_w": 0.0,
                "setpoint_w": None,
            }
            reading |= {"mode": "village", "reason": "hold", "plan_sequence": None}
            said = {"sent_at": now, "batteries": [reading]}
            receipt = await self._call(session, "POST", "/api/v1/telemetry", said, token)
            self.receipts += receipt["accepted"]
            await asyncio.sleep(EVERY_S)

    async def _call(
        self, session: ClientSession, method: str, path: str, body: dict[str, Any], token: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        ssl = Fingerprint(self.pin)
        async with session.request(
            method, self.url + path, json={"version": 1} | body, headers=headers, ssl=ssl
        ) as answer:
            assert answer.ok, await answer.text()
            said: dict[str, Any] = {} if answer.status == 204 else await answer.json()
            return said

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[ClientSession]:
        async with ClientSession() as session:
            yield session

    @asynccontextmanager
    async def _webhooks(self) -> AsyncIterator[None]:
        async def take(request: web.Request) -> web.Response:
            envelope = await request.json()
            self.plans.add(request.path)
            sequence = json.loads(envelope["payload"])["sequence"]
            return web.json_response({"version": 1, "accepted": True, "sequence": sequence})

        app = web.Application()
        app.router.add_post("/api/webhook/{number}", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", WEBHOOKS).start()
            yield
        finally:
            await runner.cleanup()
