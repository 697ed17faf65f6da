"""What is kept for how long: readings in full, then their quarter-hour means, then nothing.

Everything here is done in steps, each a small transaction of its own: the writer of live readings waits for
one step at most. The figures are the table in docs/operations.md.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
)

from battery_commons.domain.time import slot_start
from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.quarter_hours import first_by_battery, means_in_full

READINGS_IN_FULL = timedelta(days=35)
"""A month and some days, so that a month can still be looked into when its account is read."""
BATTERY_MEANS = timedelta(days=1096)
"""Three years: forecasts look back one, and years can be compared. A meter's means are nobody's private
life, and are kept."""
PLANS = timedelta(days=90)
"""A season: why a battery did something can be told from the very message that it was sent."""

_SILENCE = timedelta(days=2)
"""A village of which no battery reports is taken to be this much later than its last word at most."""
_STEP = timedelta(hours=6)
"""2,160 readings of a battery that reports every 10 s."""
_STEP_OF_MEANS = timedelta(days=20)
"""1,920 means."""


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
            yield from self._discard_battery_means(home_id, now - BATTERY_MEANS)
            yield from self._discard_plans(home_id, now - PLANS)
        for transformer_id in transformers:
            yield from self._roll_up_meter(transformer_id, now - READINGS_IN_FULL)

    def _roll_up_batteries(self, home_id: str, before: datetime) -> Iterator[int]:
        full, rolled = schema.battery_reading, schema.battery_quarter_hour
        for battery_id in self._batteries_in(full, full.c.at, home_id):
            key = {"home_id": home_id, "battery_id": battery_id}
            yield from self._roll_up(full, rolled, key, ("power_w", "state_of_charge"), before)

    def _roll_up_meter(self, transformer_id: str, before: datetime) -> Iterator[int]:
        full, rolled = schema.meter_reading, schema.meter_quarter_hour
        yield from self._roll_up(full, rolled, {"transformer_id": transformer_id}, ("power_w",), before)

    def _roll_up(
        self, full: Table, rolled: Table, key: dict[str, str], figures: tuple[str, ...], before: datetime
    ) -> Iterator[int]:
        """Put means in the place of what one battery or meter reported in the quarter hours before `before`.

        The quarter hour of the newest reading stays in full: it is the last that is known of its source.
        """
        of_source = and_(*(full.c[name] == value for name, value in key.items()))
        means = means_in_full(full, figures).add_columns(*(literal(value) for value in key.values()))
        columns = ["start", *figures, *key]

        def step(connection: Connection) -> int:
            newest: datetime | None = connection.scalar(select(func.max(full.c.at)).where(of_source))
            first: datetime | None = connection.scalar(select(func.min(full.c.at)).where(of_source))
            if newest is None or first is None:
                return 0
            end = min(slot_start(before), slot_start(newest), slot_start(first) + _STEP)
            chosen = and_(of_source, full.c.at < end)
            connection.execute(insert(rolled).from_select(columns, means.where(chosen)))
            return connection.execute(delete(full).where(chosen)).rowcount

        return self._steps(step)

    def _discard_battery_means(self, home_id: str, before: datetime) -> Iterator[int]:
        table = schema.battery_quarter_hour
        for battery_id in self._batteries_in(table, table.c.start, home_id):
            of_battery = and_(table.c.home_id == home_id, table.c.battery_id == battery_id)
            old = and_(of_battery, table.c.start < before)
            yield from self._steps(partial(_discard, table.c.start, old, _STEP_OF_MEANS))

    def _discard_plans(self, home_id: str, before: datetime) -> Iterator[int]:
        """Throw a home's plans away but for the newest: it is the last that is known of what was sent."""
        table = schema.dispatch
        newest = select(func.max(table.c.sequence)).where(table.c.home_id == home_id).scalar_subquery()
        old = and_(table.c.home_id == home_id, table.c.sequence != newest, table.c.issued_at < before)
        yield from self._steps(partial(_discard, table.c.issued_at, old, _STEP))

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


def _discard(at: Column[datetime], old: ColumnElement[bool], step: timedelta, connection: Connection) -> int:
    """Delete those of the rows `old` that are within one `step` of the oldest of them."""
    first: datetime | None = connection.scalar(select(func.min(at)).where(old))
    if first is None:
        return 0
    return connection.execute(delete(at.table).where(old, at < first + step)).rowcount
