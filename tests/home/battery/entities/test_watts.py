"""A battery that takes a power through numbers, choices and switches."""

import re
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.battery_commons.battery.driver import BatteryError
from custom_components.battery_commons.battery.entities.base import EntityBattery
from tests.home.battery.entities.simulated import (
    CHARGE_SETPOINT,
    CONTROL,
    DISCHARGE_SETPOINT,
    MAX_DISCHARGE_W,
    SETPOINT,
    Accu,
)

STRATEGY = "input_select.accu_strategy"
FORCE = "input_select.accu_force"
SESSY = {"setpoint": SETPOINT, "control": STRATEGY}
SESSY_OPTIONS = {"obey": "api", "own_house": "nom"}
MARSTEK = {
    "charge_setpoint": CHARGE_SETPOINT,
    "discharge_setpoint": DISCHARGE_SETPOINT,
    "mode": FORCE,
    "control": CONTROL,
}
MARSTEK_OPTIONS = {"charge": "charge", "discharge": "discharge", "standby": "standby"}


@pytest.fixture
async def choices(accu: Accu, hass: HomeAssistant) -> None:
    """Give the battery the choices of a Sessy and of a Marstek."""
    # The harness has set up the other choices already.
    for entity_id, options, state in (
        (STRATEGY, ["api", "nom", "roi", "idle"], "roi"),
        (FORCE, ["standby", "charge", "discharge"], "standby"),
    ):
        hass.states.async_set(entity_id, state, {"options": options})

    async def select(call: ServiceCall) -> None:
        (entity_id,) = (
            call.data["entity_id"] if isinstance(call.data["entity_id"], list) else [call.data["entity_id"]]
        )
        state = hass.states.get(entity_id)
        assert state is not None
        hass.states.async_set(entity_id, call.data["option"], state.attributes)

    hass.services.async_register("input_select", "select_option", select)


async def order_of(accu: Accu, *args: Any, **kwargs: Any) -> float | None:
    """Return the order that a home finds that has just started."""
    return (await accu.open(*args, **kwargs).read()).setpoint_w


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(power_w=st.floats(-MAX_DISCHARGE_W, MAX_DISCHARGE_W))
async def test_a_number_takes_no_more_than_was_ordered_and_the_order_is_read_as_it_was_given(
    accu: Accu, power_w: float
) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})

    await battery.set_power(power_w, 900)

    set_w = -accu.number(SETPOINT)
    assert abs(set_w) - 1e-6 <= abs(power_w) < abs(set_w) + 1
    assert set_w * power_w >= 0
    assert (await battery.read()).setpoint_w == power_w


async def test_a_number_that_counts_charging_as_positive_is_set_so(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT}, setpoint_inverted=True)

    await battery.set_power(1_500, 900)

    assert accu.number(SETPOINT) == 1_500


async def test_a_number_in_kilowatts_is_set_in_kilowatts(accu: Accu, hass: HomeAssistant) -> None:
    calls = async_mock_service(hass, "number", "set_value")
    hass.states.async_set("number.kw", "0", {"min": -5, "max": 5, "step": 0.1, "unit_of_measurement": "kW"})
    battery = accu.open("generic_watts", {"setpoint": "number.kw"}, setpoint_inverted=True)

    await battery.set_power(1_580, 900)

    assert calls[0].data["value"] == pytest.approx(1.5)
    assert calls[0].context.id


async def test_a_number_is_not_set_beyond_what_it_takes(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT}, max_discharge_w=5_000.0)

    await battery.set_power(-4_000, 900)

    assert accu.number(SETPOINT) == 2_400


async def test_a_number_that_cannot_be_nothing_is_refused(accu: Accu, hass: HomeAssistant) -> None:
    hass.states.async_set(
        "number.least", "100", {"min": 100, "max": 2_000, "step": 1, "unit_of_measurement": "W"}
    )
    battery = accu.open("generic_watts", {"setpoint": "number.least"}, setpoint_inverted=True)

    with pytest.raises(BatteryError, match=re.escape("number.least cannot be set to 0")):
        await battery.set_power(0, 900)


async def test_numbers_only_stand_still_when_released_and_that_is_no_order(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})
    await battery.set_power(1_000, 900)

    await battery.release()

    assert accu.number(SETPOINT) == 0
    assert (await battery.read()).setpoint_w is None


async def test_standing_still_on_order_is_an_order(accu: Accu) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})

    await battery.set_power(0, 900)

    assert (await battery.read()).setpoint_w == 0


