"""Who may see the pages where no Home Assistant asks: accounts, passkeys, and who is signed in.

Times here are wall time: a village's faster clock signs nobody out. Of codes and sessions only fingerprints
are kept, so that a copy of the database lets nobody in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.tokens import fingerprint, new_id, new_token

CODE_LASTS = timedelta(days=1)
IDLE = timedelta(hours=12)
"""Who has not opened a page for so long signs in again."""
LONGEST_SESSION = timedelta(days=7)
_USE_NOTED_EVERY = timedelta(minutes=1)
_CARRIED = (schema.administrator, schema.administrator_code, schema.passkey, schema.session)
"""In the order in which they refer to each other."""

type Access = Mapping[str, Sequence[Mapping[str, Any]]]
"""All that says who may come in, as rows by table."""


class NameTakenError(ValueError):
    """There is an administrator of this name already."""


class LastAdministratorError(ValueError):
    """Without this administrator there would be none left."""


@dataclass(frozen=True, slots=True)
class Account:
    """An administrator."""

    id: str
    name: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    """What an authenticator signs in with."""

    id: str
    """The credential's, in base64url."""
    account: Account
    public_key: str
    """COSE, in base64url."""
    uses: int
    """How often it was used, as the authenticator counts; zero where it does not."""
    added_at: datetime


