"""A database of an earlier version is brought to the present one with all that is in it."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command

from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.database import APPLICATION_ID, _alembic, _engine

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
STAMP = int(NOON.timestamp()) * 1_000_000
KEPT: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("village", ("0123456789abcdef", "Ansen")),
    ("transformer", ("t1", "Dorpsstraat", 250_000, None)),
    ("invitation", ("ab" * 32, "t1", STAMP + 1, None)),
    ("home", ("h1", "De Eik", "t1", "[]", "hash", 7, STAMP)),
    ("battery", ("h1", "b1", "Garage", 10_000, 5000, 5000, 0.95, 0.95, 0.1)),
    ("battery_reading", ("h1", "b1", STAMP, 0.5, 100, None, "village", "hold", 7)),
    ("dispatch", ("h1", 7, "{}", STAMP, STAMP, 1, None, None, 1, STAMP, None)),
    ("code_window", ("c1", "red", STAMP, STAMP + 1, "", None, STAMP, None)),
    ("code_answer", ("c1", "h1", 1, STAMP)),
)


def test_version_2_keeps_homes_invitations_readings_plans_and_answers(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    engine = _engine(path)
    with engine.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for table, row in KEPT:
            connection.exec_driver_sql(
                f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})",  # noqa: S608 - our own table names
                row,
            )
    engine.dispose()

    store = Store.open(path)

    [home] = store.homes()
    assert (home.name, home.suspended_at, store.consented_at("h1")) == ("De Eik", None, NOON)
    [invitation] = store.invitations(NOON)
    assert (invitation.id, invitation.revoked_at) == ("abababababababab", None)
    assert store.invitation("another") is None
    assert store.latest_battery_readings()["h1/b1"].state_of_charge == 0.5
    assert store.last_accepted(NOON) == {"h1": (7, NOON)}
    assert [answer.window.id for answer in store.code_answers("h1")] == ["c1"]
    assert store.audit() == []
    store.suspend("h1", Author("Anna", NOON))
    assert len(store.audit()) == 1
    store.close()
