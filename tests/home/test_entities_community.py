"""Whether the community's page may name this home: its resident says so, and takes it back."""

from http import HTTPStatus

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from tests.home.coordinator import FakeCoordinator
from tests.home.living import VILLAGE_LOOK, act, pass_time, state

pytestmark = pytest.mark.usefixtures("noon", "home")
SWITCH = "switch.ansen_shown_by_name"
PATH = "/api/v1/home/shown"


async def told(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator, *, shown: bool
) -> None:
    coordinator.village_extra = {"shown_by_name": shown}
    await pass_time(hass, noon, VILLAGE_LOOK)


async def test_a_village_that_names_nobody_yet_has_nothing_to_switch(hass: HomeAssistant) -> None:
    assert state(hass, SWITCH) == "unavailable"


async def test_a_resident_asks_to_be_named_and_takes_it_back(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    await told(hass, noon, coordinator, shown=False)
    assert state(hass, SWITCH) == "off"

    await act(hass, "turn_on", SWITCH)
    await told(hass, noon, coordinator, shown=True)
    assert state(hass, SWITCH) == "on"
    await act(hass, "turn_off", SWITCH)

    assert [body["shown"] for body in coordinator.bodies("PUT", PATH)] == [True, False]


async def test_it_is_on_only_once_the_village_says_so(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    await told(hass, noon, coordinator, shown=False)

    await act(hass, "turn_on", SWITCH)

    assert state(hass, SWITCH) == "off"


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((HTTPStatus.NOT_FOUND, "not_found"), ServiceValidationError),
        ((HTTPStatus.UNAUTHORIZED, "unauthorized"), HomeAssistantError),
    ],
)
async def test_a_refusal_is_said(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    coordinator: FakeCoordinator,
    refusal: tuple[HTTPStatus, str],
    error: type[HomeAssistantError],
) -> None:
    await told(hass, noon, coordinator, shown=False)
    coordinator.refusals[PATH] = refusal

    with pytest.raises(error):
        await act(hass, "turn_on", SWITCH)
    assert state(hass, SWITCH) == "off"
