"""No data of one home reaches another, and a token that was stolen and revoked opens nothing."""

import asyncio
import json

import pytest
from aiohttp import WSMsgType

from battery_commons.dispatch.stream import StreamEnd
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.time import TimeGrid
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.web.members import calls
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Current, Member, joined, reading

TELEMETRY = {"version": 1, "sent_at": WALL_NOW.isoformat(), "batteries": [reading(5)]}
BODIES = {
    "PUT /api/v1/home": {"version": 1, "webhook_urls": [], "batteries": []},
    "POST /api/v1/telemetry": TELEMETRY,
    "PUT /api/v1/codes/{code_id}/answer": {"version": 1, "joins": True},
}


@pytest.fixture
async def neighbours(members: Client, store: Store, current: Current) -> tuple[Member, Member]:
    """Two homes behind one transformer, of which the first has data of every kind."""
    first = await joined(members, store, "welcome-1", "De Eik")
    second = await joined(members, store, "welcome-2", "De Linde")
    await first.send(reading(state_of_charge=0.4321, power_w=1234.0))
    battery = BatteryPlan(f"{first.home_id}/b1", [2345.0] * 96, [PlanReason.LOW_PRICE] * 96)
    current.plan = Plan(
        ControlModel.M4, TimeGrid(VILLAGE_NOW, 96), [battery], {"t1": [0.0] * 96}, untold={"t1"}
    )
    store.record_dispatch(first.home_id, 7, '{"secret": "plan"}', VILLAGE_NOW, VILLAGE_NOW)
    return first, second


def member_calls() -> list[calls.Call]:
    """Return every call of the members' API but those of strangers and meters."""
    every = [each for each in vars(calls).values() if isinstance(each, calls.Call)]
    return [each for each in every if f"{each.method} {each.path}" in BODIES or each.method == "GET"]


def _path(call: calls.Call, home: Member) -> str:
    named = {"code_id": home.home_id, "vote_id": home.home_id, "transformer_id": "t1"}
    return call.path.format(**named, period="2016-05", language="en")


@pytest.mark.parametrize("call", member_calls(), ids=lambda call: call.name)
async def test_a_home_learns_nothing_of_its_neighbour_by_any_call(
    call: calls.Call, neighbours: tuple[Member, Member]
) -> None:
    first, second = neighbours
    path = _path(call, first)

    answer = await second.call(call.method, path, BODIES.get(f"{call.method} {call.path}"))

    told = await answer.text()
    for secret in (first.home_id, first.token, "De Eik", "0.4321", "1234", "2345", '"secret"'):
        assert secret not in told, secret


async def test_a_reading_counts_for_the_home_whose_token_it_came_with(
    neighbours: tuple[Member, Member], store: Store
) -> None:
    first, second = neighbours

    await second.send(reading(5, power_w=-4321.0))

    latest = await asyncio.to_thread(store.latest_battery_readings)
    assert latest[f"{first.home_id}/b1"].power_w == 1234.0
    assert latest[f"{second.home_id}/b1"].power_w == -4321.0


async def test_a_stolen_token_that_was_revoked_opens_nothing_and_its_stream_ends(
    neighbours: tuple[Member, Member], store: Store, village: VillageServer
) -> None:
    first, _ = neighbours
    headers = {"Authorization": f"Bearer {first.token}"}
    async with first.client.ws_connect("/api/v1/stream", headers=headers) as thief:
        await thief.send_str(json.dumps({"version": 1, "sequence": 0}))
        async with asyncio.timeout(5):
            while village.links.stream(first.home_id) is None:
                await asyncio.sleep(0.01)

        store.remove(first.home_id, Author("Anna", VILLAGE_NOW))
        village.links.remove_home(first.home_id)
        closing = await thief.receive(timeout=5)

    assert (closing.type, thief.close_code) == (WSMsgType.CLOSE, StreamEnd.REVOKED)
    for call in member_calls():
        if call.path.startswith("/api/v1/") and call is not calls.OPENAPI:
            path = _path(call, first)
            answer = await first.call(call.method, path, BODIES.get(f"{call.method} {call.path}"))
            assert answer.status == 401, call.name
