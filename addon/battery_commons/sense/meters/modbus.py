"""Reads a meter over Modbus TCP."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import closing
from datetime import datetime

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.constants import ExcCodes
from pymodbus.exceptions import ModbusException

from battery_commons.domain.meter_source import ModbusSource, Number, Registers
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.power import power_w
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble

WITHIN_S = 5.0

logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # Its exceptions say the same.

_TYPES = {
    Number.FLOAT32: AsyncModbusTcpClient.DATATYPE.FLOAT32,
    Number.INT32: AsyncModbusTcpClient.DATATYPE.INT32,
    Number.INT16: AsyncModbusTcpClient.DATATYPE.INT16,
}
_NO_VALUE: Mapping[Number, frozenset[int]] = {
    Number.FLOAT32: frozenset(),
    Number.INT32: frozenset({2**31 - 1, -(2**31)}),
    Number.INT16: frozenset({2**15 - 1, -(2**15)}),
}
"""What meters answer with for what they do not know, and no power reaches."""
_NOT_THERE = {ExcCodes.ILLEGAL_FUNCTION, ExcCodes.ILLEGAL_ADDRESS, ExcCodes.ILLEGAL_VALUE}


async def read_modbus(
    source: ModbusSource, now: Callable[[], datetime], every_s: float
) -> AsyncGenerator[MeterReading]:
    """Ask a meter every `every_s` seconds. Raises MeterSourceError when it does not answer with a power."""
    client = AsyncModbusTcpClient(
        source.host, port=source.port, timeout=WITHIN_S, retries=0, reconnect_delay=0
    )
    with closing(client):
        if not await client.connect():
            raise MeterSourceError(Trouble.UNREACHABLE)
        while True:
            yield MeterReading(now(), await _ask(client, source))
            await asyncio.sleep(every_s)


async def _ask(client: AsyncModbusTcpClient, source: ModbusSource) -> float:
    kind = _TYPES[source.number]
    read = (
        client.read_input_registers if source.registers is Registers.INPUT else client.read_holding_registers
    )
    try:
        answer = await read(source.register, count=kind.value[1], device_id=source.unit)
    except ModbusException as error:
        raise MeterSourceError(Trouble.UNREACHABLE) from error
    if answer.isError():
        trouble = Trouble.NOT_THERE if answer.exception_code in _NOT_THERE else Trouble.UNAVAILABLE
        raise MeterSourceError(trouble, f"Modbus {answer.exception_code}")
    if len(answer.registers) != kind.value[1]:
        raise MeterSourceError(Trouble.NO_NUMBER)
    value = client.convert_from_registers(answer.registers, kind, word_order=source.word_order.value)
    if not isinstance(value, int | float) or value in _NO_VALUE[source.number]:
        raise MeterSourceError(Trouble.UNAVAILABLE)
    return power_w(value, source.scale_w, is_reversed=source.is_reversed)
