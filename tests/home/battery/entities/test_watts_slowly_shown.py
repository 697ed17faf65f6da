"""A power that shows only when its integration looks again."""

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.battery_commons.battery.entities.base import EntityBattery
from tests.home.battery.entities.simulated import SLOW, Accu, SlowNumber


@pytest.fixture
def slow(hass: HomeAssistant) -> SlowNumber:
    return SlowNumber(hass)


@pytest.fixture
def battery(accu: Accu, slow: SlowNumber) -> EntityBattery:
    return accu.open("generic_watts", {"setpoint": SLOW}, setpoint_inverted=True)


async def test_an_order_is_not_repeated_until_it_shows(
    battery: EntityBattery, slow: SlowNumber, freezer: FrozenDateTimeFactory
) -> None:
    await battery.set_power(1_000, 900)
    freezer.tick(30)

    await battery.set_power(1_000, 900)

    assert len(slow.calls) == 1
    assert (await battery.read()).setpoint_w == 1_000


async def test_going_back_before_the_order_shows_is_an_order_too(
    battery: EntityBattery, slow: SlowNumber
) -> None:
    await battery.set_power(1_000, 900)

    await battery.release()

    assert [call.data["value"] for call in slow.calls] == [1_000, 0]


async def test_an_order_that_never_shows_has_not_been_taken(
    battery: EntityBattery, freezer: FrozenDateTimeFactory
) -> None:
    await battery.set_power(1_000, 900)

    freezer.tick(301)

    assert (await battery.read()).setpoint_w == 0


async def test_once_it_has_shown_a_change_by_somebody_else_is_seen_at_once(
    battery: EntityBattery, slow: SlowNumber
) -> None:
    await battery.set_power(1_000, 900)
    slow.show(1_000)
    await battery.read()

    slow.show(400)

    assert (await battery.read()).setpoint_w == 400


async def test_victrons_setpoint_is_given_again_at_every_look(
    accu: Accu, hass: HomeAssistant, slow: SlowNumber
) -> None:
    hass.states.async_set("select.ess", "external_control", {"options": ["external_control"]})
    battery = accu.open(
        "victron_gx",
        {"setpoint": SLOW, "control": "select.ess"},
        options={"obey": "external_control", "own_house": "phase_compensation_enabled"},
        setpoint_inverted=True,
    )

    await battery.set_power(1_000, 10)
    slow.show(1_000)
    await battery.set_power(1_000, 10)

    assert len(slow.calls) == 2
    assert battery.traits.own_timer == timedelta(seconds=10)
