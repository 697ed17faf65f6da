"""A day with everything that can go wrong: nothing that must not happen does."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack, nullcontext
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.battery_commons.battery.driver import Bounds
from custom_components.battery_commons.battery.follower import UNBOUNDED
from custom_components.battery_commons.battery.house import ConnectionLimits
from custom_components.battery_commons.community.plan import BatteryPlan, Slot
from demo.sunspec_registers import BASE_ADDRESS
from tests.home.coordinator import FakeCoordinator
from tests.home.soak.conftest import SPRING
from tests.home.soak.day import Day, Report
from tests.home.soak.devices import SunSpecUnit
from tests.home.soak.judge import Judge, Seen
from tests.home.soak.world import SimulatedBattery
from tests.home.village import Village

HOUR_S = 3_600

type Live = Callable[..., Awaitable[Report]]


@pytest.fixture
async def live(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: ClientSessionGenerator,
    coordinator: FakeCoordinator,
    strangers: Village,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
) -> Live:
    async def run(*, seed: int, start: datetime, hours: float) -> Report:
        await hass.config.async_set_time_zone("Europe/Amsterdam")
        freezer.move_to(start)
        day = Day(
            hass,
            freezer,
            hass_client_no_auth,
            coordinator,
            strangers,
            seed=seed,
            start=start,
            seconds=round(hours * HOUR_S),
        )
        report = await day.live()
        # Told at once where somebody has asked for it, else where it fails.
        is_asked_for = request.config.getoption("--seeds", default=None) is not None
        with capfd.disabled() if is_asked_for else nullcontext():
            print(f"\n{report}")  # noqa: T201 - what a soak is for
        return report

    return run


async def test_a_day_of_misfortune_does_no_harm(live: Live, start: datetime, seed: int, hours: float) -> None:
    report = await live(seed=seed, start=start, hours=hours)

    assert report.violations == []
    assert report.answers["accepted"] > 2 * hours
    assert all(count < 1_000 for count in report.orders_a_day.values())


def _past_the_lease(plan: BatteryPlan, now: datetime) -> Slot | None:
    return plan.slot_at(now)


def _as_long_as_it_can(_revert_at: datetime, _lease_until: datetime, _now: datetime) -> int:
    return 2 * HOUR_S


BATTERY = "custom_components.battery_commons.battery"
EVERYTHING = Bounds(-5_000.0, 5_000.0)


def _beyond_its_bounds(
    _chance: object, village: Village, _strangers: object, payload: Any, _now: object
) -> Any:
    first, *rest = payload["batteries"]
    first |= {"power_w": [-6_000.0], "reasons": ["hold"]}
    return "power out of bounds", village.seal(payload | {"batteries": [first, *rest]})


@pytest.mark.parametrize(
    ("verdict", "seed", "without"),
    [
        ("fuse", 3, {f"{BATTERY}.house.ConnectionGuard.left_to_battery": lambda *_args: UNBOUNDED}),
        ("reserve", 1, {f"{BATTERY}.follower.bounds": lambda *_args: EVERYTHING}),
        (
            "lease",
            1,
            {
                f"{BATTERY}.follower._slot_in_force": _past_the_lease,
                f"{BATTERY}.controller.whole_seconds": _as_long_as_it_can,
            },
        ),
        ("needless", 1, {f"{BATTERY}.order.DEAD_BAND_W": -1.0}),
        ("meter", 1, {f"{BATTERY}.house.MeterReading.is_fresh": lambda *_args: True}),
        ("pause", 1, {f"{BATTERY}.settings.Settings.is_paused": lambda *_args: False}),
        (
            "hostile",
            3,
            {
                "custom_components.battery_commons.community.inbox._exceeds": lambda *_args: False,
                "tests.home.soak.day.hostile_envelope": _beyond_its_bounds,
            },
        ),
    ],
)
async def test_the_judge_sees_what_a_home_without_a_protection_does(
    live: Live, verdict: str, seed: int, without: dict[str, Any]
) -> None:
    with ExitStack() as removed:
        for where, instead in without.items():
            removed.enter_context(patch(where, instead))
        report = await live(seed=seed, start=SPRING, hours=6)

    assert verdict in {violation.what.split(":")[0] for violation in report.violations}
    assert f"with the schedule of seed {seed}" in str(report)


def test_the_judge_sees_a_battery_that_is_charged_beyond_full() -> None:
    unit = SunSpecUnit(lambda: 7)
    unit.order_w = 1_000.0
    judge = Judge(
        [Seen(SimulatedBattery("garage", 10_000, 5_000, 1.006, unit), unit, 900)], ConnectionLimits()
    )

    judge.look(8, 0.0)

    assert [str(violation) for violation in judge.violations] == ["00:00:08 full: charges on (garage)"]


async def test_the_judge_sees_a_write_to_what_may_be_kept_in_flash() -> None:
    unit = SunSpecUnit(lambda: 7)
    battery = SimulatedBattery("garage", 10_000, 5_000, 0.5, unit)
    judge = Judge([Seen(battery, unit)], ConnectionLimits())

    await unit.unit.write_register(BASE_ADDRESS + 100, 1)
    judge.look(8, 0.0)

    assert [str(violation) for violation in judge.violations] == [
        f"00:00:07 register: {BASE_ADDRESS + 100} is written, which may be kept in flash"
    ]
