"""Every event that came from a grid operator, in every version, obeyed or refused.

What an operator asks is told by the version that *counts*: the one with the highest rank of those that were
not refused, so that an update that makes no sense leaves what was asked before in force. A version that comes
late, after a newer one, is kept with rank 0.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, func, insert, select, update

from battery_commons.domain.operator_line import OperatorEvent
from battery_commons.store import schema_operators
from battery_commons.store.database import Database

_TABLE = schema_operators.operator_event
_OVERTAKEN = 0


@dataclass(frozen=True, slots=True)
class ArrivedEvent:
    """A version of an event, as it arrived."""

    event_id: str
    version: str
    """A digest of its content: the same content is the same version, whichever way it came."""
    program_id: str
    modified: datetime | None
    raw: str
    refusal: str | None = None
    ends_at: datetime | None = None
    """By the operator's clock, as `modified`; None where it has no end, or none that is known."""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """What came of a version that arrived and changed something."""

    event: ArrivedEvent
    is_new: bool
    """Whether this version was never seen before; else it is in force again."""
    counts: bool
    """Whether it is the newest."""
    is_after_withdrawal: bool = False
    """Whether the whole event was taken back before it came: a listing has to tell whether it is again."""


class OperatorEventStore(Database):
    """What operators ask and asked."""

    def keep_operator_events(
        self,
        line_id: str,
        arrived: Sequence[ArrivedEvent],
        at: datetime,
        *,
        listed_since: int | None = None,
    ) -> list[KeptEvent]:
        """Keep what is new, and return what changed: of a version that is known already, nothing does.

        Args:
            line_id: Over which line they came.
            arrived: What came, in the order in which it came.
            at: When, in village time.
            listed_since: For a full listing, what `newest_operator_rank` was before it was asked for. A
                listing says what is true now, so it also brings back a former version or an event that was
                withdrawn; except for what came by another way while the listing was on its way.
        """
        with self._write() as connection:
            return [
                kept
                for each in arrived
                if (kept := _keep(connection, line_id, each, at, listed_since)) is not None
            ]

    def withdraw_operator_events(self, line_id: str, event_ids: Collection[str], at: datetime) -> list[str]:
        """Note that the operator takes events back, and return which it had not yet."""
        withdrawn = []
        with self._write() as connection:
            rank = _newest_rank(connection, line_id)
            for event_id in event_ids:
                newest = _newest(connection, line_id, event_id)
                if newest is None or newest.withdrawn_at is not None:
                    continue
                withdrawn.append(event_id)
                connection.execute(
                    _of(line_id, event_id).where(_TABLE.c.withdrawn_at.is_(None)).values(withdrawn_at=at)
                )
                # A listing that was asked for before this must not bring it back.
                rank += 1
                connection.execute(_of(line_id, event_id, newest.version).values(rank=rank))
        return withdrawn

    def newest_operator_rank(self, line_id: str) -> int:
        """Return how far the line's events have come, for `keep_operator_events`."""
        with self._read() as connection:
            return _newest_rank(connection, line_id)

    def held_operator_events(self, line_id: str, up_to_rank: int) -> list[str]:
        """Return the ids of what had come by then and was not withdrawn, obeyed or not."""
        chosen = (_TABLE.c.line_id == line_id) & _TABLE.c.withdrawn_at.is_(None)
        with self._read() as connection:
            rows = connection.execute(
                select(_TABLE.c.event_id, func.max(_TABLE.c.rank).label("rank"))
                .where(chosen)
                .group_by(_TABLE.c.event_id)
            ).all()
        return [row.event_id for row in rows if row.rank <= up_to_rank]

    def newest_operator_versions(self, line_id: str) -> dict[str, str]:
        """Return the newest version of every event that was not withdrawn, by its id."""
        there = (_TABLE.c.line_id == line_id) & _TABLE.c.withdrawn_at.is_(None)
        ranks = select(func.max(_TABLE.c.rank)).where(there).group_by(_TABLE.c.event_id)
        columns = select(_TABLE.c.event_id, _TABLE.c.version).where(there, _TABLE.c.rank.in_(ranks))
        with self._read() as connection:
            return {row.event_id: row.version for row in connection.execute(columns)}

    def operator_events(self, not_over_at: datetime | None = None) -> list[OperatorEvent]:
        """Return, of every event that its operator holds to, the version that counts.

        With `not_over_at`, by the operators' clock, those alone that end later, if they do.
        """
        line = schema_operators.operator_line
        counting = (
            select(_TABLE.c.line_id, func.max(_TABLE.c.rank).label("rank"))
            .where(_TABLE.c.withdrawn_at.is_(None), _TABLE.c.refusal.is_(None), _TABLE.c.rank > _OVERTAKEN)
            .group_by(_TABLE.c.line_id, _TABLE.c.event_id)
            .subquery()
        )
        statement = (
            select(_TABLE)
            .join(counting, (counting.c.line_id == _TABLE.c.line_id) & (counting.c.rank == _TABLE.c.rank))
            .join(line, line.c.id == _TABLE.c.line_id)
            .where(line.c.removed_at.is_(None))
            .order_by(_TABLE.c.line_id, _TABLE.c.rank)
        )
        if not_over_at is not None:
            statement = statement.where(_TABLE.c.ends_at.is_(None) | (_TABLE.c.ends_at > not_over_at))
        with self._read() as connection:
            return [_event(row) for row in connection.execute(statement).all()]

    def newest_operator_events(self, line_id: str, most: int) -> list[OperatorEvent]:
        """Return what came last over a line, the newest first, refused and withdrawn ones too."""
        statement = (
            select(_TABLE)
            .where(_TABLE.c.line_id == line_id)
            .order_by(_TABLE.c.received_at.desc(), _TABLE.c.rank.desc())
            .limit(most)
        )
        with self._read() as connection:
            return [_event(row) for row in connection.execute(statement).all()]


