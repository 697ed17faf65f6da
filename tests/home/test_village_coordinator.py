"""What a home tells its village, and what it makes of the answers."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.decisions import async_decide
from custom_components.battery_commons.meter import HouseMeter
from custom_components.battery_commons.village_coordinator import Exchange
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import VILLAGE_LOOK, act, battery_of, pass_time, state
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")
SECOND = timedelta(seconds=1)


def told(coordinator: FakeCoordinator) -> dict[str, object]:
    telemetry: dict[str, object] = coordinator.bodies("POST", "/api/v1/telemetry")[-1]["batteries"][0]
    return telemetry


@pytest.mark.parametrize(
    ("village_at", "apart"),
    [
        (NOW, timedelta(0)),
        (NOW + 4 * SECOND, timedelta(0)),
        (NOW + 9 * SECOND, 5 * SECOND),
        (NOW - 3 * SECOND, -3 * SECOND),
    ],
)
def test_an_answer_that_took_long_is_no_proof_of_a_wrong_clock(village_at: object, apart: timedelta) -> None:
    exchange = Exchange(asked_at=NOW, answered_at=NOW + 4 * SECOND, village_at=village_at)  # type: ignore[arg-type]

    assert exchange.clock_error == apart
    assert exchange.latency == 4 * SECOND


async def test_when_a_village_answered_last_and_since_when_it_is_lost_is_known(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    village = home.runtime_data.village
    assert village.lost_since is None
    assert village.exchange == Exchange(NOW, NOW, NOW)

    coordinator.unreachable = True
    await pass_time(hass, noon, 11 * SECOND)
    lost_since = dt_util.utcnow()
    await pass_time(hass, noon, 11 * SECOND)
    assert village.lost_since == lost_since

    coordinator.unreachable = False
    await pass_time(hass, noon, 11 * SECOND)
    assert village.lost_since is None


async def test_a_battery_in_shadow_mode_is_told_to_be_whatever_it_does_meanwhile(
    hass: HomeAssistant,
    home: MockConfigEntry,
    doorstep: Doorstep,
    coordinator: FakeCoordinator,
    device: BatteryDevice,
) -> None:
    village, battery = home.runtime_data.village, home.runtime_data.batteries[SUBENTRY]
    for changes in ({"shadow": True}, {"paused": True}):
        await async_decide(battery, **changes)
        await hass.async_block_till_done()
        await village.async_refresh()
        assert told(coordinator)["mode"] == "shadow"

    await async_decide(battery, paused=False)
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()
    await village.async_refresh()
    assert (told(coordinator)["mode"], told(coordinator)["setpoint_w"]) == ("shadow", None)
    assert device.order_w is None


async def test_a_home_that_is_no_longer_known_is_asked_to_join_again_and_works_to_the_end_of_its_lease(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    coordinator: FakeCoordinator,
    device: BatteryDevice,
) -> None:
    lease_until = NOW + timedelta(minutes=5)
    await doorstep.post(doorstep.signed_plan(lease_until=lease_until.isoformat()))
    await hass.async_block_till_done()
    coordinator.refusal = (HTTPStatus.UNAUTHORIZED, "unauthorized")

    for _ in range(20):
        await pass_time(hass, noon, 11 * SECOND)
    flows = hass.config_entries.flow.async_progress_by_handler("battery_commons")
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]
    assert (state(hass, "sensor.garage_mode"), device.order_w) == ("village", 2000)

    noon.move_to(lease_until)
    await pass_time(hass, noon, SECOND)
    assert (state(hass, "sensor.garage_reason"), device.order_w) == ("lease_expired", None)


async def test_a_village_that_answers_with_what_makes_no_sense_here_refuses(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.refusal = (HTTPStatus.GONE, "invitation_used")

    village = home.runtime_data.village
    await village.async_refresh()

    assert village.last_exception is not None
    assert village.last_exception.translation_key == "village_refuses"


async def test_a_village_that_is_called_too_often_is_left_alone_for_as_long_as_it_asks(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.refusal = (HTTPStatus.TOO_MANY_REQUESTS, "too_many_calls")  # Again in 300 s.
    await pass_time(hass, noon, VILLAGE_LOOK)
    coordinator.calls.clear()
    coordinator.refusal = None

    for _ in range(10):
        await pass_time(hass, noon, VILLAGE_LOOK)
    assert not coordinator.calls

    await pass_time(hass, noon, 300 * SECOND)
    assert coordinator.bodies("POST", "/api/v1/telemetry")
    assert home.runtime_data.village.last_update_success


@pytest.fixture
def sharing(hass: HomeAssistant, home: MockConfigEntry) -> HouseMeter:
    """Give the home's conversation a meter that its resident shares."""
    meter = HouseMeter(hass, {"grid_power": "sensor.grid", "shared": True})
    home.runtime_data.village._meter = meter
    return meter


