"""Marstek Venus E. Addresses: Duravolt, "Plug-in Battery Modbus", and ViperRNMC/marstek_venus_modbus.

The analysis of its firmware (sphings79) gives the ranges that it accepts, and that it goes back to the mode
of its app on 42000 = 0x55BB. What it gives to the house counts positive.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, override

from battery_commons.domain.battery import Battery
from battery_commons.simulation.battery import PhysicalBattery
from demo.devices.device import PointDevice, Writable, high_first, laid_out, low, text

_UNLOCKED, _LOCKED = 21930, 21947
_POWER = Writable(accepts=lambda value: value <= 2500)  # noqa: PLR2004 - what the device takes


class MarstekVenus2(PointDevice):
    """A Marstek Venus E of generation 2."""

    writable: ClassVar[Mapping[int, Writable]] = {
        42000: Writable(accepts=lambda value: value in {_UNLOCKED, _LOCKED}),
        42010: Writable(accepts=lambda value: value <= 2),  # noqa: PLR2004 - stop, charge, discharge
        42020: _POWER,
        42021: _POWER,
        43000: Writable(accepts=lambda value: value <= 2),  # noqa: PLR2004 - manual, anti-feed, trade
        44002: _POWER,
        44003: _POWER,
    }
    watchdog: timedelta | None = None
    """After how long without a write of 42000 this firmware drops an order; None where it never does."""

    @staticmethod
    @override
    def own_battery() -> PhysicalBattery:
        return PhysicalBattery(Battery("home/marstek", "street", 5_120, 2_500, 2_500, reserve=0.0), 2_560)

    @override
    def _leave_factory(self) -> None:
        """Set the battery up under its app."""
        self._memory = {42000: _LOCKED, 42010: 0, 42020: 0, 42021: 0, 43000: 1}

    @property
    @override
    def order_w(self) -> float | None:
        if self._memory[42000] != _UNLOCKED:
            return None
        return {1: self._memory[42020], 2: -self._memory[42021]}.get(self._memory[42010], 0)

    @override
    def _take(self, address: int, value: int) -> None:
        self._memory[address] = value
        if address == 43000:  # noqa: PLR2004 - the mode of the app, which shares its memory with the lock
            self._memory[42000] = _LOCKED
        if address == 42000:  # noqa: PLR2004 - the lock
            kept = self.watchdog is not None and value == _UNLOCKED
            self._ends_at = self._at + self.watchdog if kept and self.watchdog else None

    @override
    def _end(self) -> None:
        self._memory[42000] = _LOCKED

    @override
    def _registers(self) -> Mapping[int, int]:
        spec = self.physics.battery
        return (
            self._measured()
            | self._memory
            | laid_out(
                {
                    31000: text("VNSE-0", 10),
                    32105: [low(spec.capacity_wh)],
                    44002: [low(spec.max_charge_w), low(spec.max_discharge_w)],
                }
            )
        )

    def _measured(self) -> dict[int, int]:
        return laid_out(
            {
                31200: text("MST-2-0001", 10),
                32104: [low(100 * self.state_of_charge)],
                32202: high_first(-self.power_w),
            }
        )


class MarstekVenus3(MarstekVenus2):
    """A Marstek Venus E of generation 3, which measures elsewhere."""

    @override
    def _measured(self) -> dict[int, int]:
        return laid_out({30006: [low(-self.power_w)], 34002: [low(1000 * self.state_of_charge)]})
