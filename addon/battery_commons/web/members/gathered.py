"""Questions of many callers that are put to the database together: it is gone to once for all of them."""

import asyncio
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence


class Gathered[Question: Hashable, Answer]:
    """Gathers what is asked while the database is looked into, for the next time. For one event loop.

    Nothing is kept: each answer was read after its question came.
    """

    def __init__(self, look_up: Callable[[Collection[Question]], Mapping[Question, Answer]]) -> None:
        """Answer by `look_up`, called off the event loop, which leaves out what has no answer."""
        self._look_up = look_up
        self._waiting: list[tuple[Question, asyncio.Future[Answer | None]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer | None:
        """Return the answer; None where there is none. Raises what `look_up` raises."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_up_all())
        return await answer

    async def _look_up_all(self) -> None:
        try:
            while asked := self._waiting:
                self._waiting = []
                await self._answer(asked)
        finally:
            self._looking = None

    async def _answer(self, asked: Sequence[tuple[Question, asyncio.Future[Answer | None]]]) -> None:
        # Whoever has hung up meanwhile is told nothing.
        try:
            found = await asyncio.to_thread(self._look_up, {question for question, _ in asked})
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        for question, answer in asked:
            if not answer.done():
                answer.set_result(found.get(question))
