"""Experiments with control models: one at a time, each with its days, kept for good.

Nothing in them is a household's: days are sums of transformers and of the village.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, update

from battery_commons.experiment.record import DayRecord, Experiment, ExperimentState, Pause, StoppedBy
from battery_commons.experiment.schedule import Design
from battery_commons.store import schema_experiments as tables
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.tokens import new_id
from battery_commons.store.upsert import insert_or_update

_DESIGN = TypeAdapter(Design)
_DAY = TypeAdapter(DayRecord)
_GOING_ON = {ExperimentState.PLANNED, ExperimentState.RUNNING, ExperimentState.PAUSED}


class ExperimentStore(Database):
    """The village's experiments."""

    def plan_experiment(self, name: str, design: Design, by: Author) -> str:
        """Keep an experiment that is to come, and return its id.

        Raises ValueError while another goes on, or where its first day has begun already.
        """
        if design.start <= by.at:
            raise ValueError(f"an experiment begins on a day to come, not on {design.first_day}")
        experiment_id = new_id()
        with self._write() as connection:
            if _going_on(connection, by.at) is not None:
                raise ValueError("another experiment goes on: stop it first, or wait for its end")
            connection.execute(
                insert(tables.experiment).values(
                    id=experiment_id,
                    name=name,
                    design_json=_DESIGN.dump_json(design).decode(),
                    planned_at=by.at,
                )
            )
            models = ", ".join(design.models)
            detail = f"{models}; {design.days} days from {design.first_day}, seed {design.seed}"
            record(connection, by, Act.EXPERIMENT_PLANNED, experiment_id, detail)
        return experiment_id

    def experiments(self) -> list[Experiment]:
        """Return all experiments, the newest first."""
        with self._read() as connection:
            return _experiments(connection)

    def experiment(self, experiment_id: str) -> Experiment:
        """Return one experiment. Raises NotFoundError."""
        with self._read() as connection:
            return _experiment(connection, experiment_id)

    def experiment_going_on(self, now: datetime) -> Experiment | None:
        """Return the experiment that is planned, runs or is paused at `now`; there is one at most."""
        with self._read() as connection:
            return _going_on(connection, now)

    def pause_experiment(self, experiment_id: str, by: Author) -> None:
        """Have the village steered as voted until the experiment goes on; its calendar does not wait.

        Raises NotFoundError for one that does not go on. One that is paused already stays so.
        """
        with self._write() as connection:
            if _needed(connection, experiment_id, by.at).state(by.at) is ExperimentState.PAUSED:
                return
            row = {"experiment_id": experiment_id, "start": by.at, "end": None}
            insert_or_update(connection, tables.experiment_pause, [row])
            record(connection, by, Act.EXPERIMENT_PAUSED, experiment_id)

    def resume_experiment(self, experiment_id: str, by: Author) -> None:
        """Have an experiment that is paused go on, where its calendar is by now. Raises NotFoundError."""
        with self._write() as connection:
            if _needed(connection, experiment_id, by.at).state(by.at) is not ExperimentState.PAUSED:
                return
            _end_pauses(connection, experiment_id, by.at)
            record(connection, by, Act.EXPERIMENT_RESUMED, experiment_id)

    def stop_experiment(self, experiment_id: str, by: Author) -> None:
        """End an experiment before its time; its days so far stay. Raises NotFoundError."""
        with self._write() as connection:
            _needed(connection, experiment_id, by.at)
            _stop(connection, experiment_id, StoppedBy.VOLUNTEER, by)

    def keep_experiment_days(self, experiment_id: str, days: Iterable[DayRecord]) -> None:
        """Keep what became of days, in the place of what was kept of them before."""
        rows = [
            {
                "experiment_id": experiment_id,
                "day": each.day.isoformat(),
                "content": _DAY.dump_json(each).decode(),
            }
            for each in days
        ]
        with self._write() as connection:
            insert_or_update(connection, tables.experiment_day, rows)

    def experiment_days(self, experiment_id: str) -> list[DayRecord]:
        """Return what became of the days that were measured so far, in their order."""
        table = tables.experiment_day
        statement = (
            select(table.c.content).where(table.c.experiment_id == experiment_id).order_by(table.c.day)
        )
        with self._read() as connection:
            return [_DAY.validate_json(content) for content in connection.scalars(statement)]


def end_for_vote(connection: Connection, by: Author) -> None:
    """End the experiment that goes on, in the transaction that puts in force which model members chose."""
    going_on = _going_on(connection, by.at)
    if going_on is not None:
        _stop(connection, going_on.id, StoppedBy.VOTE, by)


def _stop(connection: Connection, experiment_id: str, why: StoppedBy, by: Author) -> None:
    table = tables.experiment
    connection.execute(
        update(table).where(table.c.id == experiment_id).values(stopped_at=by.at, stopped_by=why.value)
    )
    _end_pauses(connection, experiment_id, by.at)
    record(connection, by, Act.EXPERIMENT_STOPPED, experiment_id, why.value)


def _end_pauses(connection: Connection, experiment_id: str, at: datetime) -> None:
    table = tables.experiment_pause
    is_open = (table.c.experiment_id == experiment_id) & table.c.end.is_(None)
    connection.execute(update(table).where(is_open).values(end=at))


def _needed(connection: Connection, experiment_id: str, now: datetime) -> Experiment:
    found = _experiment(connection, experiment_id)
    if found.state(now) not in _GOING_ON:
        raise NotFoundError(f"experiment {experiment_id} is over")
    return found


def _going_on(connection: Connection, now: datetime) -> Experiment | None:
    table = tables.experiment
    rows = connection.execute(select(table).where(table.c.stopped_at.is_(None))).all()
    found = (_read(connection, row) for row in rows)
    return next((each for each in found if each.state(now) in _GOING_ON), None)


def _experiment(connection: Connection, experiment_id: str) -> Experiment:
    row = connection.execute(
        select(tables.experiment).where(tables.experiment.c.id == experiment_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no experiment {experiment_id}")
    return _read(connection, row)


def _experiments(connection: Connection) -> list[Experiment]:
    table = tables.experiment
    rows = connection.execute(select(table).order_by(table.c.planned_at.desc(), table.c.id)).all()
    return [_read(connection, row) for row in rows]


def _read(connection: Connection, row: Row[Any]) -> Experiment:
    return Experiment(
        id=row.id,
        name=row.name,
        design=_DESIGN.validate_json(row.design_json),
        planned_at=row.planned_at,
        stopped_at=row.stopped_at,
        stopped_by=None if row.stopped_by is None else StoppedBy(row.stopped_by),
        pauses=_pauses(connection, row.id),
    )


def _pauses(connection: Connection, experiment_id: str) -> Sequence[Pause]:
    table = tables.experiment_pause
    statement = select(table).where(table.c.experiment_id == experiment_id).order_by(table.c.start)
    return [Pause(each.start, each.end) for each in connection.execute(statement)]
