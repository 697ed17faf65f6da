"""What holds for every register map, each against a device with the same registers and behaviour."""

import math
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import BatteryError
from custom_components.battery_commons.battery.modbus.catalogue import MAPS
from demo.devices.by_map import DEVICES
from tests.home.battery.modbus.bench import NO_RATINGS, NONSENSE, ORDERED_THROUGH, Bench

WITH_TIMER = ["sunspec_der", "sunspec_storage", "victron_ess", "solaredge", "huawei_luna", "sma"]
MINUTE = timedelta(minutes=1)
WATT = 1.0


@pytest.fixture(params=DEVICES)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def test_every_map_has_a_device_to_be_tested_against() -> None:
    assert DEVICES.keys() == MAPS.keys()


def test_no_map_claims_to_have_met_real_hardware() -> None:
    assert not any(known.tested_on_hardware for known in MAPS.values())


async def test_what_a_battery_can_do_is_what_its_device_can(bench: Bench) -> None:
    spec = bench.device.physics.battery

    limits = (await bench.probe()).limits

    assert (limits.capacity_wh, limits.max_charge_w, limits.max_discharge_w) == (
        spec.capacity_wh,
        spec.max_charge_w,
        spec.max_discharge_w,
    )


async def test_looking_at_a_battery_writes_nothing(bench: Bench) -> None:
    await (await bench.probe()).read()

    assert bench.device.written == []


async def test_a_battery_that_serves_its_own_house_is_read_with_its_sign(bench: Bench) -> None:
    reading = await (await bench.probe()).read()

    assert reading.at == bench.clock.at
    assert reading.state_of_charge == pytest.approx(0.5, abs=0.005)
    assert reading.power_w == pytest.approx(-500, abs=WATT)


@pytest.mark.parametrize("power_w", [1500, -800, 0])
async def test_an_order_is_reached_and_read_back(bench: Bench, power_w: float) -> None:
    battery = await bench.probe()
    await battery.read()

    await battery.set_power(power_w, 900)
    reading = await battery.read()

    assert bench.device.power_w == pytest.approx(power_w, abs=WATT)
    assert reading.power_w == pytest.approx(power_w, abs=WATT)
    assert reading.setpoint_w == pytest.approx(power_w, abs=WATT)


@given(
    key=st.sampled_from(sorted(DEVICES)),
    powers=st.lists(st.integers(-2500, 2500), min_size=2, max_size=5),
)
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
async def test_no_order_counts_in_between_that_nobody_gave(key: str, powers: list[int]) -> None:
    """From one order to the next, the device is under either, or under one closer to standing still."""
    bench = Bench(key)
    battery = await bench.probe()
    await battery.read()
    before = 0.0
    for power_w in powers:
        seen: list[float] = []
        write = bench.device.write

        def look(address: int, words: list[int], write: object = write, seen: list[float] = seen) -> None:
            assert callable(write)
            write(address, words)
            if (order_w := bench.device.order_w) is not None:
                seen.append(order_w)

        bench.device.write = look  # type: ignore[method-assign, assignment]
        await battery.set_power(power_w, 900)
        bench.device.write = write  # type: ignore[method-assign]

        lowest, highest = min(before, power_w, 0.0) - WATT, max(before, power_w, 0.0) + WATT
        assert all(lowest <= order_w <= highest for order_w in seen)
        assert bench.device.order_w == pytest.approx(power_w, abs=WATT)
        before = power_w


