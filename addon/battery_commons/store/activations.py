"""What became of each thing that a grid operator asked. It says nothing of a single home, and is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Table, and_, delete, func, select

from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked
from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.upsert import insert_or_update


class ActivationStore(Database):
    """Activations by event and part of the grid."""

    def keep_activation(self, activation: Activation, slots: Sequence[ActivationSlot] = ()) -> None:
        """Keep an activation as it is now, and what is asked and planned in some of its quarter hours.

        From the first of `slots` on, others that were kept of it are gone: they are not asked any more.
        """
        ask = activation.ask
        key = {"event_id": ask.event_id, "subject": ask.subject}
        values = {
            name: getattr(activation, name) for name in Activation.__dataclass_fields__ if name != "ask"
        }
        row = key | {"kind": ask.kind.value, "start": ask.start, "end": ask.end} | values
        with self._write() as connection:
            insert_or_update(connection, schema.activation, [row])
            if slots:
                table = schema.activation_slot
                later = table.c.start >= slots[0].start
                connection.execute(delete(table).where(_of(table, ask.event_id, ask.subject), later))
                insert_or_update(connection, table, [key | asdict(slot) for slot in slots])

    def forget_activation_slots(self, ask: Ask, since: datetime) -> None:
        """Keep no more what is asked and planned from a moment on: something else counts then."""
        table = schema.activation_slot
        with self._write() as connection:
            connection.execute(
                delete(table).where(_of(table, ask.event_id, ask.subject), table.c.start >= since)
            )

    def activations(self, most: int = 200) -> list[Activation]:
        """Return the activations that begin last, the latest first."""
        table = schema.activation
        statement = (
            select(table).order_by(table.c.start.desc(), table.c.event_id, table.c.subject).limit(most)
        )
        with self._read() as connection:
            return [_activation(row) for row in connection.execute(statement).mappings()]

    def open_activations(self) -> list[Activation]:
        """Return those that still count, or will."""
        table = schema.activation
        statement = select(table).where(table.c.withdrawn_at.is_(None), table.c.ended_at.is_(None))
        with self._read() as connection:
            return [_activation(row) for row in connection.execute(statement).mappings()]

    def activations_of(self, event_id: str) -> list[Activation]:
        """Return what became of an event, in each part of the grid that it asks something of."""
        table = schema.activation
        statement = select(table).where(table.c.event_id == event_id).order_by(table.c.subject)
        with self._read() as connection:
            return [_activation(row) for row in connection.execute(statement).mappings()]

    def activation(self, event_id: str, subject: str) -> Activation | None:
        """Return one; None where there is none such."""
        table = schema.activation
        with self._read() as connection:
            found = connection.execute(select(table).where(_of(table, event_id, subject)))
            row = found.mappings().one_or_none()
        return None if row is None else _activation(row)

    def activation_slots(self, event_id: str, subject: str) -> list[ActivationSlot]:
        """Return what was asked and planned, in the order of time."""
        table = schema.activation_slot
        statement = select(table).where(_of(table, event_id, subject)).order_by(table.c.start)
        with self._read() as connection:
            rows = connection.execute(statement).mappings().all()
        return [
            ActivationSlot(**{name: row[name] for name in ActivationSlot.__dataclass_fields__})
            for row in rows
        ]

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
