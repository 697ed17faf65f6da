"""The batteries as Home Assistant meets them: registers with a real timer, and a choice of modes."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from modbus_connection import ModbusConnectionError
from modbus_connection.mock import MockModbusConnection, WriteEvent

from demo.sunspec_registers import BASE_ADDRESS
from tests.home.device import BatteryDevice

VOLATILE = ("WSetEna", "WSetMod", "WSet", "WSetEnaRvrt", "WSetRvrtTms")
"""The points of model 704 that are made to be written often; everything else may be kept in flash."""


@dataclass(frozen=True, slots=True)
class Written:
    """An order as it was written: a power and what the timer was set to, or a release."""

    second: int
    power_w: float | None
    timer_s: int
    before_w: float | None
    """The order that it came upon."""
    left_s: int
    """What its timer had left."""


class SunSpecUnit:
    """A SunSpec battery's registers, and the timer that ends its orders."""

    def __init__(self, second: Callable[[], int]) -> None:
        layout = BatteryDevice().registers
        self.unit = MockModbusConnection().for_unit(1)
        for offset, word in enumerate(layout.registers()):
            self.unit.holding[BASE_ADDRESS + offset] = word
        self._addresses = {
            (model, name): next(
                address
                for address, point in layout._points.items()
                if point is layout._models[model].points[name]
            )
            for model, name in [(701, "W"), (713, "SoC"), *((704, name) for name in VOLATILE)]
        }
        self._volatile = {
            address + offset
            for (model, name), address in self._addresses.items()
            if model == 704
            for offset in range(2 if name in {"WSet", "WSetRvrtTms"} else 1)
        }
        self.order_w: float | None = None
        self.orders: list[Written] = []
        self.persistent_writes: list[tuple[int, int]] = []
        self._second = second
        self._ends_at = 0
        self.unit.on_write(self._on_write)

    def advance(self, second: int) -> None:
        """Let the timer run: what it ends, nobody else has to."""
        if self.order_w is not None and second >= self._ends_at:
            self.order_w = None
            self.unit.holding[self._addresses[704, "WSetEna"]] = 0

    def stand(self, *, state_of_charge: float, power_w: float) -> None:
        """Show how the battery stands."""
        self.unit.holding[self._addresses[713, "SoC"]] = round(1000 * min(max(state_of_charge, 0.0), 1.0))
        self.unit.holding[self._addresses[701, "W"]] = round(-power_w) & 0xFFFF
        self.unit.read_events.clear()

    def lose_link(self) -> None:
        self.unit.fail_requests(ModbusConnectionError("no route to the battery"))

    def restore_link(self) -> None:
        self.unit.fail_requests(None)

    def _on_write(self, event: WriteEvent) -> None:
        for address in range(event.address, event.address + len(event.values)):
            if address not in self._volatile:
                self.persistent_writes.append((self._second(), address))
        enable = self._addresses[704, "WSetEna"]
        if event.address <= enable < event.address + len(event.values):
            self._enabled(bool(self.unit.holding[enable]))

    def _enabled(self, enabled: bool) -> None:  # noqa: FBT001 - a register's value
        second, before_w = self._second(), self.order_w
        left_s = self._ends_at - second if before_w is not None else 0
        timer_s = self._long("WSetRvrtTms")
        if enabled:
            injecting_w = self._long("WSet")
            self.order_w = -float(injecting_w - (1 << 32) if injecting_w >> 31 else injecting_w)
            self._ends_at = second + timer_s
        else:
            self.order_w = None
        self.orders.append(Written(second, self.order_w, timer_s, before_w, left_s))

    def _long(self, name: str) -> int:
        address = self._addresses[704, name]
        high, low = self.unit.holding[address], self.unit.holding[address + 1]
        assert isinstance(high, int)
        assert isinstance(low, int)
        return high << 16 | low


MODE_ENTITY = "input_select.shed_mode"
CHARGE_ENTITY = "sensor.shed_state_of_charge"
POWER_ENTITY = "sensor.shed_power"
MODES = {"own_house": "zero", "charge": "to_full", "standby": "standby"}


class ModeSelect:
    """A battery that is put to one of three modes, and knows no timer."""

    def __init__(self, hass: HomeAssistant, maximum_w: float, second: Callable[[], int]) -> None:
        self._hass = hass
        self._powers_w = {MODES["charge"]: maximum_w, MODES["standby"]: 0.0}
        self._second = second
        self._reachable = True
        self.order_w: float | None = None
        self.orders: list[Written] = []

    def advance(self, second: int) -> None:
        """Do as the choice says; while it cannot be reached, go on."""
        state = self._hass.states.get(MODE_ENTITY)
        if not self._reachable or state is None:
            return
        order_w = self._powers_w.get(state.state)
        if order_w != self.order_w:
            self.orders.append(Written(second, order_w, 0, self.order_w, 0))
            self.order_w = order_w

    def stand(self, *, state_of_charge: float, power_w: float) -> None:
        """Show how the battery stands, as Home Assistant counts: positive while discharging."""
        percent = f"{100 * min(max(state_of_charge, 0.0), 1.0):.1f}" if self._reachable else "unavailable"
        watts = f"{-power_w:.1f}" if self._reachable else "unavailable"
        units = ({"unit_of_measurement": "%"}, {"unit_of_measurement": "W"})
        self._hass.states.async_set(CHARGE_ENTITY, percent, units[0])
        self._hass.states.async_set(POWER_ENTITY, watts, units[1])

    def lose_link(self) -> None:
        self._reachable = False

    def restore_link(self) -> None:
        self._reachable = True