async def test_a_released_battery_serves_its_own_house(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.read()
    await battery.set_power(1500, 900)

    await battery.release()
    reading = await battery.read()

    assert reading.setpoint_w is None
    assert bench.device.power_w == -bench.device.house_w


async def test_an_order_that_was_left_behind_is_seen_after_a_restart_and_can_be_ended(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.read()
    await battery.set_power(1500, 900)

    restarted = await bench.probe()
    reading = await restarted.read()
    assert reading.setpoint_w == pytest.approx(1500, abs=WATT)

    await restarted.release()
    assert (await restarted.read()).setpoint_w is None
    assert bench.device.power_w == -bench.device.house_w


@pytest.mark.parametrize("key", WITH_TIMER)
async def test_an_order_ends_by_itself_when_nobody_renews_it(key: str) -> None:
    bench = Bench(key)
    battery = await bench.probe()
    await battery.read()
    await battery.set_power(1500, 60)

    bench.clock.pass_by(MINUTE - timedelta(seconds=1))
    assert (await battery.read()).setpoint_w == pytest.approx(1500, abs=WATT)

    bench.clock.pass_by(timedelta(seconds=2))
    assert (await battery.read()).setpoint_w is None
    assert bench.device.power_w == -bench.device.house_w


@pytest.mark.parametrize("key", WITH_TIMER)
async def test_an_order_that_is_renewed_goes_on(key: str) -> None:
    bench = Bench(key)
    battery = await bench.probe()
    await battery.read()

    for _ in range(10):
        await battery.set_power(1500, 60)
        bench.clock.pass_by(timedelta(seconds=40))
        assert (await battery.read()).setpoint_w == pytest.approx(1500, abs=WATT)


async def test_a_battery_without_a_timer_says_so(bench: Bench) -> None:
    battery = await bench.probe()

    assert (battery.traits.own_timer is not None) == (bench.key in WITH_TIMER)


async def test_what_is_charged_is_seen_in_the_state_of_charge(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.read()
    for _ in range(90):
        await battery.set_power(1500, 60)
        bench.clock.pass_by(timedelta(seconds=40))

    reading = await battery.read()

    assert reading.state_of_charge == pytest.approx(bench.device.state_of_charge, abs=0.006)
    assert reading.state_of_charge > 0.6


@pytest.mark.parametrize(
    ("key", "address", "words"),
    [(key, address, words) for key, readings in NONSENSE.items() for address, words in readings.items()],
)
async def test_a_reading_that_cannot_be_is_no_reading(key: str, address: int, words: list[int]) -> None:
    bench = Bench(key)
    battery = await bench.probe()
    bench.spoil(address, words)

    with pytest.raises(BatteryError):
        await battery.read()


@pytest.mark.parametrize("key", NO_RATINGS)
async def test_a_battery_whose_ratings_cannot_be_is_refused(key: str) -> None:
    bench = Bench(key)
    for address, words in NO_RATINGS[key].items():
        bench.spoil(address, words)

    with pytest.raises(BatteryError):
        await bench.probe()


@pytest.mark.parametrize("key", [key for key, known in MAPS.items() if known.asks_ratings])
async def test_a_battery_that_does_not_say_what_it_can_do_is_not_steered_before_the_resident_does(
    key: str,
) -> None:
    bench = Bench(key)

    with pytest.raises(BatteryError, match="ratings"):
        await MAPS[key].probe(bench.unit, bench.clock, None)


async def test_a_lost_link_is_said_whatever_was_asked(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.read()
    bench.unit.lose_link()

    for attempt in (battery.read(), battery.set_power(1000, 60), battery.release(), bench.probe()):
        with pytest.raises(BatteryError, match="no route"):
            await attempt


@pytest.mark.parametrize("power_w", [math.nan, math.inf, 1e12])
async def test_an_order_that_no_register_holds_is_refused(bench: Bench, power_w: float) -> None:
    battery = await bench.probe()
    await battery.read()

    with pytest.raises(BatteryError):
        await battery.set_power(power_w, 60)


async def test_in_a_day_of_normal_running_nothing_is_written_that_wears(bench: Bench) -> None:
    battery = await bench.probe()
    await battery.read()
    await battery.set_power(
        500, 900
    )  # what a device needs to be steered at all is set before its first order
    bench.device.written.clear()

    for moment in range(24 * 12):
        if moment % 48 == 0:
            battery = await bench.probe()  # the home restarts now and then
        await battery.read()
        if moment % 6 == 5:
            await battery.release()
        else:
            await battery.set_power(1000 * math.sin(moment), 300)
        bench.clock.pass_by(timedelta(minutes=5))

    written = {address + i for address, words in bench.device.written for i in range(len(words))}
    assert not written & MAPS[bench.key].persistent_registers
    assert {address for address, _ in bench.device.written} <= ORDERED_THROUGH[bench.key]
    assert len(written) > 0
