"""The community's facts by day, and which homes asked to be shown by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from battery_commons.community.day import DayFacts
from battery_commons.store.database import Database
from battery_commons.store.errors import NotFoundError
from battery_commons.store.schema_community import community_day, shown_home
from battery_commons.store.upsert import insert_new, insert_or_update

_DAY = TypeAdapter(DayFacts)


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A day's facts, and a digest of what they were made of."""

    facts: DayFacts
    made_of: str


class CommunityStore(Database):
    """Days and names."""

    def put_community_day(self, kept: KeptDay, now: datetime) -> None:
        """Keep a day's facts, in the place of what was there."""
        row = {
            "day": kept.facts.day.isoformat(),
            "made_of": kept.made_of,
            "made_at": now,
            "content": _DAY.dump_json(kept.facts).decode(),
        }
        with self._write() as connection:
            insert_or_update(connection, community_day, [row])

    def community_days(self, first: date, last: date) -> list[DayFacts]:
        """Return the facts of the days from `first` to `last`, both included, as far as they are kept."""
        table = community_day
        statement = (
            select(table.c.content)
            .where(table.c.day >= first.isoformat(), table.c.day <= last.isoformat())
            .order_by(table.c.day)
        )
        with self._read() as connection:
            return [_DAY.validate_json(content) for content in connection.scalars(statement)]

    def community_days_made_of(self, first: date, last: date) -> Mapping[date, str]:
        """Return what the days that are kept were made of."""
        table = community_day
        statement = select(table.c.day, table.c.made_of).where(
            table.c.day >= first.isoformat(), table.c.day <= last.isoformat()
        )
        with self._read() as connection:
            return {date.fromisoformat(row.day): row.made_of for row in connection.execute(statement)}

    def community_span(self) -> tuple[date, date, datetime] | None:
        """Return the first and the last day that are kept, and when any was last made; None without any."""
        table = community_day
        statement = select(func.min(table.c.day), func.max(table.c.day), func.max(table.c.made_at))
        with self._read() as connection:
            first, last, made_at = connection.execute(statement).one()
        return None if first is None else (date.fromisoformat(first), date.fromisoformat(last), made_at)

    def show_home(self, home_id: str, now: datetime, *, shown: bool) -> None:
        """Have a home be shown by name from now on, or not any more.

        Raises NotFoundError for a home that has left.
        """
        with self._write() as connection:
            try:
                if shown:
                    insert_new(connection, shown_home, [{"home_id": home_id, "since": now}])
                else:
                    connection.execute(delete(shown_home).where(shown_home.c.home_id == home_id))
            except IntegrityError as error:
                raise NotFoundError(f"there is no home {home_id}") from error

    def shown_homes(self) -> dict[str, datetime]:
        """Return the homes that asked to be shown by name, and since when."""
        with self._read() as connection:
            return {row.home_id: row.since for row in connection.execute(select(shown_home))}
