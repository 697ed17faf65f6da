"""A real SQLite file with two transformers, and homes that join it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery

NOW = datetime(2026, 6, 21, 8, 7, tzinfo=UTC)
SLOT_NOW = datetime(2026, 6, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    store.put_transformer(Transformer("t2", "Es", 400_000))
    yield store
    store.close()


def join(store: Store, name: str, transformer_id: str = "t1") -> Battery:
    """Let a home with one battery join, and return the battery."""
    store.add_invitation(transformer_id, name, NOW + timedelta(days=1))
    home_id = store.join(name, name, ["http://127.0.0.1:9/"], NOW).home_id
    battery = Battery(f"{home_id}/b1", transformer_id, 10_000, 5_000, 5_000)
    store.describe_home(home_id, ["http://127.0.0.1:9/"], [HomeBattery(home_id, "b1", "Garage", battery)])
    return battery


def hear(
    store: Store,
    battery: Battery,
    at: datetime,
    power_w: float = 0.0,
    *,
    mode: str = "village",
    state_of_charge: float = 0.5,
) -> None:
    """Let a battery report how it stood at a moment."""
    reading = BatteryReading(battery.id, at, state_of_charge, power_w, None, mode, "hold", None)
    store.add_battery_readings(battery.id.partition("/")[0], [reading])


def measure(store: Store, at: datetime, power_w: float, transformer_id: str = "t1") -> None:
    """Let a transformer's meter report its load at a moment."""
    store.add_meter_readings(transformer_id, [MeterReading(at, power_w)])
