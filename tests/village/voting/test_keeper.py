"""Votes tended by themselves: reckoned, opened, closed and put in force, by the village's clock."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import override

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.account.keeping.books import Books
from battery_commons.account.table import TableError
from battery_commons.domain.bylaws import Bounds, Bylaws
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import MARKET_ZONE, WallClock
from battery_commons.store import Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.records import NewHome
from battery_commons.voting.blind import SigningKey
from battery_commons.voting.keeping import keeper as vote_keeper
from battery_commons.voting.keeping.effects import RECKONED, reckon
from battery_commons.voting.keeping.keeper import VoteKeeper
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.vote import Effects, EffectSource, State, Vote
from tests.village.own_past.test_village import END, NOW, measured, with_a_home
from tests.village.store.conftest import joined
from tests.village.voting.voter import Voter

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHARING = Motion(
    Subject.SHARING, "Fair shares", "", ["equal", "contribution"], NOON, NOON + 7 * DAY, NOON + 8 * DAY
)
MODEL = replace(SHARING, subject=Subject.CONTROL_MODEL, values=["M4", "M2"])


@dataclass
class HandClock(WallClock):
    """A clock that is set by hand."""

    at: datetime = NOON

    @override
    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Dorpsstraat", 250_000))
    yield store
    store.close()


@pytest.fixture
def homes(store: Store) -> list[NewHome]:
    return [joined(store, f"home-{number}") for number in range(3)]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def keeper(store: Store, clock: HandClock, tmp_path: Path, told: list[str]) -> VoteKeeper:
    return VoteKeeper(store, clock, tmp_path, settings_changed=lambda: told.append("settings"))


def propose(store: Store, motion: Motion = SHARING) -> str:
    return store.propose(motion, Author("Anna", NOON))


async def tended(keeper: VoteKeeper, store: Store, vote_id: str) -> Vote:
    """Tend twice: effects are kept first, and what is due goes on then."""
    await keeper.tend()
    await keeper.tend()
    return store.vote(vote_id)


def vote(store: Store, vote_id: str, home: NewHome, choice: str, now: datetime = NOON) -> None:
    key = store.vote(vote_id).key
    assert key is not None
    voter = Voter(vote_id, key, choice)
    store.cast(vote_id, voter.ballot(store.sign_paper(vote_id, home.home_id, 0, voter.blinded, now)), now)


async def test_a_vote_opens_closes_and_takes_effect_at_its_times(
    store: Store, homes: list[NewHome], keeper: VoteKeeper, clock: HandClock, told: list[str]
) -> None:
    vote_id = propose(store)
    assert (await tended(keeper, store, vote_id)).state is State.OPEN
    for home in homes:
        vote(store, vote_id, home, "b")
    clock.at = SHARING.closes_at - timedelta(seconds=1)
    assert (await tended(keeper, store, vote_id)).state is State.OPEN
    clock.at = SHARING.closes_at
    assert (await tended(keeper, store, vote_id)).state is State.DECIDED
    assert told == []
    clock.at = SHARING.takes_effect_at
    assert (await tended(keeper, store, vote_id)).state is State.IN_FORCE

    assert store.settings().sharing == "contribution"
    assert told == ["settings"]
    acts = [entry.act for entry in reversed(store.audit())]
    assert acts == [
        Act.VOTE_PROPOSED,
        Act.VOTE_OPENED,
        Act.VOTE_CLOSED,
        Act.SETTING_CHANGED,
        Act.VOTE_IN_FORCE,
    ]


async def test_without_a_quorum_nothing_changes(
    store: Store, homes: list[NewHome], keeper: VoteKeeper, clock: HandClock, told: list[str]
) -> None:
    store.change_settings(lambda former: replace(former, bylaws=Bylaws(quorum=0.5)))
    vote_id = propose(store)
    await tended(keeper, store, vote_id)
    vote(store, vote_id, homes[0], "b")

    clock.at = NOON + 20 * DAY

    assert (await tended(keeper, store, vote_id)).state is State.NO_RESULT
    assert store.settings().sharing == "equal"
    assert told == []


async def test_a_home_with_a_battery_has_two_votes_where_the_bylaws_say_so(
    store: Store, homes: list[NewHome], keeper: VoteKeeper
) -> None:
    store.describe_home(homes[0].home_id, [], [])
    store.suspend(homes[2].home_id, Author("Anna", NOON))
    store.change_settings(lambda former: replace(former, bylaws=Bylaws(battery_votes=True)))
    vote_id = propose(store)

    await tended(keeper, store, vote_id)

    assert [store.on_roll(vote_id, home.home_id).papers for home in homes] == [1, 2, 0]


async def test_what_opens_late_is_open_as_long_as_the_bylaws_ask(
    store: Store, homes: list[NewHome], keeper: VoteKeeper, clock: HandClock
) -> None:
    vote_id = propose(store)
    clock.at = NOON + 5 * DAY

    opened = await tended(keeper, store, vote_id)

    assert homes
    assert opened.motion.closes_at == NOON + 12 * DAY
    assert opened.motion.takes_effect_at == NOON + 12 * DAY


async def test_what_opens_at_its_time_closes_at_its_time_when_summer_time_begins_meanwhile(
    store: Store, homes: list[NewHome], keeper: VoteKeeper, clock: HandClock
) -> None:
    evening = datetime(2027, 3, 27, 20, tzinfo=MARKET_ZONE)
    opens, closes = (moment.astimezone(UTC) for moment in (evening, evening + 7 * DAY))
    vote_id = propose(store, replace(SHARING, opens_at=opens, closes_at=closes, takes_effect_at=closes))
    clock.at = opens

    opened = await tended(keeper, store, vote_id)

    assert homes
    assert (opened.state, opened.motion.closes_at) == (State.OPEN, closes)


async def test_what_the_bylaws_came_to_forbid_does_not_open(
    store: Store, homes: list[NewHome], keeper: VoteKeeper
) -> None:
    motion = replace(SHARING, subject=Subject.FUND_SHARE, values=[0.0, 0.4])
    vote_id = propose(store, motion)
    store.change_settings(lambda former: replace(former, bylaws=Bylaws(fund_share=Bounds(0.0, 0.1))))

    withdrawn = await tended(keeper, store, vote_id)

    assert homes
    assert withdrawn.state is State.WITHDRAWN
    assert "0 to 0.1" in store.audit()[0].detail


async def test_nothing_is_reckoned_about_what_does_not_steer(
    store: Store, homes: list[NewHome], keeper: VoteKeeper
) -> None:
    vote_id = propose(store)
    await keeper.tend()

    effects = store.vote(vote_id).effects
    assert homes
    assert effects is not None
    assert (effects.source, effects.options) == (EffectSource.NONE, {})


async def test_without_a_record_of_its_own_the_village_is_shown_an_example_that_is_called_one(
    store: Store, homes: list[NewHome], keeper: VoteKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vote_keeper, "EXAMPLE_DAYS", 1)
    vote_id = propose(store, MODEL)
    async with asyncio.timeout(120):
        while (found := store.vote(vote_id)).state is State.COMING:
            await keeper.tend()
            if found.effects is None and (share := keeper.share_done(vote_id)) is not None:
                assert 0 <= share <= 1
            await asyncio.sleep(0.1)

    effects = found.effects
    assert effects is not None
    assert (effects.source, effects.days, set(effects.options)) == (EffectSource.EXAMPLE, 1, {"a", "b"})
    assert all(store.on_roll(vote_id, home.home_id).effect is None for home in homes)


def test_effects_are_of_the_villages_own_past_where_a_week_of_it_is_known(
    store: Store, keeper: VoteKeeper
) -> None:
    home, other = with_a_home(store), with_a_home(store, "De Linde")
    store.describe_home(other, [], [])
    measured(store, 7)
    vote_id = propose(store, MODEL)

    task = keeper._task(store.vote(vote_id), NOW)

    assert task is not None
    assert (task.source, task.village.grid.end) == (EffectSource.OWN, END)
    a_day = replace(task, village=task.village.part(0, 96))
    store.keep_effects(vote_id, *RECKONED.validate_json(reckon(a_day, lambda _share: None)))
    own = store.on_roll(vote_id, home).effect
    assert own is not None
    assert set(own.bill_eur_per_month) == {"a", "b"}
    assert own.is_estimated, "its house is not measured"
    assert store.on_roll(vote_id, other).effect is None, "it has no battery"


async def test_what_could_not_be_reckoned_is_said_and_the_vote_goes_on(
    store: Store,
    homes: list[NewHome],
    keeper: VoteKeeper,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeper._job, "run", lambda _task: True)
    vote_id = propose(store, MODEL)
    (tmp_path / "vote-effects.json").write_text("nothing of the kind")

    await keeper.tend()
    opened = await tended(keeper, store, vote_id)

    assert homes
    assert opened.effects is not None
    assert opened.effects.source is EffectSource.FAILED
    assert opened.state is State.OPEN


async def test_an_account_that_cannot_be_read_costs_a_vote_its_figures_and_no_vote_its_opening(
    store: Store, homes: list[NewHome], clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*_asked: object) -> None:
        raise TableError("2026-05: how its batteries stood at the end is not kept any more")

    monkeypatch.setattr(vote_keeper, "told_by_account", unread)
    books = Books(store, Ed25519PrivateKey.generate())
    keeper = VoteKeeper(store, clock, tmp_path, books=lambda: books)
    vote_id = propose(store)

    opened = await tended(keeper, store, vote_id)

    assert homes
    assert opened.state is State.OPEN
    assert opened.effects == Effects(EffectSource.FAILED)


async def test_a_vote_that_is_withdrawn_while_its_key_is_made_stays_withdrawn_and_holds_up_no_other(
    store: Store, homes: list[NewHome], keeper: VoteKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote_id = propose(store)
    await keeper.tend()
    other = propose(store, replace(SHARING, subject=Subject.FUND_USE, values=["A bench", "A tree"]))
    generate = SigningKey.generate

    def slowly() -> SigningKey:
        if store.vote(vote_id).state is State.COMING:
            store.withdraw_vote(vote_id, Author("Anna", NOON))
        return generate()

    monkeypatch.setattr(SigningKey, "generate", slowly)

    opened = await tended(keeper, store, other)

    assert homes
    assert (store.vote(vote_id).state, opened.state) == (State.WITHDRAWN, State.OPEN)
