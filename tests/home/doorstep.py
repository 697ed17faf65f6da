"""The village at a home's door: posts to its webhook, as a coordinator does."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient

from tests.home.village import NOW, Village


class Doorstep:
    """Posts plans for one battery to a webhook."""

    def __init__(self, client: TestClient[Any, Any], webhook_id: str, village: Village, battery: str) -> None:
        self._client = client
        self._path = f"/api/webhook/{webhook_id}"
        self._village = village
        self._battery = battery

    def plan(
        self, now: datetime = NOW, *, power_w: list[float | None] | None = None, **changes: Any
    ) -> dict[str, Any]:
        """Return the payload of a plan that is right in every way, for `power_w` from this slot on."""
        plan = self._village.plan(now)
        (battery,) = plan["batteries"]
        battery["battery_id"] = self._battery
        if power_w is not None:
            battery |= {"power_w": power_w, "reasons": ["relieve_import"] * len(power_w)}
        return plan | changes

    def signed_plan(self, now: datetime = NOW, **changes: Any) -> dict[str, Any]:
        return self._village.seal(self.plan(now, **changes))

    async def post(self, envelope: object) -> Any:
        return await self.post_bytes(json.dumps(envelope).encode())

    async def post_bytes(self, body: bytes) -> Any:
        """Return the home's answer; None where nobody is at home."""
        response = await self._client.post(self._path, data=body)
        assert response.status == HTTPStatus.OK
        answer = await response.read()
        return json.loads(answer) if answer else None

    async def status_of_get(self) -> HTTPStatus:
        return HTTPStatus((await self._client.get(self._path)).status)
