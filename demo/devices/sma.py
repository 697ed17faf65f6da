"""SMA Sunny Boy Storage. Addresses: SMA's Modbus list of Sunny Boy Storage 3.7 to 6.0, unit 3.

The six registers of its external battery management can be written only, and count when all six were: it
manages its battery itself again when they are not written any more. What cannot be read reads as SMA's NaN.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, override

from demo.devices.device import PointDevice, Writable, high_first, laid_out

KEPT_FOR = timedelta(seconds=60)
_MODE, _BOUNDS = 40236, (40793, 40795, 40797, 40799)
_NAN = [0xFFFF, 0xFFFF]
_POWER = Writable(count=2, accepts=lambda value: value <= 10_000)  # noqa: PLR2004 - watts


class Sma(PointDevice):
    """A Sunny Boy Storage that serves its own house."""

    unit_id: ClassVar[int] = 3
    writable: ClassVar[Mapping[int, Writable]] = {
        _MODE: Writable(count=2, accepts=lambda value: value in {303, 308, 1438, 2289, 2290, 2424}),
        **dict.fromkeys(_BOUNDS, _POWER),
        40801: Writable(count=2),
        40073: Writable(count=2),
    }

    @override
    def _leave_factory(self) -> None:
        """Set the inverter up with nobody else managing its battery."""
        self._given: dict[int, int] = {}

    @property
    @override
    def order_w(self) -> float | None:
        if len(self._given) < len(_BOUNDS) + 2:
            return None
        least_in, most_in, least_out, most_out = (self._given[at] for at in _BOUNDS)
        if self._given[_MODE] == 2289:  # noqa: PLR2004 - charging
            return float(least_in)
        if self._given[_MODE] == 2290:  # noqa: PLR2004 - discharging
            return -float(least_out)
        wanted_w = -self.house_w
        within_w = min(max(wanted_w, -most_out), most_in)
        return None if within_w == wanted_w else float(within_w)

    @override
    def _take(self, address: int, value: int) -> None:
        if address in self.writable and address != 40073:  # noqa: PLR2004 - a setting
            self._given[address] = value
            self._ends_at = self._at + KEPT_FOR

    @override
    def _end(self) -> None:
        self._given.clear()

    @override
    def _registers(self) -> Mapping[int, int]:
        spec = self.physics.battery
        return laid_out(
            {
                30053: high_first(9356),
                30057: high_first(1_901_234_567),
                30775: high_first(-self.power_w),
                30845: high_first(100 * self.state_of_charge),
                40073: high_first(10),
                40189: [*high_first(spec.max_charge_w), *high_first(spec.max_discharge_w)],
                _MODE: _NAN,
                40793: _NAN * 5,
            }
        )
