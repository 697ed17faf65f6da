"""A simulated device as a Modbus server of its own, over real TCP."""

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from demo.devices.device import Device, RefusedError

_ADDRESSES = 0x1_0000


async def listen(device: Device, host: str, port: int) -> ModbusTcpServer:
    """Serve `device` at `host`:`port`. Raises RuntimeError when the port is taken."""

    async def answer(
        _function: int,
        _start: int,
        address: int,
        count: int,
        memory: list[int],
        written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        try:
            if written:
                device.write(address, [int(word) for word in written])
            else:
                memory[address : address + count] = device.read(address, count)
        except RefusedError as error:
            return error.code
        return None

    memory = SimData(address=0, count=_ADDRESSES, datatype=DataType.REGISTERS)
    server = ModbusTcpServer(
        SimDevice(id=device.unit_id, simdata=[memory], action=answer), address=(host, port)
    )
    await server.serve_forever(background=True)
    return server
