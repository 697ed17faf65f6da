"""What is served to those below over OpenADR: clients, and the objects that they and the village make."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.store import schema_operators
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.tokens import fingerprint, new_id, new_token

OWN_CLIENT_ID = "coordinator"
"""Whose the objects are that the coordinator itself makes; no secret signs in with it."""
_OWN_NAME = "This coordinator"


class VtnStore(Database):
    """Clients of the VTN, and its objects."""

    def vtn_clients(self) -> list[VtnClient]:
        """Return who may call, by name."""
        table = schema_operators.vtn_client
        query = select(table).where(table.c.client_id != OWN_CLIENT_ID).order_by(table.c.name)
        with self._read() as connection:
            rows = connection.execute(query).all()
        return [_client(row) for row in rows]

    def own_vtn_client(self, at: datetime) -> VtnClient:
        """Return the client that stands for the coordinator itself, which is made where there is none."""
        own = VtnClient(OWN_CLIENT_ID, _OWN_NAME, Role.BL, at, None)
        row = {
            "client_id": own.client_id,
            "name": own.name,
            "role": own.role.value,
            "secret_sha256": fingerprint(new_token()),
            "made_at": at,
        }
        table = schema_operators.vtn_client
        with self._write() as connection:
            known = connection.execute(select(table).where(table.c.client_id == OWN_CLIENT_ID)).first()
            if known is None:
                connection.execute(insert(table).values(row))
        return own if known is None else _client(known)

    def add_vtn_client(
        self, name: str, role: Role, at: datetime, by: Author | None = None
    ) -> tuple[str, str]:
        """Let somebody call, and return the id and the secret to do so with; the secret is told only here.

        Raises ValueError where there is a client of that name.
        """
        client_id, secret = new_id(), new_token()
        row = {
            "client_id": client_id,
            "name": name,
            "role": role.value,
            "secret_sha256": fingerprint(secret),
            "made_at": at,
        }
        with self._write() as connection:
            table = schema_operators.vtn_client
            if connection.scalar(select(table.c.client_id).where(table.c.name == name)):
                raise ValueError(f"there is a client called {name} already: choose another name")
            connection.execute(insert(table).values(row))
            record(connection, by, Act.VTN_CLIENT_ADDED, client_id, f"{name}, {role.value}")
        return client_id, secret

    def rename_vtn_client(self, client_id: str, name: str, by: Author | None = None) -> None:
        """Call a client otherwise. Raises ValueError for a name that another has, and NotFoundError."""
        table = schema_operators.vtn_client
        with self._write() as connection:
            other = (table.c.name == name) & (table.c.client_id != client_id)
            if connection.scalar(select(table.c.client_id).where(other)):
                raise ValueError(f"there is a client called {name} already: choose another name")
            changed = update(table).where(table.c.client_id == client_id).values(name=name)
            if not connection.execute(changed).rowcount:
                raise NotFoundError(f"there is no client {client_id}")
            record(connection, by, Act.VTN_CLIENT_RENAMED, client_id, name)

    def remove_vtn_client(self, client_id: str, by: Author | None = None) -> None:
        """Let somebody call no longer: what it made is gone with it. Raises NotFoundError."""
        table = schema_operators.vtn_client
        with self._write() as connection:
            if not connection.execute(delete(table).where(table.c.client_id == client_id)).rowcount:
                raise NotFoundError(f"there is no client {client_id}")
            record(connection, by, Act.VTN_CLIENT_REMOVED, client_id)

    def vtn_client(self, client_id: str, secret: str, at: datetime) -> VtnClient | None:
        """Return who calls with this id and secret, and keep that it did; None for nobody."""
        table = schema_operators.vtn_client
        is_it = (table.c.client_id == client_id) & (table.c.secret_sha256 == fingerprint(secret))
        with self._read() as connection:
            row = connection.execute(select(table).where(is_it)).first()
        if row is None:
            return None  # Who guesses keeps nobody else from writing.
        with self._write() as connection:
            connection.execute(update(table).where(is_it).values(seen_at=at))
        return _client(row)

    def is_vtn_client(self, client_id: str) -> bool:
        """Return whether a client may still call."""
        table = schema_operators.vtn_client
        with self._read() as connection:
            return (
                connection.scalar(select(table.c.client_id).where(table.c.client_id == client_id)) is not None
            )

    def vtn_objects(
        self,
        kind: Kind,
        *,
        parent_id: str | None = None,
        program_id: str | None = None,
        client_ids: Collection[str] | None = None,
        name: str | None = None,
        made_since: datetime | None = None,
        modified_before: datetime | None = None,
        skip: int = 0,
        most: int | None = None,
    ) -> list[VtnObject]:
        """Return objects of a kind in the order in which they were made; of those `most`, after `skip`.

        `program_id` is of the program of whose events they are.
        """
        table = schema_operators.vtn_object
        query = select(table).where(table.c.kind == kind.value)
        if parent_id is not None:
            query = query.where(table.c.parent_id == parent_id)
        if program_id is not None:
            event = table.alias()
            query = query.where(
                table.c.parent_id.in_(select(event.c.id).where(event.c.parent_id == program_id))
            )
        if client_ids is not None:
            query = query.where(table.c.client_id.in_(client_ids))
        if name is not None:
            query = query.where(table.c.name == name)
        if made_since is not None:
            query = query.where(table.c.created_at >= made_since)
        if modified_before is not None:
            query = query.where(table.c.modified_at < modified_before)
        with self._read() as connection:
            rows: Sequence[Row[tuple[object, ...]]] = connection.execute(
                query.order_by(table.c.created_at, table.c.id).offset(skip).limit(most)
            ).all()
        return [_object(row) for row in rows]

    def count_vtn_reports(self, event_ids: Collection[str]) -> dict[tuple[str, str], int]:
        """Return how many reports there are on some events, by event and by the client that made them."""
        table = schema_operators.vtn_object
        of_each = (
            select(table.c.parent_id, table.c.client_id, func.count())
            .where(table.c.kind == Kind.REPORT.value, table.c.parent_id.in_(event_ids))
            .group_by(table.c.parent_id, table.c.client_id)
        )
        with self._read() as connection:
            return {(event, client): number for event, client, number in connection.execute(of_each)}

    def first_vtn_reports(self, event_ids: Collection[str]) -> dict[tuple[str, str], datetime]:
        """Return when each client first reported on an event as it is, by event and client."""
        report = schema_operators.vtn_object
        event = report.alias()
        is_on_it = (report.c.parent_id == event.c.id) & (report.c.created_at >= event.c.modified_at)
        of_each = (
            select(report.c.parent_id, report.c.client_id, func.min(report.c.created_at))
            .join(event, is_on_it)
            .where(report.c.kind == Kind.REPORT.value, report.c.parent_id.in_(event_ids))
            .group_by(report.c.parent_id, report.c.client_id)
        )
        with self._read() as connection:
            return {(event_id, client): at for event_id, client, at in connection.execute(of_each)}

    def drop_vtn_reports(self, event_id: str, before: datetime) -> None:
        """Throw away the reports on an event that were made before a moment."""
        table = schema_operators.vtn_object
        old = (table.c.kind == Kind.REPORT.value) & (table.c.created_at < before)
        with self._write() as connection:
            connection.execute(delete(table).where(old & (table.c.parent_id == event_id)))

    def drop_vtn_events(self, event_ids: Collection[str]) -> None:
        """Throw events away, with all that was reported on them."""
        table = schema_operators.vtn_object
        with self._write() as connection:
            connection.execute(delete(table).where(table.c.id.in_(event_ids)))

    def vtn_object(self, kind: Kind, id_: str) -> VtnObject | None:
        """Return one object."""
        table = schema_operators.vtn_object
        with self._read() as connection:
            row = connection.execute(
                select(table).where((table.c.kind == kind.value) & (table.c.id == id_))
            ).first()
        return None if row is None else _object(row)

    def count_vtn_objects(self, client_id: str, kind: Kind | None = None) -> int:
        """Return how many objects a client has, of a kind or of all."""
        table = schema_operators.vtn_object
        query = select(func.count()).where(table.c.client_id == client_id)
        if kind is not None:
            query = query.where(table.c.kind == kind.value)
        with self._read() as connection:
            return int(connection.scalar(query) or 0)

    def vtn_bytes(self, client_id: str) -> int:
        """Return how much room the bodies of a client's objects take."""
        table = schema_operators.vtn_object
        query = select(func.sum(func.octet_length(table.c.body))).where(table.c.client_id == client_id)
        with self._read() as connection:
            return int(connection.scalar(query) or 0)

    def add_vtn_object(self, made: VtnObject, by: Author | None = None) -> None:
        """Keep a new object; an administrator publishes events. Raises NotFoundError without its parent."""
        with self._write() as connection:
            try:
                connection.execute(insert(schema_operators.vtn_object).values(_columns(made)))
            except IntegrityError as error:
                raise NotFoundError(f"there is no {made.parent_id}") from error
            record(connection, by, Act.VTN_EVENT_PUBLISHED, made.id, made.name)

    def change_vtn_object(self, changed: VtnObject) -> None:
        """Keep an object as it is now; the resources of a VEN are whose the VEN is.

        Raises NotFoundError where it, or what it belongs to, has gone.
        """
        table = schema_operators.vtn_object
        with self._write() as connection:
            try:
                done = connection.execute(
                    update(table).where(table.c.id == changed.id).values(_columns(changed))
                ).rowcount
            except IntegrityError as error:
                raise NotFoundError(f"there is no {changed.parent_id}") from error
            if changed.kind is Kind.VEN:
                of_it = (table.c.parent_id == changed.id) & (table.c.client_id != changed.client_id)
                connection.execute(update(table).where(of_it).values(client_id=changed.client_id))
        if not done:
            raise NotFoundError(f"there is no {changed.id}")

    def delete_vtn_object(self, id_: str, by: Author | None = None) -> None:
        """Throw an object away, with all that belongs to it; an administrator withdraws events.

        Raises NotFoundError.
        """
        with self._write() as connection:
            if not connection.execute(
                delete(schema_operators.vtn_object).where(schema_operators.vtn_object.c.id == id_)
            ).rowcount:
                raise NotFoundError(f"there is no {id_}")
            record(connection, by, Act.VTN_EVENT_WITHDRAWN, id_)


def _client(row: Row[tuple[object, ...]]) -> VtnClient:
    return VtnClient(row.client_id, row.name, Role(row.role), row.made_at, row.seen_at)


def _object(row: Row[tuple[object, ...]]) -> VtnObject:
    return VtnObject(
        Kind(row.kind),
        row.id,
        row.client_id,
        row.parent_id,
        row.name,
        row.body,
        row.created_at,
        row.modified_at,
    )


def _columns(kept: VtnObject) -> dict[str, object]:
    return {
        "id": kept.id,
        "kind": kept.kind.value,
        "client_id": kept.client_id,
        "parent_id": kept.parent_id,
        "name": kept.name,
        "body": kept.body,
        "created_at": kept.created_at,
        "modified_at": kept.modified_at,
    }
