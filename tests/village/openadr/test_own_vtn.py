"""A village below a region that runs the same software: its line to our own VTN, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from battery_commons.coordinator.tending import tended
from battery_commons.domain.operator_line import OperatorLine, Reception
from battery_commons.domain.vtn import Role
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.openadr.vtn_client import VtnClient, segment
from battery_commons.store import Store
from tests.village.openadr.village_line import RARELY, running
from tests.village.openadr.vtn_peer import limit_event


@asynccontextmanager
async def region(folder: Path) -> AsyncIterator[tuple[str, Store]]:
    """Serve a region's VTN, and give its address and its store."""
    store = Store.open(folder / "region.db")
    own = Vtn(store, lambda: datetime.now(UTC))
    app = web.Application()
    app.add_routes(own.routes())
    async with TestServer(app) as server, tended("notifications", own.notifications.run):
        yield str(server.make_url(PREFIX)), store
    store.close()


def line_to(store: Store, url: str, role: Role) -> OperatorLine:
    """Return the line of a new client."""
    client_id, secret = store.add_vtn_client(role.value, role, datetime.now(UTC))
    return OperatorLine("Region", url, client_id, "Ansen", secret)


async def test_a_village_hears_its_region_by_webhook_and_a_listing_agrees(
    store: Store, tmp_path: Path
) -> None:
    async with region(tmp_path) as (url, regions), ClientSession() as session:
        operator = VtnClient(session, line_to(regions, url, Role.BL))
        program: Any = await operator.post("programs", {"programName": "Limits"})
        async with running(store, line_to(regions, url, Role.VEN), RARELY, is_callable=True) as village:
            await village.until_heard()
            said = {"programID": program["id"], **limit_event(100)}
            event: Any = await operator.post("events", said)
            await village.until_asked({event["id"]: 100})
            await operator.put(f"events/{segment(event['id'])}", said | limit_event(60))
            await village.until_asked({event["id"]: 60})
            assert village.status.reception is Reception.WEBHOOK
            await operator.delete(f"events/{segment(event['id'])}")
            await village.until_asked({})
        await operator.post("events", said)
        async with running(store) as village:
            await village.until_heard()
            assert list(village.limits().values()) == [100]
            assert not village.status.not_taken
