"""Reads a meter that reports to an MQTT broker."""

import logging
import ssl
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiomqtt import Client, MqttCodeError, MqttError

from battery_commons.domain.meter_source import MqttSource
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.power import number_in, power_w
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble

WITHIN_S = 10.0
_PORT, _TLS_PORT = 1883, 8883
_QUEUED = 100
_NOT_BELIEVED = {4, 5, 134, 135}
"""Bad name or password, not authorized: by MQTT 3.1.1 (3.2.2.3), and as MQTT 5 numbers them."""

_LOGGER = logging.getLogger(__name__)
_LOGGER.setLevel(logging.CRITICAL)
"""What the library logs is told by its exceptions."""


async def read_mqtt(
    source: MqttSource, now: Callable[[], datetime], at_most_every_s: float
) -> AsyncGenerator[MeterReading]:
    """Hand out what comes in at a topic, at most one in `at_most_every_s` seconds.

    A message that the broker kept may be of any age, so it is passed over: the next counts.

    Raises:
        MeterSourceError: The broker is not there or refuses, or a message is no power.
    """
    url = urlsplit(source.url)
    tls = url.scheme == "mqtts"
    client = Client(
        url.hostname or "",
        url.port or (_TLS_PORT if tls else _PORT),
        username=source.user or None,
        password=source.secret or None,
        tls_context=ssl.create_default_context() if tls else None,
        timeout=WITHIN_S,
        max_queued_incoming_messages=_QUEUED,
        logger=_LOGGER,
    )
    apart = timedelta(seconds=at_most_every_s)
    last: datetime | None = None
    try:
        async with client:
            await client.subscribe(source.topic)
            async for message in client.messages:
                at = now()
                if message.retain or (last is not None and last <= at < last + apart):
                    continue
                last = at
                payload = message.payload if isinstance(message.payload, bytes) else b""
                value = number_in(payload, source.path)
                yield MeterReading(at, power_w(value, source.unit.watts, is_reversed=source.is_reversed))
    except MqttCodeError as error:
        code = getattr(error.rc, "value", error.rc)
        raise MeterSourceError(
            Trouble.REFUSED if code in _NOT_BELIEVED else Trouble.UNREACHABLE, f"MQTT {code}"
        ) from error
    except MqttError as error:
        raise MeterSourceError(Trouble.UNREACHABLE) from error
