"""How the village takes part in Dutch grid operators' flexibility, and the EANs that residents gave for it.

An EAN is a household's own: it stands in no log, and goes with its home.
"""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.dutch_flex import CongestionPoint, DutchParticipation, FlexGroup, TakenCall
from battery_commons.store import schema_operators
from battery_commons.store.audit import Act, Author, record
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError, StoreError
from battery_commons.store.event_references import references
from battery_commons.store.upsert import insert_new, insert_or_update

_PARTICIPATION = TypeAdapter(DutchParticipation)
_GROUP = TypeAdapter(FlexGroup)


class DutchFlexStore(Database):
    """What was agreed with the grid operator."""

    def dutch_participation(self) -> DutchParticipation | None:
        """Return how the village takes part; None where it does not.

        Raises StoreError where this version cannot tell.
        """
        with self._read() as connection:
            row = connection.execute(select(schema_operators.dutch_flex)).one_or_none()
            if row is None:
                return None
            points = connection.execute(
                select(schema_operators.dutch_point).order_by(schema_operators.dutch_point.c.subject)
            )
            kept = {
                "provider": row.provider,
                "operator": row.operator,
                "points": {
                    each.subject: {"id": each.point_id, "max_duration": each.max_duration} for each in points
                },
                "connections": {
                    each.home_id: each.ean
                    for each in connection.execute(select(schema_operators.dutch_connection))
                },
            }
        try:
            return _PARTICIPATION.validate_python(kept)
        except ValidationError:
            # Not from that error, which holds EANs.
            raise StoreError("How the village takes part in flexibility cannot be told") from None

    def take_part_in_dutch_flex(
        self,
        provider: str,
        operator: str,
        points: Mapping[str, CongestionPoint],
        by: Author | None = None,
    ) -> None:
        """Take part from now on as this, behind these congestion points. EANs of connections stay."""
        rows = [
            {"subject": subject, "point_id": each.id, "max_duration": each.max_duration.value}
            for subject, each in points.items()
        ]
        with self._write() as connection:
            connection.execute(delete(schema_operators.dutch_flex))
            connection.execute(
                insert(schema_operators.dutch_flex).values(provider=provider, operator=operator)
            )
            connection.execute(delete(schema_operators.dutch_point))
            if rows:
                connection.execute(insert(schema_operators.dutch_point), rows)
            told = ", ".join(f"{subject}: {each.id}" for subject, each in points.items())
            record(connection, by, Act.DUTCH_FLEX_CHANGED, provider, told)

    def end_dutch_flex(self, by: Author | None = None) -> None:
        """Take part no longer, and forget the EANs."""
        with self._write() as connection:
            ended = connection.execute(delete(schema_operators.dutch_flex)).rowcount
            for table in (
                schema_operators.dutch_point,
                schema_operators.dutch_connection,
                schema_operators.dutch_group,
                schema_operators.dutch_call,
            ):
                connection.execute(delete(table))
            if ended:
                record(connection, by, Act.DUTCH_FLEX_ENDED, "")

    def give_connection(self, home_id: str, ean: str, by: Author | None = None) -> None:
        """Keep the EAN18 of a home's connection. Raises NotFoundError for a home that has left."""
        with self._write() as connection:
            try:
                insert_or_update(
                    connection, schema_operators.dutch_connection, [{"home_id": home_id, "ean": ean}]
                )
            except IntegrityError as error:
                raise NotFoundError(f"there is no home {home_id}") from error
            record(connection, by, Act.CONNECTION_GIVEN, home_id)

    def connection_of(self, home_id: str) -> str | None:
        """Return the EAN that a home gave of its connection; None where it gave none."""
        table = schema_operators.dutch_connection
        with self._read() as connection:
            ean: str | None = connection.scalar(select(table.c.ean).where(table.c.home_id == home_id))
        return ean

    def withdraw_connection(self, home_id: str, by: Author | None = None) -> None:
        """Forget the EAN of a home's connection, which so takes part no longer."""
        table = schema_operators.dutch_connection
        with self._write() as connection:
            if connection.execute(delete(table).where(table.c.home_id == home_id)).rowcount:
                record(connection, by, Act.CONNECTION_WITHDRAWN, home_id)

    def dutch_groups(self, line_id: str) -> list[FlexGroup]:
        """Return the village's groups as the operator at the end of a line last showed them.

        Raises StoreError where this version cannot tell.
        """
        table = schema_operators.dutch_group
        statement = select(table.c.group_json).where(table.c.line_id == line_id).order_by(table.c.name)
        with self._read() as connection:
            rows = connection.scalars(statement).all()
        try:
            return [_GROUP.validate_json(each) for each in rows]
        except ValidationError as error:
            raise StoreError("A group of batteries at a grid operator cannot be told") from error

    def keep_dutch_groups(self, line_id: str, groups: Sequence[FlexGroup]) -> None:
        """Keep what the operator shows of the village's groups, in the place of what it showed before."""
        table = schema_operators.dutch_group
        rows = [
            {"line_id": line_id, "name": each.name, "group_json": _GROUP.dump_json(each).decode()}
            for each in groups
        ]
        with self._write() as connection:
            connection.execute(delete(table).where(table.c.line_id == line_id))
            if rows:
                connection.execute(insert(table), rows)

    def taken_calls(self, line_id: str) -> dict[str, TakenCall]:
        """Return the calls that were taken on over a line, by their event."""
        table = schema_operators.dutch_call
        with self._read() as connection:
            rows = connection.execute(select(table).where(table.c.line_id == line_id)).all()
        return {row.event_id: TakenCall(row.subject, row.baseline_w) for row in rows}

    def taken_call(self, reference: str) -> TakenCall | None:
        """Return what the call of an event, as the village calls it, rests on; None for any other event."""
        table = schema_operators.dutch_call
        ids = (reference, reference.rpartition(" (")[0])
        with self._read() as connection:
            rows = connection.execute(select(table).where(table.c.event_id.in_(ids))).all()
            called = references(connection, [(row.line_id, row.event_id) for row in rows])
        found = (row for row in rows if called[row.line_id, row.event_id] == reference)
        return next((TakenCall(row.subject, row.baseline_w) for row in found), None)

    def take_on_calls(self, line_id: str, calls: Mapping[str, TakenCall]) -> None:
        """Keep what calls rest on, by their event; of those that were taken on before, that stays."""
        rows = [
            {
                "line_id": line_id,
                "event_id": event_id,
                "subject": call.subject,
                "baseline_w": call.baseline_w,
            }
            for event_id, call in calls.items()
        ]
        with self._write() as connection:
            insert_new(connection, schema_operators.dutch_call, rows)
