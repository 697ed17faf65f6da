"""A meter is read over Modbus TCP, from a real server on loopback."""

import struct
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from battery_commons.domain.meter_source import ModbusSource, Number, Registers, WordOrder
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.modbus import read_modbus
from battery_commons.sense.meters.presets import PRESETS, Preset
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble
from demo.process import free_port
from tests.village.meter_peers import modbus_meter

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
FORMATS = {Number.FLOAT32: ">f", Number.INT32: ">i", Number.INT16: ">h"}


def registers(value: float, number: Number, order: WordOrder = WordOrder.BIG) -> list[int]:
    """Return a number as a meter keeps it, made without the library that reads it."""
    data = struct.pack(FORMATS[number], value if number is Number.FLOAT32 else int(value))
    words = list(struct.unpack(f">{len(data) // 2}H", data))
    return words if order is WordOrder.BIG else words[::-1]


async def first(source: ModbusSource) -> MeterReading:
    async with aclosing(read_modbus(source, lambda: NOW, 60.0)) as readings:
        return await anext(readings)


@pytest.mark.parametrize("number", Number)
@pytest.mark.parametrize("order", WordOrder)
@pytest.mark.parametrize("kind", Registers)
async def test_every_layout_is_read(number: Number, order: WordOrder, kind: Registers) -> None:
    said = registers(-1234.0, number, order)
    async with modbus_meter(100, said, holding=kind is Registers.HOLDING) as port:
        source = ModbusSource("127.0.0.1", 100, kind, number, order, scale_w=10, port=port)
        assert await first(source) == MeterReading(NOW, -12_340.0)


async def test_a_meter_that_counts_the_other_way_round_is_turned() -> None:
    async with modbus_meter(100, registers(500, Number.INT32)) as port:
        source = ModbusSource("127.0.0.1", 100, number=Number.INT32, port=port, is_reversed=True)
        assert (await first(source)).power_w == -500.0


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
async def test_a_preset_reads_its_meter(preset: Preset) -> None:
    said = registers(150_000 / preset.scale_w, preset.number, preset.word_order)
    async with modbus_meter(preset.register, said, holding=preset.registers is Registers.HOLDING) as port:
        source = ModbusSource(
            "127.0.0.1",
            preset.register,
            preset.registers,
            preset.number,
            preset.word_order,
            preset.scale_w,
            port=port,
        )
        assert (await first(source)).power_w == pytest.approx(150_000)


@pytest.mark.parametrize(
    ("said", "number", "trouble"),
    [
        ([0x7FC0, 0], Number.FLOAT32, Trouble.NO_NUMBER),  # NaN
        ([0x7F80, 0], Number.FLOAT32, Trouble.NO_NUMBER),  # infinity
        ([0x7F00, 0], Number.FLOAT32, Trouble.TOO_LARGE),
        ([0x7FFF, 0xFFFF], Number.INT32, Trouble.UNAVAILABLE),  # as ABB's meters say that they do not know
        ([0x8000], Number.INT16, Trouble.UNAVAILABLE),  # as SunSpec has it
    ],
)
async def test_what_is_no_power_is_not_taken_for_one(
    said: list[int], number: Number, trouble: Trouble
) -> None:
    async with modbus_meter(100, said) as port:
        with pytest.raises(MeterSourceError) as error:
            await first(ModbusSource("127.0.0.1", 100, number=number, port=port))
    assert error.value.trouble is trouble


async def test_a_register_that_is_not_there_is_told_from_a_meter_that_is_not() -> None:
    async with modbus_meter(100, [0, 0]) as port:
        with pytest.raises(MeterSourceError) as error:
            await first(ModbusSource("127.0.0.1", 7, port=port))
        assert error.value.trouble is Trouble.NOT_THERE
    with pytest.raises(MeterSourceError) as error:
        await first(ModbusSource("127.0.0.1", 100, port=free_port()))
    assert error.value.trouble is Trouble.UNREACHABLE
