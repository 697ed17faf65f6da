"""What is special about Huawei LUNA2000: its timer counts minutes."""

from datetime import timedelta

import pytest

from tests.home.battery.modbus.bench import Bench

MINUTES = 47083


@pytest.fixture
def bench() -> Bench:
    return Bench("huawei_luna")


@pytest.mark.parametrize(("seconds", "minutes"), [(3600, 60), (119, 1), (60, 1), (20, 1)])
async def test_an_order_ends_no_later_than_asked_but_lasts_a_minute(
    bench: Bench, seconds: int, minutes: int
) -> None:
    await (await bench.probe()).set_power(1000, seconds)

    assert (MINUTES, [minutes]) in bench.device.written


async def test_standing_still_is_a_forced_discharge_without_power(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(0, 600)

    assert bench.device.written[-2:] == [(47249, [0, 0]), (47100, [2])]
    assert (await battery.read()).power_w == 0


async def test_an_order_is_made_to_end_by_time_where_it_would_end_by_state_of_charge(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.read()

    await battery.set_power(1000, 60)
    bench.clock.pass_by(timedelta(seconds=61))

    assert (await battery.read()).setpoint_w is None


async def test_what_ends_an_order_is_not_written_where_it_is_right(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.set_power(1000, 60)
    await battery.read()
    bench.device.written.clear()

    await battery.set_power(2000, 60)

    assert 47246 not in {address for address, _ in bench.device.written}


async def test_an_inverter_is_given_the_time_that_it_takes(bench: Bench) -> None:
    await bench.probe()

    assert (bench.unit.required_timeout, bench.unit.required_connect_delay) == (15.0, 1.0)