async def test_an_order_from_before_a_restart_is_found(accu: Accu) -> None:
    await accu.open("generic_watts", {"setpoint": SETPOINT}).set_power(1_000, 900)

    assert await order_of(accu, "generic_watts", {"setpoint": SETPOINT}) == 1_000


async def test_what_somebody_else_sets_is_seen_at_once(accu: Accu, hass: HomeAssistant) -> None:
    battery = accu.open("generic_watts", {"setpoint": SETPOINT})
    await battery.set_power(1_000, 900)

    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": SETPOINT, "value": 700}, blocking=True
    )

    assert (await battery.read()).setpoint_w == -700


async def test_the_direction_that_is_not_ordered_is_set_to_nothing_first(
    accu: Accu, hass: HomeAssistant
) -> None:
    both = {"charge_setpoint": CHARGE_SETPOINT, "discharge_setpoint": DISCHARGE_SETPOINT}
    battery = accu.open("generic_watts", both)
    await battery.set_power(1_230, 900)
    assert (accu.number(CHARGE_SETPOINT), accu.number(DISCHARGE_SETPOINT)) == (1_200, 0)
    seen: list[tuple[float, float]] = []
    hass.bus.async_listen(
        "state_changed",
        lambda _event: seen.append((accu.number(CHARGE_SETPOINT), accu.number(DISCHARGE_SETPOINT))),
    )

    await battery.set_power(-800, 900)
    await hass.async_block_till_done()

    assert (1_200, 800) not in seen
    assert (accu.number(CHARGE_SETPOINT), accu.number(DISCHARGE_SETPOINT)) == (0, 800)
    assert await order_of(accu, "generic_watts", both) == -800


@pytest.mark.usefixtures("choices")
class TestSessy:
    """One signed number, which counts in one of several strategies."""

    async def test_the_number_is_right_before_it_counts(self, accu: Accu, hass: HomeAssistant) -> None:
        seen: list[tuple[str, float]] = []
        hass.bus.async_listen(
            "state_changed", lambda _event: seen.append((accu.state(STRATEGY), accu.number(SETPOINT)))
        )

        await accu.open("sessy", SESSY, options=SESSY_OPTIONS).set_power(1_700, 900)
        await hass.async_block_till_done()

        assert ("api", 0) not in seen
        assert (accu.state(STRATEGY), accu.number(SETPOINT)) == ("api", -1_700)

    async def test_another_strategy_is_the_residents_own_whatever_the_number_is(self, accu: Accu) -> None:
        await accu.hass.services.async_call(
            "input_number", "set_value", {"entity_id": SETPOINT, "value": -900}, blocking=True
        )

        assert await order_of(accu, "sessy", SESSY, options=SESSY_OPTIONS) is None

    async def test_an_order_from_before_a_restart_is_found(self, accu: Accu) -> None:
        await accu.open("sessy", SESSY, options=SESSY_OPTIONS).set_power(-900, 900)

        assert await order_of(accu, "sessy", SESSY, options=SESSY_OPTIONS) == -900

    async def test_released_it_serves_its_own_house(self, accu: Accu) -> None:
        battery = accu.open("sessy", SESSY, options=SESSY_OPTIONS)
        await battery.set_power(-900, 900)

        await battery.release()

        assert accu.state(STRATEGY) == "nom"
        assert (await battery.read()).setpoint_w is None

    async def test_a_strategy_that_is_gone_is_named(self, accu: Accu, hass: HomeAssistant) -> None:
        battery = accu.open("sessy", SESSY, options=SESSY_OPTIONS)
        hass.states.async_set(STRATEGY, "nom", {"options": ["nom", "roi"]})

        with pytest.raises(BatteryError, match=f"{STRATEGY} has no option api"):
            await battery.set_power(900, 900)

    async def test_a_number_that_does_not_count_need_not_say_anything(
        self, accu: Accu, hass: HomeAssistant
    ) -> None:
        hass.states.async_set(SETPOINT, "unknown", {"unit_of_measurement": "W"})

        assert await order_of(accu, "sessy", SESSY, options=SESSY_OPTIONS) is None