def grids(coordinator: FakeCoordinator) -> list[object]:
    return [body.get("grid") for body in coordinator.bodies("POST", "/api/v1/telemetry")]


@pytest.mark.usefixtures("sharing")
async def test_a_shared_meter_is_told_once_a_minute(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    hass.states.async_set("sensor.grid", "-640", {"unit_of_measurement": "W"})
    village = home.runtime_data.village
    await village.async_refresh()
    assert grids(coordinator)[-1] == {"at": NOW.isoformat(), "power_w": -640.0}

    await village.async_refresh()
    assert grids(coordinator)[-1] is None

    noon.tick(60)
    hass.states.async_set("sensor.grid", "700", {"unit_of_measurement": "W"})
    await village.async_refresh()
    assert grids(coordinator)[-1] == {"at": (NOW + 60 * SECOND).isoformat(), "power_w": 700.0}


@pytest.mark.usefixtures("sharing")
@pytest.mark.parametrize("value", ["unavailable", "1e9"])
async def test_a_meter_that_says_no_power_costs_no_word_about_the_batteries(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator, value: str
) -> None:
    hass.states.async_set("sensor.grid", value, {"unit_of_measurement": "W"})

    await home.runtime_data.village.async_refresh()

    assert grids(coordinator)[-1] is None
    assert told(coordinator)["battery_id"] == SUBENTRY


async def test_a_meter_that_is_not_shared_is_never_told(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    home.runtime_data.village._meter = HouseMeter(hass, {"grid_power": "sensor.grid"})
    hass.states.async_set("sensor.grid", "700", {"unit_of_measurement": "W"})

    await home.runtime_data.village.async_refresh()

    assert set(grids(coordinator)) == {None}


async def test_an_estimated_load_is_shown_as_one(
    hass: HomeAssistant, home: MockConfigEntry, coordinator: FakeCoordinator
) -> None:
    coordinator.transformer_extra = {"load_estimated": True}
    coordinator.load_at = NOW.isoformat()
    await home.runtime_data.village.async_refresh()
    await hass.async_block_till_done()

    shown = hass.states.get("sensor.ansen_transformer_load")

    assert shown is not None
    assert shown.attributes["estimated"] is True


async def test_nothing_that_the_village_tells_of_itself_moves_a_battery(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    home: MockConfigEntry,
    doorstep: Doorstep,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()
    ordered, orders = device.order_w, battery_of(home).orders_today
    hour = timedelta(hours=1)
    window: dict[str, object] = {
        "start": (NOW - hour).isoformat(),
        "end": (NOW + hour).isoformat(),
        "expected_effect_w": -9e5,
    }
    coordinator.village_extra = {
        "codes": [{"id": colour, "code": colour} | window for colour in ("red", "green")],
        "comparing_until": (NOW + hour).isoformat(),
        "control_model": "M6",
        "shown_by_name": True,
        "account": {"saving_month_eur": -1e6, "shared_month_eur": 1e6},
    }
    coordinator.transformer_extra = {"signal": "red", "load_w": 9e5, "forecast_peak_w": 9e5}
    coordinator.transformer_extra["forecast_peak_at"] = (NOW + hour).isoformat()

    await pass_time(hass, noon, VILLAGE_LOOK)
    assert state(hass, "calendar.ansen_codes_red_and_green") == "on"
    await act(hass, "press", "button.ansen_join_the_next_code")
    await act(hass, "turn_off", "switch.ansen_shown_by_name")
    await pass_time(hass, noon, VILLAGE_LOOK)

    assert (device.order_w, battery_of(home).orders_today) == (ordered, orders)
