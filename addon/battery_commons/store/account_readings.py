"""What a home's month is made of, from readings that are not wrong."""

from datetime import datetime

from battery_commons.domain.quality import Source, SourceKind
from battery_commons.store.database import Database
from battery_commons.store.quarter_hours import battery_means
from battery_commons.store.records import MeanSlot
from battery_commons.store.worth import read_worth


class AccountReadingStore(Database):
    """Reads for the account."""

    def usable_battery_slots(
        self, home_id: str, battery_id: str, start: datetime, end: datetime
    ) -> dict[datetime, MeanSlot]:
        """Return how a battery stood by the quarter hour in [start, end), where something usable is known."""
        with self._read() as connection:
            worth = read_worth(connection, Source(SourceKind.BATTERY, f"{home_id}/{battery_id}"))
            rows = connection.execute(battery_means(home_id, battery_id, start, end, worth))
            return {row.slot: MeanSlot(row.slot, row.power_w, row.state_of_charge) for row in rows}