@pytest.mark.usefixtures("choices")
class TestMarstek:
    """A number for each direction, a choice of direction, and a switch that takes control."""

    @pytest.mark.parametrize(
        ("power_w", "mode", "amounts"),
        [(1_230, "charge", (1_200, 0)), (-640, "discharge", (0, 600)), (0, "standby", (0, 0))],
    )
    async def test_a_power_becomes_a_direction_and_an_amount(
        self, accu: Accu, power_w: float, mode: str, amounts: tuple[float, float]
    ) -> None:
        battery = accu.open("marstek", MARSTEK, options=MARSTEK_OPTIONS)

        await battery.set_power(power_w, 900)

        assert (accu.state(CONTROL), accu.state(FORCE)) == ("on", mode)
        assert (accu.number(CHARGE_SETPOINT), accu.number(DISCHARGE_SETPOINT)) == amounts
        assert (await battery.read()).setpoint_w == power_w
        set_w = amounts[0] - amounts[1]
        assert await order_of(accu, "marstek", MARSTEK, options=MARSTEK_OPTIONS) == set_w

    async def test_released_it_gives_control_back(self, accu: Accu) -> None:
        battery = accu.open("marstek", MARSTEK, options=MARSTEK_OPTIONS)
        await battery.set_power(1_000, 900)

        await battery.release()

        assert accu.state(CONTROL) == "off"
        assert (await battery.read()).setpoint_w is None
        assert await order_of(accu, "marstek", MARSTEK, options=MARSTEK_OPTIONS) is None

    async def test_a_direction_that_it_has_no_mode_for_is_refused(self, accu: Accu) -> None:
        battery = accu.open("marstek", MARSTEK, options={"charge": "charge"})

        with pytest.raises(BatteryError, match="no mode to discharge"):
            await battery.set_power(-500, 900)

    async def test_without_a_mode_for_it_standing_still_is_an_amount_of_nothing(self, accu: Accu) -> None:
        two_modes = {"charge": "charge", "discharge": "discharge"}
        battery = accu.open("marstek", MARSTEK, options=two_modes)
        await battery.set_power(1_000, 900)

        await battery.set_power(0, 900)

        assert (accu.state(FORCE), accu.number(CHARGE_SETPOINT)) == ("charge", 0)
        assert await order_of(accu, "marstek", MARSTEK, options=two_modes) == 0

    async def test_one_choice_may_hold_the_own_house_too(self, accu: Accu, hass: HomeAssistant) -> None:
        hass.states.async_set(FORCE, "auto", {"options": ["auto", "charge", "discharge"]})
        entities = {"setpoint": SETPOINT, "mode": FORCE}
        options = {"charge": "charge", "discharge": "discharge", "own_house": "auto"}
        battery = accu.open("generic_watts", entities, options=options)
        assert (await battery.read()).setpoint_w is None

        await battery.set_power(-700, 900)
        assert (accu.state(FORCE), accu.number(SETPOINT)) == ("discharge", 700)
        assert await order_of(accu, "generic_watts", entities, options=options) == -700

        await battery.release()
        assert accu.state(FORCE) == "auto"


