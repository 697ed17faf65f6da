"""Everything that is kept of one home, piece by piece: nothing here reads more than it is asked for."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from battery_commons.domain.reading import BatteryReading
from battery_commons.store import schema
from battery_commons.store.codes import offered
from battery_commons.store.database import Database
from battery_commons.store.dispatches import dispatch_record
from battery_commons.store.errors import NotFoundError
from battery_commons.store.measurements import battery_reading, slot_of
from battery_commons.store.records import DispatchRecord, GivenAnswer, MeanSlot


class OwnDataStore(Database):
    """What a home may ask to see of itself."""

    def consented_at(self, home_id: str) -> datetime | None:
        """Return when a home's resident agreed to take part; None for one that joined before this was kept.

        Raises NotFoundError for a home that has left.
        """
        table = schema.home
        with self._read() as connection:
            row = connection.execute(select(table.c.consented_at).where(table.c.id == home_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no home {home_id}")
        consented_at: datetime | None = row.consented_at
        return consented_at

    def code_answers(self, home_id: str) -> list[GivenAnswer]:
        """Return every window that a home answered, by its start."""
        answers, windows = schema.code_answer, schema.code_window
        statement = (
            select(windows, answers.c.joins, answers.c.at)
            .join(answers)
            .where(answers.c.home_id == home_id)
            .order_by(windows.c.start)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [GivenAnswer(offered(row, row.joins), row.at) for row in rows]

    def first_readings(self, home_id: str) -> dict[str, datetime]:
        """Return when each battery that a home ever reported was first heard of, by the home's own id."""
        table = schema.battery_reading
        found: dict[str, datetime] = {}
        with self._read() as connection:
            # From one battery straight to the next in the key: there are few of them and many readings.
            first = (
                select(table.c.battery_id, table.c.at)
                .where(table.c.home_id == home_id)
                .order_by(table.c.battery_id, table.c.at)
                .limit(1)
            )
            row = connection.execute(first).first()
            while row is not None:
                found[row.battery_id] = row.at
                row = connection.execute(first.where(table.c.battery_id > row.battery_id)).first()
        return found

    def battery_readings(
        self, home_id: str, battery_id: str, start: datetime, end: datetime
    ) -> list[BatteryReading]:
        """Return a battery's readings in [start, end), as they came in."""
        table = schema.battery_reading
        statement = select(table).where(*_of_battery(home_id, battery_id, start, end)).order_by(table.c.at)
        with self._read() as connection:
            return [battery_reading(row) for row in connection.execute(statement)]

    def battery_quarter_hours(
        self, home_id: str, battery_id: str, start: datetime, end: datetime
    ) -> list[MeanSlot]:
        """Return the mean of a battery's readings in each quarter hour of [start, end) that has any."""
        table = schema.battery_reading
        slot = slot_of(table.c.at)
        statement = (
            select(
                slot,
                func.avg(table.c.power_w).label("power_w"),
                func.avg(table.c.state_of_charge).label("state_of_charge"),
            )
            .where(*_of_battery(home_id, battery_id, start, end))
            .group_by(slot)
            .order_by(slot)
        )
        with self._read() as connection:
            return [
                MeanSlot(row.slot, row.power_w, row.state_of_charge) for row in connection.execute(statement)
            ]

    def dispatches_of(self, home_id: str, start: datetime, end: datetime) -> list[DispatchRecord]:
        """Return the plans that a home was sent in [start, end)."""
        table = schema.dispatch
        statement = (
            select(table)
            .where(table.c.home_id == home_id, table.c.issued_at >= start, table.c.issued_at < end)
            .order_by(table.c.issued_at)
        )
        with self._read() as connection:
            return [dispatch_record(row) for row in connection.execute(statement)]

    def first_dispatch(self, home_id: str) -> datetime | None:
        """Return when a home was sent its first plan that is still kept."""
        table = schema.dispatch
        with self._read() as connection:
            first: datetime | None = connection.scalar(
                select(func.min(table.c.issued_at)).where(table.c.home_id == home_id)
            )
        return first


def _of_battery(
    home_id: str, battery_id: str, start: datetime, end: datetime
) -> tuple[ColumnElement[bool], ...]:
    table = schema.battery_reading
    return (
        table.c.home_id == home_id,
        table.c.battery_id == battery_id,
        table.c.at >= start,
        table.c.at < end,
    )
