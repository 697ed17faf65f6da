"""A meter is read from a real broker, and a message is taken for a power only when it is one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from battery_commons.domain.meter_source import MqttSource, PowerUnit
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.mqtt import read_mqtt
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble
from demo.process import free_port
from tests.village.meter_peers import PASSWORD, USER, mqtt_broker, publish

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TOPIC = "grid/t1"


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    async with mqtt_broker(tmp_path) as port:
        yield port


def source(port: int, path: str = "", unit: PowerUnit = PowerUnit.W, secret: str = PASSWORD) -> MqttSource:
    return MqttSource(f"mqtt://127.0.0.1:{port}", TOPIC, path, unit, USER, secret)


async def heard(chosen: MqttSource, port: int, *payloads: str) -> MeterReading:
    """Return what is read first when these messages are sent once it listens."""
    async with asyncio.timeout(10), aclosing(read_mqtt(chosen, lambda: NOW, 0.0)) as readings:
        reading = asyncio.ensure_future(anext(readings))
        while not reading.done():
            for payload in payloads:
                await publish(port, TOPIC, payload)
            await asyncio.wait({reading}, timeout=0.1)
        return await reading


async def test_numbers_and_json_are_read_in_their_unit(port: int) -> None:
    assert await heard(source(port), port, "-1500.5") == MeterReading(NOW, -1500.5)
    said = '{"total": [{"power": "12.5"}]}'
    assert (await heard(source(port, "total.0.power", PowerUnit.KW), port, said)).power_w == 12_500.0


async def test_what_the_broker_kept_from_before_is_not_taken_for_new(port: int) -> None:
    await publish(port, TOPIC, "1", retain=True)
    assert (await heard(source(port), port, "2")).power_w == 2.0


async def test_a_message_that_holds_no_power_is_said_to(port: int) -> None:
    with pytest.raises(MeterSourceError) as error:
        await heard(source(port, "power"), port, '{"power": null}')
    assert error.value.trouble is Trouble.NO_NUMBER


async def test_a_wrong_password_is_told_from_a_broker_that_is_not_there(port: int) -> None:
    for chosen, trouble in (
        (source(port, secret="wrong"), Trouble.REFUSED),
        (source(free_port()), Trouble.UNREACHABLE),
    ):
        with pytest.raises(MeterSourceError) as error:
            await heard(chosen, port, "1")
        assert error.value.trouble is trouble
        assert "wrong" not in str(error.value)
