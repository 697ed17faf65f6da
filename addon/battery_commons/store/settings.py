"""What the village chose, and who chose it."""

import json
from collections.abc import Callable
from dataclasses import fields

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from battery_commons.domain.settings import VillageSettings
from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import StoreError
from battery_commons.store.upsert import insert_or_update

_SETTINGS = TypeAdapter(VillageSettings)
_NAMES = frozenset(field.name for field in fields(VillageSettings))


class SettingsStore(Database):
    """The village's settings; one that was never chosen has its default."""

    def settings(self) -> VillageSettings:
        """Return what was chosen. Raises StoreError where a setting is none that this version knows."""
        with self._read() as connection:
            return _read(connection)

    def change_settings(
        self, change: Callable[[VillageSettings], VillageSettings], by: Author | None = None
    ) -> VillageSettings:
        """Have `change` turn the settings into others, and return those.

        Only what is other than before is written, and is in the audit log.
        """
        with self._write() as connection:
            former = _read(connection)
            chosen = change(former)
            was = _SETTINGS.dump_python(former, mode="json")
            for name, value in _SETTINGS.dump_python(chosen, mode="json").items():
                if value == was[name]:
                    continue
                row = {"name": name, "value_json": json.dumps(value)}
                insert_or_update(connection, schema.setting, [row])
                record(connection, by, Act.SETTING_CHANGED, name, json.dumps(value).strip('"'))
        return chosen


def _read(connection: Connection) -> VillageSettings:
    rows = connection.execute(select(schema.setting)).all()
    try:
        return _SETTINGS.validate_python(
            {row.name: json.loads(row.value_json) for row in rows if row.name in _NAMES}
        )
    except ValueError as error:
        raise StoreError(f"A setting of the village cannot be read: {error}") from error
