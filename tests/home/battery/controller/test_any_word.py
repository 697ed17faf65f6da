"""Whatever words come with a plan, they are told and nothing else: only powers, times and limits move it."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.battery_commons.battery.controller import BatteryController
from custom_components.battery_commons.battery.lease import LeaseClock
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.community.inbox import Inbox
from custom_components.battery_commons.community.plan import VillageReason
from tests.home.battery.anything import any_settings
from tests.home.battery.controller.devices import Device
from tests.home.village import BATTERY, HOME, NOW, Village

SLOTS = 4
POWERS = st.lists(st.none() | st.floats(-5_000, 5_000), min_size=SLOTS, max_size=SLOTS)
WORDS = st.sampled_from(list(VillageReason)) | st.from_regex(r"[a-z_]{1,40}", fullmatch=True)
FIGURES = st.lists(st.none() | st.floats(-20, 20), max_size=SLOTS)
BESIDE = st.fixed_dictionaries(
    {},
    optional={
        "outlook": st.fixed_dictionaries(
            {
                "transformer_limit_w": st.none() | st.floats(0, 1e6),
                "transformer_load_w": FIGURES,
                "price_per_kwh": FIGURES,
            }
        ),
        "control_model": st.sampled_from(["M1", "M4", "M6", "M4_M5", "M9"]),
        "experiment": st.text(max_size=20),
        "activation": st.dictionaries(st.sampled_from(["lease_until", "power_w"]), st.floats(0, 1e6)),
    },
)


async def orders(
    village: Village, message: dict[str, Any], decided: Settings, looks_s: list[float]
) -> list[tuple[float, datetime] | None]:
    """Return the order that a battery is under after each look, from the signed message on."""
    device = Device()
    controller = BatteryController(device, device.clock)
    lease = LeaseClock(lambda: device.clock().timestamp())
    inbox = Inbox().admit(
        village.seal_text(json.dumps(message)),
        key=village.public_key,
        home_id=HOME,
        batteries={BATTERY: device.limits},
        now=device.now,
    )
    assert inbox.plan is not None
    under = []
    for passed_s in looks_s:
        device.now += timedelta(seconds=passed_s)
        plan = lease.in_force(inbox.plan, inbox.plan.batteries[BATTERY], device.now)
        await controller.step(plan, decided)
        under.append(device.order)
    return under


@given(
    powers_w=POWERS,
    words=st.lists(WORDS, min_size=SLOTS, max_size=SLOTS),
    beside=BESIDE,
    decided=any_settings,
    looks_s=st.lists(st.floats(0, 1_800), min_size=1, max_size=6),
)
@settings(max_examples=80, deadline=None)
async def test_words_and_what_stands_beside_a_plan_move_no_battery_and_lengthen_no_lease(
    powers_w: list[float | None],
    words: list[str],
    beside: dict[str, Any],
    decided: Settings,
    looks_s: list[float],
) -> None:
    village = Village()
    bare = village.plan(batteries=[{"battery_id": BATTERY, "power_w": powers_w, "reasons": ["hold"] * SLOTS}])
    worded = bare | beside
    worded["batteries"] = [bare["batteries"][0] | {"reasons": words}]

    told = await orders(village, worded, decided, looks_s)

    assert told == await orders(village, bare, decided, looks_s)
    lease_until = NOW + timedelta(minutes=45)
    assert all(order is None or order[1] <= lease_until for order in told)
