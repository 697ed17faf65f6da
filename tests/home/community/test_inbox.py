"""Which plans a home accepts, and that a refused one changes nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.community.envelope import Refusal, RefusedError
from custom_components.battery_commons.community.inbox import Inbox
from tests.home.village import BATTERY, HOME, NOW, Village

LIMITS = BatteryLimits(10_000, 5_000, 5_000)


def admit(inbox: Inbox, envelope: object, village: Village) -> Inbox:
    return inbox.admit(envelope, key=village.public_key, home_id=HOME, batteries={BATTERY: LIMITS}, now=NOW)


def refusal(inbox: Inbox, envelope: object, village: Village) -> Refusal:
    with pytest.raises(RefusedError) as raised:
        admit(inbox, envelope, village)
    return raised.value.refusal


def powers(*power_w: float | None) -> list[dict[str, Any]]:
    return [{"battery_id": BATTERY, "power_w": list(power_w), "reasons": ["hold"] * len(power_w)}]


def test_a_plan_of_the_village_is_put_in_force(village: Village) -> None:
    inbox = admit(Inbox(), village.signed_plan(), village)

    assert inbox.sequence == 7
    assert inbox.plan is not None
    slot = inbox.plan.batteries[BATTERY].slot_at(NOW)
    assert slot is not None
    assert (slot.power_w, slot.reason) == (-2000, "relieve_import")


def test_a_plan_with_a_reason_of_a_later_version_is_followed_all_the_same(village: Village) -> None:
    batteries = [{"battery_id": BATTERY, "power_w": [-2000], "reasons": ["rounding_up_sheep"]}]

    inbox = admit(Inbox(), village.signed_plan(batteries=batteries), village)

    assert inbox.plan is not None
    [slot] = inbox.plan.batteries[BATTERY].slots
    assert (slot.power_w, slot.reason) == (-2000, "other")


def test_the_very_same_plan_again_is_accepted_again(village: Village) -> None:
    envelope = village.signed_plan()
    inbox = admit(Inbox(), envelope, village)

    assert admit(inbox, envelope, village) == inbox


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"home_id": "home-2"}, Refusal.WRONG_HOME),
        ({"issued_at": (NOW + timedelta(seconds=61)).isoformat()}, Refusal.FROM_THE_FUTURE),
        ({"lease_until": NOW.isoformat()}, Refusal.EXPIRED),
        ({"lease_until": (NOW + timedelta(hours=6, seconds=1)).isoformat()}, Refusal.LEASE_TOO_LONG),
        ({"batteries": [{"battery_id": "x", "power_w": [0], "reasons": ["hold"]}]}, Refusal.UNKNOWN_BATTERY),
        ({"batteries": powers(5_002)}, Refusal.OUT_OF_BOUNDS),
        ({"batteries": powers(-5_002)}, Refusal.OUT_OF_BOUNDS),
        ({"batteries": powers(float("nan"))}, Refusal.MALFORMED),
        ({"batteries": powers(float("inf"))}, Refusal.MALFORMED),
        ({"batteries": powers(1e300)}, Refusal.MALFORMED),
        ({"batteries": powers()}, Refusal.MALFORMED),
        ({"batteries": powers(0) * 2}, Refusal.MALFORMED),
        ({"batteries": [{"battery_id": BATTERY, "power_w": [True], "reasons": ["hold"]}]}, Refusal.MALFORMED),
        ({"batteries": [{"battery_id": BATTERY, "power_w": ["1"], "reasons": ["hold"]}]}, Refusal.MALFORMED),
        ({"batteries": [{"battery_id": BATTERY, "power_w": [0], "reasons": []}]}, Refusal.MALFORMED),
        ({"batteries": [{"battery_id": BATTERY, "power_w": [0], "reasons": [7]}]}, Refusal.MALFORMED),
        ({"batteries": [{"battery_id": BATTERY, "power_w": [0], "reasons": ["<b>"]}]}, Refusal.MALFORMED),
        ({"start": "2026-06-21T12:00:00"}, Refusal.MALFORMED),
        ({"start": "tomorrow"}, Refusal.MALFORMED),
        ({"slot_seconds": 0}, Refusal.MALFORMED),
        ({"slot_seconds": -900}, Refusal.MALFORMED),
        ({"slot_seconds": 1e308}, Refusal.MALFORMED),
        ({"slot_seconds": 10**400}, Refusal.MALFORMED),
        ({"start": "9999-12-31T23:59:00+00:00"}, Refusal.MALFORMED),
        ({"batteries": {}}, Refusal.MALFORMED),
        ({"sequence": 0}, Refusal.MALFORMED),
        ({"sequence": "8"}, Refusal.MALFORMED),
        ({"sequence": 2**53 + 1}, Refusal.MALFORMED),
        ({"version": 2}, Refusal.MALFORMED),
        ({"type": "membership"}, Refusal.MALFORMED),
    ],
)
def test_a_plan_that_is_wrong_in_one_way_is_refused_for_that(
    village: Village, changes: dict[str, Any], expected: Refusal
) -> None:
    assert refusal(Inbox(), village.signed_plan(**changes), village) is expected


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "9" * 5_000, '{"version": true}'])
def test_a_signature_does_not_make_a_message_of_what_is_none(village: Village, text: str) -> None:
    assert refusal(Inbox(), village.seal_text(text), village) is Refusal.MALFORMED


def test_an_older_plan_is_refused_also_when_it_is_signed(village: Village) -> None:
    inbox = admit(Inbox(), village.signed_plan(sequence=8), village)

    assert refusal(inbox, village.signed_plan(sequence=7), village) is Refusal.STALE_SEQUENCE


def test_another_plan_with_the_same_number_is_refused(village: Village) -> None:
    inbox = admit(Inbox(), village.signed_plan(), village)

    assert refusal(inbox, village.signed_plan(batteries=powers(0)), village) is Refusal.STALE_SEQUENCE


def test_a_plan_signed_by_somebody_else_is_refused(village: Village, strangers: Village) -> None:
    assert refusal(Inbox(), strangers.signed_plan(), village) is Refusal.UNKNOWN_KEY


def test_a_plan_that_was_altered_on_its_way_is_refused(village: Village) -> None:
    envelope = village.signed_plan()
    envelope["payload"] = envelope["payload"].replace("-2000.0", "-5000.0")

    assert refusal(Inbox(), envelope, village) is Refusal.BAD_SIGNATURE


def test_a_restart_keeps_the_plan_and_its_number(village: Village) -> None:
    inbox = admit(Inbox(), village.signed_plan(), village)
    stored = json.loads(json.dumps(inbox.stored()))

    assert Inbox.restored(stored, village.public_key) == inbox


def test_a_stored_plan_that_was_tampered_with_is_dropped_and_its_number_kept(village: Village) -> None:
    stored = admit(Inbox(), village.signed_plan(), village).stored()
    stored["envelope"] = {**stored["envelope"], "payload": "{}"}

    inbox = Inbox.restored(stored, village.public_key)

    assert inbox.plan is None
    assert refusal(inbox, village.signed_plan(sequence=6), village) is Refusal.STALE_SEQUENCE


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(body=json_values)
def test_whatever_arrives_unsigned_is_refused_without_a_crash(village: Village, body: object) -> None:
    assert refusal(Inbox(), body, village) in {Refusal.MALFORMED, Refusal.UNKNOWN_KEY}


@settings(max_examples=200)
@given(
    field=st.sampled_from(
        [
            "home_id",
            "sequence",
            "issued_at",
            "lease_until",
            "control_model",
            "start",
            "slot_seconds",
            "batteries",
        ]
    ),
    value=json_values,
)
def test_a_signed_plan_with_any_one_field_spoiled_never_breaks_the_home(
    village: Village, field: str, value: object
) -> None:
    try:
        inbox = admit(Inbox(), village.seal(village.plan() | {field: value}), village)
    except RefusedError:
        return
    assert inbox.plan is not None
    slots = [slot for battery in inbox.plan.batteries.values() for slot in battery.slots]
    assert all(slot.power_w is None or abs(slot.power_w) <= 5_001 for slot in slots)
