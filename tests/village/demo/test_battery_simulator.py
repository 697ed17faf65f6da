"""The simulated battery, seen by the SunSpec Alliance's own client over real TCP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from sunspec2.modbus.client import SunSpecModbusClientDeviceTCP
from sunspec2.modbus.modbus import ModbusClientException

from demo.battery_simulator import STEP, BatterySimulator
from tests.village.demo.conftest import HandClock, House


class Client:
    """The SunSpec Alliance's client, off the event loop that the simulator runs on."""

    def __init__(self, port: int) -> None:
        """Name the device; nothing is read yet."""
        self.device = SunSpecModbusClientDeviceTCP(slave_id=1, ipaddr="127.0.0.1", ipport=port)

    async def read(self, model: str, point: str) -> float | str | None:
        """Return a point's value in its unit, freshly read; None where it is unimplemented."""
        await asyncio.to_thread(self.device.models[model][0].read)
        value: float | str | None = self.device.models[model][0].points[point].cvalue
        return value

    async def write(self, **points: float) -> None:
        """Write points of the controls (or `WHRtg`), one by one in the given order."""
        for name, value in points.items():
            model = "DERStorageCapacity" if name == "WHRtg" else "DERCtlAC"
            point = self.device.models[model][0].points[name]
            point.cvalue = value
            await asyncio.to_thread(point.write)


@pytest.fixture
async def client(served: BatterySimulator, port: int) -> AsyncIterator[Client]:
    client = Client(port)
    await asyncio.to_thread(client.device.scan)
    assert served.setpoint_w is None
    yield client
    client.device.close()


async def test_a_standard_client_finds_the_models_of_a_storage_device(client: Client) -> None:
    assert [model for model in client.device.models if isinstance(model, int)] == [1, 701, 702, 704, 713]


async def test_it_states_who_it_is_and_what_it_can_do(client: Client) -> None:
    assert await client.read("common", "SN") == "BC-0001"
    assert await client.read("DERCapacity", "WChaRteMaxRtg") == 5_000
    assert await client.read("DERCapacity", "WDisChaRteMaxRtg") == 4_000
    assert await client.read("DERStorageCapacity", "WHRtg") == 10_000
    assert await client.read("DERStorageCapacity", "SoC") == 50.0


async def test_what_it_does_not_measure_reads_as_unimplemented(client: Client) -> None:
    assert await client.read("DERMeasureAC", "TmpCab") is None


async def test_left_alone_it_covers_its_house(client: Client, clock: HandClock) -> None:
    clock.wait(15)
    assert await client.read("DERMeasureAC", "W") == 800


async def test_left_alone_it_stores_its_house_surplus(client: Client, clock: HandClock, house: House) -> None:
    house.load_w = -1_200
    clock.wait(15)
    assert await client.read("DERMeasureAC", "W") == -1_200
    assert await client.read("DERStorageCapacity", "SoC") == 52.8


async def test_it_injects_what_an_enabled_setpoint_asks(client: Client, clock: HandClock) -> None:
    await client.write(WSetMod=1, WSet=2_345.6, WSetEna=1)
    clock.wait(15)
    assert await client.read("DERMeasureAC", "W") == 2_346
    assert await client.read("DERStorageCapacity", "SoC") == 43.8


async def test_a_setpoint_below_zero_charges(
    client: Client, clock: HandClock, served: BatterySimulator
) -> None:
    await client.write(WSetMod=1, WSet=-3_000, WSetEna=1)
    clock.wait(15)
    assert await client.read("DERMeasureAC", "W") == -3_000
    assert served.setpoint_w == 3_000
    assert served.trajectory[-1].power_w == 3_000


async def test_a_setpoint_may_be_a_share_of_the_maximum(client: Client, clock: HandClock) -> None:
    await client.write(WSetMod=0, WSetPct=50, WSetEna=1)
    clock.wait(15)
    assert await client.read("DERMeasureAC", "W") == 2_500


async def test_a_setpoint_that_is_not_enabled_moves_nothing(client: Client, clock: HandClock) -> None:
    await client.write(WSetMod=1, WSet=2_000)
    clock.wait(15)
    assert await client.read("DERMeasureAC", "W") == 800


async def test_the_reversion_timer_counts_down_in_wall_seconds(client: Client, clock: HandClock) -> None:
    await client.write(WSet=2_000, WSetRvrtTms=30, WSetEna=1)
    clock.wait(12)
    assert await client.read("DERCtlAC", "WSetRvrtRem") == 18


