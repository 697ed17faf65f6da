"""Where a village's data are: in a folder; or its database on a PostgreSQL server, by URL."""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DATABASE = "village.db"
KEY = "village-key.pem"
"""Files in a village's data folder."""

_PORT = 5432
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = 2000
_KNOWN = frozenset({"sslmode", "sslrootcert", "host"})


class Encryption(StrEnum):
    """How a connection is encrypted; called as in PostgreSQL's own URLs."""

    DISABLE = "disable"
    REQUIRE = "require"
    """Encrypted, but whoever answers is believed."""
    VERIFY_FULL = "verify-full"


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A database of a PostgreSQL server. In words it has no password: those may be logged and shown."""

    host: str
    """A name or address; or the folder of the server's Unix socket, which starts with a slash."""
    port: int
    name: str
    user: str
    password: str | None = field(default=None, repr=False)
    encryption: Encryption = Encryption.VERIFY_FULL
    root_certificate: Path | None = None
    """Who vouches for the server (PEM), where it is not one that this machine trusts already."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what a URL like postgresql://user:password@host:port/name?sslmode=verify-full stands for.

        Without `sslmode` the server's certificate is checked, unless the server is this very machine.

        Raises ValueError, which never holds the URL: there may be a password in it.
        """
        try:
            url = make_url(text) if len(text) <= _LONGEST and text.isprintable() else None
        except ArgumentError, ValueError:
            url = None
        if url is None or url.drivername not in {"postgresql", "postgres"}:
            raise ValueError("the database's URL is none like postgresql://user:password@host:5432/name")
        if strange := url.query.keys() - _KNOWN:
            raise ValueError(f"the database's URL has an unknown part: {', '.join(sorted(strange))}")
        said = {name: str(value) for name, value in url.query.items()}
        host = said.get("host") or url.host or "localhost"
        if not url.username or not url.database:
            raise ValueError("the database's URL names no user, or no database: postgresql://user@host/name")
        try:
            chosen = Encryption(said["sslmode"]) if "sslmode" in said else None
        except ValueError:
            known = ", ".join(Encryption)
            raise ValueError(f"the sslmode in the database's URL is none of {known}") from None
        local = host in _HERE or host.startswith("/")
        return cls(
            host=host,
            port=url.port or _PORT,
            name=url.database,
            user=url.username,
            password=url.password,
            encryption=chosen or (Encryption.DISABLE if local else Encryption.VERIFY_FULL),
            root_certificate=Path(said["sslrootcert"]) if "sslrootcert" in said else None,
        )

    def __str__(self) -> str:
        """Name the database, without its user and password."""
        return f"{self.name} on {self.host}:{self.port}"

    def tls(self) -> ssl.SSLContext | None:
        """Return how to encrypt; None for not at all. Raises OSError where the certificate cannot be read."""
        if self.encryption is Encryption.DISABLE or self.host.startswith("/"):
            return None
        context = ssl.create_default_context(cafile=self.root_certificate)
        if self.encryption is Encryption.REQUIRE:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


type Place = Path | DatabaseUrl
