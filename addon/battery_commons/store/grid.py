"""The village itself and its transformers."""

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.sqlite import insert

from battery_commons.domain.grid import Transformer
from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.records import Village
from battery_commons.store.tokens import fingerprint, new_token


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
        """Add a transformer, or change the name and limit of the one with this id."""
        values = {"name": transformer.name, "limit_w": transformer.limit_w}
        statement = insert(schema.transformer).values(id=transformer.id, **values)
        known = select(exists().where(schema.transformer.c.id == transformer.id))
        with self._write() as connection:
            act = Act.TRANSFORMER_CHANGED if connection.scalar(known) else Act.TRANSFORMER_ADDED
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
            detail = f"{transformer.name}, {transformer.limit_w / 1000:g} kW"
            record(connection, by, act, transformer.id, detail)

    def transformers(self) -> list[Transformer]:
        """Return the village's transformers, in the order of their ids."""
        with self._read() as connection:
            rows = connection.execute(select(schema.transformer).order_by(schema.transformer.c.id)).all()
        return [Transformer(id=row.id, name=row.name, limit_w=row.limit_w) for row in rows]

    def new_meter_token(self, transformer_id: str, by: Author | None = None) -> str:
        """Return a token with which this transformer's meter may report; an older one no longer counts.

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
        """Return the id of the transformer whose meter has this token."""
        table = schema.transformer
        with self._read() as connection:
            return connection.scalar(
                select(table.c.id).where(table.c.meter_token_sha256 == fingerprint(token))
            )
