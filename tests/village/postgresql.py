"""A PostgreSQL server of the tests' own, in a temporary folder, for as long as they run."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pg8000.dbapi import DatabaseError, InterfaceError

from battery_commons.store import Store
from battery_commons.store.place import DatabaseUrl, Encryption, Place
from battery_commons.store.postgresql_driver import connect
from battery_commons.store.schema import METADATA

PASSWORD = "een geheim met % en @"
USER = "village"
on_both = pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
"""For a test that is to hold for each kind of database."""
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_PATIENCE_S = 20.0


def server_programs() -> Path | None:
    """Return the folder with the newest server that is installed; None without one."""
    folders = [
        folder for each in _FOLDERS for folder in Path("/").glob(each.lstrip("/")) if _is_server(folder)
    ]
    on_path = shutil.which("postgres")
    if folders:
        return max(folders, key=_version)
    return Path(on_path).parent if on_path else None


def _is_server(folder: Path) -> bool:
    return (folder / "initdb").exists() and (folder / "postgres").exists()


def _version(folder: Path) -> int:
    return int("".join(filter(str.isdigit, folder.parent.name)) or 0)


@dataclass(slots=True)
class Cluster:
    """One server with its data. Its Unix socket lets everybody in; TCP on this machine asks a password."""

    programs: Path
    fsync: bool
    """Whether it waits for the disk: slower, and only worth it where it is killed."""
    folder: Path = field(init=False)
    port: int = field(init=False)
    _server: subprocess.Popen[bytes] | None = None
    _databases: count[int] = field(default_factory=count)
    _template: DatabaseUrl | None = None
    _villages: list[DatabaseUrl] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the folder and what is in it."""
        # Short, since it holds a Unix socket; elsewhere than pytest's own, which only this user may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="village-pg-", dir="/tmp"))
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        password = self.folder / "password"
        password.write_text(PASSWORD)
        for path in (self.folder, password):
            if self._user is not None:
                shutil.chown(path, self._user.pw_uid, self._user.pw_gid)
        options = ["--locale=C", "--encoding=UTF8", "--auth-local=trust", "--auth-host=scram-sha-256"]
        self.run(
            "initdb",
            "-D",
            str(self._data),
            "--no-sync",
            f"--username={USER}",
            f"--pwfile={password}",
            *options,
        )

    def start(self) -> None:
        """Start the server, and wait until it lets us in."""
        addresses = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            server = self._server = subprocess.Popen(  # noqa: S603
                [self.programs / "postgres", "-D", self._data, *addresses, *([] if self.fsync else ["-F"])],
                stdout=log,
                stderr=log,
                **self._as_user,
            )
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            with suppress(InterfaceError):
                self.execute("SELECT 1", database="postgres")
                return
            if time.monotonic() > deadline or server.poll() is not None:
                raise TimeoutError((self.folder / "log").read_text())
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends connections and writes all down, SIGKILL is a crash."""
        if self._server is not None:
            family = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text().split()
            self._server.send_signal(how)
            if how is signal.SIGKILL:
                for process in family:
                    with suppress(ProcessLookupError):
                        os.kill(int(process), how)
            self._server.wait(_PATIENCE_S)
            self._server = None

    def remove(self) -> None:
        """Stop the server and throw its data away."""
        self.stop()
        shutil.rmtree(self.folder)

    def database(self, template: str = "template0") -> DatabaseUrl:
        """Make a database, empty or as another one is, and return how to reach it by the socket."""
        name = f"village_{next(self._databases)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}", database="postgres")
        return self.url(name)

    @contextmanager
    def village(self) -> Iterator[DatabaseUrl]:
        """Lend the database of a village in which nothing has happened yet."""
        if not self._villages:
            if self._template is None:
                self._template = self.database()
                Store.open(self._template).close()
            self._villages.append(self.database(self._template.name))
        url = self._villages.pop()
        yield url
        # Emptied and lent again: that is many times quicker than to make another. One whose tables a test has
        # changed is not.
        with suppress(DatabaseError):
            emptied = "; ".join(str(table.delete()) for table in METADATA.sorted_tables)
            self.execute("SET session_replication_role = replica", emptied, database=url.name)
            self._villages.append(url)

    def url(self, name: str) -> DatabaseUrl:
        """Return how to reach a database by the Unix socket."""
        return DatabaseUrl(str(self.folder), self.port, name, USER, None, Encryption.DISABLE)

    def disconnect(self, url: DatabaseUrl) -> None:
        """End every connection to a database."""
        which = f"WHERE datname = '{url.name}'"
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity {which}", database="postgres")  # noqa: S608

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs."""
        subprocess.run(  # noqa: S603
            [self.programs / program, *arguments],
            check=True,
            capture_output=True,
            timeout=60,
            **self._as_user,
        )

    def execute(self, *statements: str, database: str) -> list[list[object]]:
        """Run statements, each by itself, and return what the last one found."""
        with closing(connect(self.url(database), {}, silence_s=_PATIENCE_S)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return [] if cursor.description is None else [list(row) for row in cursor.fetchall()]

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _user(self) -> pwd.struct_passwd | None:
        """Who runs the server where the tests are root's, as whom it refuses to run."""
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            return pwd.getpwnam("nobody")

    @property
    def _as_user(self) -> dict[str, Any]:
        user = self._user
        if user is None:
            return {}
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": self.folder}


@contextmanager
def place_of(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """Give where a new village is kept: in a file, or with the parameter "postgresql" on a server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield folder / "village.db"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.village() as url:
        yield url
