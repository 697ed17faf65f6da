"""Where meters are read.

Passwords and tokens stand in a column of their own, so that nothing that tells of settings tells of them.
"""

import json
from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.meter_source import SOURCES, MeterSource, ModbusSource, SourceKind, kind_of
from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError, StoreError

_SECRET = "secret"  # noqa: S105 - the name of a field and of its column


class MeterSourceStore(Database):
    """By meter, of a transformer or of the feeder, where it is read; without one it reports by itself."""

    def meter_sources(self) -> dict[str, MeterSource]:
        """Return every source with its secret, by the id of its meter.

        Raises StoreError where one is none that this version knows.
        """
        with self._read() as connection:
            rows = connection.execute(select(schema.meter_source)).all()
        try:
            return {
                row.meter_id: _with_secret(
                    TypeAdapter(SOURCES[SourceKind(row.kind)]).validate_json(row.settings_json), row.secret
                )
                for row in rows
            }
        except ValueError as error:
            raise StoreError(f"Where a meter is read cannot be told: {type(error).__name__}") from error

    def choose_meter_source(self, meter_id: str, source: MeterSource, by: Author | None = None) -> None:
        """Have a meter read there from now on. Raises NotFoundError where there is no such meter."""
        kind = kind_of(source)
        settings = TypeAdapter[MeterSource](SOURCES[kind]).dump_python(source, mode="json")
        secret = settings.pop(_SECRET, "")
        table = schema.meter_source
        with self._write() as connection:
            connection.execute(delete(table).where(table.c.meter_id == meter_id))
            try:
                connection.execute(
                    insert(table).values(
                        meter_id=meter_id, kind=kind.value, settings_json=json.dumps(settings), secret=secret
                    )
                )
            except IntegrityError as error:
                raise NotFoundError(f"there is no meter {meter_id}") from error
            record(
                connection, by, Act.METER_SOURCE_CHOSEN, meter_id, f"{kind.value} {source.address}".strip()
            )

    def drop_meter_source(self, meter_id: str, by: Author | None = None) -> None:
        """Have a meter read nowhere: it reports by itself, or not at all."""
        table = schema.meter_source
        with self._write() as connection:
            if connection.execute(delete(table).where(table.c.meter_id == meter_id)).rowcount:
                record(connection, by, Act.METER_SOURCE_DROPPED, meter_id)


def _with_secret(source: MeterSource, secret: str) -> MeterSource:
    return source if isinstance(source, ModbusSource) else replace(source, secret=secret)
