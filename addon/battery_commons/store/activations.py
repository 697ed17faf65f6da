"""What became of each thing that a grid operator asked. It says nothing of a single home, and is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Table, and_, delete, func, or_, select, update

from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked, BatteryPower
from battery_commons.store import schema, schema_operators
from battery_commons.store.database import Database
from battery_commons.store.upsert import insert_or_update


class ActivationStore(Database):
    """Activations by event and part of the grid."""

    def keep_activation(
        self,
        activation: Activation,
        slots: Sequence[ActivationSlot] = (),
        since: datetime | None = None,
    ) -> None:
        """Keep an activation as it is now, and what is asked and planned in some of its quarter hours.

        From `since` on, or else the first of `slots`, others that were kept of it are gone: they are not
        asked any more.
        """
        since = since or (slots[0].start if slots else None)
        ask = activation.ask
        key = {"event_id": ask.event_id, "subject": ask.subject}
        values = {
            name: getattr(activation, name) for name in Activation.__dataclass_fields__ if name != "ask"
        }
        row = key | {"kind": ask.kind.value, "start": ask.start, "end": ask.end} | values
        with self._write() as connection:
            insert_or_update(connection, schema_operators.activation, [row])
            table = schema_operators.activation_slot
            if since is not None:
                later = table.c.start >= since
                connection.execute(delete(table).where(_of(table, ask.event_id, ask.subject), later))
            if slots:
                insert_or_update(connection, table, [key | asdict(slot) for slot in slots])

    def activations(self, most: int = 200) -> list[Activation]:
        """Return the activations that begin last, the latest first."""
        table = schema_operators.activation
        statement = (
            select(table).order_by(table.c.start.desc(), table.c.event_id, table.c.subject).limit(most)
        )
        with self._read() as connection:
            return [_activation(row) for row in connection.execute(statement).mappings()]

    def activations_between(self, start: datetime, end: datetime) -> list[Activation]:
        """Return those that were planned for, and whose time reaches into [start, end)."""
        table = schema_operators.activation
        until = func.coalesce(table.c.withdrawn_at, table.c.end)
        statement = select(table).where(
            table.c.planned_at.is_not(None), table.c.start < end, or_(until.is_(None), until > start)
        )
        with self._read() as connection:
            return [_activation(row) for row in connection.execute(statement).mappings()]

    def open_activations(self) -> list[Activation]:
        """Return those that still count, or will."""
        table = schema_operators.activation
        statement = select(table).where(table.c.withdrawn_at.is_(None), table.c.ended_at.is_(None))
        with self._read() as connection:
            return [_activation(row) for row in connection.execute(statement).mappings()]

    def activations_of(self, event_id: str) -> list[Activation]:
        """Return what became of an event, in each part of the grid that it asks something of."""
        table = schema_operators.activation
        statement = select(table).where(table.c.event_id == event_id).order_by(table.c.subject)
        with self._read() as connection:
            return [_activation(row) for row in connection.execute(statement).mappings()]

    def activation(self, event_id: str, subject: str) -> Activation | None:
        """Return one; None where there is none such."""
        table = schema_operators.activation
        with self._read() as connection:
            found = connection.execute(select(table).where(_of(table, event_id, subject)))
            row = found.mappings().one_or_none()
        return None if row is None else _activation(row)

    def activation_slots(self, event_id: str, subject: str) -> list[ActivationSlot]:
        """Return what was asked and planned, in the order of time."""
        table = schema_operators.activation_slot
        statement = select(table).where(_of(table, event_id, subject)).order_by(table.c.start)
        with self._read() as connection:
            rows = connection.execute(statement).mappings().all()
        return [
            ActivationSlot(**{name: row[name] for name in ActivationSlot.__dataclass_fields__})
            for row in rows
        ]

    def battery_sums(self, event_id: str, subject: str) -> dict[datetime, BatteryPower | None]:
        """Return what batteries did in the quarter hours that are closed; None where none reported."""
        table = schema_operators.activation_slot
        statement = select(table).where(_of(table, event_id, subject), table.c.silent.is_not(None))
        with self._read() as connection:
            return {
                row.start: None
                if row.drawn_w is None
                else BatteryPower(row.drawn_w, row.silent, row.silent_w)
                for row in connection.execute(statement)
            }

    def slots_to_close(self, before: datetime) -> dict[tuple[str, str], list[datetime]]:
        """Return by event and part of the grid which quarter hours before a moment are not closed yet."""
        table = schema_operators.activation_slot
        statement = select(table.c.event_id, table.c.subject, table.c.start).where(
            table.c.silent.is_(None), table.c.start < before
        )
        found: dict[tuple[str, str], list[datetime]] = {}
        with self._read() as connection:
            for row in connection.execute(statement.order_by(table.c.start)):
                found.setdefault((row.event_id, row.subject), []).append(row.start)
        return found

    def close_slots(self, event_id: str, subject: str, sums: Mapping[datetime, BatteryPower | None]) -> None:
        """Keep what batteries did in some quarter hours, for as long as what was asked in them is kept."""
        table = schema_operators.activation_slot
        with self._write() as connection:
            for start, each in sums.items():
                values = (None, 0, 0.0) if each is None else (each.power_w, each.silent, each.spread_w)
                connection.execute(
                    update(table)
                    .where(_of(table, event_id, subject), table.c.start == start)
                    .values(dict(zip(("drawn_w", "silent", "silent_w"), values, strict=True)))
                )

    def sequences_issued(self, start: datetime, end: datetime) -> dict[str, int]:
        """Return the number of the first plan that each home was sent from one moment to another."""
        table = schema.dispatch
        first = select(table.c.home_id, func.min(table.c.sequence).label("sequence"))
        issued = first.where(table.c.issued_at.between(start, end)).group_by(table.c.home_id)
        with self._read() as connection:
            return {row.home_id: row.sequence for row in connection.execute(issued)}

    def answers(self, sequences: Mapping[str, int]) -> dict[str, tuple[bool, datetime] | None]:
        """Return whether each home accepted its plan of a sequence, and when; or the first after it.

        A plan that a newer one overtook was never answered: the newer asks for the same. None where a home
        has answered none of them.
        """
        table = schema.dispatch
        answered = select(table.c.accepted, table.c.answered_at).where(table.c.accepted.is_not(None))
        found: dict[str, tuple[bool, datetime] | None] = {}
        with self._read() as connection:
            for home_id, sequence in sequences.items():
                first = (
                    answered.where(table.c.home_id == home_id, table.c.sequence >= sequence)
                    .order_by(table.c.accepted.desc(), table.c.sequence)
                    .limit(1)
                )
                row = connection.execute(first).one_or_none()
                found[home_id] = None if row is None else (row.accepted, row.answered_at)
        return found


def _of(table: Table, event_id: str, subject: str) -> ColumnElement[bool]:
    return and_(table.c.event_id == event_id, table.c.subject == subject)


def _activation(row: RowMapping) -> Activation:
    ask = Ask(row["event_id"], row["subject"], Asked(row["kind"]), row["start"], row["end"])
    return Activation(ask, **{name: row[name] for name in Activation.__dataclass_fields__ if name != "ask"})
