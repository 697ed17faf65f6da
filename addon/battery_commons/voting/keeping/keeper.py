"""Keeps votes: has their effects reckoned, opens, closes and counts them, and puts results in force."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from battery_commons.account.keeping.books import Books
from battery_commons.background_run import BackgroundRun
from battery_commons.domain.bylaws import Bylaws
from battery_commons.domain.plan import Plan
from battery_commons.domain.time import SLOTS_PER_DAY, Clock
from battery_commons.own_past.village import own_record
from battery_commons.simulation.builtin import record_builtin
from battery_commons.store import Store, StoreError
from battery_commons.store.audit import Author
from battery_commons.store.settings import author_name
from battery_commons.store.votes import Opening
from battery_commons.voting.blind import SigningKey
from battery_commons.voting.keeping.codes import moved_by_codes
from battery_commons.voting.keeping.effects import RECKONED, EffectsTask, reckon, steering
from battery_commons.voting.keeping.proposal import motion_problems
from battery_commons.voting.keeping.shares import told_by_account
from battery_commons.voting.motion import Motion, days_later
from battery_commons.voting.vote import Effects, EffectSource, Reckoned, State, Vote, VoteRefusedError

RECKONED_FILE = "vote-effects.json"
LOOK_EVERY_S = 30.0
"""In wall time, at least: clocks are set, and votes are withdrawn."""
WHILE_RECKONING_S = 1.0
EXAMPLE_FROM_DAY, EXAMPLE_DAYS = 165, 7
"""A week of June, when roofs feed in most, of the built-in village."""

_LOGGER = structlog.get_logger(__name__)


class VoteKeeper:
    """Runs beside the ticks."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        folder: Path,
        current_plan: Callable[[], Plan | None] = lambda: None,
        settings_changed: Callable[[], None] = lambda: None,
        *,
        books: Callable[[], Books | None] = lambda: None,
    ) -> None:
        """Keep the votes of `store`; `settings_changed` is told when a result took effect.

        `books` are looked into for what each way of sharing would make of the last month, and for the fund.
        """
        self._store = store
        self._clock = clock
        self._current_plan = current_plan
        self._settings_changed = settings_changed
        self._books = books
        self._file = folder / RECKONED_FILE
        self._job = BackgroundRun(self._file)
        self._reckoning: str | None = None
        """The vote whose effects are reckoned."""
        self._news = asyncio.Event()

    def changed(self) -> None:
        """Take note that something was put to the vote: that does not wait."""
        self._news.set()

    def share_done(self, vote_id: str) -> float | None:
        """Return which share of a vote's effects is reckoned; None where they are not under way."""
        return self._job.share_done if vote_id == self._reckoning else None

    async def run(self) -> None:
        """Do what is due, until cancelled."""
        try:
            await self._run()
        finally:
            self._job.cancel()
            self._reckoning = None

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                pause_s = await self.tend()
            except StoreError as error:
                _LOGGER.error("votes wait for the database", problem=str(error))  # noqa: TRY400 - made to be read
                pause_s = LOOK_EVERY_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), pause_s)

    async def tend(self) -> float:
        """Do what is due now, and return after how many seconds to look again. Raises StoreError."""
        now = self._clock.now()
        votes = await asyncio.to_thread(self._store.unfinished_votes)
        if self._reckoning not in {None, *(vote.id for vote in votes)}:
            await asyncio.to_thread(self._job.cancel)  # It was withdrawn.
            self._reckoning = None
        for vote in votes:
            try:
                await self._tend(vote, now)
            except VoteRefusedError as refusal:
                # It was withdrawn at this very moment: a key takes a while to make.
                _LOGGER.info("vote left as it is", vote_id=vote.id, refused=refusal.refusal)
        if self._reckoning is not None:
            return WHILE_RECKONING_S
        moments = [due(vote) for vote in await asyncio.to_thread(self._store.unfinished_votes)]
        waits_s = [self._clock.wall_seconds(moment - self._clock.now()) for moment in moments]
        return min(max(min(waits_s, default=LOOK_EVERY_S), 0.0) + 0.01, LOOK_EVERY_S)

    async def _tend(self, vote: Vote, now: datetime) -> None:
        if vote.state is State.COMING and vote.effects is None:
            await self._see_to_effects(vote, now)
        elif now < due(vote):
            return
        elif vote.state is State.COMING:
            await asyncio.to_thread(self._open, vote, now)
        elif vote.state is State.OPEN:
            closed = await asyncio.to_thread(self._store.close_vote, vote.id, now)
            _LOGGER.info("vote closed", vote_id=vote.id, outcome=closed.result and closed.result.outcome)
        else:
            await asyncio.to_thread(self._store.put_in_force, vote.id, now)
            self._settings_changed()
            _LOGGER.info("vote in force", vote_id=vote.id, subject=vote.motion.subject)

    def _open(self, vote: Vote, now: datetime) -> None:
        """Open a vote, or withdraw it where the bylaws or the village have come to not allow it."""
        settings = self._store.settings()
        motion = _from_now(vote.motion, settings.bylaws, now)
        by = Author(author_name(vote.id), now)
        if wrong := motion_problems(self._store, self._current_plan(), motion, now):
            self._store.withdraw_vote(vote.id, by, "; ".join(meaning for _, meaning in wrong))
            _LOGGER.warning("vote withdrawn", vote_id=vote.id, problems=[each for each, _ in wrong])
            return
        opening = Opening(SigningKey.generate(), settings.bylaws.quorum, dict(self._roll(settings.bylaws)))
        self._store.open_vote(vote.id, motion, opening, by)
        _LOGGER.info("vote opened", vote_id=vote.id, homes=len(opening.roll))

    def _roll(self, bylaws: Bylaws) -> Iterator[tuple[str, int]]:
        with_battery = {battery.home_id for battery in self._store.batteries()}
        for home in self._store.homes():
            if home.suspended_at is None:
                yield home.id, 2 if bylaws.battery_votes and home.id in with_battery else 1

    async def _see_to_effects(self, vote: Vote, now: datetime) -> None:
        """Have a vote's effects reckoned, or keep them once they are."""
        if self._reckoning not in {None, vote.id}:
            return
        if self._reckoning is None:
            task = await asyncio.to_thread(self._task, vote, now)
            if task is None:
                effects, homes = await asyncio.to_thread(self._told, vote, now)
                await asyncio.to_thread(self._store.keep_effects, vote.id, effects, homes)
                self._news.set()
                return
            self._file.unlink(missing_ok=True)
            await asyncio.to_thread(self._job.run, partial(reckon, task))
            self._reckoning = vote.id
        elif self._job.share_done is None:
            await asyncio.to_thread(self._keep_effects, vote)
            self._reckoning = None
            self._news.set()

    def _task(self, vote: Vote, now: datetime) -> EffectsTask | None:
        """Return what to reckon: on the village's own past, or an example that is called one."""
        settings = self._store.settings()
        options = steering(vote.motion, settings)
        if not options:
            return None
        tariff = settings.tariff.at(now)
        own = own_record(self._store, now)
        if own.village is not None:
            return EffectsTask(own.village, EffectSource.OWN, tariff, options, own.as_usual)
        example = record_builtin().part(EXAMPLE_FROM_DAY * SLOTS_PER_DAY, EXAMPLE_DAYS * SLOTS_PER_DAY)
        return EffectsTask(example, EffectSource.EXAMPLE, tariff, options)

    def _told(self, vote: Vote, now: datetime) -> Reckoned:
        """Return what account and codes tell of a vote that steers nothing, or that nothing is reckoned."""
        books = self._books()
        try:
            told = moved_by_codes(vote.motion, self._store, now) or (
                books and told_by_account(vote.motion, self._store.settings(), books)
            )
        except (KeyError, ValueError) as error:
            _LOGGER.error("effects not reckoned", vote_id=vote.id, problem=str(error))  # noqa: TRY400 - made to be read
            return Effects(EffectSource.FAILED), {}
        return told or (Effects(EffectSource.NONE), {})

    def _keep_effects(self, vote: Vote) -> None:
        try:
            effects, homes = RECKONED.validate_json(self._file.read_bytes())
        except (OSError, ValueError) as error:
            _LOGGER.error("effects not reckoned", vote_id=vote.id, problem=str(error))  # noqa: TRY400 - made to be read
            effects, homes = Effects(EffectSource.FAILED), {}
        self._store.keep_effects(vote.id, effects, homes)
        self._file.unlink(missing_ok=True)


def due(vote: Vote) -> datetime:
    """Return when a vote that is not over goes on by itself."""
    match vote.state:
        case State.COMING:
            return vote.motion.opens_at
        case State.OPEN:
            return vote.motion.closes_at
        case _:
            return vote.motion.takes_effect_at


def _from_now(motion: Motion, bylaws: Bylaws, now: datetime) -> Motion:
    """Return a motion that opens now: what waited is open as long as the bylaws ask all the same."""
    closes_at = max(motion.closes_at, days_later(now, bylaws.vote_days))
    return replace(
        motion, opens_at=now, closes_at=closes_at, takes_effect_at=max(motion.takes_effect_at, closes_at)
    )