def _keep(
    connection: Connection, line_id: str, arrived: ArrivedEvent, at: datetime, listed_since: int | None
) -> KeptEvent | None:
    newest = _newest(connection, line_id, arrived.event_id)
    is_withdrawn = newest is not None and newest.withdrawn_at is not None
    is_told_by_listing = listed_since is not None and (newest is None or newest.rank <= listed_since)
    counts = is_told_by_listing or newest is None or not _is_overtaken(arrived, newest)
    rank = _newest_rank(connection, line_id) + 1 if counts else _OVERTAKEN
    if newest is None or not _is_known(connection, line_id, arrived):
        connection.execute(
            insert(_TABLE).values(
                line_id=line_id,
                event_id=arrived.event_id,
                version=arrived.version,
                rank=rank,
                program_id=arrived.program_id,
                modified=arrived.modified,
                ends_at=arrived.ends_at,
                received_at=at,
                raw=arrived.raw,
                refusal=arrived.refusal,
                withdrawn_at=newest.withdrawn_at if newest is not None else None,
            )
        )
        kept = KeptEvent(arrived, is_new=True, counts=counts, is_after_withdrawal=is_withdrawn)
    elif is_told_by_listing and (is_withdrawn or newest.version != arrived.version):
        again: dict[str, object] = {"rank": rank}
        if not _came_elsewhere(connection, line_id, arrived.event_id):
            # By when each first came it is settled what the village calls them; see event_references.py.
            again["received_at"] = at
        connection.execute(_of(line_id, arrived.event_id, arrived.version).values(again))
        kept = KeptEvent(arrived, is_new=False, counts=True)
    else:
        return None
    if is_told_by_listing and is_withdrawn:
        connection.execute(_of(line_id, arrived.event_id).values(withdrawn_at=None))
    return kept


def _newest_rank(connection: Connection, line_id: str) -> int:
    return connection.scalar(select(func.max(_TABLE.c.rank)).where(_TABLE.c.line_id == line_id)) or _OVERTAKEN


def _newest(connection: Connection, line_id: str, event_id: str) -> Row[Any] | None:
    """Return the newest version of an event: of some there are thousands."""
    columns = (_TABLE.c.version, _TABLE.c.rank, _TABLE.c.modified, _TABLE.c.withdrawn_at)
    chosen = (_TABLE.c.line_id == line_id) & (_TABLE.c.event_id == event_id)
    newest = select(*columns).where(chosen).order_by(_TABLE.c.rank.desc()).limit(1)
    return connection.execute(newest).first()


def _is_known(connection: Connection, line_id: str, arrived: ArrivedEvent) -> bool:
    """Return whether this version of an event came before."""
    chosen = (_TABLE.c.line_id == line_id) & (_TABLE.c.event_id == arrived.event_id)
    same = select(_TABLE.c.rank).where(chosen, _TABLE.c.version == arrived.version)
    return connection.execute(same).first() is not None


def _came_elsewhere(connection: Connection, line_id: str, event_id: str) -> bool:
    """Return whether an event of this id came over another line too."""
    others = select(schema_operators.operator_line.c.id).where(schema_operators.operator_line.c.id != line_id)
    chosen = _TABLE.c.line_id.in_(others) & (_TABLE.c.event_id == event_id)
    return connection.execute(select(_TABLE.c.rank).where(chosen).limit(1)).first() is not None


def _of(line_id: str, event_id: str, version: str | None = None) -> Update:
    chosen = (_TABLE.c.line_id == line_id) & (_TABLE.c.event_id == event_id)
    if version is not None:
        chosen &= _TABLE.c.version == version
    return update(_TABLE).where(chosen)


def _is_overtaken(arrived: ArrivedEvent, newest: Row[Any]) -> bool:
    """Return whether a newer version came before it, or the whole event was taken back."""
    if newest.withdrawn_at is not None:
        return True
    return arrived.modified is not None and newest.modified is not None and arrived.modified < newest.modified


def _event(row: Row[Any]) -> OperatorEvent:
    return OperatorEvent(
        row.line_id,
        row.event_id,
        row.program_id,
        row.modified,
        row.received_at,
        row.raw,
        row.refusal,
        row.withdrawn_at,
    )
