"""Victron ESS behind a GX device. Addresses: Victron Energy's CCGX Modbus TCP register list.

ESS keeps what the house draws from the grid at its setpoint with its battery. A setpoint in 2716 goes before
the one in its settings (2700) until nobody writes it any more.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, override

from demo.devices.device import PointDevice, Writable, high_first, laid_out, low, signed, text

KEPT_FOR = timedelta(seconds=60)


class VictronEss(PointDevice):
    """An ESS with three phases."""

    unit_id: ClassVar[int] = 100
    writable: ClassVar[Mapping[int, Writable]] = {2700: Writable(), 2716: Writable(count=2), 2902: Writable()}

    @override
    def _leave_factory(self) -> None:
        """Set ESS up in the mode in which it is shipped: optimised, without phase compensation."""
        self.hub4_mode = 2
        self._override_w: int | None = None

    @property
    @override
    def order_w(self) -> float | None:
        if self._override_w is None or self._override_w == 0:
            return None
        spec = self.physics.battery
        wanted_w = self._override_w - self.house_w
        return min(max(wanted_w, -spec.max_discharge_w), spec.max_charge_w)

    @override
    def _take(self, address: int, value: int) -> None:
        if address == 2716:  # noqa: PLR2004 - the volatile setpoint
            self._override_w = signed(value, 32)
            self._ends_at = self._at + KEPT_FOR
        if address == 2902:  # noqa: PLR2004 - the mode
            self.hub4_mode = value

    @override
    def _end(self) -> None:
        self._override_w = None

    @override
    def _registers(self) -> Mapping[int, int]:
        grid_w = self.house_w + self.power_w
        return laid_out(
            {
                800: text("c0619ab00001", 6),
                817: [low(self.house_w / 3)] * 3,
                820: [low(grid_w - 2 * round(grid_w / 3)), low(grid_w / 3), low(grid_w / 3)],
                823: [0] * 4,
                840: [520, low(self.power_w / 5.2), low(self.power_w), low(100 * self.state_of_charge), 0],
                2700: [50, 100, 100],
                2716: high_first(self._override_w or 0),
                2902: [self.hub4_mode],
            }
        )
