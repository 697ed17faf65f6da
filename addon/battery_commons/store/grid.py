"""The village itself, its transformers and its feeder."""

from collections.abc import Collection
from math import isfinite
from typing import Any

from sqlalchemy import Row, Select, delete, exists, select, update

from battery_commons.domain.grid import FEEDER_ID, Feeder, Transformer, on_feeder
from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.records import Village
from battery_commons.store.tokens import fingerprint, new_token
from battery_commons.store.upsert import insert_or_update


class GridStore(Database):
    """What stands still: the village's name, its transformers and who may report their load."""

    def village(self) -> Village:
        """Return the village, which got its id when the database was made."""
        with self._read() as connection:
            row = connection.execute(select(schema.village)).one()
        return Village(id=row.id, name=row.name)

    def rename_village(self, name: str, by: Author | None = None) -> None:
        """Give the village the name that invitations and pages show."""
        statement = update(schema.village).values(name=name).returning(schema.village.c.id)
        with self._write() as connection:
            village_id = connection.execute(statement).scalar_one()
            record(connection, by, Act.VILLAGE_RENAMED, village_id, name)

    def put_transformer(self, transformer: Transformer, by: Author | None = None) -> None:
        """Add a transformer, or change the one with this id. Raises ValueError for the id of the feeder."""
        row = {
            "id": transformer.id,
            "name": transformer.name,
            "limit_w": transformer.limit_w,
            "connections": transformer.connections,
            "on_feeder": transformer.on_feeder,
        }
        known = is_transformer(transformer.id)
        with self._write() as connection:
            is_known = connection.scalar(known)
            if transformer.id == FEEDER_ID and not is_known:
                raise ValueError(f"{FEEDER_ID} is the feeder's own id: give the transformer another")
            act = Act.TRANSFORMER_CHANGED if is_known else Act.TRANSFORMER_ADDED
            insert_or_update(connection, schema.transformer, [row])
            detail = f"{transformer.name}, {transformer.limit_w / 1000:g} kW"
            record(connection, by, act, transformer.id, detail)

    def transformers(self) -> list[Transformer]:
        """Return the village's transformers, in the order of their ids."""
        table = schema.transformer
        statement = select(table).where(table.c.is_feeder.is_(False)).order_by(table.c.id)
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [_transformer(row) for row in rows]

    def transformer(self, id_: str) -> Transformer:
        """Return one transformer. Raises NotFoundError when there is none of this id."""
        table = schema.transformer
        statement = select(table).where(table.c.id == id_, table.c.is_feeder.is_(False))
        with self._read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no transformer {id_}")
        return _transformer(row)

    def feeder(self) -> Feeder | None:
        """Return the feeder that the village hangs on; None where nobody has said which."""
        table = schema.transformer
        with self._read() as connection:
            row = connection.execute(select(table).where(table.c.is_feeder)).one_or_none()
        return None if row is None else Feeder(row.id, row.name, row.limit_w)

    def on_feeder(self) -> frozenset[str]:
        """Return the ids of the transformers that FEEDER_ID stands for (domain/grid.py)."""
        return on_feeder(self.transformers(), has_feeder=self.feeder() is not None)

    def put_feeder(
        self, name: str, limit_w: float, transformer_ids: Collection[str], by: Author | None = None
    ) -> None:
        """Say which feeder the village hangs on, and which of its transformers do.

        `limit_w` may be infinite, where nobody knows. Raises ValueError where a transformer has the feeder's
        id.
        """
        table = schema.transformer
        feeder = Feeder(FEEDER_ID, name, limit_w)
        row = {"id": feeder.id, "name": feeder.name, "limit_w": feeder.limit_w, "is_feeder": True}
        with self._write() as connection:
            if connection.scalar(is_transformer(FEEDER_ID)):
                raise ValueError(f"a transformer has the id {FEEDER_ID}, which the feeder needs")
            insert_or_update(connection, table, [row])
            transformers = update(table).where(table.c.is_feeder.is_(False))
            connection.execute(transformers.values(on_feeder=table.c.id.in_(list(transformer_ids))))
            limit = f"{limit_w / 1000:g} kW" if isfinite(limit_w) else "-"
            detail = f"{name}, {limit}: {', '.join(sorted(transformer_ids))}"
            record(connection, by, Act.FEEDER_CHANGED, FEEDER_ID, detail)

    def remove_feeder(self, by: Author | None = None) -> None:
        """Forget the feeder, and all that its meter reported."""
        table = schema.transformer
        with self._write() as connection:
            if connection.execute(delete(table).where(table.c.is_feeder)).rowcount:
                record(connection, by, Act.FEEDER_REMOVED, FEEDER_ID)

    def new_meter_token(self, transformer_id: str, by: Author | None = None) -> str:
        """Return a token with which a transformer's or the feeder's meter may report; an older one ends.

        Raises NotFoundError for a transformer that does not exist.
        """
        token = new_token()
        table = schema.transformer
        statement = update(table).where(table.c.id == transformer_id)
        with self._write() as connection:
            changed = connection.execute(statement.values(meter_token_sha256=fingerprint(token))).rowcount
            if not changed:
                msg = f"there is no transformer {transformer_id}"
                raise NotFoundError(msg)
            record(connection, by, Act.METER_TOKEN_RENEWED, transformer_id)
        return token

    def meter_of_token(self, token: str) -> str | None:
        """Return the id of the transformer, or of the feeder, whose meter has this token."""
        table = schema.transformer
        with self._read() as connection:
            return connection.scalar(
                select(table.c.id).where(table.c.meter_token_sha256 == fingerprint(token))
            )


def _transformer(row: Row[Any]) -> Transformer:
    return Transformer(row.id, row.name, row.limit_w, row.connections, row.on_feeder)


def is_transformer(id_: str) -> Select[Any]:
    """Return what tells whether there is a transformer of this id; the feeder is none."""
    table = schema.transformer
    return select(exists().where(table.c.id == id_, table.c.is_feeder.is_(False)))
