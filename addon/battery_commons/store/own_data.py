"""Everything that is kept of one home, piece by piece: nothing here reads more than it is asked for."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from battery_commons.domain.quality import Source, SourceKind
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import schema
from battery_commons.store.codes import offered
from battery_commons.store.database import Database
from battery_commons.store.dispatches import dispatch_record
from battery_commons.store.errors import NotFoundError
from battery_commons.store.measurements import battery_reading
from battery_commons.store.quarter_hours import battery_means, first_by_battery, slot_of
from battery_commons.store.records import DispatchRecord, GivenAnswer, MeanSlot
from battery_commons.store.worth import read_worth


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

    def first_heard(self, home_id: str) -> dict[str, datetime]:
        """Return the quarter hour in which each battery that a home ever reported was first heard of.

        Batteries go by the home's own id.
        """
        full, rolled = schema.battery_reading, schema.battery_quarter_hour
        with self._read() as connection:
            in_full = first_by_battery(connection, full, full.c.at, home_id)
            in_means = first_by_battery(connection, rolled, rolled.c.start, home_id)
        return {battery_id: slot_start(at) for battery_id, at in sorted((in_full | in_means).items())}

    def last_heard(self, home_id: str, battery_id: str) -> datetime | None:
        """Return the quarter hour in which a battery of a home was last heard of; None if it never was."""
        full, rolled = schema.battery_reading, schema.battery_quarter_hour
        with self._read() as connection:
            last = [
                connection.scalar(
                    select(func.max(at)).where(table.c.home_id == home_id, table.c.battery_id == battery_id)
                )
                for table, at in ((full, full.c.at), (rolled, rolled.c.start))
            ]
        known = [slot_start(at) for at in last if at is not None]
        return max(known) if known else None

    def battery_readings(
        self, home_id: str, battery_id: str, start: datetime, end: datetime
    ) -> list[BatteryReading]:
        """Return a battery's readings in [start, end), as they came in: those that are still kept in full."""
        table = schema.battery_reading
        statement = select(table).where(*_of_battery(home_id, battery_id, start, end)).order_by(table.c.at)
        with self._read() as connection:
            return [battery_reading(row) for row in connection.execute(statement)]

    def battery_quarter_hours(
        self, home_id: str, battery_id: str, start: datetime, end: datetime
    ) -> list[MeanSlot]:
        """Return the mean of a battery's readings in each quarter hour of [start, end) that has any."""
        with self._read() as connection:
            worth = read_worth(connection, Source(SourceKind.BATTERY, f"{home_id}/{battery_id}"))
            rows = connection.execute(battery_means(home_id, battery_id, start, end, worth, wrong_too=True))
            return [MeanSlot(row.slot, row.power_w, row.state_of_charge) for row in rows]

    def last_of_quarter_hours(
        self, home_id: str, battery_id: str, start: datetime, end: datetime
    ) -> dict[datetime, BatteryReading]:
        """Return the last reading of each quarter hour in [start, end) of which any is still kept in full."""
        table = schema.battery_reading
        slot = slot_of(table.c.at)
        last = (
            select(func.max(table.c.at).label("at"), slot)
            .where(*_of_battery(home_id, battery_id, start, end))
            .group_by(slot)
            .subquery()
        )
        statement = (
            select(table, last.c.slot)
            .join(last, table.c.at == last.c.at)
            .where(table.c.home_id == home_id, table.c.battery_id == battery_id)
        )
        with self._read() as connection:
            return {row.slot: battery_reading(row) for row in connection.execute(statement)}

    def rolled_up_until(self, home_id: str, battery_id: str) -> datetime | None:
        """Return until when only means are kept of a battery; None while everything is kept in full."""
        table = schema.battery_quarter_hour
        of_battery = and_(table.c.home_id == home_id, table.c.battery_id == battery_id)
        with self._read() as connection:
            last: datetime | None = connection.scalar(select(func.max(table.c.start)).where(of_battery))
        return None if last is None else last + SLOT

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
