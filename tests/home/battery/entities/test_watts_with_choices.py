"""A power that counts in one of several modes: Sessy, Marstek and SolarEdge."""

from datetime import timedelta

import pytest
from homeassistant.core import Event, HomeAssistant, ServiceCall

from custom_components.battery_commons.battery.driver import BatteryError
from custom_components.battery_commons.battery.entities.base import EntityBattery
from tests.home.battery.entities.simulated import (
    CHARGE_SETPOINT,
    CONTROL,
    DISCHARGE_SETPOINT,
    SETPOINT,
    Accu,
    order_of,
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
