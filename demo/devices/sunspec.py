"""SunSpec batteries, laid out from the SunSpec Alliance's own model definitions."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, override

from pymodbus.constants import ExcCodes

from demo.devices.device import Device, RefusedError
from demo.sunspec_registers import BASE_ADDRESS, SunSpecRegisters, Value, WriteRefusedError

_COMMON: dict[str, Value] = {"Mn": "Example", "Md": "Wall 10", "SN": "EX-0001"}


class SunSpecDevice(Device):
    """A device that is a chain of models."""

    without: ClassVar[Collection[int]] = ()
    """The models that this device lacks."""

    @override
    def _leave_factory(self) -> None:
        models = {key: values for key, values in self._models().items() if key not in self.without}
        self._has = set(models)
        self.points = SunSpecRegisters({1: _COMMON, **models})

    @abstractmethod
    def _models(self) -> dict[int, dict[str, Value]]:
        """Return the raw values of the points of each model."""

    @abstractmethod
    def _measure(self) -> None:
        """Bring the measured points up to date."""

    @abstractmethod
    def _after(self, written: set[str]) -> None:
        """Let points that were written have their effect on the timer."""

    def put(self, model_id: int, name: str, value: float) -> None:
        """Set a measured point, where the device has it."""
        if model_id in self._has:
            self.points.put(model_id, name, value)

    @override
    def _accept(self, address: int, words: Sequence[int]) -> None:
        try:
            written = self.points.write(address, words)
        except WriteRefusedError as error:
            raise RefusedError(ExcCodes.ILLEGAL_ADDRESS, str(error)) from error
        self._after(written)

    @override
    def _registers(self) -> Mapping[int, int]:
        self._measure()
        return dict(enumerate(self.points.registers(), start=BASE_ADDRESS))


class SunSpecDer(SunSpecDevice):
    """Models 701, 702, 704 and 713, with 802 beside them."""

    @override
    def _models(self) -> dict[int, dict[str, Value]]:
        spec = self.physics.battery
        return {
            701: {"W": 0, "W_SF": 0},
            702: {
                "WMaxRtg": round(spec.max_charge_w / 10),
                "WChaRteMaxRtg": round(spec.max_charge_w / 10),
                "WDisChaRteMaxRtg": round(spec.max_discharge_w / 10),
                "W_SF": 1,
            },
            704: {
                "WSetEna": 0,
                "WSetMod": 0,
                "WSet": 0,
                "WSetEnaRvrt": 1,
                "WSetRvrtTms": 0,
                "WSet_SF": 0,
            },
            713: {"WHRtg": round(spec.capacity_wh / 10), "WH_SF": 1, "Pct_SF": -1},
            802: {"WHRtg": round(spec.capacity_wh / 100), "WHRtg_SF": 2, "SoC_SF": -2},
        }

    @property
    @override
    def order_w(self) -> float | None:
        if not self.points.get(704, "WSetEna"):
            return None
        return -(self.points.get(704, "WSet") or 0.0) if self.points.get(704, "WSetMod") else 0.0

    @override
    def _after(self, written: set[str]) -> None:
        if written & {"WSetEna", "WSetRvrtTms"}:
            seconds = self.points.get(704, "WSetRvrtTms")
            runs = seconds and self.points.get(704, "WSetEna")
            self._ends_at = self._at + timedelta(seconds=seconds) if runs and seconds else None

    @override
    def _end(self) -> None:
        self.points.put(704, "WSetEna", self.points.get(704, "WSetEnaRvrt") or 0)

    @override
    def _measure(self) -> None:
        self.put(701, "W", -self.power_w)
        self.put(713, "SoC", 100 * self.state_of_charge)
        self.put(802, "SoC", 100 * self.state_of_charge)


class SunSpecStorage(SunSpecDevice):
    """Models 103, 120, 124 and 802. With a negative rate the opposite is forced (Fronius)."""

    @override
    def _models(self) -> dict[int, dict[str, Value]]:
        spec = self.physics.battery
        return {
            103: {"W": 0, "W_SF": 0},
            120: {
                "WHRtg": round(spec.capacity_wh / 10),
                "WHRtg_SF": 1,
                "MaxChaRte": round(spec.max_charge_w),
                "MaxChaRte_SF": 0,
                "MaxDisChaRte": round(spec.max_discharge_w),
                "MaxDisChaRte_SF": 0,
            },
            124: {
                "WChaMax": round(spec.max_charge_w),
                "WChaMax_SF": 0,
                "StorCtl_Mod": 0,
                "MinRsvPct": 500,
                "MinRsvPct_SF": -2,
                "ChaState_SF": -2,
                "OutWRte": 10_000,
                "InWRte": 10_000,
                "InOutWRte_SF": -2,
                "InOutWRte_RvrtTms": 0,
                "ChaGriSet": 1,
            },
            802: {
                "WHRtg": round(spec.capacity_wh / 10),
                "WHRtg_SF": 1,
                "WChaRteMax": round(spec.max_charge_w / 10),
                "WDisChaRteMax": round(spec.max_discharge_w / 10),
                "WChaDisChaMax_SF": 1,
                "SoC_SF": -1,
            },
        }

    @property
    @override
    def order_w(self) -> float | None:
        mode = int(self.points.get(124, "StorCtl_Mod") or 0) if 124 in self._has else 0  # noqa: PLR2004 - model
        if not mode & 0b11:
            return None
        reference_w = self.points.get(124, "WChaMax") or 0.0
        most = (self.points.get(124, "InWRte") or 0.0) if mode & 0b01 else 100.0
        least = -(self.points.get(124, "OutWRte") or 0.0) if mode & 0b10 else -100.0
        wanted_w = -self.house_w
        within_w = min(max(wanted_w, least / 100 * reference_w), most / 100 * reference_w)
        return None if within_w == wanted_w else within_w

    @override
    def _after(self, written: set[str]) -> None:
        if written & {"StorCtl_Mod", "InOutWRte_RvrtTms", "InWRte"}:
            seconds = self.points.get(124, "InOutWRte_RvrtTms")
            runs = seconds and self.points.get(124, "StorCtl_Mod")
            self._ends_at = self._at + timedelta(seconds=seconds) if runs and seconds else None

    @override
    def _end(self) -> None:
        self.points.put(124, "StorCtl_Mod", 0)

    @override
    def _measure(self) -> None:
        self.put(103, "W", -self.power_w)
        self.put(124, "ChaState", 100 * self.state_of_charge)
        self.put(802, "SoC", 100 * self.state_of_charge)
