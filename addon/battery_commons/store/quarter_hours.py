"""Quarter-hour means, whether what was measured is still kept in full or only as its mean.

A quarter hour of a battery or a meter stands in one of two tables, never in both: in full, or rolled up
(store/retention.py). Whoever reads means reads both tables here, and cannot tell them apart.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    Table,
    TextClause,
    bindparam,
    func,
    select,
    text,
    type_coerce,
    union_all,
)

from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import schema

_SLOT_MICROSECONDS = SLOT // schema.MICROSECOND


def slot_of(at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """Return the start of the quarter hour in which `at` falls, called `slot`."""
    microseconds = type_coerce(at, Integer)
    return type_coerce(microseconds - microseconds % _SLOT_MICROSECONDS, schema.UtcDateTime).label("slot")


def battery_means(home_id: str, battery_id: str, start: datetime, end: datetime) -> CompoundSelect[Any]:
    """Return what selects `slot`, `power_w` and `state_of_charge` of a battery in [start, end), in order.

    A quarter hour across `start` or `end` is cut there while it is kept in full; its mean stands for the
    whole.
    """
    full, rolled = schema.battery_reading, schema.battery_quarter_hour
    figures = ("power_w", "state_of_charge")
    return _either(
        means_in_full(full, figures).where(
            *_of_battery(full, home_id, battery_id), full.c.at >= start, full.c.at < end
        ),
        _means_rolled_up(rolled, figures, start, end).where(*_of_battery(rolled, home_id, battery_id)),
    )


def meter_means(transformer_id: str, start: datetime, end: datetime) -> CompoundSelect[Any]:
    """Return what selects `slot` and `power_w` of a transformer's meter in [start, end), in order."""
    full, rolled = schema.meter_reading, schema.meter_quarter_hour
    return _either(
        means_in_full(full, ("power_w",)).where(
            full.c.transformer_id == transformer_id, full.c.at >= start, full.c.at < end
        ),
        _means_rolled_up(rolled, ("power_w",), start, end).where(rolled.c.transformer_id == transformer_id),
    )


def means_in_full(table: Table, figures: Sequence[str]) -> Select[Any]:
    """Return what selects the mean of each quarter hour in a table of readings."""
    slot = slot_of(table.c.at)
    return select(slot, *(func.avg(table.c[each]).label(each) for each in figures)).group_by(slot)


def addition(full: Table, rolled: Table, key: Sequence[str]) -> TextClause:
    """Return what adds one reading to `full`, by the names of its columns, where it is new.

    It is not where its stamp is held already, in full or in the mean of its quarter hour (`slot_start`).
    Written out, since SQLAlchemy keeps no compiled form of an insert with a conflict clause: this takes a
    quarter of the time.
    """
    columns = [column.name for column in full.columns]
    same = " AND ".join(f"{name} = :{name}" for name in key)
    return text(
        f"INSERT INTO {full.name} ({', '.join(columns)}) "  # noqa: S608 - names of our own schema
        f"SELECT {', '.join(f':{name}' for name in columns)} "
        f"WHERE NOT EXISTS (SELECT 1 FROM {rolled.name} WHERE {same} AND start = :slot_start) "
        f"ON CONFLICT ({', '.join(key)}, at) DO NOTHING"
    ).bindparams(
        bindparam("slot_start", type_=rolled.c.start.type),
        *(bindparam(column.name, type_=column.type) for column in full.columns),
    )


def first_by_battery(
    connection: Connection, table: Table, at: Column[datetime], home_id: str
) -> dict[str, datetime]:
    """Return for each battery of a home that stands in `table` the first `at` there."""
    first = (
        select(table.c.battery_id, at.label("first"))
        .where(table.c.home_id == home_id)
        .order_by(table.c.battery_id, at)
        .limit(1)
    )
    found: dict[str, datetime] = {}
    # From one battery straight to the next in the key: there are few of them and many readings.
    row = connection.execute(first).first()
    while row is not None:
        found[row.battery_id] = row.first
        row = connection.execute(first.where(table.c.battery_id > row.battery_id)).first()
    return found


def _means_rolled_up(table: Table, figures: Sequence[str], start: datetime, end: datetime) -> Select[Any]:
    slot: Column[datetime] = table.c.start
    return select(slot.label("slot"), *(table.c[each] for each in figures)).where(
        slot >= slot_start(start), slot < end
    )


def _of_battery(table: Table, home_id: str, battery_id: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.home_id == home_id, table.c.battery_id == battery_id


def _either(full: Select[Any], rolled: Select[Any]) -> CompoundSelect[Any]:
    return union_all(full, rolled).order_by("slot")
