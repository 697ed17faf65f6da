"""Plans take little room, and those that were kept in full before are carried along."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from battery_commons.store import Store
from battery_commons.store.records import NewHome
from battery_commons.store.shape import migrate
from battery_commons.store.sqlite import APPLICATION_ID, engine
from tests.village.store.conftest import NOON

MANY = 1203
"""More than are brought along at once."""


def test_a_plan_that_repeats_itself_takes_a_fraction_of_its_length(store: Store, home: NewHome) -> None:
    plan = json.dumps({"power_w": [1200.5] * 144, "reasons": ["relieve_import"] * 144})
    store.record_dispatch(home.home_id, 1, plan, NOON, NOON + timedelta(hours=1))
    assert store.latest_dispatches()[home.home_id].plan_json == plan
    with store._read() as connection:
        [size] = connection.exec_driver_sql("SELECT length(plan) FROM dispatch").one()
    assert size < len(plan) / 10


def test_plans_of_the_former_version_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "village.db"
    connections = engine(path)
    at = int(datetime(2026, 6, 21, tzinfo=UTC).timestamp()) * 10**6
    with connections.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(connection, "0008")
        connection.exec_driver_sql("INSERT INTO village VALUES ('0123456789abcdef', 'Ansen')")
        connection.exec_driver_sql("INSERT INTO transformer (id, name, limit_w) VALUES ('t1', 'Brink', 1)")
        for home in ("h1", "h2"):
            connection.exec_driver_sql(
                "INSERT INTO home (id, name, transformer_id, webhook_urls, token_sha256, last_sequence)"
                " VALUES (?, 'De Eik', 't1', '[]', ?, ?)",
                (home, home, MANY),
            )
            connection.exec_driver_sql(
                "INSERT INTO dispatch (home_id, sequence, plan_json, issued_at, lease_until, attempts)"
                " VALUES (?, ?, ?, ?, ?, 1)",
                [(home, n, f'{{"plan": "é{home}{n}"}}', at + n, at + n + 1) for n in range(MANY)],
            )
    connections.dispose()

    with closing(Store.open(path)) as store:
        start = datetime(2026, 6, 21, tzinfo=UTC)
        for home in ("h1", "h2"):
            kept = store.dispatches_of(home, start, start + timedelta(days=1))
            assert [each.plan_json for each in kept] == [f'{{"plan": "é{home}{n}"}}' for n in range(MANY)]
        assert store.last_accepted(start) == {}
        store.leave("h1")
        assert set(store.latest_dispatches()) == {"h2"}
