"""What batteries and meters reported."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Row,
    and_,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError

_SLOT_MICROSECONDS = SLOT // schema.MICROSECOND


class MeasurementStore(Database):
    """Readings as they came in, and their means per quarter hour."""

    def __init__(self, path: Path, engine: Engine) -> None:
        """Use `open` instead."""
        super().__init__(path, engine)
        self._watchers: list[Callable[[str, datetime], None]] = []

    def watch_additions(self, watcher: Callable[[str, datetime], None]) -> None:
        """Tell `watcher` from now on what this program adds, once that is on disk.

        It is called on the thread that adds, with the battery or transformer and the oldest new stamp.
        """
        self._watchers.append(watcher)

    def add_battery_readings(self, home_id: str, readings: Sequence[BatteryReading]) -> list[bool]:
        """Keep a home's readings and return for each whether it was new.

        A stamp that is held already stays as it was.

        Raises:
            NotFoundError: When the home has left.
            ValueError: When a battery is not this home's, or a time has no zone.
        """
        rows = [_reading_values(home_id, reading) for reading in readings]
        statement = insert(schema.battery_reading).on_conflict_do_nothing(
            index_elements=["home_id", "battery_id", "at"]
        )
        with self._write() as connection:
            try:
                new = [connection.execute(statement, row).rowcount == 1 for row in rows]
            except IntegrityError as error:
                msg = f"there is no home {home_id}"
                raise NotFoundError(msg) from error
        added = [reading for reading, is_new in zip(readings, new, strict=True) if is_new]
        for battery_id in {reading.battery_id for reading in added}:
            self._tell(battery_id, min(reading.at for reading in added if reading.battery_id == battery_id))
        return new

    def latest_battery_readings(self) -> dict[str, BatteryReading]:
        """Return the newest reading of each battery that has one, by its id in the village."""
        latest = schema.battery_reading.c.at.desc()
        with self._read() as connection:
            newest = [
                connection.execute(select(schema.battery_reading).where(of).order_by(latest).limit(1)).first()
                for of in _of_each_battery(connection).values()
            ]
        return {reading.battery_id: reading for reading in (battery_reading(row) for row in newest if row)}

    def battery_slot_means(self, start: datetime, end: datetime) -> dict[str, dict[datetime, float]]:
        """Return each battery's mean power (W) per quarter hour in [start, end): the mean of its readings.

        A quarter hour without a reading is left out.
        """
        table = schema.battery_reading
        slot = slot_of(table.c.at)
        of_slot = select(slot, func.avg(table.c.power_w).label("mean_w")).group_by(slot)
        span = and_(table.c.at >= start, table.c.at < end)
        with self._read() as connection:
            means = {
                battery_id: {row.slot: row.mean_w for row in connection.execute(of_slot.where(of, span))}
                for battery_id, of in _of_each_battery(connection).items()
            }
        return {battery_id: slots for battery_id, slots in means.items() if slots}

    def add_meter_readings(self, transformer_id: str, readings: Iterable[MeterReading]) -> int:
        """Keep a transformer's readings and return how many were new.

        A stamp that is held already stays as it was.

        Raises:
            NotFoundError: When there is no such transformer.
            ValueError: When a time has no zone.
        """
        statement = insert(schema.meter_reading).on_conflict_do_nothing(
            index_elements=["transformer_id", "at"]
        )
        rows: list[dict[str, Any]] = [
            {"transformer_id": transformer_id, "at": reading.at, "power_w": reading.power_w}
            for reading in readings
        ]
        with self._write() as connection:
            try:
                new = [row["at"] for row in rows if connection.execute(statement, row).rowcount]
            except IntegrityError as error:
                msg = f"there is no transformer {transformer_id}"
                raise NotFoundError(msg) from error
        if new:
            self._tell(transformer_id, min(new))
        return len(new)

    def latest_meter_reading(self, transformer_id: str) -> MeterReading | None:
        """Return the newest load that a transformer's meter reported."""
        table = schema.meter_reading
        statement = (
            select(table).where(table.c.transformer_id == transformer_id).order_by(table.c.at.desc()).limit(1)
        )
        with self._read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else MeterReading(at=row.at, power_w=row.power_w)

    def meter_slot_means(self, transformer_id: str, start: datetime, end: datetime) -> dict[datetime, float]:
        """Return a transformer's mean load (W) per quarter hour in [start, end): the mean of its readings.

        A quarter hour without a reading is left out.
        """
        table = schema.meter_reading
        slot = slot_of(table.c.at)
        statement = (
            select(slot, func.avg(table.c.power_w).label("mean_w"))
            .where(table.c.transformer_id == transformer_id, table.c.at >= start, table.c.at < end)
            .group_by(slot)
        )
        with self._read() as connection:
            return {row.slot: row.mean_w for row in connection.execute(statement)}

    def _tell(self, source: str, oldest: datetime) -> None:
        for watcher in self._watchers:
            watcher(source, oldest)


def _of_each_battery(connection: Connection) -> dict[str, ColumnElement[bool]]:
    """For each battery of the village, what picks its readings.

    One battery at a time goes straight to its readings in the key; joined, SQLite walks through all of them.
    """
    reading = schema.battery_reading
    batteries = connection.execute(select(schema.battery.c.home_id, schema.battery.c.battery_id)).all()
    return {
        f"{row.home_id}/{row.battery_id}": and_(
            reading.c.home_id == row.home_id, reading.c.battery_id == row.battery_id
        )
        for row in batteries
    }


def slot_of(at: Column[datetime]) -> ColumnElement[datetime]:
    """Return the start of the quarter hour in which `at` falls, called `slot`."""
    microseconds = type_coerce(at, Integer)
    return type_coerce(microseconds - microseconds % _SLOT_MICROSECONDS, schema.UtcDateTime).label("slot")


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
