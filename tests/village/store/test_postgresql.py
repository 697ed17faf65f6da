"""The village on a PostgreSQL server: which databases are let be, and what becomes of a lost server."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.grid import Transformer
from battery_commons.store import Store, StoreError
from battery_commons.store import postgresql as on_a_server
from battery_commons.store.audit import Author
from battery_commons.store.place import DatabaseUrl, Encryption
from tests.village.postgresql import PASSWORD, Cluster
from tests.village.store.conftest import NOON

DORPSSTRAAT = Transformer(id="t1", name="Dorpsstraat", limit_w=250_000)


@pytest.fixture
def url(postgresql: Cluster) -> Iterator[DatabaseUrl]:
    """Return where a new village is kept."""
    with postgresql.village() as url:
        yield url


def by_network(url: DatabaseUrl, **changes: Any) -> DatabaseUrl:
    """Return how to reach the same database by TCP, where a password is asked."""
    return replace(url, host="127.0.0.1", password=PASSWORD, **changes)


def refused(url: DatabaseUrl) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    said = f"{caught.value!r} {caught.value.__cause__!r}"
    assert PASSWORD not in said
    return str(caught.value)


# --- Which databases are let be ---------------------------------------------------------------


def test_an_empty_database_becomes_a_village(postgresql: Cluster) -> None:
    with closing(Store.open(postgresql.database())) as store:
        assert store.village().name == "Battery Commons"


def test_a_database_of_another_program_is_refused_and_untouched(postgresql: Cluster) -> None:
    url = postgresql.database()
    postgresql.execute("CREATE TABLE states (id integer)", database=url.name)
    assert "another program" in refused(url)
    assert postgresql.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=url.name
    ) == [["states"]]


def test_a_database_of_another_program_that_migrates_as_ours_does_is_refused(postgresql: Cluster) -> None:
    url = postgresql.database()
    postgresql.execute("CREATE TABLE alembic_version (version_num text)", database=url.name)
    assert "another program" in refused(url)


def test_a_database_of_a_newer_version_is_refused_and_untouched(postgresql: Cluster) -> None:
    url = postgresql.database()
    Store.open(url).close()
    postgresql.execute("UPDATE alembic_version SET version_num = '9999'", database=url.name)
    assert "newer version" in refused(url)
    assert postgresql.execute("SELECT version_num FROM alembic_version", database=url.name) == [["9999"]]


def test_a_database_that_cannot_hold_every_name_is_refused(postgresql: Cluster) -> None:
    postgresql.execute(
        "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", database="postgres"
    )
    assert "ENCODING 'UTF8'" in refused(postgresql.url("latin"))


# --- Getting in -------------------------------------------------------------------------------


def test_with_its_password_a_village_gets_in_by_the_network(url: DatabaseUrl) -> None:
    with closing(Store.open(by_network(url))) as store:
        store.rename_village("Ansen")
        assert store.village().name == "Ansen"


@pytest.mark.parametrize("password", ["wrong", "", None])
def test_without_the_right_password_it_says_so(url: DatabaseUrl, password: str | None) -> None:
    assert "does not let this user in" in refused(replace(by_network(url), password=password))


def test_a_database_that_was_never_made_is_said_to_be_missing(postgresql: Cluster) -> None:
    assert "does not exist. Make it first" in refused(postgresql.url("nowhere"))


def test_a_server_without_a_certificate_is_not_spoken_to_in_the_clear(url: DatabaseUrl) -> None:
    said = refused(by_network(url, encryption=Encryption.VERIFY_FULL))
    assert "cannot be reached safely" in said


def test_where_nobody_listens_it_says_so(url: DatabaseUrl) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert "cannot be reached" in refused(by_network(url, port=port))


def test_a_server_that_never_answers_is_given_up(url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("battery_commons.store.postgresql.SILENCE_S", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        assert "cannot be reached" in refused(by_network(url, port=silent.getsockname()[1]))


# --- One writer, one coordinator --------------------------------------------------------------


def test_a_second_coordinator_is_kept_out_and_commands_are_not(
    url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Store.open(url)) as first, closing(Store.open(url)) as second:
        first.claim()
        monkeypatch.setitem(on_a_server._USUAL, "lock_timeout", "100ms")
        with pytest.raises(StoreError, match="A coordinator is running on the database"):
            second.claim()
        monkeypatch.undo()
        with closing(Store.open(url)) as command:
            command.rename_village("Ansen")
        first.close()
        second.claim()
        second.rename_village("Ruinen")


def test_a_coordinator_waits_for_the_one_before_it_to_be_gone(url: DatabaseUrl) -> None:
    with closing(Store.open(url)) as first, closing(Store.open(url)) as second:
        first.claim()
        leaves = threading.Timer(0.3, first.close)
        leaves.start()
        second.claim()
        second.rename_village("Ruinen")
        leaves.join()


def test_a_coordinator_that_is_kept_out_leaves_no_connection_behind(
    url: DatabaseUrl, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(on_a_server._USUAL, "lock_timeout", "100ms")

    def connections() -> int:
        listed = postgresql.execute("SELECT datname FROM pg_stat_activity", database="postgres")
        return listed.count([url.name])

    with closing(Store.open(url)) as first, closing(Store.open(url)) as second:
        first.claim()
        before = connections()
        for _ in range(3):
            with pytest.raises(StoreError, match="A coordinator is running"):
                second.claim()
        assert connections() <= before

    assert not caplog.records


def test_a_writer_that_waits_too_long_for_another_says_so(
    url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(on_a_server._USUAL, "lock_timeout", "100ms")
    with closing(Store.open(url)) as store, closing(Store.open(url)) as other, other._write():
        with pytest.raises(StoreError, match="is being written by another program"):
            store.rename_village("Ansen")
        assert store.village().name == "Battery Commons"


def test_a_commit_waits_for_the_disk_even_where_the_server_was_told_not_to(postgresql: Cluster) -> None:
    url = postgresql.database()
    postgresql.execute(f"ALTER DATABASE {url.name} SET synchronous_commit = off", database="postgres")
    with closing(Store.open(url)) as store, store._write() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_what_a_client_says_to_the_database_has_no_household_in_its_errors(url: DatabaseUrl) -> None:
    with closing(Store.open(url)) as store:
        with pytest.raises(StoreError) as caught:
            store.rename_village("Huize \0 Weltevreden")
        assert "Weltevreden" not in f"{caught.value} {caught.value.__cause__}"


# --- Copies -----------------------------------------------------------------------------------


def test_a_dump_is_put_back_as_the_documentation_says(postgresql: Cluster) -> None:
    url = postgresql.database()
    address = f"postgresql://{url.user}@:{url.port}/{url.name}?host={url.host}"
    dump = f"--file={url.host}/{url.name}.dump"
    with closing(Store.open(url)) as store:
        store.rename_village("Ansen", Author("Anna", NOON))
        postgresql.run("pg_dump", "--format=custom", dump, address)
        store.rename_village("Elders", Author("Anna", NOON))

    how = ["--clean", "--if-exists", "--single-transaction", f"--dbname={address}"]
    postgresql.run("pg_restore", *how, dump.removeprefix("--file="))

    with closing(Store.open(url)) as store:
        assert store.village().name == "Ansen"
        assert [entry.detail for entry in store.audit()] == ["Ansen"]
        with pytest.raises(IntegrityError, match="only added to"), store._write() as connection:
            connection.exec_driver_sql("TRUNCATE audit")


# --- A server that goes away ------------------------------------------------------------------


def test_a_server_that_is_back_is_used_again_without_a_restart(own_postgresql: Cluster) -> None:
    with closing(Store.open(own_postgresql.database())) as store:
        store.claim()
        for how in (signal.SIGINT, signal.SIGKILL):
            store.rename_village(how.name)

            own_postgresql.stop(how)
            with pytest.raises(StoreError, match=r"cannot be reached.*this goes on when it does"):
                store.village()
            with pytest.raises(StoreError, match="cannot be reached"):
                store.rename_village("Ruinen")

            own_postgresql.start()
            assert store.village().name == how.name


def test_a_coordinator_that_lost_its_place_to_another_no_longer_writes(
    url: DatabaseUrl, postgresql: Cluster
) -> None:
    with closing(Store.open(url)) as first, closing(Store.open(url)) as second:
        first.claim()
        postgresql.disconnect(url)
        second.claim()

        with pytest.raises(StoreError, match="A coordinator is running"):
            first.rename_village("Ansen")
        second.rename_village("Ruinen")


_WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from battery_commons.domain.reading import MeterReading
from battery_commons.store import Store, StoreError
from battery_commons.store.place import DatabaseUrl

store = Store.open(DatabaseUrl.parse(sys.argv[1]))
at = datetime(2026, 6, 21, tzinfo=UTC)
while True:
    at += timedelta(seconds=1)
    try:
        store.add_meter_readings("t1", [MeterReading(at, 1000.0)])
    except StoreError:
        break
    print(int(at.timestamp()), flush=True)
"""


@pytest.mark.parametrize("victim", ["writer", "server"])
def test_what_was_acknowledged_survives_a_kill(own_postgresql: Cluster, victim: str) -> None:
    url = own_postgresql.database()
    with closing(Store.open(url)) as store:
        store.put_transformer(DORPSSTRAAT)
    command = [
        sys.executable,
        "-c",
        _WRITER,
        f"postgresql://{url.user}@:{url.port}/{url.name}?host={url.host}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - our own program
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(0.2)
        if victim == "writer":
            writer.send_signal(signal.SIGKILL)
        else:
            own_postgresql.stop(signal.SIGKILL)
        acknowledged = {int(line) for line in [first, *writer.stdout] if line.endswith("\n")}
    if victim == "server":
        own_postgresql.start()
    with closing(Store.open(url)) as store, store._read() as connection:
        kept = {
            int(each)
            for each in connection.exec_driver_sql("SELECT at / 1000000 FROM meter_reading").scalars()
        }
    # The last one may have been written and not yet said.
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= 1
    assert len(acknowledged) > 10
