"""What a resident solves from Home Assistant's page of repairs."""

from datetime import timedelta
from types import MappingProxyType

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.watch import Finding
from custom_components.battery_commons.issues import IssueWatch
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import BATTERY_LOOK, battery_of, pass_time
from tests.home.repairs.page import HALF_A_MINUTE, RepairsPage, find, issue
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")


def steer_through(home: MockConfigEntry, **entities: str) -> None:
    """Let it be that the battery was set up with entities, of which one is reversed."""
    battery = battery_of(home)
    by_entities = {**battery.subentry.data, "kind": "entities", "preset": "any", "entities": entities}
    object.__setattr__(battery.subentry, "data", MappingProxyType(by_entities))
    find(home, Finding.SIGN_REVERSED)


async def test_a_battery_that_turns_the_wrong_way_is_told_and_steered_again_once_it_is_solved(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    repairs: RepairsPage,
    doorstep: Doorstep,
    device: BatteryDevice,
) -> None:
    await doorstep.post(doorstep.signed_plan(power_w=[-2000.0]))
    device.stand(state_of_charge=0.5, injecting_w=-2000)
    for _ in range(30):
        await pass_time(hass, noon, BATTERY_LOOK)
    assert issue(hass, "sign_reversed", SUBENTRY) is not None
    assert device.order_w is None

    device.stand(state_of_charge=0.5, injecting_w=0)
    step = await repairs.solve(f"sign_reversed_{SUBENTRY}")
    assert (step["type"], step["step_id"]) == ("form", "confirm")
    assert step["description_placeholders"] == {"battery": "Garage"}
    assert (await repairs.submit())["type"] == "create_entry"
    await hass.async_block_till_done()

    assert issue(hass, "sign_reversed", SUBENTRY) is None
    assert device.order_w == 2000
    assert not battery_of(home).data.findings


async def test_a_battery_that_something_else_steered_is_trusted_again(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch, repairs: RepairsPage
) -> None:
    find(home, Finding.SECOND_CONTROLLER)
    watch.async_look(NOW)

    await repairs.solve(f"second_controller_{SUBENTRY}")
    assert (await repairs.submit())["type"] == "create_entry"

    watch.async_look(NOW)
    assert issue(hass, "second_controller", SUBENTRY) is None


@pytest.mark.parametrize(
    ("choice", "sign"), [("turn_readings", "inverted"), ("turn_orders", "setpoint_inverted")]
)
async def test_a_battery_that_is_steered_through_entities_can_be_turned_around(
    hass: HomeAssistant,
    home: MockConfigEntry,
    watch: IssueWatch,
    repairs: RepairsPage,
    choice: str,
    sign: str,
) -> None:
    steer_through(home, power="sensor.power", setpoint="number.power")
    watch.async_look(NOW)

    step = await repairs.solve(f"sign_reversed_{SUBENTRY}")
    assert (step["type"], step["menu_options"]) == ("menu", ["turn_readings", "turn_orders", "confirm"])
    assert (await repairs.submit({"next_step_id": choice}))["type"] == "create_entry"

    assert home.subentries[SUBENTRY].data[sign] is True
    assert issue(hass, "sign_reversed", SUBENTRY) is None
    await hass.async_block_till_done()


async def test_only_what_has_a_sign_can_be_turned_around(
    home: MockConfigEntry, watch: IssueWatch, repairs: RepairsPage
) -> None:
    steer_through(home, power="sensor.power", mode="select.mode")
    watch.async_look(NOW)
    step = await repairs.solve(f"sign_reversed_{SUBENTRY}")
    assert step["menu_options"] == ["turn_readings", "confirm"]

    steer_through(home, charge_power="sensor.in", discharge_power="sensor.out", mode="select.mode")
    step = await repairs.solve(f"sign_reversed_{SUBENTRY}")
    assert (step["type"], step["step_id"]) == ("form", "confirm")


async def test_a_silent_village_is_asked_again_and_whether_it_answers_is_told(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    coordinator: FakeCoordinator,
    repairs: RepairsPage,
) -> None:
    coordinator.unreachable = True
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=16))

    step = await repairs.solve(f"coordinator_unreachable_{home.entry_id}")
    assert (step["step_id"], step["description_placeholders"]) == ("confirm", {"village": "Ansen"})
    assert (await repairs.submit())["errors"] == {"base": "still_no_answer"}

    coordinator.unreachable = False
    assert (await repairs.submit())["type"] == "create_entry"
    assert issue(hass, "coordinator_unreachable", home.entry_id) is None


async def test_nothing_is_solved_while_the_home_is_not_running(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch, repairs: RepairsPage
) -> None:
    find(home, Finding.SIGN_REVERSED)
    watch.async_look(NOW)
    assert await hass.config_entries.async_unload(home.entry_id)

    step = await repairs.solve(f"sign_reversed_{SUBENTRY}")

    assert (step["type"], step["reason"]) == ("abort", "not_running")
    assert issue(hass, "sign_reversed", SUBENTRY) is not None


async def test_a_battery_that_no_longer_takes_part_cannot_be_solved(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch, repairs: RepairsPage
) -> None:
    find(home, Finding.SIGN_REVERSED)
    watch.async_look(NOW)
    home.runtime_data.batteries.clear()

    assert (await repairs.solve(f"sign_reversed_{SUBENTRY}"))["reason"] == "not_running"

    watch.async_look(NOW)
    assert issue(hass, "sign_reversed", SUBENTRY) is None