class AdministratorStore(Database):
    """Administrators, and how they come in."""

    def has_administrators(self) -> bool:
        """Return whether anybody can sign in."""
        with self._read() as connection:
            return connection.scalar(select(schema.administrator.c.id).limit(1)) is not None

    def administrators(self) -> list[Account]:
        """Return all, by name."""
        table = schema.administrator
        with self._read() as connection:
            rows = connection.execute(select(table).order_by(table.c.name)).all()
        return [Account(row.id, row.name, row.added_at) for row in rows]

    def account(self, name: str) -> tuple[Account, str] | None:
        """Return who is called so, with what is kept of the password."""
        table = schema.administrator
        with self._read() as connection:
            row = connection.execute(select(table).where(table.c.name == name)).one_or_none()
        return None if row is None else (Account(row.id, row.name, row.added_at), row.password)

    def add_administrator(self, name: str, password: str, at: datetime, by: Author) -> Account:
        """Add one; `password` is hashed already. Raises NameTakenError."""
        with self._write() as connection:
            return _add(connection, name, password, at, by)

    def new_administrator_code(self, at: datetime, by: Author | None = None) -> str:
        """Return a code that lets one person become administrator, once, within CODE_LASTS.

        Without an author, as at a first start, it takes the place of every one before.
        """
        code = new_token()
        table = schema.administrator_code
        over = delete(table).where(table.c.expires_at <= at) if by else delete(table)
        with self._write() as connection:
            connection.execute(over)
            connection.execute(
                insert(table).values(code_sha256=fingerprint(code), expires_at=at + CODE_LASTS)
            )
            record(connection, by, Act.ADMINISTRATOR_INVITED, "pages")
        return code

    def redeem_administrator_code(
        self, code: str, name: str, password: str, at: datetime, acted_at: datetime
    ) -> Account:
        """Make whoever has a code an administrator, and have the code end. `acted_at` is village time.

        Raises NotFoundError for a code that does not count, and NameTakenError, which leaves the code.
        """
        table = schema.administrator_code
        with self._write() as connection:
            used = connection.execute(
                delete(table).where(table.c.code_sha256 == fingerprint(code), table.c.expires_at > at)
            )
            if not used.rowcount:
                raise NotFoundError("no such code, or no longer")
            return _add(connection, name, password, at, Author(name, acted_at))

    def remove_administrator(self, name: str, by: Author, *, also_last: bool = False) -> None:
        """Remove one, with passkeys and sessions.

        Raises NotFoundError, and LastAdministratorError for the only one, unless `also_last`: the pages
        would then be open to whoever reaches them.
        """
        table = schema.administrator
        with self._write() as connection:
            if not also_last and connection.scalar(select(func.count()).select_from(table)) == 1:
                raise LastAdministratorError(name)
            gone = connection.execute(delete(table).where(table.c.name == name))
            _at_least_one(gone.rowcount, name)
            record(connection, by, Act.ADMINISTRATOR_REMOVED, name)

    def change_password(self, name: str, password: str, by: Author) -> None:
        """Give another password (hashed already), and sign out everywhere. Raises NotFoundError."""
        table = schema.administrator
        with self._write() as connection:
            changed = connection.execute(
                update(table).where(table.c.name == name).values(password=password).returning(table.c.id)
            ).scalar_one_or_none()
            _at_least_one(changed is not None, name)
            connection.execute(delete(schema.session).where(schema.session.c.administrator_id == changed))
            record(connection, by, Act.PASSWORD_CHANGED, name)

    # --- Sessions -----------------------------------------------------------------------------

    def begin_session(self, account: Account, at: datetime) -> str:
        """Return the secret of a new session. Those that are over are thrown away."""
        token, table = new_token(), schema.session
        with self._write() as connection:
            connection.execute(
                delete(table).where(
                    (table.c.used_at <= at - IDLE) | (table.c.begun_at <= at - LONGEST_SESSION)
                )
            )
            try:
                connection.execute(
                    insert(table).values(
                        token_sha256=fingerprint(token), administrator_id=account.id, begun_at=at, used_at=at
                    )
                )
            except IntegrityError as error:
                raise NotFoundError(account.name) from error
        return token

    def session(self, token: str, at: datetime, *, in_use: bool = True) -> Account | None:
        """Return whose session this is; None for one that is over or never was.

        With `in_use` it is not idle now, which is noted once a minute.
        """
        table, accounts = schema.session, schema.administrator
        mine = table.c.token_sha256 == fingerprint(token)
        with self._read() as connection:
            row = connection.execute(
                select(accounts, table.c.used_at)
                .join(table, table.c.administrator_id == accounts.c.id)
                .where(mine, table.c.used_at > at - IDLE, table.c.begun_at > at - LONGEST_SESSION)
            ).one_or_none()
        if row is None:
            return None
        if in_use and at - row.used_at >= _USE_NOTED_EVERY:
            with self._write() as connection:
                connection.execute(update(table).where(mine).values(used_at=at))
        return Account(row.id, row.name, row.added_at)

    def end_session(self, token: str) -> None:
        """Sign out."""
        with self._write() as connection:
            connection.execute(
                delete(schema.session).where(schema.session.c.token_sha256 == fingerprint(token))
            )

    # --- Passkeys -----------------------------------------------------------------------------

    def passkeys(self, account: Account) -> list[Passkey]:
        """Return an administrator's passkeys, the oldest first."""
        table = schema.passkey
        return self._passkeys(table.c.administrator_id == account.id)

    def passkey(self, id_: str) -> Passkey:
        """Return the passkey of a credential. Raises NotFoundError."""
        found = self._passkeys(schema.passkey.c.id == id_)
        _at_least_one(len(found), id_)
        return found[0]

    def add_passkey(self, passkey: Passkey, by: Author) -> None:
        """Add a passkey. Raises NotFoundError where its administrator is gone, or it is known already."""
        with self._write() as connection:
            try:
                connection.execute(
                    insert(schema.passkey).values(
                        id=passkey.id,
                        administrator_id=passkey.account.id,
                        public_key=passkey.public_key,
                        uses=passkey.uses,
                        added_at=passkey.added_at,
                    )
                )
            except IntegrityError as error:
                raise NotFoundError(passkey.account.name) from error
            record(connection, by, Act.PASSKEY_ADDED, passkey.account.name)

    def passkey_used(self, id_: str, uses: int) -> None:
        """Keep how often the authenticator says that a passkey was used."""
        with self._write() as connection:
            connection.execute(update(schema.passkey).where(schema.passkey.c.id == id_).values(uses=uses))

    def remove_passkey(self, account: Account, id_: str, by: Author) -> None:
        """Remove one of an administrator's passkeys. Raises NotFoundError."""
        table = schema.passkey
        with self._write() as connection:
            gone = connection.execute(
                delete(table).where(table.c.id == id_, table.c.administrator_id == account.id)
            )
            _at_least_one(gone.rowcount, id_)
            record(connection, by, Act.PASSKEY_REMOVED, account.name)

    def _passkeys(self, which: ColumnElement[bool]) -> list[Passkey]:
        table, accounts = schema.passkey, schema.administrator
        statement = (
            select(table, accounts.c.name, accounts.c.added_at.label("account_added_at"))
            .join(accounts, accounts.c.id == table.c.administrator_id)
            .where(which)
            .order_by(table.c.added_at)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [
            Passkey(
                row.id,
                Account(row.administrator_id, row.name, row.account_added_at),
                row.public_key,
                row.uses,
                row.added_at,
            )
            for row in rows
        ]

    # --- Across a restore ---------------------------------------------------------------------

    def access(self) -> Access:
        """Return who may come in, for a database that takes the place of this one."""
        with self._read() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in _CARRIED
            }

    def replace_access(self, access: Access) -> None:
        """Let in who `access` says, and nobody else: a backup brings no former administrator back."""
        with self._write() as connection:
            for table in reversed(_CARRIED):
                connection.execute(delete(table))
            for table in _CARRIED:
                if rows := access[table.name]:
                    connection.execute(insert(table), list(rows))


def _add(connection: Connection, name: str, password: str, at: datetime, by: Author) -> Account:
    account = Account(new_id(), name, at)
    table = schema.administrator
    if connection.scalar(select(table.c.id).where(func.lower(table.c.name) == name.lower())) is not None:
        raise NameTakenError(f"there is an administrator called {name} already")
    connection.execute(insert(table).values(id=account.id, name=name, password=password, added_at=at))
    record(connection, by, Act.ADMINISTRATOR_ADDED, name)
    return account


def _at_least_one(found: int, name: str) -> None:
    if not found:
        raise NotFoundError(f"there is no administrator {name}")