class Slow:
    """A number that shows what it was set to only when its integration looks again."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.calls = async_mock_service(hass, "number", "set_value")
        self.show(0)

    def show(self, value: float) -> None:
        attributes = {"min": -5_000, "max": 5_000, "step": 1, "unit_of_measurement": "W"}
        self.hass.states.async_set("number.slow", str(value), attributes)


class TestSlowIntegration:
    """An integration that polls."""

    async def test_an_order_is_not_repeated_until_it_shows(
        self, accu: Accu, hass: HomeAssistant, freezer: FrozenDateTimeFactory
    ) -> None:
        slow = Slow(hass)
        battery = accu.open("generic_watts", {"setpoint": "number.slow"}, setpoint_inverted=True)
        await battery.set_power(1_000, 900)
        freezer.tick(30)

        await battery.set_power(1_000, 900)

        assert len(slow.calls) == 1
        assert (await battery.read()).setpoint_w == 1_000

    async def test_going_back_before_the_order_shows_is_an_order_too(
        self, accu: Accu, hass: HomeAssistant
    ) -> None:
        slow = Slow(hass)
        battery = accu.open("generic_watts", {"setpoint": "number.slow"}, setpoint_inverted=True)
        await battery.set_power(1_000, 900)

        await battery.release()

        assert [call.data["value"] for call in slow.calls] == [1_000, 0]

    async def test_an_order_that_never_shows_has_not_been_taken(
        self, accu: Accu, hass: HomeAssistant, freezer: FrozenDateTimeFactory
    ) -> None:
        Slow(hass)
        battery = accu.open("generic_watts", {"setpoint": "number.slow"}, setpoint_inverted=True)
        await battery.set_power(1_000, 900)

        freezer.tick(301)

        assert (await battery.read()).setpoint_w == 0

    async def test_once_it_has_shown_a_change_by_somebody_else_is_seen_at_once(
        self, accu: Accu, hass: HomeAssistant
    ) -> None:
        slow = Slow(hass)
        battery = accu.open("generic_watts", {"setpoint": "number.slow"}, setpoint_inverted=True)
        await battery.set_power(1_000, 900)
        slow.show(1_000)
        await battery.read()

        slow.show(400)

        assert (await battery.read()).setpoint_w == 400


@pytest.mark.parametrize(
    "error", [HomeAssistantError("busy"), ServiceValidationError("busy"), RuntimeError("busy")]
)
async def test_an_action_that_fails_is_a_battery_that_did_not_obey(
    accu: Accu, hass: HomeAssistant, error: Exception
) -> None:
    Slow(hass)
    async_mock_service(hass, "number", "set_value", raise_exception=error)
    battery = accu.open("generic_watts", {"setpoint": "number.slow"})

    with pytest.raises(BatteryError, match=re.escape("number.set_value failed: busy")):
        await battery.set_power(1_000, 900)


async def test_an_action_that_is_not_there_is_a_battery_that_did_not_obey(
    accu: Accu, hass: HomeAssistant
) -> None:
    Slow(hass)
    hass.services.async_remove("number", "set_value")
    battery = accu.open("generic_watts", {"setpoint": "number.slow"})

    with pytest.raises(BatteryError, match=re.escape("number.set_value failed")):
        await battery.set_power(1_000, 900)


async def test_an_action_that_does_not_end_is_a_battery_that_did_not_obey(
    accu: Accu, hass: HomeAssistant
) -> None:
    async def hang(_call: ServiceCall) -> None:
        raise TimeoutError

    Slow(hass)
    hass.services.async_register("number", "set_value", hang)

    with pytest.raises(BatteryError, match="does not come to an end"):
        await accu.open("generic_watts", {"setpoint": "number.slow"}).set_power(1_000, 900)


async def test_victrons_setpoint_is_given_again_at_every_look(accu: Accu, hass: HomeAssistant) -> None:
    slow = Slow(hass)
    hass.states.async_set("select.ess", "external_control", {"options": ["external_control"]})
    battery = accu.open(
        "victron_gx",
        {"setpoint": "number.slow", "control": "select.ess"},
        options={"obey": "external_control", "own_house": "phase_compensation_enabled"},
        setpoint_inverted=True,
    )

    await battery.set_power(1_000, 10)
    slow.show(1_000)
    await battery.set_power(1_000, 10)

    assert len(slow.calls) == 2
    assert battery.traits.own_timer == timedelta(seconds=10)


@pytest.mark.usefixtures("choices")
class TestSolarEdge:
    """Commands in remote control, which is taken once and dropped by the inverter after an hour."""

    ENTITIES = MARSTEK | {"control": STRATEGY, "mode": FORCE}
    OPTIONS = MARSTEK_OPTIONS | {"obey": "api", "own_house": "self_consumption"}

    @pytest.fixture
    def battery(self, accu: Accu, hass: HomeAssistant) -> EntityBattery:
        options = ["standby", "charge", "discharge", "self_consumption"]
        hass.states.async_set(FORCE, "self_consumption", {"options": options})
        return accu.open("solaredge", self.ENTITIES, options=self.OPTIONS)

    async def test_a_command_is_given_again_before_the_inverter_drops_it(
        self, hass: HomeAssistant, battery: EntityBattery
    ) -> None:
        await battery.set_power(1_000, 3_300)
        written: list[Event] = []
        hass.bus.async_listen("call_service", written.append)

        await battery.set_power(1_000, 3_300)
        await hass.async_block_till_done()

        assert battery.traits.own_timer == timedelta(minutes=55)
        assert [event.data["service_data"]["option"] for event in written] == ["charge"]

    async def test_released_it_serves_its_own_house_and_stays_in_remote_control(
        self, accu: Accu, battery: EntityBattery
    ) -> None:
        await battery.set_power(-1_000, 900)

        await battery.release()

        assert (accu.state(STRATEGY), accu.state(FORCE)) == ("api", "self_consumption")
        assert (await battery.read()).setpoint_w is None
        assert await order_of(accu, "solaredge", self.ENTITIES, options=self.OPTIONS) is None
