"""What energy costs, slot by slot."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from battery_commons.store import schema
from battery_commons.store.database import Database
from battery_commons.store.records import StoredPrice
from battery_commons.store.upsert import insert_or_update


class SlotPrice(Protocol):
    """What energy costs in the slot from `start`."""

    @property
    def start(self) -> datetime:
        """The slot's start."""
        ...

    @property
    def eur_per_kwh(self) -> float:
        """The price, which may be negative."""
        ...


class PriceStore(Database):
    """One price per slot, with the source that gave it last."""

    def put_prices(self, source: str, prices: Iterable[SlotPrice]) -> None:
        """Keep prices; a slot that had one gets the new one and its source."""
        rows = [
            {"start": price.start, "eur_per_kwh": price.eur_per_kwh, "source": source} for price in prices
        ]
        if not rows:
            return
        with self._write() as connection:
            insert_or_update(connection, schema.price, rows)

    def prices(self, start: datetime, end: datetime) -> dict[datetime, StoredPrice]:
        """Return the known prices of the slots that start in [start, end), by their start."""
        table = schema.price
        statement = select(table).where(table.c.start >= start, table.c.start < end).order_by(table.c.start)
        with self._read() as connection:
            rows = connection.execute(statement).all()
        return {row.start: StoredPrice(row.start, row.eur_per_kwh, row.source) for row in rows}
