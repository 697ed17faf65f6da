"""SolarEdge inverter with one battery. The low word of a value comes first.

Addresses: SolarEdge, "Power Control Open Protocol", and binsentsu/home-assistant-solaredge-modbus (57344 and
57600 onwards).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import isfinite
from struct import pack, unpack
from typing import ClassVar, override

from demo.devices.device import PointDevice, Writable, float_low_first, laid_out, text

_CONTROL, _AC_POLICY, _DEFAULT, _TIMEOUT, _COMMAND, _CHARGE, _DISCHARGE = (
    57348,
    57349,
    57354,
    57355,
    57357,
    57358,
    57360,
)
_A_DAY_S = 86_400


def _watts(value: int) -> float:
    watts: float = unpack(">f", pack(">I", value))[0]
    return watts


def _is_power(value: int) -> bool:
    return isfinite(_watts(value)) and 0 <= _watts(value) <= 1_000_000  # noqa: PLR2004 - watts


class SolarEdge(PointDevice):
    """A SolarEdge inverter that maximises self-consumption until it is told otherwise."""

    writable: ClassVar[Mapping[int, Writable]] = {
        _CONTROL: Writable(accepts=lambda value: value <= 4),  # noqa: PLR2004 - disabled to remote
        _AC_POLICY: Writable(accepts=lambda value: value <= 3),  # noqa: PLR2004 - disabled to percent
        _DEFAULT: Writable(accepts=lambda value: value in {0, 1, 2, 3, 4, 5, 7}),
        _TIMEOUT: Writable(count=2, accepts=lambda value: value <= _A_DAY_S),
        _COMMAND: Writable(accepts=lambda value: value in {0, 1, 2, 3, 4, 5, 7}),
        _CHARGE: Writable(count=2, accepts=_is_power),
        _DISCHARGE: Writable(count=2, accepts=_is_power),
    }

    @override
    def _leave_factory(self) -> None:
        """Set the inverter up as it comes: self-consumption, never charging from the grid."""
        self.control, self.ac_policy, self.default = 1, 0, 0
        self._timeout_s, self._command = 3600, 0xFFFF
        self._charge_w = self.physics.battery.max_charge_w
        self._discharge_w = self.physics.battery.max_discharge_w

    @property
    @override
    def order_w(self) -> float | None:
        if self.control != 4:  # noqa: PLR2004 - remote control
            return None
        command = self.default if self._command == 0xFFFF else self._command  # noqa: PLR2004 - none given
        if command == 3:  # noqa: PLR2004 - charge from sun and grid
            return self._charge_w if self.ac_policy else 0.0
        if command == 4:  # noqa: PLR2004 - discharge to maximise export
            return -self._discharge_w
        if command == 7:  # noqa: PLR2004 - self-consumption, within the limits
            wanted_w = -self.house_w
            return None if -self._discharge_w <= wanted_w <= self._charge_w else 0.0
        return 0.0

    @override
    def _take(self, address: int, value: int) -> None:
        match address:
            case 57348:
                self.control = value
            case 57349:
                self.ac_policy = value
            case 57354:
                self.default = value
            case 57355:
                self._timeout_s = value
            case 57357:
                self._command = value
                self._ends_at = self._at + timedelta(seconds=self._timeout_s)
            case 57358:
                self._charge_w = _watts(value)
            case 57360:
                self._discharge_w = _watts(value)

    @override
    def _end(self) -> None:
        self._command = self.default
        self._charge_w = self.physics.battery.max_charge_w
        self._discharge_w = self.physics.battery.max_discharge_w

    @override
    def _in_order(self, words: Sequence[int]) -> Sequence[int]:
        return words[::-1]

    @override
    def _registers(self) -> Mapping[int, int]:
        spec = self.physics.battery
        return laid_out(
            {
                57344: [0, 0, *float_low_first(0)],
                _CONTROL: [self.control, self.ac_policy, *float_low_first(0), *float_low_first(0)],
                _DEFAULT: [self.default, self._timeout_s & 0xFFFF, self._timeout_s >> 16, self._command],
                _CHARGE: [*float_low_first(self._charge_w), *float_low_first(self._discharge_w)],
                57600: text("LG Chem", 16),
                57616: text("RESU10H", 16),
                57632: text("1.0", 16),
                57648: text("LG-0001", 16),
                57664: [15, 0],
                57666: [
                    *float_low_first(spec.capacity_wh),
                    *float_low_first(spec.max_charge_w),
                    *float_low_first(spec.max_discharge_w),
                ],
                57716: float_low_first(self.power_w),
                57718: [0] * 14,
                57732: float_low_first(100 * self.state_of_charge),
            }
        )
