"""What each plan rested on, compressed: the village's part, and apart from it each home's.

A home's part is a row of its own, which goes with the home.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.upsert import insert_or_update

_LARGEST = 64 * 1024 * 1024
"""In bytes, of a part in full: a row that claims to be larger is damaged."""


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """A decision, as JSON."""

    at: datetime
    village: str
    homes: Mapping[str, str]
    """By home's id."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the guard made of a plan for one battery, from a moment to the end of its quarter hour."""

    battery_id: str
    """`<home_id>/<battery_id>`."""
    at: datetime
    power_w: float


class DecisionStore(Database):
    """Decisions, to be told and made again."""

    def keep_decision(self, decision: KeptDecision) -> None:
        """Keep a decision. A home that has left meanwhile has no part in it."""
        with self._write() as connection:
            row = {"at": decision.at, "content": _packed(decision.village)}
            insert_or_update(connection, schema.decision, [row])
            here = set(connection.scalars(select(schema.home.c.id)))
            rows = [
                {"home_id": home_id, "at": decision.at, "content": _packed(content)}
                for home_id, content in decision.homes.items()
                if home_id in here
            ]
            insert_or_update(connection, schema.decision_home, rows)

    def keep_corrections(self, corrections: Sequence[Correction]) -> None:
        """Keep what the guard changed. Of homes that have left meanwhile nothing is kept."""
        with self._write() as connection:
            here = set(connection.scalars(select(schema.home.c.id)))
            rows = []
            for each in corrections:
                home_id, _, battery_id = each.battery_id.partition("/")
                if home_id in here:
                    rows.append(
                        {"home_id": home_id, "battery_id": battery_id, "at": each.at, "power_w": each.power_w}
                    )
            insert_or_update(connection, schema.correction, rows)

    def decision_at(self, moment: datetime) -> KeptDecision | None:
        """Return the newest decision that was made by `moment`; None where none was kept.

        Raises ValueError for one that is damaged.
        """
        table, parts = schema.decision, schema.decision_home
        newest = select(table).where(table.c.at <= moment).order_by(table.c.at.desc()).limit(1)
        with self._read() as connection:
            row = connection.execute(newest).one_or_none()
            if row is None:
                return None
            of_homes = select(parts.c.home_id, parts.c.content).where(parts.c.at == row.at)
            homes = connection.execute(of_homes).all()
        return KeptDecision(
            row.at, _unpacked(row.content), {each.home_id: _unpacked(each.content) for each in homes}
        )

    def decision_times(self, start: datetime, end: datetime) -> list[datetime]:
        """Return when the decisions from `start` to before `end` were made, the newest first."""
        table = schema.decision
        statement = (
            select(table.c.at).where(table.c.at >= start, table.c.at < end).order_by(table.c.at.desc())
        )
        with self._read() as connection:
            return list(connection.scalars(statement))

    def decided(self, start: datetime, end: datetime) -> list[tuple[datetime, str]]:
        """Return the village's part of the decisions from `start` to before `end`, in the order of time.

        Raises ValueError for one that is damaged.
        """
        table = schema.decision
        statement = select(table).where(table.c.at >= start, table.c.at < end).order_by(table.c.at)
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [(row.at, _unpacked(row.content)) for row in rows]

    def corrections(self, start: datetime, end: datetime) -> list[Correction]:
        """Return what the guard changed from `start` to before `end`, in the order of time."""
        table = schema.correction
        statement = select(table).where(table.c.at >= start, table.c.at < end).order_by(table.c.at)
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [Correction(f"{row.home_id}/{row.battery_id}", row.at, row.power_w) for row in rows]


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(), 9)


def _unpacked(content: bytes) -> str:
    """Return what `_packed` made small. Raises ValueError for anything else."""
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(content, _LARGEST)
    except zlib.error as error:
        raise ValueError("a kept decision is damaged") from error
    if not unpacking.eof:
        raise ValueError("a kept decision is damaged: it is cut off, or too large")
    return text.decode()
