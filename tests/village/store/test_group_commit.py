"""Writes of many at once: one transaction, an answer for each, and nothing acknowledged that is not kept."""

import asyncio
import threading
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event

from battery_commons.domain.reading import BatteryReading
from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.group_commit import GroupCommit
from battery_commons.store.records import NewHome
from tests.village.store.conftest import NOON

SECOND = timedelta(seconds=1)


def reading(home_id: str, at: datetime) -> BatteryReading:
    return BatteryReading(f"{home_id}/b1", at, 0.5, 100.0, None, "village", "hold", None)


def adding(store: Store, home_id: str, second: int) -> partial[list[bool]]:
    return partial(store.add_battery_readings, home_id, [reading(home_id, NOON + second * SECOND)])


async def test_what_many_ask_at_once_is_on_disk_in_two_transactions(store: Store, home: NewHome) -> None:
    commits: list[object] = []
    event.listen(store._backend.writer, "commit", commits.append)
    group = GroupCommit(store)

    answers = await asyncio.gather(*(group.write(adding(store, home.home_id, n)) for n in range(50)))

    assert answers == [[True]] * 50
    assert 1 <= len(commits) <= 2
    assert store.latest_battery_readings()[f"{home.home_id}/b1"].at == NOON + 49 * SECOND


async def test_one_that_cannot_be_written_leaves_the_others(store: Store, home: NewHome) -> None:
    group = GroupCommit(store)
    first, nobody, last = await asyncio.gather(
        group.write(adding(store, home.home_id, 0)),
        group.write(adding(store, "nobody", 1)),
        group.write(adding(store, home.home_id, 2)),
        return_exceptions=True,
    )
    assert (first, last) == ([True], [True])
    assert isinstance(nobody, NotFoundError)
    assert len(store.battery_readings(home.home_id, "b1", NOON, NOON + 9 * SECOND)) == 2


async def test_when_the_disk_refuses_nobody_is_told_yes(
    store: Store, home: NewHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    group = GroupCommit(store)
    with monkeypatch.context() as broken:
        broken.setattr(store, "record_answer", full)
        outcomes = await asyncio.gather(
            group.write(adding(store, home.home_id, 0)),
            group.write(partial(store.record_answer, home.home_id, 1)),
            return_exceptions=True,
        )
    assert all(isinstance(outcome, StoreError) for outcome in outcomes)
    assert store.latest_battery_readings() == {}
    assert await group.write(adding(store, home.home_id, 0)) == [True]


async def test_a_caller_that_goes_away_does_not_stop_the_others(store: Store, home: NewHome) -> None:
    group = GroupCommit(store)
    gone = asyncio.create_task(group.write(adding(store, home.home_id, 0)))
    stays = asyncio.create_task(group.write(adding(store, home.home_id, 1)))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == [True]
    assert await group.write(adding(store, home.home_id, 2)) == [True]


def test_who_watches_hears_of_readings_once_they_are_on_disk(store: Store, home: NewHome) -> None:
    seen: list[int] = []

    def look(*_: object) -> None:
        seen.append(len(store.battery_readings(home.home_id, "b1", NOON, NOON + 9 * SECOND)))

    store.watch_additions(look)
    with store.together():
        adding(store, home.home_id, 0)()
        adding(store, home.home_id, 1)()
        assert seen == []
    assert seen == [2, 2]


def test_what_another_thread_writes_meanwhile_is_its_own(store: Store, home: NewHome) -> None:
    other = threading.Thread(target=adding(store, home.home_id, 5))

    def broken_off() -> None:
        with store.together():
            adding(store, home.home_id, 0)()
            other.start()
            raise StoreError("no")

    with pytest.raises(StoreError, match="no"):
        broken_off()
    other.join()
    [kept] = store.battery_readings(home.home_id, "b1", NOON, NOON + 9 * SECOND)
    assert kept.at == NOON + 5 * SECOND
