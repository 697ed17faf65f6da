"""How a home stands with its community, as the village's account says."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.battery_commons.const import DOMAIN
from tests.home.coordinator import FakeCoordinator
from tests.home.living import pass_time, state

pytestmark = pytest.mark.usefixtures("noon", "home")
BALANCE = "sensor.ansen_account_balance"
HOUR = timedelta(hours=1, seconds=1)
MONTH: dict[str, Any] = {
    "period": "2026-05",
    "made_whole_cents": 412,
    "claim_cents": 0,
    "shortage_cents": 0,
    "share_cents": 105,
    "total_cents": 517,
    "paid_cents": 0,
    "is_closed": True,
    "is_corrected": False,
}
ACCOUNT: dict[str, Any] = {
    "version": 1,
    "account": "K7Q2-M9",
    "balance_cents": 517,
    "owed_cents": 0,
    "fund_cents": 12_345,
    "months": [MONTH, MONTH | {"period": "2026-06", "is_closed": False}],
}
LINE = {"name": "Your share", "cents": 105, "meaning": "Of what was earned together."}


async def account(hass: HomeAssistant, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, "get_account", data, blocking=True, return_response=True)


async def test_without_an_account_the_balance_is_unavailable_and_the_action_says_so(
    hass: HomeAssistant,
) -> None:
    assert state(hass, BALANCE) == "unavailable"
    with pytest.raises(ServiceValidationError) as raised:
        await account(hass)
    assert raised.value.translation_key == "no_account_yet"


async def test_a_village_that_says_nonsense_about_money_is_not_believed(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.own_account = ACCOUNT | {"balance_cents": 5.17}
    await pass_time(hass, noon, HOUR)

    assert state(hass, BALANCE) == "unavailable"
    with pytest.raises(HomeAssistantError) as raised:
        await account(hass)
    assert raised.value.translation_key == "cannot_connect"


async def test_the_balance_is_shown_in_euros(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.own_account = ACCOUNT
    await pass_time(hass, noon, HOUR)

    assert state(hass, BALANCE) == "5.17"


async def test_a_call_that_was_lost_does_not_hide_the_balance_for_an_hour(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.own_account = ACCOUNT
    await pass_time(hass, noon, HOUR)
    coordinator.unreachable = True
    await pass_time(hass, noon, HOUR)
    assert state(hass, BALANCE) == "unavailable"

    coordinator.unreachable = False
    await pass_time(hass, noon, timedelta(minutes=1, seconds=1))

    assert state(hass, BALANCE) == "5.17"


@pytest.mark.parametrize(
    "refusal", [(HTTPStatus.UNAUTHORIZED, "unauthorized"), (HTTPStatus.TOO_MANY_REQUESTS, "too_many_calls")]
)
async def test_a_village_that_wants_to_be_left_alone_is_not_asked_each_minute(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    coordinator: FakeCoordinator,
    refusal: tuple[HTTPStatus, str],
) -> None:
    coordinator.refusals["/api/v1/home/account"] = refusal
    await pass_time(hass, noon, HOUR)
    asked = len(coordinator.bodies("GET", "/api/v1/home/account"))

    await pass_time(hass, noon, timedelta(minutes=4))

    assert len(coordinator.bodies("GET", "/api/v1/home/account")) == asked


async def test_the_account_is_answered_with_the_lines_of_the_month_that_was_closed_last(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    coordinator.own_account, coordinator.statement = ACCOUNT, [LINE]

    answer = await account(hass)

    assert (answer["account"], answer["balance_eur"], answer["fund_eur"]) == ("K7Q2-M9", 5.17, 123.45)
    assert answer["months"][0] == {
        "period": "2026-05",
        "made_whole_eur": 4.12,
        "claim_eur": 0,
        "shortage_eur": 0,
        "share_eur": 1.05,
        "total_eur": 5.17,
        "paid_eur": 0,
        "is_closed": True,
        "is_corrected": False,
    }
    assert (answer["month"], answer["lines"]) == (
        "2026-05",
        [{"name": "Your share", "eur": 1.05, "meaning": "Of what was earned together."}],
    )


async def test_lines_are_asked_for_in_the_language_of_the_home(
    hass: HomeAssistant, coordinator: FakeCoordinator
) -> None:
    coordinator.own_account, coordinator.statement = ACCOUNT, [LINE]
    hass.config.language = "nl"

    await account(hass, month="2026-04")

    assert coordinator.calls[-1][1] == "/api/v1/home/statements/2026-04/nl"
