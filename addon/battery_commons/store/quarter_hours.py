"""Quarter-hour means, whether what was measured is still kept in full or only as its mean.

A quarter hour of a battery or a meter stands in one of two tables, never in both: in full, or rolled up
(store/retention.py). Whoever reads means reads both tables here, and cannot tell them apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    text,
    type_coerce,
    union_all,
)

from battery_commons.domain.quality import Source, SourceKind
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import schema
from battery_commons.store.worth import Worth

_SLOT_MICROSECONDS = SLOT // schema.MICROSECOND


@dataclass(frozen=True, slots=True)
class Tables:
    """Where the readings of one source stand: in full, and rolled up."""

    full: Table
    rolled: Table
    key: Mapping[str, str]
    """What is the source's own, by column."""
    figures: tuple[str, ...]

    @property
    def of_source(self) -> ColumnElement[bool]:
        """Which rows in full are the source's."""
        return and_(*(self.full.c[name] == value for name, value in self.key.items()))


def tables_of(source: Source) -> Tables:
    """Return where the readings of a source stand."""
    match source.kind:
        case SourceKind.METER:
            key = {"transformer_id": source.id}
            return Tables(schema.meter_reading, schema.meter_quarter_hour, key, ("power_w",))
        case SourceKind.HOUSE:
            key = {"home_id": source.id}
            return Tables(schema.house_reading, schema.house_quarter_hour, key, ("power_w",))
        case SourceKind.BATTERY:
            home_id, _, battery_id = source.id.partition("/")
            key = {"home_id": home_id, "battery_id": battery_id}
            figures = ("power_w", "state_of_charge")
            return Tables(schema.battery_reading, schema.battery_quarter_hour, key, figures)


def slot_of(at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """Return the start of the quarter hour in which `at` falls, called `slot`."""
    microseconds = type_coerce(at, Integer)
    # Written out: PostgreSQL does not see that two parameters hold the same where it groups by this.
    length = literal_column(str(_SLOT_MICROSECONDS), Integer)
    return type_coerce(microseconds - microseconds % length, schema.UtcDateTime).label("slot")


def battery_means(
    home_id: str, battery_id: str, start: datetime, end: datetime, worth: Worth, *, wrong_too: bool = False
) -> CompoundSelect[Any]:
    """Return what selects `slot`, `power_w` and `state_of_charge` of a battery in [start, end), in order."""
    return _means(
        Source(SourceKind.BATTERY, f"{home_id}/{battery_id}"), start, end, worth, wrong_too=wrong_too
    )


def house_means(
    home_id: str, start: datetime, end: datetime, worth: Worth, *, wrong_too: bool = False
) -> CompoundSelect[Any]:
    """Return what selects `slot` and `power_w` of the meter of a home's connection in [start, end)."""
    return _means(Source(SourceKind.HOUSE, home_id), start, end, worth, wrong_too=wrong_too)


def meter_means(transformer_id: str, start: datetime, end: datetime, worth: Worth) -> CompoundSelect[Any]:
    """Return what selects `slot` and `power_w` of a transformer's meter in [start, end), in order."""
    return _means(Source(SourceKind.METER, transformer_id), start, end, worth, wrong_too=False)


def _means(
    source: Source, start: datetime, end: datetime, worth: Worth, *, wrong_too: bool
) -> CompoundSelect[Any]:
    """Return what selects a source's means in [start, end), in order.

    Readings that are wrong by `worth` are in none; with `wrong_too`, a quarter hour that has no others is
    there all the same. A quarter hour across `start` or `end` is cut there while it is kept in full; its mean
    stands for the whole.
    """
    tables = tables_of(source)
    full, rolled = tables.full, tables.rolled
    in_full = worth.usable(source, full.c.at, full.c.power_w)
    in_means = worth.usable(source, rolled.c.start, rolled.c.power_w)
    of_rolled = [rolled.c[name] == value for name, value in tables.key.items()]
    means = means_kept(tables, in_full) if wrong_too else means_in_full(full, tables.figures).where(*in_full)
    return union_all(
        means.where(tables.of_source, full.c.at >= start, full.c.at < end),
        _means_rolled_up(rolled, tables.figures, start, end).where(
            *of_rolled, *([] if wrong_too else in_means)
        ),
    ).order_by("slot")


def slot_summaries(source: Source, start: datetime, end: datetime) -> Select[Any]:
    """Return what selects figures of each quarter hour in [start, end) that is kept in full, all readings."""
    tables = tables_of(source)
    full = tables.full
    slot = slot_of(full.c.at)
    figures = [
        func.count().label("readings"),
        func.avg(full.c.power_w).label("mean_w"),
        func.min(full.c.power_w).label("lowest_w"),
        func.max(full.c.power_w).label("highest_w"),
    ]
    if source.kind is SourceKind.BATTERY:
        figures.append(func.avg(full.c.state_of_charge).label("state_of_charge"))
    return (
        select(slot, *figures)
        .where(tables.of_source, full.c.at >= start, full.c.at < end)
        .group_by(slot)
        .order_by("slot")
    )


def means_in_full(table: Table, figures: Sequence[str]) -> Select[Any]:
    """Return what selects the mean of each quarter hour in a table of readings."""
    slot = slot_of(table.c.at)
    return select(slot, *(func.avg(table.c[each]).label(each) for each in figures)).group_by(slot)


def means_kept(tables: Tables, usable: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Return what selects what is kept for good of each quarter hour: the mean of what is `usable`.

    Where nothing is, the highest power stands there, which is beyond all bounds if each of them was.
    """
    full = tables.full
    slot, good = slot_of(full.c.at), and_(*usable)
    figures = []
    for name in tables.figures:
        otherwise = func.max if name == "power_w" else func.avg
        figure = func.coalesce(func.avg(case((good, full.c[name]))), otherwise(full.c[name]))
        figures.append(figure.label(name))
    return select(slot, *figures).group_by(slot)


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
