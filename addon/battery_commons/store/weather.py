"""The weather of each slot: what was last said of it, and what was last said a day ahead.

A forecast is to be learned from as it was when it was made. So beside the newest word on a slot, which in the
end is what a source says looking back, the last one of a day ahead is kept. Each has its time of issue.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from battery_commons.domain.settings import Place
from battery_commons.domain.weather import SlotWeather
from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.upsert import insert_or_update

DAY_AHEAD = timedelta(days=1)
_REACH = timedelta(days=10)
"""Further than any answer reaches beyond the moment of its issue."""


@dataclass(frozen=True, slots=True)
class StoredWeather:
    """What a source said of a slot, and when."""

    weather: SlotWeather
    issued_at: datetime
    """After the slot where the source looked back."""
    source: str


@dataclass(frozen=True, slots=True)
class WeatherKnown:
    """What is known of the weather at a place, by and large."""

    issued_at: datetime
    """When the newest of it was issued."""
    source: str
    """Whose that is."""
    first: datetime
    """The first slot."""
    last: datetime
    """The last slot."""


class WeatherStore(Database):
    """The weather by place, so that the weather of another place is never taken for this one's."""

    def put_weather(
        self, place: Place, source: str, issued_at: datetime, weather: Iterable[SlotWeather]
    ) -> None:
        """Keep what a source said at `issued_at`."""
        rows = [
            {
                "place": _key(place),
                "start": each.start,
                "a_day_ahead": a_day_ahead,
                "issued_at": issued_at,
                "source": source,
                "temperature_c": each.temperature_c,
                "radiation_w_m2": each.radiation_w_m2,
            }
            for each in weather
            for a_day_ahead in (False, True)
            if not a_day_ahead or each.start - issued_at >= DAY_AHEAD
        ]
        with self._write() as connection:
            insert_or_update(connection, schema.weather, rows)

    def weather(
        self, place: Place, start: datetime, end: datetime, *, a_day_ahead: bool = False
    ) -> list[StoredWeather]:
        """Return the slots that start in [start, end), in order: the newest word, or the last a day ahead."""
        table = schema.weather
        statement = (
            select(table)
            .where(table.c.place == _key(place), table.c.a_day_ahead == a_day_ahead)
            .where(table.c.start >= start, table.c.start < end)
            .order_by(table.c.start)
        )
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return [
            StoredWeather(
                SlotWeather(row.start, row.temperature_c, row.radiation_w_m2), row.issued_at, row.source
            )
            for row in rows
        ]

    def weather_known(self, place: Place) -> WeatherKnown | None:
        """Return what is known of the weather at a place, None where that is nothing."""
        table = schema.weather
        here = table.c.place == _key(place)
        with self._read() as connection:
            # Each by itself is found in the key; together they would be looked for in all rows.
            first = connection.scalar(select(func.min(table.c.start)).where(here))
            last = connection.scalar(select(func.max(table.c.start)).where(here))
            if first is None or last is None:
                return None
            newest = connection.execute(
                select(table.c.issued_at, table.c.source)
                .where(here, table.c.start > last - _REACH, table.c.a_day_ahead.is_(False))
                .order_by(table.c.issued_at.desc(), table.c.start.desc())
                .limit(1)
            ).one()
        return WeatherKnown(newest.issued_at, newest.source, first, last)


def _key(place: Place) -> str:
    return f"{place.latitude:.1f},{place.longitude:.1f}"
