"""A home battery as its own Modbus server: SunSpec models 1, 701, 702, 704 and 713 over real TCP.

In SunSpec power is positive when injected into the grid (discharging): the sign turns at this edge.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.simulation.battery import PhysicalBattery
from demo.sunspec_registers import BASE_ADDRESS, SunSpecRegisters, Value, WriteRefusedError

UNIT_ID = 1
STEP = SLOT / 4
"""The longest stretch of village time over which the house's load counts as constant."""
RECORDED_STEPS = 20_000
"""Enough for more than a village day at any speed, and a bound on what a long demonstration keeps."""

COMMON, MEASUREMENTS, RATINGS, CONTROLS, STORAGE = 1, 701, 702, 704, 713
ENABLED, DISABLED = 1, 0
_PERCENT_OF_MAXIMUM, _WATTS = 0, 1


@dataclass(frozen=True, slots=True)
class Step:
    """What truly happened in a stretch of village time, whatever the registers told."""

    start: datetime
    hours: float
    power_w: float
    """Mean power at the battery's connection, positive = charging."""
    energy_wh: float
    """Held at the end of the stretch."""
    setpoint_w: float | None
    """The setpoint in force as the device states it; None while it serves its own house."""
    house_w: float
    """Net load of the house without the battery."""


@dataclass(slots=True)
class Faults:
    """What can go wrong with a battery; all switches are off in a healthy one."""

    ignores_setpoint: bool = False
    """Says that the setpoint is in force, and serves its own house all the same."""
    freezes_readings: bool = False
    """Keeps answering with the measurements of the moment at which this was switched on."""


