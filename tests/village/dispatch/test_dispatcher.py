"""How plans reach homes: signed, numbered, retried, and no longer than their lease."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from sqlalchemy import event

from battery_commons.dispatch.dispatcher import AT_ONCE, Dispatcher
from battery_commons.dispatch.lease import LEASE
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import BatteryPlan, PlanReason
from battery_commons.domain.time import ScaledClock
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.records import HomeBattery
from battery_commons.wire.envelope import SIGNING_CONTEXT

from .conftest import ACCEPTED, Webhook, describe, plan_for, until_answered


async def test_a_home_receives_its_plan_signed_and_the_answer_is_kept(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    await dispatcher.dispatch(plan_for(home_id, clock))
    record = await until_answered(store, home_id)

    (envelope,) = webhook.received
    payload = json.loads(envelope["payload"])
    dispatcher.key.public_key().verify(
        base64.b64decode(envelope["signature"]), SIGNING_CONTEXT + envelope["payload"].encode()
    )
    assert record.accepted
    assert payload["home_id"] == home_id
    assert payload["batteries"][0]["battery_id"] == "b1"
    assert payload["batteries"][0]["power_w"] == [-1200] * 4


async def test_times_travel_as_wall_time_and_slots_shrink_with_the_clock(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    plan = plan_for(home_id, clock)
    await dispatcher.dispatch(plan)
    record = await until_answered(store, home_id)

    payload = json.loads(webhook.received[0]["payload"])
    assert payload["slot_seconds"] == pytest.approx(900 / 600)
    assert datetime.fromisoformat(payload["start"]) == clock.to_wall(plan.grid.start)
    assert datetime.fromisoformat(payload["lease_until"]) == clock.to_wall(record.issued_at + LEASE)


async def test_a_home_hears_what_its_transformer_will_carry_and_what_energy_will_cost(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    neighbour, far = neighbours(store, clock)
    plan = replace(
        plan_for(home_id, clock),
        batteries=[
            BatteryPlan(f"{id_}/b1", power_w, [PlanReason.HOLD] * 4)
            for id_, power_w in (
                (home_id, [-1200.0, -1200.0, None, 0.0]),
                (neighbour, [-800.4, 0.0, 0.0, 0.0]),
                (far, [5000.0] * 4),
            )
        ],
        base_load_w={"t1": [200_000.0, 100_000.0, -50_000.0, 0.0], "t2": [1.0] * 4},
        import_price=[0.31, -0.05, None, None],
    )

    await dispatcher.dispatch(plan)
    await until_answered(store, home_id)

    payload = json.loads(webhook.received[0]["payload"])
    assert payload["outlook"] == {
        "transformer_limit_w": 250_000,
        "transformer_load_w": [198_000, 98_800, -50_000, 0],
        "price_per_kwh": [0.31, -0.05, None, None],
    }
    assert payload["connection"] is None


async def test_of_a_transformer_that_was_never_measured_a_home_hears_the_limit_only(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    await dispatcher.dispatch(replace(plan_for(home_id, clock), unmeasured={"t1"}))
    await until_answered(store, home_id)

    outlook = json.loads(webhook.received[0]["payload"])["outlook"]
    assert (outlook["transformer_limit_w"], outlook["transformer_load_w"]) == (250_000, [])


async def test_a_load_beyond_what_a_message_can_say_is_left_out_and_the_plan_still_sent(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    heavy = replace(plan_for(home_id, clock), base_load_w={"t1": [1_000_000.0, 1_002_000.0, 0.0, 0.0]})

    await dispatcher.dispatch(heavy)
    await until_answered(store, home_id)

    outlook = json.loads(webhook.received[0]["payload"])["outlook"]
    assert outlook["transformer_load_w"] == [998_800, None, -1200, -1200]


def neighbours(store: Store, clock: ScaledClock) -> tuple[str, str]:
    """Let two more homes join, one behind the same transformer; neither can be reached."""
    store.put_transformer(Transformer("t2", "Es", 400_000))
    homes = []
    for transformer_id in ("t1", "t2"):
        store.add_invitation(transformer_id, f"neighbour-{transformer_id}", clock.now() + timedelta(days=1))
        home = store.join(f"neighbour-{transformer_id}", "Es 1", ["http://127.0.0.1:9/"], clock.now())
        battery = Battery(f"{home.home_id}/b1", transformer_id, 10_000, 5_000, 5_000)
        described = HomeBattery(home.home_id, "b1", "Garage", battery)
        store.describe_home(home.home_id, ["http://127.0.0.1:9/"], [described])
        homes.append(home.home_id)
    return homes[0], homes[1]


async def test_every_plan_has_a_higher_number_than_the_one_before(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    for _ in range(3):
        await dispatcher.dispatch(plan_for(home_id, clock))
        await until_answered(store, home_id)

    numbers = [json.loads(envelope["payload"])["sequence"] for envelope in webhook.received]
    assert numbers == sorted(set(numbers))


async def test_a_home_that_was_lost_gets_the_same_plan_when_it_is_back(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    webhook.answers = [web.HTTPBadGateway(), ACCEPTED]

    await dispatcher.dispatch(plan_for(home_id, clock))
    record = await until_answered(store, home_id)

    assert webhook.received[0] == webhook.received[1]
    assert (record.accepted, record.attempts) == (True, 2)


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"version": 1}', b"[" * 100])
async def test_an_answer_that_says_nothing_is_not_taken_for_yes(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook, answer: bytes
) -> None:
    webhook.answers = [answer]

    await dispatcher.dispatch(plan_for(home_id, clock))
    async with asyncio.timeout(5):
        while store.latest_dispatches()[home_id].attempts == 0:
            await asyncio.sleep(0.02)

    record = store.latest_dispatches()[home_id]
    assert record.accepted is None
    assert record.last_error


async def test_a_refusal_is_kept_with_its_reason_and_not_repeated(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    webhook.answers = [{"version": 1, "accepted": False, "sequence": 1, "reason": "out_of_bounds"}]

    await dispatcher.dispatch(plan_for(home_id, clock))
    record = await until_answered(store, home_id)
    await asyncio.sleep(1.2)

    assert (record.accepted, record.reason) == (False, "out_of_bounds")
    assert len(webhook.received) == 1


async def test_nothing_is_sent_after_the_lease_is_over(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    webhook.answers = [web.HTTPServiceUnavailable()]

    await dispatcher.dispatch(plan_for(home_id, clock))
    await asyncio.sleep(clock.wall_seconds(LEASE) + 0.5)
    sent = len(webhook.received)
    await asyncio.sleep(2.5)

    assert len(webhook.received) == sent
    assert store.latest_dispatches()[home_id].accepted is None


async def test_a_newer_plan_replaces_one_that_is_still_being_retried(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    webhook.answers = [web.HTTPBadGateway(), ACCEPTED]

    await dispatcher.dispatch(plan_for(home_id, clock, power_w=-1000))
    while not webhook.received:
        await asyncio.sleep(0.01)
    await dispatcher.dispatch(plan_for(home_id, clock, power_w=-2000))
    await until_answered(store, home_id)
    await asyncio.sleep(1.2)

    powers = [json.loads(e["payload"])["batteries"][0]["power_w"][0] for e in webhook.received]
    assert powers == [-1000, -2000]


async def test_the_second_address_is_tried_when_the_first_does_not_answer(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    describe(store, home_id, ["http://127.0.0.1:9/api/webhook/secret", webhook.url])

    await dispatcher.dispatch(plan_for(home_id, clock))

    assert (await until_answered(store, home_id)).accepted


async def test_a_suspended_home_is_told_once_that_it_is_free(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    await dispatcher.dispatch(plan_for(home_id, clock))
    await until_answered(store, home_id)
    store.suspend(home_id, Author("Anna", clock.now()))
    without = replace(
        plan_for(home_id, clock),
        batteries=[BatteryPlan(f"{home_id}/b1", [None] * 4, [PlanReason.OWN_HOUSE] * 4)],
    )

    for _ in range(2):
        await dispatcher.dispatch(without)
        await until_answered(store, home_id)

    _, free = webhook.received
    assert json.loads(free["payload"])["batteries"][0]["power_w"] == [None] * 4


async def test_a_home_that_leaves_while_plans_go_on_record_stops_none_of_the_others(
    dispatcher: Dispatcher,
    store: Store,
    clock: ScaledClock,
    home_id: str,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.add_invitation("t1", "code-of-another", clock.now() + timedelta(days=1))
    leaving = store.join("code-of-another", "Aan de Brink 1", [webhook.url], clock.now())
    describe(store, leaving.home_id, [webhook.url])
    plan = plan_for(home_id, clock)
    other = replace(plan.batteries[0], battery_id=f"{leaving.home_id}/b1")
    recorded = Store.next_sequence

    def leave_first(self: Store, id_: str, at_least: int = 1) -> int:
        if id_ == leaving.home_id:
            self.leave(id_)
        return recorded(self, id_, at_least)

    monkeypatch.setattr(Store, "next_sequence", leave_first)
    await dispatcher.dispatch(replace(plan, batteries=[other, *plan.batteries]))

    assert (await until_answered(store, home_id)).accepted
    assert set(store.latest_dispatches()) == {home_id}
    assert len(webhook.received) == 1


async def test_plans_of_many_homes_are_on_record_before_any_is_sent_and_in_few_transactions(
    dispatcher: Dispatcher, store: Store, clock: ScaledClock, home_id: str, webhook: Webhook
) -> None:
    plan = plan_for(home_id, clock)
    batteries = list(plan.batteries)
    for number in range(2 * AT_ONCE):
        store.add_invitation("t1", f"code-{number}", clock.now() + timedelta(days=1))
        home = store.join(f"code-{number}", f"Brinkweg {number}", [], clock.now())
        describe(store, home.home_id, [])
        batteries.append(replace(plan.batteries[0], battery_id=f"{home.home_id}/b1"))
    commits: list[object] = []
    event.listen(store._backend.writer, "commit", commits.append)
    webhook.answers = [web.HTTPServiceUnavailable()]

    await dispatcher.dispatch(replace(plan, batteries=batteries))

    assert len(store.latest_dispatches()) == 2 * AT_ONCE + 1
    # Three for the plans, and one or two for what became of the first of them meanwhile.
    assert 3 <= len(commits) <= 8
