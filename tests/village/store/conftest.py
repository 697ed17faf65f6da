"""A real SQLite file with one transformer and one home behind it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery, NewHome

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
    yield store
    store.close()


@pytest.fixture
def home(store: Store) -> NewHome:
    return joined(store, "first-home")


def joined(store: Store, code: str) -> NewHome:
    """Let a home with one battery join."""
    store.add_invitation("t1", code, NOON + timedelta(days=7))
    new = store.join(code, f"Home of {code}", ["http://127.0.0.1:8123/api/webhook/x"], NOON)
    store.describe_home(new.home_id, ["http://127.0.0.1:8123/api/webhook/x"], [battery(new.home_id)])
    return new


def battery(home_id: str, battery_id: str = "b1") -> HomeBattery:
    return HomeBattery(
        home_id=home_id,
        battery_id=battery_id,
        name="Garage",
        battery=Battery(
            id=f"{home_id}/{battery_id}",
            transformer_id="t1",
            capacity_wh=10_000,
            max_charge_w=5000,
            max_discharge_w=5000,
        ),
    )
