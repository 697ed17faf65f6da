"""What every simulated device does: live on, obey the order in its registers, and refuse what it must.

Each device types its addresses from its own source, and shares nothing with the driver that reads them.
Powers are positive while charging on this side of the registers.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from struct import pack, unpack
from typing import ClassVar, override

from pymodbus.constants import ExcCodes

from battery_commons.domain.battery import Battery
from battery_commons.simulation.battery import PhysicalBattery

STEP = timedelta(minutes=1)
"""The longest stretch over which the house's load counts as constant."""


class RefusedError(Exception):
    """The device answers a request with a Modbus exception."""

    def __init__(self, code: ExcCodes, why: str) -> None:
        """Refuse with `code`."""
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Writable:
    """A point that may be written: how many registers it takes, and what it accepts."""

    count: int = 1
    accepts: Callable[[int], bool] = lambda _value: True
    """Judges the unsigned value."""


class Device(ABC):
    """One battery behind its registers."""

    unit_id: ClassVar[int] = 1

    def __init__(
        self,
        now: Callable[[], datetime],
        battery: PhysicalBattery | None = None,
        house_w: Callable[[datetime], float] = lambda _moment: 500.0,
    ) -> None:
        """Let `battery` serve a house that draws `house_w` without it."""
        self.physics = battery or self.own_battery()
        self.power_w = 0.0
        self.written: list[tuple[int, list[int]]] = []
        """Every write that was taken: its first address and its words."""
        self.spoiled: dict[int, int] = {}
        """What registers read as instead, whatever the device makes of itself."""
        self._now = now
        self._house_w = house_w
        self._at = now()
        self._ends_at: datetime | None = None
        self._leave_factory()

    @staticmethod
    def own_battery() -> PhysicalBattery:
        """Return the battery that such a device comes with: by default 10 kWh and 5 kW, half full."""
        return PhysicalBattery(Battery("home/garage", "street", 10_000, 5_000, 5_000, reserve=0.0), 5_000)

    @abstractmethod
    def _leave_factory(self) -> None:
        """Set the device up as it comes."""

    @property
    def house_w(self) -> float:
        """What the house draws now, the battery left out."""
        return self._house_w(self._at)

    @property
    def state_of_charge(self) -> float:
        """How full the battery really is."""
        return self.physics.state_of_charge

    @property
    @abstractmethod
    def order_w(self) -> float | None:
        """The power that the device is under orders to keep; None while it serves its own house."""

    @abstractmethod
    def _registers(self) -> Mapping[int, int]:
        """Return every register that can be read, by its address."""

    @abstractmethod
    def _accept(self, address: int, words: Sequence[int]) -> None:
        """Take what a client writes, all or none. Raises RefusedError."""

    @abstractmethod
    def _end(self) -> None:
        """End the order, as the device does by itself."""

    def read(self, address: int, count: int) -> list[int]:
        """Return registers as a client reads them. Raises RefusedError."""
        self.advance()
        registers = {**self._registers(), **self.spoiled}
        missing = [at for at in range(address, address + count) if at not in registers]
        if missing:
            raise RefusedError(ExcCodes.ILLEGAL_ADDRESS, f"there is no register {missing[0]}")
        return [registers[at] for at in range(address, address + count)]

    def write(self, address: int, words: Sequence[int]) -> None:
        """Take registers as a client writes them, all or none. Raises RefusedError."""
        self.advance()
        self._accept(address, words)
        self.written.append((address, list(words)))
        self.power_w = self._holds(self.order_w)

    def advance(self) -> None:
        """Let the device live up to the present moment, its timer included."""
        now = self._now()
        while self._at < now:
            until = min(now, self._at + STEP)
            if self._ends_at is not None and self._ends_at <= until:
                if self._ends_at > self._at:
                    self._live(self._ends_at)
                self._ends_at = None
                self._end()
            else:
                self._live(until)
        self.power_w = self._holds(self.order_w)

    def _live(self, until: datetime) -> None:
        hours = (until - self._at) / timedelta(hours=1)
        self.physics.step(self.order_w, self._house_w(self._at), hours)
        self._at = until

    def _holds(self, order_w: float | None) -> float:
        """Return the power that the battery has at this moment."""
        for_a_moment = PhysicalBattery(self.physics.battery, self.physics.energy_wh)
        return for_a_moment.step(order_w, self.house_w, 1e-3)


class PointDevice(Device):
    """A device whose registers are points with addresses of their own."""

    writable: ClassVar[Mapping[int, Writable]]
    """By the first address of each point."""

    @abstractmethod
    def _take(self, address: int, value: int) -> None:
        """Let a point that was written, unsigned, have its effect."""

    @override
    def _accept(self, address: int, words: Sequence[int]) -> None:
        for at, value in list(self._points(address, words)):
            self._take(at, value)

    def _points(self, address: int, words: Sequence[int]) -> Iterable[tuple[int, int]]:
        position = 0
        while position < len(words):
            at = address + position
            point = self.writable.get(at)
            if point is None or position + point.count > len(words):
                raise RefusedError(ExcCodes.ILLEGAL_ADDRESS, f"register {at} cannot be written so")
            value = 0
            for word in self._in_order(words[position : position + point.count]):
                value = value << 16 | word
            if not point.accepts(value):
                raise RefusedError(ExcCodes.ILLEGAL_VALUE, f"register {at} does not take {value}")
            yield at, value
            position += point.count

    def _in_order(self, words: Sequence[int]) -> Sequence[int]:
        """Return the words of a value with the highest first."""
        return words


def low(value: float) -> int:
    """Return one register that holds `value`, signed or not."""
    return round(value) & 0xFFFF


def high_first(value: float) -> list[int]:
    """Return two registers that hold `value`, signed or not, the high word first."""
    whole = round(value) & 0xFFFF_FFFF
    return [whole >> 16, whole & 0xFFFF]


def float_low_first(value: float) -> list[int]:
    """Return two registers that hold a floating-point value, the low word first."""
    upper, lower = unpack(">HH", pack(">f", value))
    return [lower, upper]


def text(value: str, count: int) -> list[int]:
    """Return `count` registers that hold `value`, padded with nothing."""
    return list(unpack(f">{count}H", value.encode().ljust(2 * count, b"\0")))


def laid_out(blocks: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return registers by address from blocks by their first address."""
    return {start + i: word for start, words in blocks.items() for i, word in enumerate(words)}


def signed(value: int, bits: int) -> int:
    """Return an unsigned register value as a signed one."""
    return value - (1 << bits) if value >> (bits - 1) else value
