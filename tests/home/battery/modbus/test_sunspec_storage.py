"""What is special about SunSpec storage inverters: models that may be missing, and bands of others."""

from collections.abc import Sequence
from typing import override

import pytest

from custom_components.battery_commons.battery.driver import BatteryError, BatteryLimits
from custom_components.battery_commons.battery.modbus.catalogue import ModbusBattery
from demo.devices.sunspec import SunSpecStorage
from demo.sunspec_registers import Value
from tests.home.battery.modbus.bench import Bench

CONTROLS = 40070 + 52 + 28


class InFloatingPoint(SunSpecStorage):
    """An inverter that measures in model 113."""

    @override
    def _models(self) -> dict[int, dict[str, Value]]:
        models = super()._models()
        models.pop(103)
        return {113: {"W": 0.0}, **models}

    @override
    def _measure(self) -> None:
        super()._measure()
        self.put(113, "W", -self.power_w)


class WithPanels(SunSpecStorage):
    """An inverter with solar strings of its own."""

    @override
    def _models(self) -> dict[int, dict[str, Value]]:
        return {**super()._models(), 160: {"N": 0}}


class Untimed(SunSpecStorage):
    """An inverter that leaves its reversion timer out."""

    @override
    def _models(self) -> dict[int, dict[str, Value]]:
        models = super()._models()
        models[124].pop("InOutWRte_RvrtTms")
        return models


class WithoutChargeState(SunSpecStorage):
    """An inverter whose model 124 does not tell how full the battery is."""

    @override
    def put(self, model_id: int, name: str, value: float) -> None:
        if name != "ChaState":
            super().put(model_id, name, value)


async def lacking(*models: int) -> ModbusBattery:
    kind = type("Lacking", (SunSpecStorage,), {"without": models})
    return await Bench("sunspec_storage", kind).probe()


@pytest.mark.parametrize("missing", [[802], [120], []])
async def test_ratings_come_from_whichever_model_states_them(missing: Sequence[int]) -> None:
    assert (await lacking(*missing)).limits == BatteryLimits(10_000, 5_000, 5_000)


@pytest.mark.parametrize("missing", [[120, 802], [124], [103]])
async def test_a_device_that_lacks_what_steering_needs_is_refused(missing: Sequence[int]) -> None:
    with pytest.raises(BatteryError, match=r"capacity|lacks SunSpec model"):
        await lacking(*missing)


async def test_an_inverter_may_measure_in_floating_point() -> None:
    bench = Bench("sunspec_storage", InFloatingPoint)

    assert (await (await bench.probe()).read()).power_w == -500


async def test_a_state_of_charge_that_124_leaves_out_is_read_from_802() -> None:
    bench = Bench("sunspec_storage", WithoutChargeState)

    assert (await (await bench.probe()).read()).state_of_charge == 0.5


async def test_an_inverter_with_solar_panels_is_refused() -> None:
    with pytest.raises(BatteryError, match="solar panels"):
        await Bench("sunspec_storage", WithPanels).probe()


async def test_an_inverter_without_a_timer_says_so_and_is_steered_all_the_same() -> None:
    bench = Bench("sunspec_storage", Untimed)
    battery = await bench.probe()

    await battery.set_power(1000, 60)

    assert battery.traits.own_timer is None
    assert bench.device.order_w == 1000


@pytest.mark.parametrize(
    ("limiting", "out_percent", "in_percent", "setpoint_w"),
    [(0b10, 0, 100, 0), (0b01, 100, -20, -1000), (0b11, 50, 50, 0), (0b10, -30, 100, 1500)],
)
async def test_a_band_of_another_controller_is_an_order_to_do_what_is_closest_to_nothing(
    limiting: int, out_percent: int, in_percent: int, setpoint_w: float
) -> None:
    bench = Bench("sunspec_storage")
    battery = await bench.probe()
    bench.device.write(CONTROLS + 12, [out_percent * 100 & 0xFFFF, in_percent * 100 & 0xFFFF])
    bench.device.write(CONTROLS + 5, [limiting])

    assert (await battery.read()).setpoint_w == setpoint_w


async def test_a_power_that_no_rate_can_stand_for_is_refused_before_anything_is_written() -> None:
    bench = Bench("sunspec_storage")
    battery = await bench.probe()

    with pytest.raises(BatteryError, match="no rate"):
        await battery.set_power(20_000, 60)

    assert bench.device.written == []
