"""What the built-in village's members decided from July 2026 to June 2027, by ballots that they really cast.

A store and the village's own keeper of votes, under a clock that is set by hand: homes join and leave,
propose, have their ballots signed blindly and cast them, and what is counted takes effect by itself. What
each answer would do is not reckoned here.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from battery_commons.account.basis import MonthRules
from battery_commons.account.keeping.gathering import TERMS, begin, months_so_far
from battery_commons.account.keeping.leaving import leave
from battery_commons.account.period import midnight, month_grid, next_period
from battery_commons.domain.bylaws import Bylaws, SharingRule
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.settings import VillageSettings
from battery_commons.simulation.village import load_village
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.records import HomeBattery
from battery_commons.voting.keeping.keeper import VoteKeeper
from battery_commons.voting.keeping.proposal import motion_problems
from battery_commons.voting.motion import Motion, Subject, Value
from battery_commons.voting.vote import Effects, EffectSource, Refusal, Vote, VoteRefusedError
from tests.village.account_store import Clock
from tests.village.voting.voter import Voter

FIRST, LAST = "2026-07", "2027-06"
WITHOUT_BATTERY = ("c001", "c002", "c007")
JOINS = {"c136": date(2026, 9, 17), "c007": date(2026, 12, 3)}
LEAVES = {"c092": date(2027, 2, 11), "c002": date(2026, 10, 31)}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """A vote, and what most of those who vote say."""

    takes_effect: date
    subject: Subject
    values: tuple[Value, ...]
    most: int
    """Which of the values."""
    proposed_by: str
    voters: int = 99
    """So many of those present vote."""


QUESTIONS = (
    Question(date(2026, 10, 1), Subject.CONTROL_MODEL, ("M4", "M5"), 1, "c005"),
    Question(date(2026, 11, 1), Subject.SHARING, ("equal", "contribution"), 1, "c002"),
    Question(date(2026, 11, 1), Subject.FUND_SHARE, (0.05, 0.1), 0, "c001"),
    Question(date(2026, 12, 1), Subject.CONTROL_MODEL, ("M2", "M3", "M5"), 1, "c136"),
    Question(date(2027, 2, 1), Subject.CONTROL_MODEL, ("M4+M5", "M3"), 0, "c007"),
    Question(date(2027, 3, 1), Subject.SHARING, ("contribution", "equal", "fund"), 2, "c092"),
    Question(date(2027, 3, 1), Subject.FUND_SHARE, (0.05, 0.0), 1, "c050"),
    Question(date(2027, 4, 1), Subject.CONTROL_MODEL, ("M4+M5", "M1"), 1, "c034", voters=2),
    Question(date(2027, 5, 1), Subject.CONTROL_MODEL, ("M4+M5", "M2"), 1, "c034"),
)


@dataclass
class Decided:
    """What came of the year's votes."""

    models: dict[str, ControlModel] = field(default_factory=dict)
    """By month, what steers as it begins."""
    rules: dict[str, MonthRules] = field(default_factory=dict)
    """By month, what the account settles it by."""
    votes: list[Vote] = field(default_factory=list)
    refused: list[tuple[str, Refusal]] = field(default_factory=list)
    """Who was not let vote, and why."""


@cache
def decided_year() -> Decided:
    """Live through the year once."""
    with TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "village.db")) as store:
        return asyncio.run(_Village(store, Path(folder)).lived())


