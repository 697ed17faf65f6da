"""What a resident is told to solve: raised when it is the case, cleared when it is not, solved from here."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.battery_commons.battery.controller import Outcome
from custom_components.battery_commons.battery.follower import UNREACHABLE, Decision, Mode, Reason
from custom_components.battery_commons.battery.watch import Finding
from custom_components.battery_commons.battery_coordinator import BatteryCoordinator
from custom_components.battery_commons.const import DOMAIN
from custom_components.battery_commons.issues import FIXABLE, IssueWatch
from custom_components.battery_commons.meter import HouseMeter
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.test_lifecycle import pass_time
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")
HALF_A_MINUTE = timedelta(seconds=31)
METER = "sensor.meter"


def issue(hass: HomeAssistant, key: str, about: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{about}")


def battery_of(home: MockConfigEntry) -> BatteryCoordinator:
    battery: BatteryCoordinator = home.runtime_data.batteries[SUBENTRY]
    return battery


@pytest.fixture
def watch(hass: HomeAssistant, home: MockConfigEntry) -> IssueWatch:
    return IssueWatch(hass, home)


@pytest.fixture
async def repairs(
    hass: HomeAssistant, home: MockConfigEntry, hass_client: ClientSessionGenerator
) -> RepairsPage:
    assert await async_setup_component(hass, "repairs", {})
    await hass.async_block_till_done()
    return RepairsPage(await hass_client())


class RepairsPage:
    """The page on which a resident solves what is wrong."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self._client = client
        self._flow = ""

    async def solve(self, issue_id: str) -> Any:
        """Start to solve an issue; return the first step."""
        message = {"handler": DOMAIN, "issue_id": issue_id}
        response = await self._client.post("/api/repairs/issues/fix", json=message)
        assert response.status == HTTPStatus.OK
        step = await response.json()
        self._flow = step.get("flow_id", "")
        return step

    async def submit(self, answers: dict[str, Any] | None = None) -> Any:
        """Answer a step; return the next."""
        response = await self._client.post(f"/api/repairs/issues/fix/{self._flow}", json=answers or {})
        assert response.status == HTTPStatus.OK
        return await response.json()


async def test_a_home_where_all_is_well_has_nothing_to_solve(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan())
    for _ in range(5):
        await pass_time(hass, noon, HALF_A_MINUTE)

    assert not [key for key in ir.async_get(hass).issues if key[0] == DOMAIN]


async def test_a_village_that_has_been_silent_for_a_quarter_of_an_hour_is_told_until_it_is_back(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.unreachable = True
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=14))
    assert issue(hass, "coordinator_unreachable", home.entry_id) is None

    await pass_time(hass, noon, timedelta(minutes=1))
    raised = issue(hass, "coordinator_unreachable", home.entry_id)
    assert raised is not None
    assert raised.is_fixable
    assert raised.severity is ir.IssueSeverity.ERROR
    assert raised.translation_placeholders == {"village": "Ansen"}

    coordinator.unreachable = False
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, HALF_A_MINUTE)
    assert issue(hass, "coordinator_unreachable", home.entry_id) is None


async def test_a_village_that_answers_and_refuses_is_told_as_just_that(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.refusal = (HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=16))

    assert issue(hass, "village_refuses", home.entry_id) is not None
    assert issue(hass, "coordinator_unreachable", home.entry_id) is None


async def test_a_village_that_no_longer_knows_the_home_is_a_matter_of_joining_again(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.refusal = (HTTPStatus.UNAUTHORIZED, "unauthorized")
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=16))

    assert issue(hass, "coordinator_unreachable", home.entry_id) is None
    assert issue(hass, "village_refuses", home.entry_id) is None