class BatterySimulator:
    """One battery with its house, and the Modbus server through which it is read and steered."""

    def __init__(
        self, *, battery: PhysicalBattery, serial: str, house_w: Callable[[datetime], float], clock: Clock
    ) -> None:
        """Set the battery up in its own self-consumption, not yet listening.

        Args:
            battery: The physics, holding the energy of the start.
            serial: The device's serial number, by which its home knows it.
            house_w: Net load of the house at a village time, positive = import, without the battery.
            clock: Tells village time for the physics, and wall time for the reversion timer.
        """
        self.physics = battery
        self.serial = serial
        self.faults = Faults()
        self.trajectory: deque[Step] = deque(maxlen=RECORDED_STEPS)
        self._house_w = house_w
        self._clock = clock
        self._at = clock.now()
        self._power_w = 0.0
        self._reverts_at: datetime | None = None
        self._registers = SunSpecRegisters(_models(battery, serial))
        self._server: ModbusTcpServer | None = None
        self._measure()

    async def listen(self, host: str, port: int) -> None:
        """Accept Modbus clients at `host`:`port`.

        Raises:
            RuntimeError: The port is taken.
        """
        count = len(self._registers.registers())
        memory = SimData(address=BASE_ADDRESS, count=count, datatype=DataType.REGISTERS)
        device = SimDevice(id=UNIT_ID, simdata=[memory], action=self._answer)
        server = ModbusTcpServer(device, address=(host, port))
        await server.serve_forever(background=True)
        self._server = server

    async def drop_link(self) -> None:
        """Close every connection and accept no more; the battery itself goes on."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call] # pymodbus leaves it untyped
            self._server = None

    @property
    def setpoint_w(self) -> float | None:
        """The setpoint in force as the device states it, positive = charge; None without one."""
        if self._registers.get(CONTROLS, "WSetEna") != ENABLED:
            return None
        if self._registers.get(CONTROLS, "WSetMod") == _PERCENT_OF_MAXIMUM:
            percent = self._registers.get(CONTROLS, "WSetPct") or 0.0
            return -percent / 100 * (self._registers.get(RATINGS, "WMax") or 0.0)
        return -(self._registers.get(CONTROLS, "WSet") or 0.0)

    @property
    def power_w(self) -> float:
        """The battery's true power in the last stretch that has passed, positive = charging."""
        return self._power_w

    def advance(self) -> None:
        """Let the battery live up to the clock's present moment, reversion timer included."""
        now = self._clock.now()
        while self._at < now:
            until = min(now, self._at + STEP, slot_start(self._at) + SLOT)
            if self._reverts_at is not None and self._reverts_at <= until:
                if self._reverts_at > self._at:
                    self._live(self._reverts_at)
                self._revert()
            else:
                self._live(until)
        self._measure()

    def _live(self, until: datetime) -> None:
        hours = (until - self._at) / timedelta(hours=1)
        house_w = self._house_w(self._at)
        obeyed_w = None if self.faults.ignores_setpoint else self.setpoint_w
        self._power_w = self.physics.step(obeyed_w, house_w, hours)
        self.trajectory.append(
            Step(self._at, hours, self._power_w, self.physics.energy_wh, self.setpoint_w, house_w)
        )
        self._at = until

    def _revert(self) -> None:
        """Put the reversion values in force, as the end of WSetRvrtTms asks."""
        for name in ("WSetEna", "WSet", "WSetPct"):
            reverted = self._registers.get(CONTROLS, f"{name}Rvrt")
            if reverted is not None:
                self._registers.put(CONTROLS, name, reverted)
        self._reverts_at = None

    def _restart_reversion(self) -> None:
        seconds = self._registers.get(CONTROLS, "WSetRvrtTms")
        self._reverts_at = None
        if seconds and self._registers.get(CONTROLS, "WSetEna") == ENABLED:
            wall = self._clock.to_wall(self._at)
            self._reverts_at = self._clock.to_village(wall + timedelta(seconds=seconds))

    def _measure(self) -> None:
        """Bring the measured points up to date."""
        remaining = 0.0
        if self._reverts_at is not None:
            remaining = self._clock.wall_seconds(self._reverts_at - self._at)
        self._registers.put(CONTROLS, "WSetRvrtRem", ceil(remaining))
        if self.faults.freezes_readings:
            return
        self._registers.put(MEASUREMENTS, "W", -self._power_w)
        self._registers.put(MEASUREMENTS, "WL1", -self._power_w)
        self._registers.put(MEASUREMENTS, "A", abs(self._power_w) / _NOMINAL_V)
        self._registers.put(STORAGE, "WHAvail", self.physics.energy_wh)
        self._registers.put(STORAGE, "SoC", 100 * self.physics.state_of_charge)

    async def _answer(
        self,
        _function: int,
        _start: int,
        address: int,
        _count: int,
        memory: list[int],
        written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Serve one Modbus request: time passes, then the registers are read or written."""
        self.advance()
        if written:
            try:
                names = self._registers.write(address, [int(word) for word in written])
            except WriteRefusedError:
                return ExcCodes.ILLEGAL_ADDRESS
            if names & {"WSetEna", "WSetRvrtTms"}:
                self._restart_reversion()
                self._measure()
        registers = self._registers.registers()
        memory[: len(registers)] = registers
        return None


_NOMINAL_V = 230


def _models(battery: PhysicalBattery, serial: str) -> dict[int, dict[str, Value]]:
    """Return the models' raw values: scale factors as real devices have them, not all zero."""
    spec = battery.battery
    rated_w = max(spec.max_charge_w, spec.max_discharge_w)
    return {
        COMMON: {"Mn": "Battery Commons", "Md": "Simulated battery", "Vr": "1", "SN": serial, "DA": UNIT_ID},
        MEASUREMENTS: {
            "ACType": 0,
            "St": 1,
            "InvSt": 3,
            "ConnSt": 1,
            "LNV": _NOMINAL_V * 10,
            "Hz": 50_000,
            "W_SF": 0,
            "A_SF": -2,
            "V_SF": -1,
            "Hz_SF": -3,
        },
        RATINGS: {
            "WMaxRtg": round(rated_w / 10),
            "WMax": round(rated_w / 10),
            "WChaRteMaxRtg": round(spec.max_charge_w / 10),
            "WDisChaRteMaxRtg": round(spec.max_discharge_w / 10),
            "CtrlModes": 0b10,
            "W_SF": 1,
        },
        CONTROLS: {
            "WSetEna": DISABLED,
            "WSetMod": _WATTS,
            "WSet": 0,
            "WSetRvrt": 0,
            "WSetPct": 0,
            "WSetPctRvrt": 0,
            "WSetEnaRvrt": DISABLED,
            "WSetRvrtTms": 0,
            "WSetRvrtRem": 0,
            "WSet_SF": -1,
            "WSetPct_SF": -1,
        },
        STORAGE: {
            "WHRtg": round(spec.capacity_wh / 10),
            "SoH": 1000,
            "Sta": 0,
            "WH_SF": 1,
            "Pct_SF": -1,
        },
    }
