"""What was found wrong with readings."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from battery_commons.domain.quality import Finding, FindingKind, Quality, Source
from battery_commons.store import schema
from battery_commons.store.measurements import MeasurementStore
from battery_commons.store.worth import finding_in


class QualityStore(MeasurementStore):
    """Findings: open ones, and those that are over."""

    def findings(self, since: datetime) -> list[Finding]:
        """Return what is wrong, and what was wrong at any time after `since`; the newest first."""
        table = schema.finding
        lately = or_(table.c.until.is_(None), table.c.until >= since)
        statement = select(table).where(lately).order_by(table.c.since.desc(), table.c.number.desc())
        with self._read() as connection:
            return [finding_in(row) for row in connection.execute(statement)]

    def findings_of(self, home_id: str) -> list[Finding]:
        """Return everything that is kept of what was found wrong with a home's readings, the newest first."""
        table = schema.finding
        statement = select(table).where(table.c.home_id == home_id).order_by(table.c.since.desc())
        with self._read() as connection:
            return [finding_in(row) for row in connection.execute(statement)]

    def wrong_sources(self) -> set[Source]:
        """Return the sources whose readings are wrong now."""
        table = schema.finding
        is_wrong = and_(table.c.until.is_(None), table.c.quality == Quality.WRONG.value)
        with self._read() as connection:
            return {Source.of(text) for text in connection.scalars(select(table.c.source).where(is_wrong))}

    def keep_findings(
        self, found: Iterable[Finding], over: Iterable[tuple[Source, FindingKind, datetime]]
    ) -> None:
        """Keep what was found, and end what is over.

        What was found before goes on: it keeps its beginning, and gets the newest figures. What is said to be
        over from a moment before it began never was. A finding about a home that has left is dropped.
        """
        news: list[tuple[Source, datetime]] = []
        with self._write() as connection:
            known_homes = set(connection.scalars(select(schema.home.c.id)))
            news.extend(
                (finding.source, finding.since)
                for finding in found
                if finding.source.home_id in {None, *known_homes} and _keep(connection, finding)
            )
            for source, kind, moment in over:
                began = _end(connection, source, kind, moment)
                if began is not None:
                    news.append((source, began))
        for source, since in news:
            self._tell(source.id, since)  # Other readings count from then on.


def _keep(connection: Connection, finding: Finding) -> bool:
    """Keep a finding, and return whether it is news."""
    table = schema.finding
    same = and_(table.c.source == str(finding.source), table.c.kind == finding.kind.value)
    if finding.until is None:
        known = connection.execute(select(table).where(same, table.c.until.is_(None))).first()
    else:
        known = connection.execute(select(table).where(same, table.c.since == finding.since)).first()
    figures_json = json.dumps(dict(finding.figures), allow_nan=False)
    if known is not None:
        values = {"figures_json": figures_json, "quality": finding.quality.value}
        connection.execute(update(table).where(table.c.number == known.number).values(values))
        former: str = known.quality
        return former != finding.quality
    connection.execute(
        insert(table).values(
            source=str(finding.source),
            home_id=finding.source.home_id,
            kind=finding.kind.value,
            quality=finding.quality.value,
            since=finding.since,
            until=finding.until,
            figures_json=figures_json,
        )
    )
    return True


def _end(connection: Connection, source: Source, kind: FindingKind, moment: datetime) -> datetime | None:
    """End an open finding at `moment`, and return when it began; None where there was none."""
    table = schema.finding
    is_open = and_(table.c.source == str(source), table.c.kind == kind.value, table.c.until.is_(None))
    began: datetime | None = connection.scalar(select(table.c.since).where(is_open))
    if began is None:
        return None
    if began >= moment:
        connection.execute(delete(table).where(is_open))
    else:
        connection.execute(update(table).where(is_open).values(until=moment))
    return began
