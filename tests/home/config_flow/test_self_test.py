"""Trying a battery out before it takes part, and what a resident can make of the outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.driver import BatteryDriver, BatteryError
from custom_components.battery_commons.battery.self_test import SelfTestResult, Verdict
from custom_components.battery_commons.flows.trial import NOT_TRIED
from tests.home.battery.entities.simulated import Accu
from tests.home.config_flow.batteries import (
    BY_MODE,
    BY_WATTS,
    HERE,
    WHERE,
    added,
    look_at,
    look_behind,
)
from tests.home.config_flow.flows import fill
from tests.home.conftest import BATTERY_DATA, SUBENTRY
from tests.home.device import BatteryDevice
from tests.home.words import LANGUAGES, words

TRY = {"self_test": True}
TRIAL = "custom_components.battery_commons.flows.trial"


class Trials:
    """Plays the trial of a battery: each ends as is said here, once `go_on` is set."""

    def __init__(self) -> None:
        self.outcomes: list[SelfTestResult | Exception] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.seen: list[SimpleNamespace] = []

    def will_be(
        self, verdict: Verdict, charge_w: float | None = 450, discharge_w: float | None = -440
    ) -> None:
        self.outcomes.append(SelfTestResult(verdict, charge_w, discharge_w))

    async def __call__(
        self,
        driver: BatteryDriver,
        now: Callable[[], object],
        sleep: Callable[[float], Awaitable[object]],
        progress: Callable[[float], None],
    ) -> SelfTestResult:
        self.seen.append(SimpleNamespace(driver=driver, now=now, sleep=sleep))
        progress(0.5)
        await self.go_on.wait()
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def trials() -> Iterator[Trials]:
    played = Trials()
    with patch(f"{TRIAL}.self_test", played):
        yield played


async def ended(hass: HomeAssistant, flow_id: str) -> Any:
    """Wait until the trial is over, as the page does, and return what is shown then."""
    await hass.async_block_till_done()
    return await hass.config_entries.subentries.async_configure(flow_id)


async def tried(hass: HomeAssistant, home: MockConfigEntry, found: Any) -> Any:
    """Try out what was found, and return what is shown afterwards."""
    shown = await fill(hass, found["flow_id"], TRY)
    return await ended(hass, found["flow_id"]) if shown["type"] is FlowResultType.SHOW_PROGRESS else shown


# --- The trial itself -----------------------------------------------------------------------------


async def test_a_battery_really_charges_and_discharges_and_is_released(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, freezer: FrozenDateTimeFactory
) -> None:
    another.stand(state_of_charge=0.5, injecting_w=0)
    orders: list[float | None] = []

    async def pass_time(seconds: float) -> None:
        freezer.tick(seconds)
        order_w = another.order_w
        if not orders or orders[-1] != order_w:
            orders.append(order_w)
        another.stand(state_of_charge=0.5, injecting_w=order_w or 0.0)

    found = await look_at(hass, home, WHERE)
    with patch(f"{TRIAL}.sleep", pass_time):
        right = await tried(hass, home, found)

    assert right["step_id"] == "result_right"
    assert right["description_placeholders"] == {"charge_w": "+500", "discharge_w": "-500"}
    assert orders == [0, -500, 0, 500]
    assert another.order_w is None


async def test_a_resident_sees_how_far_the_trial_is(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, trials: Trials
) -> None:
    told: list[float] = []
    hass.bus.async_listen(
        "data_entry_flow_progress_update", lambda event: told.append(event.data["progress"])
    )
    trials.will_be(Verdict.RIGHT)
    trials.go_on.clear()
    found = await look_at(hass, home, WHERE)

    shown = await fill(hass, found["flow_id"], TRY)
    assert (shown["type"], shown["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "self_test")
    again = await hass.config_entries.subentries.async_configure(found["flow_id"])
    assert again["type"] is FlowResultType.SHOW_PROGRESS
    trials.go_on.set()
    right = await ended(hass, found["flow_id"])

    assert right["step_id"] == "result_right"
    assert told == [0.5]
    (trial,) = trials.seen
    assert (trial.now, trial.sleep) == (dt_util.utcnow, asyncio.sleep)


async def test_a_battery_is_released_when_the_window_is_closed_meanwhile(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, freezer: FrozenDateTimeFactory
) -> None:
    another.stand(state_of_charge=0.5, injecting_w=0)
    waits = asyncio.Event()

    async def wait(_seconds: float) -> None:
        await waits.wait()

    found = await look_at(hass, home, WHERE)
    with patch(f"{TRIAL}.sleep", wait):
        await fill(hass, found["flow_id"], TRY)
        while another.order_w is None:
            await asyncio.sleep(0)
        hass.config_entries.subentries.async_abort(found["flow_id"])
        await hass.async_block_till_done()

    assert another.order_w is None
    assert len(home.subentries) == 1


# --- What comes out of it -------------------------------------------------------------------------


@pytest.mark.parametrize("shadow", [True, False])
async def test_a_battery_that_does_as_it_is_told_is_kept(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, trials: Trials, *, shadow: bool
) -> None:
    trials.will_be(Verdict.RIGHT, charge_w=450.4, discharge_w=None)

    right = await tried(hass, home, await look_at(hass, home, WHERE))
    assert (right["step_id"], right["last_step"]) == ("result_right", True)
    assert right["description_placeholders"] == {"charge_w": "+450", "discharge_w": NOT_TRIED}
    assert (await hass.config_entries.subentries.async_configure(right["flow_id"]))[
        "step_id"
    ] == "result_right"
    done = await fill(hass, right["flow_id"], {"shadow": shadow})

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert added(home, "Schuur").data["shadow"] is shadow
    assert not trials.outcomes


@pytest.mark.parametrize("verdict", [Verdict.NO_RESPONSE, Verdict.WRONG_UNIT, Verdict.UNCLEAR])
async def test_what_could_not_be_measured_may_be_seen_by_the_resident(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, trials: Trials, verdict: Verdict
) -> None:
    trials.will_be(verdict, charge_w=3, discharge_w=-2)

    shown = await tried(hass, home, await look_at(hass, home, WHERE))
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, f"result_{verdict}")
    again: Any = await hass.config_entries.subentries.async_configure(shown["flow_id"])
    assert again["step_id"] == shown["step_id"]
    assert shown["menu_options"] == ["self_test", "by_eye", "leave"]
    assert shown["description_placeholders"] == {"charge_w": "+3", "discharge_w": "-2"}
    last = await fill(hass, shown["flow_id"], {"next_step_id": "by_eye"})
    assert last["step_id"] == "finish"
    done = await fill(hass, shown["flow_id"], {})

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert added(home, "Schuur").data["shadow"] is False


async def test_a_trial_may_be_repeated(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, trials: Trials
) -> None:
    trials.will_be(Verdict.UNCLEAR)
    trials.will_be(Verdict.RIGHT)

    shown = await tried(hass, home, await look_at(hass, home, WHERE))
    await fill(hass, shown["flow_id"], {"next_step_id": "self_test"})
    right = await ended(hass, shown["flow_id"])

    assert right["step_id"] == "result_right"


async def test_a_battery_that_stops_answering_can_be_tried_again(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, trials: Trials
) -> None:
    trials.outcomes.append(BatteryError("no route to the battery"))
    trials.will_be(Verdict.RIGHT)

    failed = await tried(hass, home, await look_at(hass, home, WHERE))
    assert (failed["step_id"], failed["menu_options"]) == ("result_failed", ["self_test", "leave"])
    await fill(hass, failed["flow_id"], {"next_step_id": "self_test"})

    assert (await ended(hass, failed["flow_id"]))["step_id"] == "result_right"


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.RIGHT])
async def test_nothing_is_added_when_the_resident_stops_there(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, trials: Trials, verdict: Verdict
) -> None:
    trials.will_be(verdict)
    shown = await tried(hass, home, await look_at(hass, home, WHERE))

    result = await fill(hass, shown["flow_id"], {"next_step_id": "leave"})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_added")
    assert len(home.subentries) == 1


async def test_a_modbus_battery_that_does_the_opposite_is_added_only_if_its_resident_insists(
    hass: HomeAssistant, home: MockConfigEntry, another: BatteryDevice, trials: Trials
) -> None:
    trials.will_be(Verdict.REVERSED, charge_w=-450, discharge_w=440)

    shown = await tried(hass, home, await look_at(hass, home, WHERE))
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "result_reversed_modbus")
    assert shown["menu_options"] == ["self_test", "accept", "leave"]
    await fill(hass, shown["flow_id"], {"next_step_id": "accept"})
    done = await fill(hass, shown["flow_id"], {})

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert added(home, "Schuur").data["shadow"] is True


@pytest.mark.parametrize(
    ("way", "sign"), [("turn_sensor", "inverted"), ("turn_setpoint", "setpoint_inverted")]
)
async def test_a_battery_behind_entities_that_does_the_opposite_is_turned_and_tried_again(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu, trials: Trials, way: str, sign: str
) -> None:
    trials.will_be(Verdict.REVERSED)
    trials.will_be(Verdict.RIGHT)

    shown = await tried(hass, home, await look_behind(hass, home, "generic_watts", BY_WATTS))
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "result_reversed_entities")
    assert shown["menu_options"] == ["turn_sensor", "turn_setpoint", "self_test", "leave"]
    await fill(hass, shown["flow_id"], {"next_step_id": way})
    right = await ended(hass, shown["flow_id"])
    assert right["step_id"] == "result_right"
    await fill(hass, shown["flow_id"], {"shadow": False})

    assert len(trials.seen) == 2
    data = added(home, "Accu").data
    assert {name: data[name] for name in ("inverted", "setpoint_inverted")} == {
        "inverted": False,
        "setpoint_inverted": False,
    } | {sign: True}


async def test_a_battery_without_a_setpoint_has_only_its_sensor_to_turn(
    hass: HomeAssistant, home: MockConfigEntry, accu: Accu, trials: Trials
) -> None:
    trials.will_be(Verdict.REVERSED)

    shown = await tried(hass, home, await look_behind(hass, home, "generic_mode", BY_MODE))

    assert shown["menu_options"] == ["turn_sensor", "self_test", "leave"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_and_every_way_on_has_its_words(language: str) -> None:
    steps = words(language)["config_subentries"]["battery"]["step"]
    measured = {"self_test", "by_eye", "leave"}

    for verdict in set(Verdict) - {Verdict.RIGHT, Verdict.REVERSED}:
        assert steps[f"result_{verdict}"]["menu_options"].keys() == measured
    assert steps["result_failed"]["menu_options"].keys() == {"self_test", "leave"}
    assert steps["result_reversed_modbus"]["menu_options"].keys() == {"self_test", "accept", "leave"}
    turned = {"turn_sensor", "turn_setpoint", "self_test", "leave"}
    assert steps["result_reversed_entities"]["menu_options"].keys() == turned


# --- A battery that takes part already ------------------------------------------------------------


async def move(hass: HomeAssistant, home: MockConfigEntry) -> Any:
    """Say that the battery has moved, and begin to try it out where it is now."""
    asked: Any = await home.start_subentry_reconfigure_flow(hass, SUBENTRY)
    await fill(hass, asked["flow_id"], HERE | {"host": "192.0.2.99"})
    return await fill(hass, asked["flow_id"], TRY)


async def test_the_home_steps_aside_while_a_battery_that_takes_part_is_tried_out(
    hass: HomeAssistant, home: MockConfigEntry, trials: Trials
) -> None:
    trials.will_be(Verdict.RIGHT)
    trials.go_on.clear()

    shown = await move(hass, home)
    assert shown["type"] is FlowResultType.SHOW_PROGRESS
    while not trials.seen:
        await asyncio.sleep(0)
    meanwhile = home.state
    assert meanwhile is ConfigEntryState.NOT_LOADED
    trials.go_on.set()
    right = await ended(hass, shown["flow_id"])
    assert home.state is ConfigEntryState.LOADED
    assert (right["step_id"], right["data_schema"].schema) == ("result_right", {})
    done = await fill(hass, shown["flow_id"], {})
    await hass.async_block_till_done()

    assert done["reason"] == "reconfigure_successful"
    assert home.subentries[SUBENTRY].data == BATTERY_DATA | {"host": "192.0.2.99"}
    assert home.state is ConfigEntryState.LOADED


async def test_a_battery_that_takes_part_is_steered_again_when_its_trial_is_broken_off(
    hass: HomeAssistant, home: MockConfigEntry, trials: Trials
) -> None:
    trials.go_on.clear()
    shown = await move(hass, home)

    hass.config_entries.subentries.async_abort(shown["flow_id"])
    await hass.async_block_till_done()

    assert home.state is ConfigEntryState.LOADED
    assert home.subentries[SUBENTRY].data == BATTERY_DATA


async def test_a_battery_that_takes_part_stays_as_it_was_when_the_resident_stops_there(
    hass: HomeAssistant, home: MockConfigEntry, trials: Trials
) -> None:
    trials.will_be(Verdict.UNCLEAR)
    shown = await move(hass, home)
    await ended(hass, shown["flow_id"])

    result = await fill(hass, shown["flow_id"], {"next_step_id": "leave"})

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_changed")
    assert home.subentries[SUBENTRY].data == BATTERY_DATA


async def test_a_battery_that_takes_part_is_kept_where_its_resident_has_seen_it_obey(
    hass: HomeAssistant, home: MockConfigEntry, trials: Trials
) -> None:
    trials.will_be(Verdict.UNCLEAR)
    shown = await move(hass, home)
    await ended(hass, shown["flow_id"])

    done = await fill(hass, shown["flow_id"], {"next_step_id": "by_eye"})

    assert done["reason"] == "reconfigure_successful"
    assert home.subentries[SUBENTRY].data["host"] == "192.0.2.99"


async def test_nothing_is_tried_while_the_home_does_not_step_aside(
    hass: HomeAssistant, home: MockConfigEntry, trials: Trials
) -> None:
    with patch.object(hass.config_entries, "async_unload", return_value=False):
        shown = await move(hass, home)
        failed = await ended(hass, shown["flow_id"])

    assert failed["step_id"] == "result_failed"
    assert not trials.seen


async def test_a_battery_that_takes_part_cannot_be_moved_to_one_that_does_the_opposite(
    hass: HomeAssistant, home: MockConfigEntry, trials: Trials
) -> None:
    trials.will_be(Verdict.REVERSED)
    shown = await move(hass, home)

    assert (await ended(hass, shown["flow_id"]))["menu_options"] == ["self_test", "leave"]
