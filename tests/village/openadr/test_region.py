"""A region above three villages, all with the same software and HTTP between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from battery_commons.coordinator.tending import tended
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.plan import PlanReason
from battery_commons.domain.time import WallClock, slot_start
from battery_commons.domain.vtn import Role
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn_client import VtnClient, segment
from battery_commons.store import Store
from tests.village.flexibility.test_activation_log import Street, street
from tests.village.openadr.test_own_vtn import line_to, region
from tests.village.openadr.village_line import QUICK

VILLAGES = ["Ansen", "Brinkdorp", "Zandveen"]


@asynccontextmanager
async def village(folder: Path, name: str, above: Store, url: str) -> AsyncIterator[Street]:
    """Run a village of two homes with a battery each, below a region."""
    store = Store.open(folder / f"{name}.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    client_id, secret = above.add_vtn_client(name, Role.VEN, datetime.now(UTC))
    events = EventsInForce(store, WallClock())
    try:
        async with street(store, events.signals, events.received) as running:
            store.add_operator_line(OperatorLine("Region", url, client_id, name, secret))
            lines = OperatorLines(store, WallClock(), running.service.operator_changed, pace=QUICK)
            async with tended(name, lines.run):
                yield running
    finally:
        store.close()


async def until_listed(operator: VtnClient, path: str, count: int) -> Any:
    """Return what a listing shows, once there are so many."""
    async with asyncio.timeout(10):
        while len(found := await operator.listed(path)) < count:
            await asyncio.sleep(0.05)
    return found


async def until_only(store: Store, event_id: str) -> None:
    """Wait until a village knows of this event, and make sure that it knows of no other."""
    async with asyncio.timeout(10):
        while not (known := store.operator_events()):
            await asyncio.sleep(0.05)
    assert [each.event_id for each in known] == [event_id]


async def test_an_event_moves_the_villages_that_it_is_for_and_no_other(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        url, above = await stack.enter_async_context(region(tmp_path))
        operator = VtnClient(await stack.enter_async_context(ClientSession()), line_to(above, url, Role.BL))
        program: Any = await operator.post("programs", {"programName": "calls"})
        villages = {
            name: await stack.enter_async_context(village(tmp_path, name, above, url)) for name in VILLAGES
        }

        vens = await until_listed(operator, "vens", len(VILLAGES))
        resources = await until_listed(operator, "resources", len(VILLAGES))

        # Each is one virtual battery: two of 5 kW.
        assert sorted(each["venName"] for each in vens) == VILLAGES
        assert {each["venID"] for each in resources} == {each["id"] for each in vens}
        for each in resources:
            powers = {of["type"]: of["values"] for of in each["attributes"]}
            assert powers == {"MAX_POWER_CONSUMPTION": [10], "MAX_POWER_EXPORT": [10]}

        for ven in vens:
            if ven["venName"] != "Zandveen":
                await operator.put(f"vens/{segment(ven['id'])}", ven | {"targets": ["west"]})
        said = {
            "programID": program["id"],
            "intervalPeriod": {"start": slot_start(datetime.now(UTC)).isoformat(), "duration": "PT1H"},
        }
        call = [{"id": 0, "payloads": [{"type": "DISPATCH_SETPOINT", "values": [-2]}]}]
        event: Any = await operator.post("events", said | {"targets": ["west"], "intervals": call})

        for name in ("Ansen", "Brinkdorp"):
            done = await villages[name].until(lambda each: each.homes_accepted == 2)
            assert (done.ask.event_id, done.ask.subject) == (event["id"], FEEDER_ID)
            assert power_w(villages[name]) == pytest.approx(-2_000, abs=20)
        told = [{"id": 0, "payloads": [{"type": "GRID_LOAD_FORECAST", "values": [400]}]}]
        for_all: Any = await operator.post("events", said | {"intervals": told})
        await until_only(villages["Zandveen"].store, for_all["id"])
        assert not villages["Zandveen"].store.activations()
        assert PlanReason.GRID_OPERATOR not in reasons(villages["Zandveen"])


def power_w(village: Street) -> float:
    """Return what all batteries are to do now."""
    assert village.service.plan is not None
    return sum(each.power_w[0] or 0.0 for each in village.service.plan.batteries)


def reasons(village: Street) -> set[PlanReason]:
    """Return why they are to do that."""
    assert village.service.plan is not None
    return {each.reasons[0] for each in village.service.plan.batteries}