async def test_a_clock_that_is_a_minute_from_the_villages_is_told_until_it_is_right(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    for ahead in (timedelta(minutes=-2), timedelta(minutes=2)):
        coordinator.village_extra = {"at": (dt_util.utcnow() + ahead).isoformat()}
        await pass_time(hass, noon, timedelta(seconds=0))
        await home.runtime_data.village.async_refresh()
        await pass_time(hass, noon, HALF_A_MINUTE - timedelta(seconds=1))
        assert issue(hass, "clock_wrong", home.entry_id) is not None

        coordinator.village_extra = {}
        await pass_time(hass, noon, HALF_A_MINUTE)
        await pass_time(hass, noon, HALF_A_MINUTE)
        assert issue(hass, "clock_wrong", home.entry_id) is None


async def test_a_plan_from_the_future_is_told_as_a_wrong_clock_until_one_of_now_comes(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan(issued_at=(NOW + timedelta(minutes=2)).isoformat()))
    await pass_time(hass, noon, HALF_A_MINUTE)
    assert issue(hass, "clock_wrong", home.entry_id) is not None

    await doorstep.post(doorstep.signed_plan())
    await pass_time(hass, noon, HALF_A_MINUTE)
    assert issue(hass, "clock_wrong", home.entry_id) is None


@pytest.mark.parametrize(
    ("finding", "key"),
    [
        (Finding.NOT_FOLLOWING, "battery_not_following"),
        (Finding.FROZEN_READINGS, "stale_data"),
        (Finding.SECOND_CONTROLLER, "second_controller"),
        (Finding.SIGN_REVERSED, "sign_reversed"),
    ],
)
async def test_what_is_found_with_a_battery_is_told_by_its_name_until_it_is_over(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch, finding: Finding, key: str
) -> None:
    battery = battery_of(home)
    battery.data = replace(battery.data, findings={finding: NOW})
    watch.async_look(NOW)
    raised = issue(hass, key, SUBENTRY)
    assert raised is not None
    assert raised.translation_placeholders == {"battery": "Garage"}
    assert raised.is_fixable is (key in FIXABLE)
    assert raised.learn_more_url is not None

    battery.data = replace(battery.data, findings={})
    watch.async_look(NOW)
    assert issue(hass, key, SUBENTRY) is None


async def test_what_was_found_with_a_battery_is_still_told_while_it_does_not_answer(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    battery = battery_of(home)
    battery.data = replace(battery.data, findings={Finding.SIGN_REVERSED: NOW})
    watch.async_look(NOW)

    battery.data = Outcome(None, UNREACHABLE, "no route")
    watch.async_look(NOW)

    assert issue(hass, "sign_reversed", SUBENTRY) is not None


async def test_readings_that_are_old_are_told_only_once_they_have_been_for_five_minutes(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    battery = battery_of(home)
    stale = replace(battery.data, decision=Decision(Mode.UNREACHABLE, Reason.STALE_READING))
    battery.data = stale
    watch.async_look(NOW)
    watch.async_look(NOW + timedelta(minutes=4))
    assert issue(hass, "stale_data", SUBENTRY) is None

    watch.async_look(NOW + timedelta(minutes=5))
    assert issue(hass, "stale_data", SUBENTRY) is not None

    battery.data = replace(stale, decision=Decision(Mode.SELF_CONSUMPTION, Reason.NO_PLAN))
    watch.async_look(NOW + timedelta(minutes=5))
    battery.data = stale
    watch.async_look(NOW + timedelta(minutes=6))
    assert issue(hass, "stale_data", SUBENTRY) is None


async def test_a_meter_that_has_been_lost_for_five_minutes_is_told_until_it_is_back(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    meters = ConfigSubentryData(
        data={"grid_power": METER}, subentry_type="meters", title="Meters", unique_id="meters"
    )
    home = MockConfigEntry(
        domain=DOMAIN,
        title="Brink",
        unique_id="village-2",
        minor_version=2,
        data=dict(entry.data) | {"webhook_id": "another-webhook"},
        subentries_data=[meters],
    )
    home.add_to_hass(hass)
    power = {"unit_of_measurement": "W"}
    hass.states.async_set(METER, "400", power)
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done()
    watch = IssueWatch(hass, home)

    hass.states.async_set(METER, "unavailable")
    watch.async_look(dt_util.utcnow())
    noon.tick(timedelta(minutes=5))
    watch.async_look(dt_util.utcnow())
    raised = issue(hass, "meter_lost", home.entry_id)
    assert raised is not None
    assert raised.translation_placeholders == {"meters": METER}

    hass.states.async_set(METER, "410", power)
    watch.async_look(dt_util.utcnow())
    assert issue(hass, "meter_lost", home.entry_id) is None


async def test_a_meter_that_repeats_nothing_for_a_minute_is_as_good_as_lost(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    home.runtime_data.meter = HouseMeter(hass, {"grid_power": METER})
    hass.states.async_set(METER, "400", {"unit_of_measurement": "W"})
    watch.async_look(NOW + timedelta(minutes=2))
    watch.async_look(NOW + timedelta(minutes=7))

    assert issue(hass, "meter_lost", home.entry_id) is not None


async def test_an_issue_that_the_resident_ignores_stays_ignored_and_goes_with_its_home(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch
) -> None:
    battery = battery_of(home)
    battery.data = replace(battery.data, findings={Finding.NOT_FOLLOWING: NOW})
    watch.async_look(NOW)
    ir.async_ignore_issue(hass, DOMAIN, f"battery_not_following_{SUBENTRY}", ignore=True)

    watch.async_look(NOW)
    still = issue(hass, "battery_not_following", SUBENTRY)
    assert still is not None
    assert still.dismissed_version is not None

    await hass.config_entries.async_remove(home.entry_id)
    assert issue(hass, "battery_not_following", SUBENTRY) is None


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
        await pass_time(hass, noon, timedelta(seconds=6))
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
    battery = battery_of(home)
    battery.data = replace(battery.data, findings={Finding.SECOND_CONTROLLER: NOW})
    watch.async_look(NOW)

    await repairs.solve(f"second_controller_{SUBENTRY}")
    assert (await repairs.submit())["type"] == "create_entry"

    watch.async_look(NOW)
    assert issue(hass, "second_controller", SUBENTRY) is None


def steer_through(battery: BatteryCoordinator, **entities: str) -> None:
    """Let it be that the battery was set up with entities, of which one is reversed."""
    by_entities = {**battery.subentry.data, "kind": "entities", "preset": "any", "entities": entities}
    object.__setattr__(battery.subentry, "data", MappingProxyType(by_entities))
    battery.data = replace(battery.data, findings={Finding.SIGN_REVERSED: NOW})


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
    steer_through(battery_of(home), power="sensor.power", setpoint="number.power")
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
    battery = battery_of(home)
    steer_through(battery, power="sensor.power", mode="select.mode")
    watch.async_look(NOW)
    step = await repairs.solve(f"sign_reversed_{SUBENTRY}")
    assert step["menu_options"] == ["turn_readings", "confirm"]

    steer_through(battery, charge_power="sensor.in", discharge_power="sensor.out", mode="select.mode")
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
    battery = battery_of(home)
    battery.data = replace(battery.data, findings={Finding.SIGN_REVERSED: NOW})
    watch.async_look(NOW)
    assert await hass.config_entries.async_unload(home.entry_id)

    step = await repairs.solve(f"sign_reversed_{SUBENTRY}")

    assert (step["type"], step["reason"]) == ("abort", "not_running")
    assert issue(hass, "sign_reversed", SUBENTRY) is not None


async def test_a_battery_that_no_longer_takes_part_cannot_be_solved(
    hass: HomeAssistant, home: MockConfigEntry, watch: IssueWatch, repairs: RepairsPage
) -> None:
    battery = battery_of(home)
    battery.data = replace(battery.data, findings={Finding.SIGN_REVERSED: NOW})
    watch.async_look(NOW)
    home.runtime_data.batteries.clear()

    assert (await repairs.solve(f"sign_reversed_{SUBENTRY}"))["reason"] == "not_running"

    watch.async_look(NOW)
    assert issue(hass, "sign_reversed", SUBENTRY) is None
