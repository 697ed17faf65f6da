"""SunSpec storage inverters over Modbus: model 124 steers, an inverter model (101-103, 111-113) measures.

Source: SunSpec Alliance, model definitions 101-103, 111-113, 120, 124 and 802; that InWRte and OutWRte bound
the power of charging and discharging, that a negative OutWRte forces charging and a negative InWRte
discharging, is in "Fronius Energy Storage via Modbus" (Fronius operating instructions 42,0410,2649, model
124). An order is the band that holds one power only: InWRte = p, OutWRte = -p, in percent of WChaMax.

In an inverter model positive power is injected into the grid, in 124 InWRte counts charging: signs turn here
and nowhere else. A device that measures solar strings too (model 160) is refused: what its inverter injects
is not what its battery does. ChaGriSet (charging from the grid allowed) is the resident's to set and is never
written; nor are WChaMax and MinRsvPct, which a device may keep in memory that wears.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self, override

from modbus_connection import ModbusUnit
from modbus_connection.model.component import Component
from modbus_connection.model.sunspec import SunSpecModels, bitfield16, float32, int16, sunssf, uint16

from ..driver import BatteryError, BatteryIdentity, BatteryLimits, Control, Traits
from .mapped import PLAUSIBLE_W, MappedBattery, Standing, given, rated, told
from .sunspec import BATTERY, BatteryBase, found, identity, placed

LIMIT_CHARGE, LIMIT_DISCHARGE = 0b01, 0b10
"""StorCtl_Mod: which of the two rates counts."""
BOTH = LIMIT_CHARGE | LIMIT_DISCHARGE
LONGEST_TIMER = timedelta(seconds=0xFFFE)
_LARGEST_RATE = 0x7FFF
_NAMEPLATE, _STORAGE, _STRINGS = 120, 124, 160
_OUT_W_RATE = 12
"""OutWRte, which InWRte follows: the two are written as one, so that no band counts that nobody asked for."""


class Inverter(Component):
    """Models 101 to 103: an inverter of one, two or three phases."""

    power_w = int16(14, scale_register=15, unit="W")


class FloatInverter(Component):
    """Models 111 to 113: the same in floating point."""

    power_w = float32(22, unit="W")


class Nameplate(Component):
    """Model 120: ratings."""

    capacity_wh = uint16(19, scale_register=20, unit="Wh")
    charge_w = uint16(23, scale_register=24, unit="W")
    discharge_w = uint16(25, scale_register=26, unit="W")


class StorageControls(Component):
    """Model 124: basic storage controls."""

    reference_w = uint16(2, scale_register=18, unit="W")
    limiting = bitfield16(5, writable=True)
    state_of_charge_percent = uint16(8, scale_register=22, unit="%")
    discharge_percent = int16(_OUT_W_RATE, scale_register=25, unit="%")
    charge_percent = int16(_OUT_W_RATE + 1, scale_register=25, unit="%")
    reversion_s = uint16(15, writable=True, unit="s")
    rate_exponent = sunssf(25)


class StorageBattery(MappedBattery):
    """Drives one SunSpec storage inverter."""

    def __init__(
        self,
        now: Callable[[], datetime],
        limits: BatteryLimits,
        identity: BatteryIdentity,
        *,
        inverter: Inverter | FloatInverter,
        controls: StorageControls,
        battery: BatteryBase | None,
    ) -> None:
        """Drive a device whose models were found and read. Use `probe`, which does so."""
        super().__init__(now, limits, identity)
        self._inverter = inverter
        self._controls = controls
        self._battery = battery
        has_timer = controls.reversion_s is not None
        self.traits = Traits(Control.WATTS, own_timer=LONGEST_TIMER if has_timer else None, regulates=True)

    @classmethod
    async def probe(
        cls, unit: ModbusUnit, now: Callable[[], datetime], _ratings: BatteryLimits | None = None
    ) -> Self:
        """Return a driver for the battery at `unit`, its ratings read.

        Raises BatteryError when nothing answers, or when it is no battery that can be steered.
        """
        with told("the device does not answer"):
            models = await found(unit)
            if _STRINGS in models:
                raise BatteryError("the inverter has solar panels too: its power is not that of its battery")
            controls = placed(StorageControls, unit, models, _STORAGE)
            await controls.async_update()
            battery = placed(BatteryBase, unit, models, BATTERY) if BATTERY in models else None
            limits = await _ratings_of(unit, models, controls, battery)
            return cls(
                now,
                limits,
                await identity(unit, models),
                inverter=_inverter(unit, models),
                controls=controls,
                battery=battery,
            )

    @override
    async def _look(self) -> Standing:
        controls = self._controls
        await self._inverter.async_update()
        await controls.async_update()
        percent = controls.state_of_charge_percent
        if percent is None and self._battery is not None:
            await self._battery.async_update()
            percent = self._battery.state_of_charge_percent
        return Standing(percent, -given(self._inverter.power_w, "power (W)"), self._ordered_w())

    def _ordered_w(self) -> float | None:
        """Return the power closest to standing still that the band in force allows; None without a band."""
        controls = self._controls
        limiting = given(controls.limiting, "mode (StorCtl_Mod)")
        if not limiting & BOTH:
            return None
        least, most = -100.0, 100.0
        if limiting & LIMIT_CHARGE:
            most = given(controls.charge_percent, "rate of charging (InWRte)")
        if limiting & LIMIT_DISCHARGE:
            least = -given(controls.discharge_percent, "rate of discharging (OutWRte)")
        return min(max(0.0, least), most) / 100 * _reference_w(controls)

    @override
    async def _order(self, power_w: float, revert_after_s: int) -> None:
        """Order a power. The timer that ends it is set before the order counts."""
        controls = self._controls
        rate = round(power_w / _reference_w(controls) * 100 / 10.0 ** (controls.rate_exponent or 0))
        if abs(rate) > _LARGEST_RATE:
            raise ValueError(f"no rate can stand for {power_w:g} W")
        if self.traits.own_timer is not None:
            await controls.write("reversion_s", revert_after_s)
        out_then_in = [-rate & 0xFFFF, rate & 0xFFFF]
        await controls.modbus_unit.write_registers(
            controls.resolved_fields["discharge_percent"].address, out_then_in
        )
        await controls.write("limiting", BOTH)

    @override
    async def _let_go(self) -> None:
        await self._controls.write("limiting", 0)


def _reference_w(controls: StorageControls) -> float:
    """Return the power that the rates are a share of. Raises BatteryError where that cannot be."""
    watts = given(controls.reference_w, "reference of its rates (WChaMax)")
    if not 0 < watts <= PLAUSIBLE_W:
        raise BatteryError(f"the battery states an impossible reference of its rates (WChaMax): {watts:g} W")
    return watts


def _inverter(unit: ModbusUnit, models: SunSpecModels) -> Inverter | FloatInverter:
    if models.first(111, 112, 113) is not None:
        return placed(FloatInverter, unit, models, 111, 112, 113)
    return placed(Inverter, unit, models, 101, 102, 103)


async def _ratings_of(
    unit: ModbusUnit, models: SunSpecModels, controls: StorageControls, battery: BatteryBase | None
) -> BatteryLimits:
    """Return the ratings from whichever model states them; failing that, powers are the rates' reference."""
    sources: list[Nameplate | BatteryBase] = [] if battery is None else [battery]
    if _NAMEPLATE in models:
        sources.append(placed(Nameplate, unit, models, _NAMEPLATE))
    for source in sources:
        await source.async_update()
    reference_w = _reference_w(controls)
    return rated(
        next((source.capacity_wh for source in sources if source.capacity_wh), None),
        next((source.charge_w for source in sources if source.charge_w), reference_w),
        next((source.discharge_w for source in sources if source.discharge_w), reference_w),
    )
