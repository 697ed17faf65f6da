"""What the coordinator has on record, read from its database beside it."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select

from battery_commons.domain.time import Clock
from battery_commons.store import schema
from battery_commons.store.place import DATABASE
from battery_commons.wire.messages import PlanMessage
from demo.evidence import AcceptedPlan, Reported


class Witness:
    """Reads a coordinator's record of plans and readings; it can change nothing."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        """Read the database in `data_dir`, whose plans were written in the wall time of `clock`."""
        self._engine: Engine = create_engine(f"sqlite:///file:{data_dir / DATABASE}?mode=ro&uri=true")
        self._clock = clock

    def homes_with_batteries(self) -> int:
        """Return how many homes have joined and described a battery."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(schema.battery)) or 0

    def unanswered(self, issued_before: datetime) -> tuple[int, int, list[str]]:
        """Return how many plans went out before a village time, how many were accepted, and the others."""
        table, home = schema.dispatch, schema.home
        statement = (
            select(table, home.c.name)
            .join(home, home.c.id == table.c.home_id)
            .where(table.c.issued_at < issued_before)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        wrong = [
            f"{row.name}, plan {row.sequence}: {row.reason or row.last_error or 'no answer'}"
            for row in rows
            if not row.accepted
        ]
        return len(rows), len(rows) - len(wrong), wrong

    def accepted_plans(self, home_name: str, battery_id: str) -> list[AcceptedPlan]:
        """Return the plans that a home accepted for one of its batteries, in village time."""
        table, home = schema.dispatch, schema.home
        statement = (
            select(table)
            .join(home, home.c.id == table.c.home_id)
            .where(home.c.name == home_name, table.c.accepted.is_(True))
            .order_by(table.c.sequence)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        plans = []
        for row in rows:
            message = PlanMessage.model_validate_json(row.plan)
            own = [battery for battery in message.batteries if battery.battery_id == battery_id]
            plans += [
                AcceptedPlan(
                    row.answered_at,
                    row.lease_until,
                    self._clock.to_village(message.start),
                    each.power_w,
                    each.reasons,
                )
                for each in own
            ]
        return plans

    def readings(self, home_name: str, start: datetime, end: datetime) -> list[Reported]:
        """Return what a home reported of its battery in [start, end), in order."""
        table, home = schema.battery_reading, schema.home
        statement = (
            select(table)
            .join(home, home.c.id == table.c.home_id)
            .where(home.c.name == home_name, table.c.at >= start, table.c.at < end)
            .order_by(table.c.at)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        return [Reported(row.at, row.power_w, row.setpoint_w, row.state_of_charge) for row in rows]
