"""Writes of many callers that are put on disk together: the disk is waited for once for all of them."""

import asyncio
from collections.abc import Callable
from typing import Any

from battery_commons.store.database import Database


class GroupCommit:
    """Gathers what is asked to be written while a transaction is under way, for the next one.

    With one caller at a time, each has a transaction of its own. An answer is only given once what it is
    about is on disk.
    """

    def __init__(self, store: Database) -> None:
        """Write to `store`, on the event loop that is running when something is written."""
        self._store = store
        self._waiting: list[_Write] = []
        self._writing: asyncio.Task[None] | None = None

    async def write[T](self, work: Callable[[], T]) -> T:
        """Call `work`, which writes to the store, off the event loop; return what it does.

        Raises what `work` raises of LookupError and ValueError, which concern it alone, and StoreError, which
        means that nothing of the whole group is on disk.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Write(work, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await answer

    async def _write_all(self) -> None:
        try:
            while group := self._waiting:
                self._waiting = []
                await self._write_group(group)
        finally:
            self._writing = None

    async def _write_group(self, group: list[_Write]) -> None:
        try:
            outcomes = await asyncio.to_thread(self._on_disk, group)
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            for each in group:
                each.fail(error)
            return
        for each, outcome in zip(group, outcomes, strict=True):
            each.answer_with(outcome)

    def _on_disk(self, group: list[_Write]) -> list[object]:
        with self._store.together():
            return [each.attempt() for each in group]


class _Write:
    """One caller's wish, and where its answer goes."""

    def __init__(self, work: Callable[[], object], answer: asyncio.Future[Any]) -> None:
        self._work = work
        self._answer = answer

    def attempt(self) -> object:
        """Return what the work does, be it an error of its own."""
        try:
            return self._work()
        except (LookupError, ValueError) as error:
            return error

    def answer_with(self, outcome: object) -> None:
        """Tell the caller, unless it has gone meanwhile."""
        if isinstance(outcome, LookupError | ValueError):
            self.fail(outcome)
        elif not self._answer.done():
            self._answer.set_result(outcome)

    def fail(self, error: Exception) -> None:
        """Tell the caller that it came to nothing."""
        if not self._answer.done():
            self._answer.set_exception(error)
