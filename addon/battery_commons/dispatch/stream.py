"""A stream that a home holds open: envelopes down, an answer up for each, in their order."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from enum import IntEnum

from pydantic import ValidationError

from battery_commons.dispatch.errors import DeliveryError, StreamError
from battery_commons.wire.messages import PlanAnswer

ANSWER_WITHIN_S = 10.0
MAX_UNANSWERED = 4
"""Plans that may be on their way at once: each is replaced by a newer one before it was answered."""


class StreamEnd(IntEnum):
    """Why the village closes a stream: WebSocket close codes, those from 4000 on of our own."""

    STOPPING = 1001
    """The coordinator stops, or starts again."""
    WRONG_MESSAGE = 1008
    BROKEN_INSIDE = 1011
    REPLACED = 4000
    """The same home has opened another."""
    REVOKED = 4001
    """The token no longer counts: the home has left or was removed."""
    NO_ANSWER = 4002
    """A plan was not answered in time."""


class HomeStream:
    """The village's end of one stream. Knows nothing of sockets: it is given how to send and how to end."""

    def __init__(self, send: Callable[[str], Awaitable[None]], end: Callable[[StreamEnd], None]) -> None:
        """Send with `send`, which may wait for room and raise ConnectionError; `end` must not wait."""
        self._send = send
        self._end = end
        self._ended = False
        self._unanswered: deque[tuple[int, asyncio.Future[PlanAnswer]]] = deque()

    @property
    def is_open(self) -> bool:
        """Whether plans can be sent."""
        return not self._ended

    async def ask(self, sequence: int, envelope: Mapping[str, object]) -> PlanAnswer:
        """Send the plan `sequence` in its envelope, and return the home's answer. Raises DeliveryError.

        A stream that brings no answer in time is closed: the home opens another, and says where it was.
        """
        if self._ended:
            raise DeliveryError("the stream is closed")
        if len(self._unanswered) >= MAX_UNANSWERED:
            self.close(StreamEnd.NO_ANSWER)
            raise DeliveryError("too many plans wait for an answer")
        answer: asyncio.Future[PlanAnswer] = asyncio.get_running_loop().create_future()
        self._unanswered.append((sequence, answer))
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._send(json.dumps(envelope))
                return await answer
        except TimeoutError as error:
            self.close(StreamEnd.NO_ANSWER)
            raise DeliveryError("no answer in time") from error
        except ConnectionError as error:
            self.close(StreamEnd.STOPPING)
            raise DeliveryError(f"broke off ({type(error).__name__})") from error

    def take_answer(self, text: str | bytes) -> None:
        """Hand the home's next answer to whom it belongs. Raises StreamError for what is none."""
        try:
            answer = PlanAnswer.model_validate_json(text)
        except ValidationError as error:
            raise StreamError("something else than a plan's answer") from error
        if self._ended:
            return  # It was on its way as the village closed the stream: nobody waits for it any more.
        if not self._unanswered:
            raise StreamError("an answer to nothing")
        sequence, waiting = self._unanswered.popleft()
        # A home that could not read a message does not know which one it was.
        if answer.sequence not in {sequence, None}:
            raise StreamError("an answer to another plan")
        if not waiting.done():  # Whoever asked may have gone on to a newer plan.
            waiting.set_result(answer)

    def close(self, why: StreamEnd) -> None:
        """End the stream, once; whoever waits for an answer hears it."""
        if self._ended:
            return
        self._ended = True
        self._end(why)
        while self._unanswered:
            _, waiting = self._unanswered.popleft()
            if not waiting.done():
                waiting.set_exception(DeliveryError("the stream closed before the answer"))
