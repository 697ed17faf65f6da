"""A client of a broker that reads and keeps no more than it may, whatever the broker sends."""

import asyncio
import logging
from collections.abc import Callable
from ssl import SSLContext
from typing import override

from aiomqtt import Client, Message

from battery_commons.openadr.reception.notifiers import Broker
from battery_commons.openadr.reception.webhook import LARGEST_MESSAGE

WITHIN_S = 10.0
LARGEST_PACKET = LARGEST_MESSAGE + 2**16 + 4
"""In bytes: the message, its topic, and the numbers before both (MQTT 3.1.1, 3.3)."""
MOST_WAITING = 32 * 1024 * 1024
"""In bytes, of the messages that were read and not taken in yet."""
_MOST_MESSAGES = 10_000
"""Likewise."""

_LOGGER = logging.getLogger(__name__)
_LOGGER.setLevel(logging.CRITICAL)
"""What the library logs is told by its exceptions."""


class BoundedClient(Client):
    """Closes the connection before it would read a packet that is too large.

    MQTT 5 lets a client name its largest packet, but a broker then passes over what is larger without a word,
    and one of MQTT 3.1.1 knows nothing of it.
    """

    def __init__(
        self, broker: Broker, password: str | None, tls: SSLContext | None, on_passed_over: Callable[[], None]
    ) -> None:
        """Tell `on_passed_over` of each message that is lost since too much waits before it."""
        super().__init__(
            broker.host,
            broker.port,
            username=broker.user,
            password=password,
            tls_context=tls,
            timeout=WITHIN_S,
            logger=_LOGGER,
        )
        self._queue = _Waiting(on_passed_over)
        self.has_met_too_large = False
        """Whether that is why the connection was closed."""
        receive = self._client._sock_recv  # noqa: SLF001 - the library has no bound of its own

        def receive_bounded(bufsize: int) -> bytes:
            """Read up to so many bytes: one, or what is left of a packet."""
            if bufsize > LARGEST_PACKET:
                self.has_met_too_large = True
                raise ConnectionError(f"a packet of {bufsize} bytes")
            return receive(bufsize)

        self._client._sock_recv = receive_bounded  # type: ignore[method-assign] # noqa: SLF001 - likewise


class _Waiting(asyncio.Queue[Message]):
    """Messages that wait to be taken in."""

    def __init__(self, on_passed_over: Callable[[], None]) -> None:
        super().__init__(_MOST_MESSAGES)
        self._bytes = 0
        self._on_passed_over = on_passed_over

    @override
    def put_nowait(self, item: Message) -> None:
        if self.full() or self._bytes + _size(item) > MOST_WAITING:
            self._on_passed_over()
            raise asyncio.QueueFull
        super().put_nowait(item)
        self._bytes += _size(item)

    @override
    def get_nowait(self) -> Message:
        item = super().get_nowait()
        self._bytes -= _size(item)
        return item


def _size(message: Message) -> int:
    return len(message.payload) if isinstance(message.payload, bytes) else 0