async def test_when_the_reversion_timer_ends_the_battery_serves_its_house_again(
    client: Client, clock: HandClock, served: BatterySimulator
) -> None:
    await client.write(WSet=2_000, WSetRvrtTms=30, WSetEna=1)
    clock.wait(31)
    assert await client.read("DERMeasureAC", "W") == 800
    assert await client.read("DERCtlAC", "WSetEna") == 0
    assert await client.read("DERCtlAC", "WSetRvrtRem") == 0
    steered = sum(step.hours for step in served.trajectory if step.setpoint_w is not None)
    assert timedelta(hours=steered) == timedelta(minutes=30)


async def test_the_reversion_may_lead_to_another_setpoint(client: Client, clock: HandClock) -> None:
    await client.write(WSet=2_000, WSetRvrt=100, WSetEnaRvrt=1, WSetRvrtTms=30, WSetEna=1)
    clock.wait(31)
    assert await client.read("DERMeasureAC", "W") == 100


@pytest.mark.parametrize("again", [{"WSetRvrtTms": 30}, {"WSetEna": 1}])
async def test_writing_the_timer_or_the_switch_again_restarts_the_timer(
    client: Client, clock: HandClock, again: dict[str, float]
) -> None:
    await client.write(WSet=2_000, WSetRvrtTms=30, WSetEna=1)
    clock.wait(20)
    await client.write(**again)
    clock.wait(20)
    assert await client.read("DERMeasureAC", "W") == 2_000
    assert await client.read("DERCtlAC", "WSetRvrtRem") == 10


async def test_disabling_the_setpoint_stops_the_timer(client: Client, clock: HandClock) -> None:
    await client.write(WSet=2_000, WSetRvrtTms=30, WSetEna=1)
    await client.write(WSetEna=0)
    clock.wait(5)
    assert await client.read("DERCtlAC", "WSetRvrtRem") == 0
    assert await client.read("DERMeasureAC", "W") == 800


async def test_what_is_read_only_refuses_to_be_written(client: Client) -> None:
    with pytest.raises(ModbusClientException):
        await client.write(WHRtg=1)


async def test_half_of_a_point_refuses_to_be_written(client: Client) -> None:
    model = client.device.models["DERCtlAC"][0]
    address = model.model_addr + model.points["WSet"].offset
    with pytest.raises(ModbusClientException):
        await asyncio.to_thread(client.device.write, address, b"\x00\x01")
    assert await client.read("DERCtlAC", "WSet") == 0


async def test_a_battery_that_ignores_its_setpoint_still_claims_to_obey(
    client: Client, clock: HandClock, served: BatterySimulator
) -> None:
    served.faults.ignores_setpoint = True
    await client.write(WSet=2_000, WSetEna=1)
    clock.wait(15)
    assert await client.read("DERCtlAC", "WSetEna") == 1
    assert await client.read("DERMeasureAC", "W") == 800
    assert (served.trajectory[-1].setpoint_w, served.trajectory[-1].power_w) == (-2_000, -800)


async def test_frozen_readings_stay_while_the_battery_goes_on(
    client: Client, clock: HandClock, served: BatterySimulator
) -> None:
    clock.wait(15)
    before = await client.read("DERStorageCapacity", "SoC")
    served.faults.freezes_readings = True
    clock.wait(60)
    assert await client.read("DERStorageCapacity", "SoC") == before
    assert 100 * served.physics.state_of_charge < 48


async def test_a_dropped_link_answers_nobody_and_can_come_back(served: BatterySimulator, port: int) -> None:
    await served.drop_link()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await served.listen("127.0.0.1", port)
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()


@pytest.fixture
def lived_through(simulator: BatterySimulator, clock: HandClock) -> Callable[[float], list[float]]:
    def hours(seconds: float) -> list[float]:
        clock.wait(seconds)
        simulator.advance()
        return [step.hours for step in simulator.trajectory]

    return hours


def test_it_lives_in_steps_of_at_most_a_quarter_of_a_slot(
    lived_through: Callable[[float], list[float]],
) -> None:
    hours = lived_through(60)
    assert sum(hours) == pytest.approx(1)
    assert max(hours) <= STEP / timedelta(hours=1)


def test_no_step_crosses_a_quarter_hour(
    lived_through: Callable[[float], list[float]], simulator: BatterySimulator
) -> None:
    lived_through(7)
    lived_through(53)
    for step in simulator.trajectory:
        end = step.start + timedelta(hours=step.hours) - timedelta(milliseconds=1)
        assert step.start.minute // 15 == end.minute // 15


def test_its_trajectory_accounts_for_its_energy(
    lived_through: Callable[[float], list[float]], simulator: BatterySimulator
) -> None:
    lived_through(120)
    delivered_wh = sum(-step.power_w * step.hours for step in simulator.trajectory)
    efficiency = simulator.physics.battery.discharge_efficiency
    assert 5_000 - simulator.physics.energy_wh == pytest.approx(delivered_wh / efficiency)
