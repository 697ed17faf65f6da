"""Connections to a PostgreSQL server by pg8000, which tell apart what pg8000 itself does not."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import pg8000.dbapi
from pg8000.converters import make_params
from pg8000.core import NULL_BYTE, SYNC_MSG, Context

from battery_commons.store.place import DatabaseUrl

_GOING = frozenset({"57P01", "57P02", "57P03"})
"""Stopped by its keeper, stopped by a crash, and not yet started."""


class ServerConnection(pg8000.dbapi.Connection):
    """A connection that knows when a rule of the tables was broken, and when it is lost.

    SQLAlchemy replaces lost connections; it knows one by the words "network error".
    """

    def handle_messages(self, context: object) -> None:
        """Take the server's answer."""
        with _told_apart():
            super().handle_messages(context)

    def execute_unnamed(
        self, statement: str, vals: Sequence[object] = (), oids: Sequence[int] = (), stream: object = None
    ) -> Context:
        """Run a statement in one exchange with the server, where pg8000 by itself takes three."""
        if stream is not None:
            return super().execute_unnamed(statement, vals, oids, stream)
        context = Context(statement)
        self.send_PARSE(NULL_BYTE, statement, oids)
        self.send_DESCRIBE_STATEMENT(NULL_BYTE)
        self.send_BIND(NULL_BYTE, make_params(self.py_types, vals))
        self.send_EXECUTE()
        with _told_apart():
            self._sock.write(SYNC_MSG)
            self._sock.flush()
        self.handle_messages(context)
        return context

    def close(self) -> None:
        """Close the connection. One that is lost cannot be told so, and is closed all the same."""
        stream = self._sock
        with suppress(pg8000.dbapi.InterfaceError, OSError):
            super().close()
        with suppress(OSError):
            stream.close()


def connect(url: DatabaseUrl, parameters: Mapping[str, str], silence_s: float | None) -> ServerConnection:
    """Connect to a server, and give up when it is silent for `silence_s` seconds, now or later."""
    on_socket = url.host.startswith("/")
    with _told_apart():
        return ServerConnection(
            user=url.user,
            host=None if on_socket else url.host,
            unix_sock=f"{url.host}/.s.PGSQL.{url.port}" if on_socket else None,
            port=url.port,
            database=url.name,
            password=url.password or "",
            ssl_context=url.tls() or False,
            timeout=silence_s,
            application_name="battery-commons",
            startup_params=dict(parameters),
        )


def sqlstate(error: BaseException | None) -> str:
    """Return the server's code for what went wrong; empty where the server did not say.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    return _said(error).get("C", "")


def words(error: BaseException | None) -> str:
    """Return what went wrong in the server's own words, or in those of whoever noticed."""
    return _said(error).get("M") or str(error)


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise pg8000.dbapi.InterfaceError(f"network error: {error}") from error
    except pg8000.dbapi.DatabaseError as error:
        code = sqlstate(error)
        if code.startswith("23"):
            raise pg8000.dbapi.IntegrityError(*error.args) from error
        if code in _GOING:
            raise pg8000.dbapi.InterfaceError(f"network error: {words(error)}") from error
        raise


def _said(error: BaseException | None) -> Mapping[str, str]:
    arguments = getattr(error, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], dict) else {}
