"""Huawei SUN2000 inverter with a LUNA2000. Addresses: its "Solar Inverter Modbus Interface Definitions"."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, override

from demo.devices.device import PointDevice, Writable, high_first, laid_out, low, text

_POWER = Writable(count=2, accepts=lambda value: value <= 10_000)  # noqa: PLR2004 - watts


class HuaweiLuna(PointDevice):
    """A SUN2000 whose storage maximises self-consumption."""

    writable: ClassVar[Mapping[int, Writable]] = {
        47075: _POWER,
        47077: _POWER,
        47083: Writable(accepts=lambda value: value <= 1440),  # noqa: PLR2004 - minutes
        47086: Writable(),
        47087: Writable(accepts=lambda value: value <= 1),
        47100: Writable(accepts=lambda value: value <= 2),  # noqa: PLR2004 - stop, charge, discharge
        47246: Writable(accepts=lambda value: value <= 1),
        47247: _POWER,
        47249: _POWER,
    }

    @override
    def _leave_factory(self) -> None:
        """Set the inverter up as the resident should: charging from the grid allowed."""
        self._minutes = 60
        self._direction = 0
        self.until_a_state_of_charge = 1
        self._charge_w = self._discharge_w = 0

    @property
    @override
    def order_w(self) -> float | None:
        return {1: float(self._charge_w), 2: -float(self._discharge_w)}.get(self._direction)

    @override
    def _take(self, address: int, value: int) -> None:
        match address:
            case 47083:
                self._minutes = value
            case 47100:
                self._direction = value
                timed = value and not self.until_a_state_of_charge
                self._ends_at = self._at + timedelta(minutes=self._minutes) if timed else None
            case 47246:
                self.until_a_state_of_charge = value
            case 47247:
                self._charge_w = value
            case 47249:
                self._discharge_w = value

    @override
    def _end(self) -> None:
        self._direction = 0

    @override
    def _registers(self) -> Mapping[int, int]:
        spec = self.physics.battery
        return laid_out(
            {
                30000: [*text("SUN2000-6KTL-L1", 15), *text("HV0001", 10)],
                37046: [*high_first(spec.max_charge_w), *high_first(spec.max_discharge_w)],
                37758: [*high_first(spec.capacity_wh), low(1000 * self.state_of_charge)],
                37761: [0, 2, 4500, 0, *high_first(self.power_w)],
                47075: [*high_first(5000), *high_first(5000), *high_first(0), 1000, 100],
                47083: [self._minutes, *high_first(0), 2, 1, 1000],
                47100: [self._direction],
                47246: [
                    self.until_a_state_of_charge,
                    *high_first(self._charge_w),
                    *high_first(self._discharge_w),
                ],
            }
        )
