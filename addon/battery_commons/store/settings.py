"""What the village chose, and who chose it."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from battery_commons.domain.settings import VillageSettings
from battery_commons.store import schema, schema_votes
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import StoreError
from battery_commons.store.upsert import insert_or_update

_SETTINGS = TypeAdapter(VillageSettings)
_NAMES = frozenset(field.name for field in fields(VillageSettings))
_DEFAULTS = _SETTINGS.dump_python(VillageSettings(), mode="json")


class SettingsStore(Database):
    """The village's settings; one that was never chosen has its default."""

    def settings(self) -> VillageSettings:
        """Return what was chosen. Raises StoreError where a setting is none that this version knows."""
        with self._read() as connection:
            return _read(connection)

    def settings_at(self, moment: datetime) -> VillageSettings:
        """Return what counted at `moment`, by the audit log. Raises StoreError as `settings` does.

        A vote counts from the moment that it was about, though the coordinator was away then.
        """
        log, vote = schema.audit, schema_votes.vote
        changes = select(log).where(log.c.act == Act.SETTING_CHANGED.value).order_by(log.c.number)
        with self._read() as connection:
            values = _values(connection)
            due = {
                author_name(row.id): row.takes_effect_at
                for row in connection.execute(select(vote.c.id, vote.c.takes_effect_at))
            }
            then: dict[str, object] = {}
            for row in connection.execute(changes):
                if due.get(row.administrator, row.at) <= moment:
                    then[row.about] = _from_log(row.detail)
                else:
                    then.setdefault(row.about, _DEFAULTS.get(row.about))
        return _validated(values | {name: value for name, value in then.items() if name in _NAMES})

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


def author_name(vote_id: str) -> str:
    """Return as whom a vote is in the audit log."""
    return f"vote {vote_id}"


def _read(connection: Connection) -> VillageSettings:
    return _validated(_values(connection))


def _values(connection: Connection) -> dict[str, object]:
    rows = connection.execute(select(schema.setting)).all()
    return {row.name: json.loads(row.value_json) for row in rows if row.name in _NAMES}


def _from_log(detail: str) -> object:
    """Return a setting as it stands in the audit log: JSON, but for a text, which has no quotes there."""
    try:
        value: object = json.loads(detail)
    except ValueError:
        return detail
    return value


def _validated(values: dict[str, object]) -> VillageSettings:
    try:
        return _SETTINGS.validate_python(values)
    except ValueError as error:
        raise StoreError(f"A setting of the village cannot be read: {error}") from error
