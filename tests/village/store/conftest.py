"""A real database, of each kind, with one transformer and one home behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.store import Store
from battery_commons.store.database import backend_of
from battery_commons.store.place import Place
from battery_commons.store.records import HomeBattery, NewHome
from battery_commons.store.schema import METADATA
from battery_commons.store.shape import migrate
from tests.village.postgresql import Cluster, place_of

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Return where a new village is kept."""
    with place_of(request, tmp_path) as place:
        yield place


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return where a village can be kept, and nothing is yet."""
    if request.param == "sqlite":
        return tmp_path / "village.db"
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.database()


@contextmanager
def former(place: Place, revision: str) -> Iterator[Connection]:
    """Make a database of a former version, to be filled."""
    backend = backend_of(place)
    with backend.preparing() as connection:
        migrate(connection, revision)
        backend.mark(connection)
        yield connection
    backend.close()


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    store = Store.open(place)
    store.put_transformer(Transformer(id="t1", name="Dorpsstraat", limit_w=250_000))
    yield store
    store.close()


def everything_in(store: Store, place: Place) -> bytes:
    """Return all that is kept: of a file every byte, of a database on a server every row."""
    if isinstance(place, Path):
        return b"".join(file.read_bytes() for file in place.parent.iterdir())
    with store._read() as connection:
        rows = [connection.execute(select(table)).all() for table in METADATA.sorted_tables]
    return str(rows).encode()


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
