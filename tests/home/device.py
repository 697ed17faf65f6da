"""A SunSpec battery in memory, laid out from the SunSpec Alliance's own definitions, not from ours."""

from modbus_connection import ModbusConnectionError
from modbus_connection.mock import MockModbusConnection, MockModbusUnit, WriteEvent

from demo.sunspec_registers import BASE_ADDRESS, SunSpecRegisters, Value


class BatteryDevice:
    """The registers of one battery. Powers here are SunSpec's: positive while discharging."""

    def __init__(self, *, without: int | None = None) -> None:
        """Lay out the battery, or a device that lacks the model `without`."""
        self.connection = MockModbusConnection()
        self.unit: MockModbusUnit = self.connection.for_unit(1)
        models: dict[int, dict[str, Value]] = {
            1: {"Mn": "Example", "Md": "Wall 10", "SN": "EX-0001"},
            701: {"W": 0, "W_SF": 0},
            702: {"WMaxRtg": 500, "WChaRteMaxRtg": 500, "WDisChaRteMaxRtg": 500, "W_SF": 1},
            704: {
                "WSetEna": 0,
                "WSetMod": 1,
                "WSet": 0,
                "WSetEnaRvrt": 0,
                "WSetRvrtTms": 0,
                "WSet_SF": 0,
            },
            713: {"WHRtg": 1000, "SoC": 500, "WH_SF": 1, "Pct_SF": -1},
        }
        models.pop(without or 0, None)
        self.registers = SunSpecRegisters(models)
        self.unit.holding[BASE_ADDRESS] = self.registers.registers
        self.unit.on_write(self._written)

    @property
    def order_w(self) -> float | None:
        """The power that the device is ordered to inject; None while it serves its own house."""
        return self.registers.get(704, "WSet") if self.registers.get(704, "WSetEna") else None

    @property
    def timer_s(self) -> float | None:
        return self.registers.get(704, "WSetRvrtTms")

    def stand(self, *, state_of_charge: float, injecting_w: float) -> None:
        self.registers.put(713, "SoC", 100 * state_of_charge)
        self.registers.put(701, "W", injecting_w)

    def lose_link(self) -> None:
        self.unit.fail_requests(ModbusConnectionError("no route to the battery"))

    def restore_link(self) -> None:
        self.unit.fail_requests(None)

    def _written(self, event: WriteEvent) -> None:
        self.registers.write(event.address, [int(value) for value in event.values])
        # The mock would go on answering with what was written, whatever the device makes of it.
        for address in range(event.address, event.address + len(event.values)):
            self.unit.holding.pop(address)
