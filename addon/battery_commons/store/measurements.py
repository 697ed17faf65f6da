"""What batteries and meters reported."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.quality import Source, SourceKind
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import slot_start
from battery_commons.store import schema
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.backend import Backend
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.quarter_hours import addition, battery_means, meter_means
from battery_commons.store.worth import read_worth

_ADD_BATTERY_READING = addition(
    schema.battery_reading, schema.battery_quarter_hour, ("home_id", "battery_id")
)
_ADD_METER_READING = addition(schema.meter_reading, schema.meter_quarter_hour, ("transformer_id",))


class MeasurementStore(Database):
    """Readings as they came in, and their means per quarter hour."""

    def __init__(self, backend: Backend) -> None:
        """Use `open` instead."""
        super().__init__(backend)
        self._watchers: list[Callable[[str, datetime], None]] = []

    def watch_additions(self, watcher: Callable[[str, datetime], None]) -> None:
        """Tell `watcher` from now on what this program adds, once that is on disk.

        It is called on the thread that adds, with the battery or transformer and the oldest new stamp.
        """
        self._watchers.append(watcher)

    def add_battery_readings(self, home_id: str, readings: Sequence[BatteryReading]) -> list[bool]:
        """Keep a home's readings and return for each whether it was new.

        A stamp that is held already, be it in its quarter hour's mean, stays as it was.

        Raises:
            NotFoundError: When the home has left.
            ValueError: When a battery is not this home's, or a time has no zone.
        """
        rows = [_reading_values(home_id, reading) for reading in readings]
        with self._write() as connection:
            try:
                new = [connection.execute(_ADD_BATTERY_READING, row).rowcount == 1 for row in rows]
            except IntegrityError as error:
                msg = f"there is no home {home_id}"
                raise NotFoundError(msg) from error
        added = [reading for reading, is_new in zip(readings, new, strict=True) if is_new]
        for battery_id in {reading.battery_id for reading in added}:
            self._tell(battery_id, min(reading.at for reading in added if reading.battery_id == battery_id))
        return new

    def latest_battery_readings(self) -> dict[str, BatteryReading]:
        """Return the newest reading of each battery that has one, by its id in the village."""
        table = schema.battery_reading
        with self._read() as connection:
            # One battery at a time goes straight to its newest in the key; joined, SQLite walks through all.
            newest = [
                connection.execute(
                    select(table)
                    .where(table.c.home_id == home_id, table.c.battery_id == battery_id)
                    .order_by(table.c.at.desc())
                    .limit(1)
                ).first()
                for home_id, battery_id in _batteries(connection)
            ]
        return {reading.battery_id: reading for reading in (battery_reading(row) for row in newest if row)}

    def battery_slot_means(self, start: datetime, end: datetime) -> dict[str, dict[datetime, float]]:
        """Return each battery's mean power (W) per quarter hour in [start, end): the mean of its readings.

        A quarter hour without a reading is left out; readings that are wrong do not count.
        """
        with self._read() as connection:
            worth = read_worth(connection)
            means = {
                f"{home_id}/{battery_id}": {
                    row.slot: row.power_w
                    for row in connection.execute(battery_means(home_id, battery_id, start, end, worth))
                }
                for home_id, battery_id in _batteries(connection)
            }
        return {battery_id: slots for battery_id, slots in means.items() if slots}

    def add_meter_readings(
        self, transformer_id: str, readings: Iterable[MeterReading], by: Author | None = None
    ) -> int:
        """Keep a transformer's readings and return how many were new.

        A stamp that is held already, be it in its quarter hour's mean, stays as it was. Readings that an
        administrator brought in a file are in the audit log.

        Raises:
            NotFoundError: When there is no such transformer.
            ValueError: When a time has no zone.
        """
        rows: list[dict[str, Any]] = [
            {
                "transformer_id": transformer_id,
                "at": reading.at,
                "power_w": reading.power_w,
                "slot_start": slot_start(reading.at),
            }
            for reading in readings
        ]
        with self._write() as connection:
            try:
                new = [row["at"] for row in rows if connection.execute(_ADD_METER_READING, row).rowcount]
            except IntegrityError as error:
                msg = f"there is no transformer {transformer_id}"
                raise NotFoundError(msg) from error
            record(connection, by, Act.METER_FILE_TAKEN_IN, transformer_id, str(len(new)))
        if new:
            self._tell(transformer_id, min(new))
        return len(new)

    def latest_meter_reading(self, transformer_id: str) -> MeterReading | None:
        """Return the newest load that a transformer's meter reported and that is not wrong."""
        table = schema.meter_reading
        source = Source(SourceKind.METER, transformer_id)
        with self._read() as connection:
            usable = read_worth(connection, source).usable(source, table.c.at, table.c.power_w)
            row = connection.execute(
                select(table)
                .where(table.c.transformer_id == transformer_id, *usable)
                .order_by(table.c.at.desc())
                .limit(1)
            ).one_or_none()
        return None if row is None else MeterReading(at=row.at, power_w=row.power_w)

    def meter_slot_means(self, transformer_id: str, start: datetime, end: datetime) -> dict[datetime, float]:
        """Return a transformer's mean load (W) per quarter hour in [start, end): the mean of its readings.

        A quarter hour without a reading is left out; readings that are wrong do not count.
        """
        with self._read() as connection:
            worth = read_worth(connection, Source(SourceKind.METER, transformer_id))
            rows = connection.execute(meter_means(transformer_id, start, end, worth))
            return {row.slot: row.power_w for row in rows}

    def _tell(self, source: str, oldest: datetime) -> None:
        def tell() -> None:
            for watcher in self._watchers:
                watcher(source, oldest)

        self._once_on_disk(tell)


def _batteries(connection: Connection) -> list[tuple[str, str]]:
    """Return home and local id of every battery of the village."""
    rows = connection.execute(select(schema.battery.c.home_id, schema.battery.c.battery_id))
    return [(row.home_id, row.battery_id) for row in rows]


def _reading_values(home_id: str, reading: BatteryReading) -> dict[str, object]:
    owner, _, local_id = reading.battery_id.partition("/")
    if owner != home_id or not local_id:
        msg = f"{reading.battery_id} is no battery of home {home_id}"
        raise ValueError(msg)
    return {
        "home_id": home_id,
        "battery_id": local_id,
        "at": reading.at,
        "state_of_charge": reading.state_of_charge,
        "power_w": reading.power_w,
        "setpoint_w": reading.setpoint_w,
        "mode": reading.mode,
        "reason": reading.reason,
        "plan_sequence": reading.plan_sequence,
        "slot_start": slot_start(reading.at),
    }


def battery_reading(row: Row[Any]) -> BatteryReading:
    """Return the reading in a row of its table."""
    return BatteryReading(
        battery_id=f"{row.home_id}/{row.battery_id}",
        at=row.at,
        state_of_charge=row.state_of_charge,
        power_w=row.power_w,
        setpoint_w=row.setpoint_w,
        mode=row.mode,
        reason=row.reason,
        plan_sequence=row.plan_sequence,
    )
