"""The store is kept within its bounds by the coordinator itself."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from battery_commons.coordinator.upkeep import keep_tidy, tidy
from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, WallClock, slot_start
from battery_commons.store import Store
from battery_commons.store.retention import READINGS_IN_FULL

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A village with a meter that reported every six hours for forty days."""
    with closing(Store.open(tmp_path / "village.db")) as store:
        store.put_transformer(Transformer("t1", "Brink", 250_000))
        now = datetime.now(UTC)
        store.add_meter_readings("t1", [MeterReading(now - n * DAY / 4, float(n)) for n in range(160)])
        yield store


def kept_in_full(store: Store) -> int:
    with store._read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM meter_reading").scalar_one())


async def test_what_is_old_is_rolled_up_step_by_step(store: Store) -> None:
    with capture_logs() as logs:
        await tidy(store, WallClock())
    assert kept_in_full(store) == READINGS_IN_FULL // (DAY / 4) + 1
    assert [log["rows"] for log in logs] == [160 - kept_in_full(store)]


async def test_what_batteries_did_on_call_is_closed_before_their_readings_go(store: Store) -> None:
    for days in (40, 30):
        start = slot_start(datetime.now(UTC)) - days * DAY
        activation = Activation(Ask(f"{days} days ago", "t1", Asked.CALL, start, start + SLOT), start)
        store.keep_activation(activation, [ActivationSlot(start, None, None, 0.0, 0.0, 0.0)])

    await tidy(store, WallClock())

    assert set(store.slots_to_close(datetime.now(UTC))) == {("30 days ago", "t1")}


async def test_a_reading_is_taken_in_while_old_ones_are_rolled_up(store: Store) -> None:
    rolling_up = asyncio.create_task(tidy(store, WallClock()))
    await asyncio.sleep(0.12)
    assert not rolling_up.done()
    fresh = MeterReading(datetime.now(UTC), 1.0)
    async with asyncio.timeout(1):
        assert await asyncio.to_thread(store.add_meter_readings, "t1", [fresh]) == 1
    await rolling_up


async def test_it_is_done_again_after_a_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("battery_commons.coordinator.upkeep.TIDY_EVERY", timedelta(seconds=0.2))
    upkeep = asyncio.create_task(keep_tidy(store, WallClock()))
    async with asyncio.timeout(20):
        while kept_in_full(store) > 150:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        store.add_meter_readings("t1", [MeterReading(datetime.now(UTC) - 50 * DAY, 1.0)])
        before = kept_in_full(store)
        while kept_in_full(store) >= before:
            await asyncio.sleep(0.05)
    upkeep.cancel()


async def test_a_database_that_is_locked_is_left_for_another_day(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.store.sqlite.BUSY_TIMEOUT", 0.1)
    locked = Store.open(tmp_path / "village.db")
    with closing(sqlite3.connect(tmp_path / "village.db")) as other, capture_logs() as logs:
        other.execute("BEGIN IMMEDIATE")
        upkeep = asyncio.create_task(keep_tidy(locked, WallClock()))
        await asyncio.sleep(0.6)
        assert not upkeep.done()
        upkeep.cancel()
    locked.close()
    assert [log["log_level"] for log in logs] == ["warning"]
    assert "locked" in logs[0]["error"]