class _Village:
    """The village as it votes."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._clock = Clock(month_grid(FIRST).start)
        self._keeper = VoteKeeper(store, self._clock, folder)
        self._homes: dict[str, str] = {}
        """Who is or was a member: the home's id, by site."""
        self._decided = Decided()
        self._sites = {each.id: each for each in load_village().connections}

    async def lived(self) -> Decided:
        """Do each thing at its moment, the keeper tending before and after."""
        self._begin()
        for moment, act in sorted(self._acts(), key=lambda each: each[0]):
            self._clock.at = moment
            await self._tend()
            act()
            await self._tend()
        return self._decided

    async def _tend(self) -> None:
        """Let votes go on until nothing is due."""
        for _ in range(10):
            if await self._keeper.tend() >= 1:
                return
        raise AssertionError("votes do not come to rest")

    def _begin(self) -> None:
        village, store = load_village(), self._store
        for transformer in village.transformers:
            store.put_transformer(transformer)
        store.put_feeder("Feeder", 1e9, [each.id for each in village.transformers])
        store.add_meter_readings(FEEDER_ID, [MeterReading(self._clock.at, 100_000.0)])
        bylaws = Bylaws(fund_need_eur=400.0)
        store.change_settings(
            lambda _: VillageSettings(sharing=SharingRule.EQUAL, fund_share=0.1, bylaws=bylaws)
        )
        for site in (*(each.id for each in village.battery_connections), *WITHOUT_BATTERY):
            if site not in JOINS:
                self._join(site)
        begin(store, Author("Anna", self._clock.at))

    def _acts(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        period = FIRST
        while period <= LAST:
            yield month_grid(period).start + timedelta(minutes=1), self._month_begins
            period = next_period(period)
        for site, day in JOINS.items():
            yield midnight(day), partial(self._join, site)
        for site, day in LEAVES.items():
            yield midnight(day) + DAY / 2, partial(self._leave, site)
        for question in QUESTIONS:
            poll = _Poll(question, self._store, self._clock, self._homes, self._decided)
            yield poll.opens - DAY, poll.propose
            yield poll.opens, _nothing  # The keeper opens it.
            yield poll.opens + DAY, poll.vote
            yield poll.closes - DAY, poll.vote_too
            yield poll.closes, poll.vote_late
            yield midnight(question.takes_effect), poll.note

    def _month_begins(self) -> None:
        period = months_so_far(self._store, self._clock.at)[-1]
        terms = TERMS.validate_json(self._store.account_months()[period])
        self._decided.models[period] = self._store.settings().control_model
        self._decided.rules[period] = terms.rules

    def _join(self, site: str) -> None:
        store, connection = self._store, self._sites[site]
        store.add_invitation(connection.transformer_id, site, self._clock.at + DAY)
        self._homes[site] = home_id = store.join(site, connection.name, [], self._clock.at).home_id
        if connection.battery is not None:
            store.describe_home(home_id, [], [HomeBattery(home_id, "b1", "Battery", connection.battery)])

    def _leave(self, site: str) -> None:
        leave(self._store, self._homes[site], self._clock.at)


def _nothing() -> None:
    """Let the keeper do what is due."""


class _Poll:
    """One question, put to those who are there."""

    def __init__(
        self, question: Question, store: Store, clock: Clock, homes: Mapping[str, str], decided: Decided
    ) -> None:
        self._question, self._store, self._clock = question, store, clock
        self._homes, self._decided = homes, decided
        self.opens = midnight(question.takes_effect) - 22 * DAY
        self.closes = midnight(question.takes_effect) - 12 * DAY
        self._vote_id = ""

    def propose(self) -> None:
        """A member proposes it."""
        question, store = self._question, self._store
        effect = midnight(question.takes_effect)
        motion = Motion(question.subject, "What now?", "", question.values, self.opens, self.closes, effect)
        assert motion_problems(store, None, motion, self._clock.at) == []
        home_id = self._homes[question.proposed_by]
        self._vote_id = store.propose(motion, Author(home_id, self._clock.at), home_id)
        store.keep_effects(self._vote_id, Effects(EffectSource.NONE), {})

    def vote(self) -> None:
        """Those who are there vote; one in four is of another opinion."""
        most = "abcde"[self._question.most]
        other = "b" if most == "a" else "a"
        present = {home.id for home in self._store.homes()}
        voters = [site for site, home_id in self._homes.items() if home_id in present and site != "c092"]
        for n, site in enumerate(voters[: self._question.voters]):
            self._cast(site, other if n % 4 == 3 else most)

    def vote_too(self) -> None:
        """Two come later, who may have joined or left by now; and one comes once more."""
        if self._question.voters > len(self._homes):
            for site in ("c092", "c136", "c001"):
                if site in self._homes:
                    self._cast(site, "a")

    def vote_late(self) -> None:
        """Somebody comes when it is closed."""
        self._cast("c005", "a")

    def note(self) -> None:
        """Look at what became of it."""
        self._decided.votes.append(self._store.vote(self._vote_id))

    def _cast(self, site: str, choice: str) -> None:
        store, now = self._store, self._clock.at
        key = store.vote(self._vote_id).key
        assert key is not None
        voter = Voter(self._vote_id, key, choice)
        try:
            signature = store.sign_paper(self._vote_id, self._homes[site], 0, voter.blinded, now)
            store.cast(self._vote_id, voter.ballot(signature), now)
        except VoteRefusedError as refused:
            self._decided.refused.append((site, refused.refusal))
