"""What homes draw from the grid at their own connection, and what sources report by the quarter hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.quality import Source, SourceKind
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.summary import SlotSummary
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import schema
from battery_commons.store.errors import NotFoundError
from battery_commons.store.measurements import MeasurementStore
from battery_commons.store.quarter_hours import (
    addition,
    house_means,
    slot_of,
    slot_summaries,
    tables_of,
)
from battery_commons.store.worth import read_worth

_ADD_HOUSE_READING = addition(schema.house_reading, schema.house_quarter_hour, ("home_id",))


@dataclass(frozen=True, slots=True)
class HouseHeard:
    """Of when anything is kept of a home's connection."""

    first: datetime
    last: datetime
    means_until: datetime | None
    """Until when only means are kept; None while everything is kept in full."""


class HouseStore(MeasurementStore):
    """Readings of the meters of homes' connections. Whoever is told of additions gets the home's id."""

    def add_house_readings(self, home_id: str, readings: Sequence[MeterReading]) -> int:
        """Keep readings of a home's connection and return how many were new.

        A stamp that is held already, be it in its quarter hour's mean, stays as it was. Raises NotFoundError
        when the home has left, ValueError for a time without a zone.
        """
        rows: list[dict[str, object]] = [
            {
                "home_id": home_id,
                "at": reading.at,
                "power_w": reading.power_w,
                "slot_start": slot_start(reading.at),
            }
            for reading in readings
        ]
        with self._write() as connection:
            try:
                new = [
                    reading.at
                    for reading, row in zip(readings, rows, strict=True)
                    if connection.execute(_ADD_HOUSE_READING, row).rowcount
                ]
            except IntegrityError as error:
                raise NotFoundError(f"there is no home {home_id}") from error
        if new:
            self._tell(home_id, min(new))
        return len(new)

    def house_slot_means(
        self, home_ids: Sequence[str], start: datetime, end: datetime
    ) -> dict[str, dict[datetime, float]]:
        """Return what each of these homes drew (W) by the quarter hour in [start, end).

        A quarter hour without a reading is left out, and so is a home without any; readings that are wrong do
        not count.
        """
        with self._read() as connection:
            worth = read_worth(connection)
            means = {
                home_id: {
                    row.slot: row.power_w
                    for row in connection.execute(house_means(home_id, start, end, worth))
                }
                for home_id in home_ids
            }
        return {home_id: slots for home_id, slots in means.items() if slots}

    def house_readings(self, home_id: str, start: datetime, end: datetime) -> list[MeterReading]:
        """Return what a home's connection reported in [start, end), as it came in, while it is kept so."""
        table = schema.house_reading
        statement = select(table).where(table.c.home_id == home_id, table.c.at >= start, table.c.at < end)
        with self._read() as connection:
            rows = connection.execute(statement.order_by(table.c.at))
            return [MeterReading(at=row.at, power_w=row.power_w) for row in rows]

    def house_quarter_hours(self, home_id: str, start: datetime, end: datetime) -> dict[datetime, float]:
        """Return the mean (W) of all that a home's connection reported, by quarter hour in [start, end)."""
        with self._read() as connection:
            worth = read_worth(connection, Source(SourceKind.HOUSE, home_id))
            rows = connection.execute(house_means(home_id, start, end, worth, wrong_too=True))
            return {row.slot: row.power_w for row in rows}

    def houses_heard(self, home_ids: Sequence[str]) -> dict[str, HouseHeard]:
        """Return since when and until when each of these homes' connections are known, where they are."""
        full, rolled = schema.house_reading, schema.house_quarter_hour
        heard = {}
        with self._read() as connection:
            for home_id in home_ids:
                means = select(func.min(rolled.c.start), func.max(rolled.c.start))
                in_full = select(func.min(full.c.at), func.max(full.c.at))
                m_first, m_last = connection.execute(means.where(rolled.c.home_id == home_id)).one()
                first, last = connection.execute(in_full.where(full.c.home_id == home_id)).one()
                if last is not None:  # The newest is always kept in full.
                    until = None if m_last is None else m_last + SLOT
                    heard[home_id] = HouseHeard(first if m_first is None else m_first, last, until)
        return heard

    def summaries(self, source: Source, start: datetime, end: datetime) -> list[SlotSummary]:
        """Return what a source reported in each quarter hour of [start, end), wrong or not.

        Only of what is still kept in full.
        """
        with self._read() as connection:
            rows = connection.execute(slot_summaries(source, start, end)).all()
        is_battery = source.kind is SourceKind.BATTERY
        return [
            SlotSummary(
                row.slot,
                row.readings,
                row.mean_w,
                row.lowest_w,
                row.highest_w,
                row.state_of_charge if is_battery else None,
            )
            for row in rows
        ]

    def presence(self, source: Source, start: datetime, end: datetime) -> list[datetime]:
        """Return the quarter hours of [start, end) in which a source reported anything, wrong or not."""
        tables = tables_of(source)
        full, rolled = tables.full, tables.rolled
        of_rolled = (rolled.c[name] == value for name, value in tables.key.items())
        slot = slot_of(full.c.at)
        statement = union(
            select(slot).where(tables.of_source, full.c.at >= start, full.c.at < end),
            select(rolled.c.start).where(*of_rolled, rolled.c.start >= start, rolled.c.start < end),
        )
        with self._read() as connection:
            return sorted(connection.scalars(statement))

    def last_report(self, source: Source) -> datetime | None:
        """Return the stamp of the newest reading of a source, wrong or not."""
        tables = tables_of(source)
        newest = select(func.max(tables.full.c.at)).where(tables.of_source)
        with self._read() as connection:
            last: datetime | None = connection.scalar(newest)
        return last
