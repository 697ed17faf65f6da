"""The door through which plans come in: what gets in, and what is said to the rest."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.community.envelope import Refusal
from custom_components.battery_commons.village_coordinator import RefusedPlan
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.village import NOW, Village

pytestmark = pytest.mark.usefixtures("noon", "home")


async def test_a_plan_is_accepted_and_followed_at_once(
    hass: HomeAssistant, doorstep: Doorstep, device: BatteryDevice
) -> None:
    answer = await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    assert answer == {"version": 1, "accepted": True, "sequence": 7}
    assert device.order_w == 2000
    assert device.timer_s == (timedelta(minutes=14, seconds=10)).total_seconds()


async def test_the_same_plan_again_is_accepted_again(doorstep: Doorstep) -> None:
    envelope = doorstep.signed_plan()
    await doorstep.post(envelope)

    assert await doorstep.post(envelope) == {"version": 1, "accepted": True, "sequence": 7}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"home_id": "home-2"}, "wrong_home"),
        ({"issued_at": (NOW + timedelta(minutes=2)).isoformat()}, "from_the_future"),
        ({"lease_until": (NOW - timedelta(seconds=1)).isoformat()}, "expired"),
        ({"lease_until": (NOW + timedelta(hours=7)).isoformat()}, "lease_too_long"),
        ({"sequence": 6}, "stale_sequence"),
        ({"batteries": [{"battery_id": "x", "power_w": [0], "reasons": ["hold"]}]}, "unknown_battery"),
    ],
)
async def test_a_refused_plan_is_answered_with_why_and_changes_nothing(
    hass: HomeAssistant, doorstep: Doorstep, device: BatteryDevice, changes: dict[str, Any], reason: str
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    answer = await doorstep.post(doorstep.signed_plan(**{"sequence": 8} | changes))
    await hass.async_block_till_done()

    sequence = changes.get("sequence", 8)
    assert answer == {"version": 1, "accepted": False, "sequence": sequence, "reason": reason}
    assert device.order_w == 2000


async def test_a_power_that_the_battery_cannot_have_is_refused(doorstep: Doorstep) -> None:
    answer = await doorstep.post(doorstep.signed_plan(power_w=[-5002.0]))

    assert answer["reason"] == "out_of_bounds"


async def test_a_plan_of_another_village_is_refused(doorstep: Doorstep, strangers: Village) -> None:
    answer = await doorstep.post(strangers.seal(doorstep.plan()))

    assert answer == {"version": 1, "accepted": False, "sequence": None, "reason": "unknown_key"}


async def test_a_plan_altered_on_its_way_is_refused(doorstep: Doorstep) -> None:
    envelope = doorstep.signed_plan()
    envelope["payload"] = envelope["payload"].replace("-2000.0", "-4000.0")

    assert (await doorstep.post(envelope))["reason"] == "bad_signature"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"null", b"[" * 100_000, b" " * 1_000_001],
    ids=["empty", "truncated", "no text", "null", "deep", "large"],
)
async def test_what_is_no_message_is_refused_as_malformed(doorstep: Doorstep, body: bytes) -> None:
    answer = await doorstep.post_bytes(body)

    assert answer == {"version": 1, "accepted": False, "sequence": None, "reason": "malformed"}


async def test_a_plan_that_arrives_in_pieces_is_read_to_its_end(doorstep: Doorstep) -> None:
    slots = 400
    envelope = doorstep.signed_plan(power_w=[0.0] * slots, unknown_field="x" * 200_000)

    assert (await doorstep.post(envelope))["accepted"] is True


async def test_the_last_refusal_is_remembered_until_a_plan_is_accepted(
    home: MockConfigEntry, doorstep: Doorstep, strangers: Village
) -> None:
    await doorstep.post(strangers.seal(doorstep.plan()))
    assert home.runtime_data.village.refused_plan == RefusedPlan(NOW, Refusal.UNKNOWN_KEY)

    await doorstep.post(doorstep.signed_plan())
    assert home.runtime_data.village.refused_plan is None


async def test_nothing_but_a_post_gets_in(doorstep: Doorstep) -> None:
    assert await doorstep.status_of_get() is HTTPStatus.METHOD_NOT_ALLOWED


async def test_an_unloaded_home_takes_no_plans(
    hass: HomeAssistant, home: MockConfigEntry, doorstep: Doorstep, device: BatteryDevice
) -> None:
    await hass.config_entries.async_unload(home.entry_id)

    assert await doorstep.post_bytes(b"{}") is None
    assert device.order_w is None
