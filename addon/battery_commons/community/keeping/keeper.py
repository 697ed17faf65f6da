"""Keeps the community's facts by day while the coordinator runs, after the account has been kept."""

import asyncio
from datetime import date, timedelta

import structlog

from battery_commons.account.keeping.books import Books
from battery_commons.account.keeping.gathering import day_of
from battery_commons.account.keeping.keeper import CORRECTED_FOR
from battery_commons.community.keeping.gathering import community_days
from battery_commons.domain.time import Clock
from battery_commons.store import Store, StoreError

_AFTER_THE_ACCOUNT = timedelta(minutes=10)
_LOOK_EVERY = timedelta(hours=6)
_LAST_MONTHS = 2
"""Those that readings still come in of: looked at each time; the others once a day."""

_LOGGER = structlog.get_logger(__name__)


class CommunityKeeper:
    """Tends one village's facts."""

    def __init__(self, store: Store, books: Books, clock: Clock) -> None:
        """Work out of `books`, by `clock`."""
        self._store = store
        self._books = books
        self._clock = clock
        self._looked_at_all: date | None = None

    async def run(self) -> None:
        """Look four times a day, until cancelled. What fails is tried again then."""
        await asyncio.sleep(self._clock.wall_seconds(_AFTER_THE_ACCOUNT))
        while True:
            try:
                await asyncio.to_thread(self.look)
            except (StoreError, ValueError) as error:
                _LOGGER.warning("community's facts not kept; tried again later", error=str(error))
            await asyncio.sleep(self._clock.wall_seconds(_LOOK_EVERY))

    def look(self) -> None:
        """Work out the days that are over, and those that rest on other figures by now.

        Raises StoreError and ValueError.
        """
        now = self._clock.now()
        periods = list(self._store.account_months())[-CORRECTED_FOR:]
        if self._looked_at_all == day_of(now):
            periods = periods[-_LAST_MONTHS:]
        for period in periods:
            for kept in community_days(self._store, self._books, period, now):
                self._store.put_community_day(kept, now)
        self._looked_at_all = day_of(now)
