"""What is kept for how long: readings in full, then their quarter-hour means, then nothing.

Everything here is done in steps, each a small transaction of its own: the writer of live readings waits for
one step at most. The figures are the table in docs/operations.md.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)

from battery_commons.domain.quality import Source, SourceKind
from battery_commons.domain.time import slot_start
from battery_commons.domain.vtn import Kind
from battery_commons.store import schema, schema_operators
from battery_commons.store.database import Database
from battery_commons.store.quarter_hours import first_by_battery, means_kept, tables_of
from battery_commons.store.worth import read_worth

READINGS_IN_FULL = timedelta(days=35)
"""A month and some days, so that a month can still be looked into when its account is read."""
BATTERY_MEANS = timedelta(days=1096)
"""Three years: forecasts look back one, and years can be compared. A meter's means are nobody's private
life, and are kept."""
PLANS = timedelta(days=90)
"""A season: why a battery did something can be told from the very message that it was sent."""
DECISIONS = READINGS_IN_FULL
"""As long as the readings that can be held against them."""
FINDINGS = BATTERY_MEANS
"""As long as the means that they say which readings are in."""
WEATHER = timedelta(days=380)
"""As far back as forecasts look, with a week to spare. Of no use after that."""
EVIDENCE_YEARS = 7
"""After the year in which it was over: so long the Netherlands have books kept (AWR, article 52), and what
grid operators asked and were told is what a village is paid by."""

_SILENCE = timedelta(days=2)
"""A village of which no battery reports is taken to be this much later than its last word at most."""
_STEP = timedelta(hours=6)
"""2,160 readings of a battery that reports every 10 s."""
_STEP_OF_MEANS = timedelta(days=20)
"""1,920 means."""


def evidence_since(now: datetime) -> datetime:
    """Return from when on it is kept what grid operators asked and were told; before, what is over goes."""
    return datetime(now.year - EVIDENCE_YEARS, 1, 1, tzinfo=UTC)


class RetentionStore(Database):
    """Rolls up and throws away. Each item that is asked of an iterator is one step."""

    def discard_old(self, now: datetime) -> Iterator[int]:
        """Bring the store to what is to be kept at `now`, and yield after each step how many rows went.

        A clock that has run ahead must not throw everything away: the newest reading has a say in how late
        it is.
        """
        with self._read() as connection:
            homes = connection.scalars(select(schema.home.c.id)).all()
            transformers = connection.scalars(select(schema.transformer.c.id)).all()
        newest = self._newest_battery_reading(homes)
        if newest is not None:
            now = min(now, newest + _SILENCE)
        for home_id in homes:
            yield from self._roll_up_batteries(home_id, now - READINGS_IN_FULL)
            yield from self._roll_up(Source(SourceKind.HOUSE, home_id), now - READINGS_IN_FULL)
            yield from self._discard_house_means(home_id, now - BATTERY_MEANS)
            yield from self._discard_battery_means(home_id, now - BATTERY_MEANS)
            yield from self._discard_plans(home_id, now - PLANS)
            yield from self._discard_decisions_of(home_id, now - DECISIONS)
        for transformer_id in transformers:
            yield from self._roll_up(Source(SourceKind.METER, transformer_id), now - READINGS_IN_FULL)
        yield from self._discard_findings(now - FINDINGS)
        at = schema.decision.c.at
        yield from self._steps(partial(_discard, at, at < now - DECISIONS, _STEP))
        start = schema.weather.c.start
        yield from self._steps(partial(_discard, start, start < now - WEATHER, _STEP_OF_MEANS))
        yield from self._discard_evidence(evidence_since(now))

    def vtn_evidence_since(self, now: datetime) -> datetime:
        """Return `evidence_since` for those below, by the wall's clock; their newest has a say in that."""
        with self._read() as connection:
            newest: datetime | None = connection.scalar(
                select(func.max(schema_operators.vtn_object.c.created_at))
            )
        return evidence_since(now if newest is None else min(now, newest + _SILENCE))

    def discard_vtn_reports(self, before: datetime) -> Iterator[int]:
        """Throw away what those below reported before a moment of the wall's clock, as `discard_old` does."""
        table = schema_operators.vtn_object
        old = (table.c.kind == Kind.REPORT.value) & (table.c.created_at < before)
        yield from self._steps(partial(_discard, table.c.created_at, old, _STEP_OF_MEANS))

    def _roll_up_batteries(self, home_id: str, before: datetime) -> Iterator[int]:
        table = schema.battery_reading
        for battery_id in self._batteries_in(table, table.c.at, home_id):
            yield from self._roll_up(Source(SourceKind.BATTERY, f"{home_id}/{battery_id}"), before)

    def _roll_up(self, source: Source, before: datetime) -> Iterator[int]:
        """Put means in the place of what a source reported in the quarter hours before `before`.

        Readings that are wrong are in no mean with others. The quarter hour of the newest reading stays in
        full: it is the last that is known of its source.
        """
        tables = tables_of(source)
        full, of_source = tables.full, tables.of_source
        columns = ["start", *tables.figures, *tables.key]

        def step(connection: Connection) -> int:
            newest: datetime | None = connection.scalar(select(func.max(full.c.at)).where(of_source))
            first: datetime | None = connection.scalar(select(func.min(full.c.at)).where(of_source))
            if newest is None or first is None:
                return 0
            end = min(slot_start(before), slot_start(newest), slot_start(first) + _STEP)
            chosen = and_(of_source, full.c.at < end)
            usable = read_worth(connection, source).usable(source, full.c.at, full.c.power_w)
            means = means_kept(tables, usable).add_columns(*map(literal, tables.key.values()))
            connection.execute(insert(tables.rolled).from_select(columns, means.where(chosen)))
            return connection.execute(delete(full).where(chosen)).rowcount

        return self._steps(step)

    def _discard_battery_means(self, home_id: str, before: datetime) -> Iterator[int]:
        table = schema.battery_quarter_hour
        for battery_id in self._batteries_in(table, table.c.start, home_id):
            of_battery = and_(table.c.home_id == home_id, table.c.battery_id == battery_id)
            old = and_(of_battery, table.c.start < before)
            yield from self._steps(partial(_discard, table.c.start, old, _STEP_OF_MEANS))

    def _discard_house_means(self, home_id: str, before: datetime) -> Iterator[int]:
        table = schema.house_quarter_hour
        old = and_(table.c.home_id == home_id, table.c.start < before)
        yield from self._steps(partial(_discard, table.c.start, old, _STEP_OF_MEANS))

    def _discard_decisions_of(self, home_id: str, before: datetime) -> Iterator[int]:
        for table in (schema.decision_home, schema.correction):
            old = and_(table.c.home_id == home_id, table.c.at < before)
            yield from self._steps(partial(_discard, table.c.at, old, _STEP))

    def _discard_findings(self, before: datetime) -> Iterator[int]:
        table = schema.finding
        yield from self._steps(partial(_discard, table.c.until, table.c.until < before, _STEP_OF_MEANS))

    def _discard_plans(self, home_id: str, before: datetime) -> Iterator[int]:
        """Throw a home's plans away but for the newest: it is the last that is known of what was sent."""
        table = schema.dispatch
        newest = select(func.max(table.c.sequence)).where(table.c.home_id == home_id).scalar_subquery()
        old = and_(table.c.home_id == home_id, table.c.sequence != newest, table.c.issued_at < before)
        yield from self._steps(partial(_discard, table.c.issued_at, old, _STEP))

    def _discard_evidence(self, before: datetime) -> Iterator[int]:
        """Throw away what was asked and told, but for what is still in force: an event may have no end."""
        event, report = schema_operators.operator_event.c, schema_operators.operator_report.c
        is_over = or_(event.withdrawn_at < before, event.ends_at < before, event.refusal.is_not(None))
        activation, slot = schema_operators.activation.c, schema_operators.activation_slot.c
        begun = select(activation.event_id, activation.subject).where(activation.start < before)
        with self._read() as connection:
            lines = connection.scalars(select(schema_operators.operator_line.c.id)).all()
            activations = connection.execute(begun).all()
        for line_id in lines:
            for at, old in (
                (event.received_at, and_(event.line_id == line_id, event.received_at < before, is_over)),
                (report.due_at, and_(report.line_id == line_id, report.due_at < before)),
            ):
                yield from self._steps(partial(_discard, at, old, _STEP_OF_MEANS))
        for event_id, subject in activations:
            of_one = and_(slot.event_id == event_id, slot.subject == subject, slot.start < before)
            yield from self._steps(partial(_discard, slot.start, of_one, _STEP_OF_MEANS))
        for ended in (activation.ended_at, activation.withdrawn_at):
            yield from self._steps(partial(_discard, ended, ended < before, _STEP_OF_MEANS))
        yield from self._steps(_discard_calls)

    def _steps(self, step: Callable[[Connection], int]) -> Iterator[int]:
        """Yield how many rows each step throws away, until there are none left."""
        gone = 1
        while gone:
            with self._write() as connection:
                gone = step(connection)
            if gone:
                yield gone

    def _newest_battery_reading(self, homes: Iterable[str]) -> datetime | None:
        table = schema.battery_reading
        newest = select(func.max(table.c.at))
        with self._read() as connection:
            stamps: list[datetime] = [
                connection.execute(
                    newest.where(table.c.home_id == home_id, table.c.battery_id == battery_id)
                ).scalar_one()
                for home_id in homes
                for battery_id in first_by_battery(connection, table, table.c.at, home_id)
            ]
        return max(stamps, default=None)

    def _batteries_in(self, table: Table, at: Column[datetime], home_id: str) -> list[str]:
        with self._read() as connection:
            return list(first_by_battery(connection, table, at, home_id))


def _discard_calls(connection: Connection) -> int:
    """Delete what calls rest on, of those whose events are gone."""
    call, event = schema_operators.dutch_call, schema_operators.operator_event
    known = exists().where(event.c.line_id == call.c.line_id, event.c.event_id == call.c.event_id)
    return connection.execute(delete(call).where(~known)).rowcount


def _discard(at: Column[datetime], old: ColumnElement[bool], step: timedelta, connection: Connection) -> int:
    """Delete those of the rows `old` that are within one `step` of the oldest of them."""
    first: datetime | None = connection.scalar(select(func.min(at)).where(old))
    if first is None:
        return 0
    return connection.execute(delete(at.table).where(old, at < first + step)).rowcount
