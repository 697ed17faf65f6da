"""Listens to the broker at which an operator's VTN tells of its events."""

import ssl
from collections.abc import Awaitable, Callable, Sequence

from aiomqtt import MqttCodeError, MqttError

from battery_commons.openadr.reception.bounded_client import BoundedClient
from battery_commons.openadr.reception.notifiers import Broker
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient

_TOGETHER = 500
_AT_LEAST_ONCE = 1
_NOT_BELIEVED = {4, 5, 134, 135}
"""Bad name or password, not authorized: by MQTT 3.1.1 (3.2.2.3), and as MQTT 5 numbers them."""


async def listen(
    client: VtnClient,
    broker: Broker,
    on_gap: Callable[[], None],
    on_messages: Callable[[Sequence[bytes | None]], Awaitable[None]],
) -> None:
    """Hand on messages (None: too large to be read), those that wait together at once, and never return.

    `on_gap` is told when messages come from now on, and may have been missed: at the start, and where too
    many waited. Raises LineError where the broker cannot be used any more, and what `on_messages` does.
    """
    token = await client.token() if broker.user is not None else None
    bounded = BoundedClient(broker, token, client.caller.tls if broker.tls else None, on_gap)
    try:
        async with bounded as connected:
            for topic in broker.topics:
                await connected.subscribe(topic, qos=_AT_LEAST_ONCE)
            on_gap()
            async for message in connected.messages:
                waiting = min(len(connected.messages), _TOGETHER)
                more = [await anext(connected.messages) for _ in range(waiting)]
                await on_messages(
                    [each.payload if isinstance(each.payload, bytes) else b"" for each in (message, *more)]
                )
    except MqttCodeError as error:
        code = getattr(error.rc, "value", error.rc)
        if code not in _NOT_BELIEVED:
            raise LineError(LineTrouble.UNREACHABLE, f"MQTT {code}") from error
        if token is not None:
            await client.token(refused=token)  # The next attempt has a fresh one.
        raise LineError(LineTrouble.CREDENTIALS, f"MQTT {code}") from error
    except (MqttError, OSError) as error:
        if bounded.has_met_too_large:
            await on_messages([None])
            raise LineError(LineTrouble.TOO_LARGE, "MQTT") from error
        is_tls = isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError)
        raise LineError(LineTrouble.CERTIFICATE if is_tls else LineTrouble.UNREACHABLE, "MQTT") from error
    raise LineError(LineTrouble.UNREACHABLE, "MQTT")
