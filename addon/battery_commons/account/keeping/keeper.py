"""Keeps the account while the coordinator runs: gathers each day, and closes months that nobody closed."""

import asyncio
from datetime import datetime, timedelta

import structlog

from battery_commons.account.closing import closed_periods
from battery_commons.account.keeping.books import Books
from battery_commons.account.keeping.gathering import gather, months_so_far, period_of
from battery_commons.account.period import month_grid, next_period
from battery_commons.domain.time import Clock
from battery_commons.store import Store, StoreError
from battery_commons.store.audit import Author
from battery_commons.voting.vote import State

CLOSES_AFTER = timedelta(days=28)
"""After a month's end: one that no volunteer closed by then is closed by itself. Nothing is paid by that."""
CORRECTED_FOR = 13
"""So many months back what was gathered is kept, and changes are looked for: a meter may bring a year."""
BY_ITSELF = "the account"
"""Who acts where no volunteer does."""
_LOOK_EVERY = timedelta(hours=6)
_IN_FORCE = timedelta(minutes=1)
"""After midnight: what was decided to count from a month's first moment on does by then."""

_LOGGER = structlog.get_logger(__name__)


class AccountKeeper:
    """Tends one village's account."""

    def __init__(self, store: Store, books: Books, clock: Clock) -> None:
        """Tell the time by `clock`."""
        self._store = store
        self._books = books
        self._clock = clock

    async def run(self) -> None:
        """Look at once, four times a day and as a month begins, until cancelled.

        What fails is tried again then. Votes that fell due while the coordinator was away are counted first.
        """
        while True:
            try:
                if await asyncio.to_thread(self._has_vote_due):
                    await asyncio.sleep(self._clock.wall_seconds(_IN_FORCE))
                await asyncio.to_thread(self.look)
            except (StoreError, ValueError) as error:
                _LOGGER.warning("account not kept; tried again later", error=str(error))
            await asyncio.sleep(self._clock.wall_seconds(until_next_look(self._clock.now())))

    def _has_vote_due(self) -> bool:
        now = self._clock.now()
        return any(
            vote.state in {State.OPEN, State.DECIDED} and vote.motion.takes_effect_at <= now
            for vote in self._store.unfinished_votes()
        )

    def look(self) -> None:
        """Gather what came in, close a month that has waited long, and see which need a correction.

        Raises StoreError and ValueError.
        """
        now = self._clock.now()
        periods = months_so_far(self._store, now)[-CORRECTED_FOR:]
        if not periods:
            return  # A volunteer has not begun it.
        gather(self._store, periods, now)
        self._store.forget_gathered(periods[0])
        closed = closed_periods(self._books.entries())
        for period in periods:
            is_next = period == next_period(closed[-1]) if closed else period == periods[0]
            if is_next and now >= month_grid(period).end + CLOSES_AFTER:
                self._books.close(period, Author(BY_ITSELF, now))
                closed.append(period)
                _LOGGER.info("month closed by itself", period=period)
        for period in periods:
            if period in closed:
                self._books.changed_tables(period)


def until_next_look(now: datetime) -> timedelta:
    """Return how long to wait: a month is settled by the rules that it began with, which are taken then."""
    begins = month_grid(period_of(now)).end + _IN_FORCE
    return min(_LOOK_EVERY, begins - now)
