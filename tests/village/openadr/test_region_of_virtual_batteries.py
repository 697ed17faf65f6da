"""A region sees three villages as one battery each, with HTTP between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from battery_commons.coordinator.tending import tended
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import TimeGrid, WallClock, slot_start
from battery_commons.domain.vtn import Kind, Role
from battery_commons.openadr.reports.sender import OperatorReports
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.store import Store, schema
from battery_commons.store.records import HomeBattery
from battery_commons.web.pages.below_view import BelowView, villages_below
from tests.village.openadr.village_line import QUICK

HOMES = {"Ansen": 5, "Brinkdorp": 8, "Zandveen": 4}
"""Of four homes nothing is told: a household could be recognised."""
SLOTS = 32


@asynccontextmanager
async def served(store: Store) -> AsyncIterator[tuple[str, Vtn]]:
    """Serve a region's VTN, with its standing question."""
    vtn = Vtn(store, lambda: datetime.now(UTC))
    app = web.Application()
    app.add_routes(vtn.routes())
    async with TestServer(app) as server, tended("notifications", vtn.notifications.run):
        yield str(server.make_url(PREFIX)), vtn


def live_in(store: Store, home: str, at: datetime) -> Battery:
    """Have a home with a battery of 10 kWh, half full, that discharges at 1 kW."""
    with store._write() as connection:
        row = {"id": home, "name": home, "transformer_id": "t1", "webhook_urls": "[]"}
        connection.execute(schema.home.insert().values(**row, token_sha256=home, last_sequence=0))
    battery = Battery(f"{home}/b", "t1", 10_000, 4_000, 4_000, 0.8, 0.9, 0.1)
    store.describe_home(home, [], [HomeBattery(home, "b", "Garage", battery)])
    store.add_battery_readings(
        home, [BatteryReading(battery.id, at, 0.5, -1_000.0, None, "village", "hold", None)]
    )
    return battery


@asynccontextmanager
async def village(folder: Path, name: str, above: Store, url: str) -> AsyncIterator[OperatorReports]:
    """Run a village's line to the region and give what reports over it."""
    with closing(Store.open(folder / f"{name}.db")) as store:
        async with line_of(store, name, above, url) as reports:
            yield reports


@asynccontextmanager
async def line_of(store: Store, name: str, above: Store, url: str) -> AsyncIterator[OperatorReports]:
    """Run the line of a village whose store is empty."""
    now = datetime.now(UTC)
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    batteries = [live_in(store, f"h{k}", now) for k in range(HOMES[name])]
    asked = [BatteryPlan(each.id, [0.0] * SLOTS, [PlanReason.HOLD] * SLOTS) for each in batteries]
    plan = Plan(
        ControlModel.M4,
        TimeGrid(slot_start(now), SLOTS),
        asked,
        {"t1": [0.0] * SLOTS},
        import_price=[0.2] * SLOTS,
    )
    client_id, secret = above.add_vtn_client(name, Role.VEN, now)
    store.add_operator_line(OperatorLine("Region", url, client_id, name, secret))
    lines = OperatorLines(store, WallClock(), lambda: None, pace=QUICK)
    async with tended(name, lines.run):
        async with asyncio.timeout(30):
            while not store.operator_events():
                await asyncio.sleep(0.02)
        yield OperatorReports(store, WallClock(), lines.clients, lambda: plan)


async def test_each_village_is_one_battery_of_power_energy_room_and_price(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "region.db")
    async with AsyncExitStack() as stack:
        url, vtn = await stack.enter_async_context(served(store))
        store.add_vtn_client("first", Role.VEN, datetime.now(UTC))  # Somebody is below: there is a question.
        vtn.question.ask()
        for name in HOMES:
            reports = await stack.enter_async_context(village(tmp_path, name, store, url))
            for _ in range(3):
                await reports.round()
        found = {each.client.name: each for each in villages_below(store, datetime.now(UTC))}

    assert state(found["Ansen"]) == [-5, 50, 20, 45, 20, 20]
    assert state(found["Brinkdorp"]) == [-8, 50, 32, 72, 32, 32]
    assert found["Zandveen"].why_not == "WITHHELD"
    assert state(found["Zandveen"]) == [None] * 6
    assert found["first"].why_not == "MISSING"
    coming = found["Ansen"].battery.coming
    assert len(coming) in {15, 16}  # One is over, if the quarter hour turned meanwhile.
    for slot in coming:
        # All of them at 4 kW for a quarter hour; moving costs the wear, and buying back the losses.
        assert (slot.up_kw, slot.down_kw) == (20, 20)
        assert slot.up_eur_per_kwh == pytest.approx(0.02 + 0.2 / 0.72 - 0.2, abs=1e-3)
        assert slot.down_eur_per_kwh == pytest.approx(0.02 + 0.2 - 0.72 * 0.2, abs=1e-3)
    assert not found["Zandveen"].battery.coming
    store.close()


def state(view: BelowView) -> list[float | None]:
    names = ["POWER", "CHARGE_LEVEL", "USABLE_ENERGY", "USABLE_CAPACITY"]
    names += ["MAX_CHARGE_POWER", "MAX_DISCHARGE_POWER"]
    return [view.kw(f"STORAGE_{name}") for name in names]


def test_the_question_is_asked_anew_each_week_and_old_ones_go(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "region.db")
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)  # A Wednesday.
    vtn = Vtn(store, lambda: now)

    def asked() -> list[str]:
        return [each.name.rpartition(" ")[2] for each in store.vtn_objects(Kind.EVENT)]

    vtn.question.ask()
    assert asked() == []  # Nobody is below.
    store.add_vtn_client("Brinkdorp", Role.VEN, now)
    vtn.question.ask()
    vtn.question.ask()
    assert asked() == ["2026-11-23"]
    now = datetime(2026, 11, 29, 1, tzinfo=UTC)
    vtn.question.ask()
    assert asked() == ["2026-11-23", "2026-11-30"]
    now += timedelta(weeks=1)
    vtn.question.ask()
    assert asked() == ["2026-11-30", "2026-12-07"]
    store.close()
