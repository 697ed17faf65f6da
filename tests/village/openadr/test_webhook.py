"""Events that an operator tells of by calling the village."""

import asyncio
import json
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from battery_commons.domain.operator_line import Reception
from battery_commons.openadr.reception.webhook import LARGEST_MESSAGE
from battery_commons.store import Store
from tests.village.openadr.village_line import QUICK, RARELY, line_to, running
from tests.village.openadr.vtn_peer import Quirks, vtn


@pytest.mark.parametrize("form", ["camel", "snake", "string", "all_string"])
async def test_made_changed_and_withdrawn_is_told_in_any_form(store: Store, form: str) -> None:
    async with (
        vtn(Quirks(notifies_as=form)) as fake,
        running(store, line_to(fake), RARELY, is_callable=True) as village,
    ):
        await village.until_heard()
        event = fake.add_event(100)
        assert await fake.tell("CREATE", event) == [HTTPStatus.OK]
        assert village.limits() == {event["id"]: 100}
        assert village.changes
        await fake.tell("UPDATE", fake.change(event["id"], 60))
        assert village.limits() == {event["id"]: 60}
        await fake.tell("DELETE", fake.events.pop(event["id"]))
        assert village.limits() == {}
        assert village.status.reception is Reception.WEBHOOK


@pytest.mark.parametrize("form", ["snake", "string", "all_string"])
async def test_a_version_is_the_same_in_whichever_form_it_comes(store: Store, form: str) -> None:
    async with (
        vtn(Quirks(notifies_as=form)) as fake,
        running(store, line_to(fake), is_callable=True) as village,
    ):
        await village.until_heard()
        event = fake.add_event(100)
        with capture_logs() as logs:
            await fake.tell("CREATE", event)
            polls = fake.asked["GET /events"] + 4
            await village.until(lambda: fake.asked["GET /events"] > polls)
        told = [each for each in logs if each["event"].startswith("operator_event")]
        assert len(told) <= 1  # None where it was polled before it was told.
        assert len(store.newest_operator_events(store.operator_lines()[0].id, 10)) == 1


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(wants_echo=True),
        Quirks(operations=("POST", "PUT", "DELETE")),
        Quirks(wants_program_in_subscription=True),
    ],
)
async def test_each_kind_of_subscription_is_found(store: Store, quirks: Quirks) -> None:
    async with vtn(quirks) as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        event = fake.add_event(100)
        await fake.tell("CREATE", event)
        assert village.limits() == {event["id"]: 100}


async def test_a_subscription_is_made_once_and_follows_the_village_to_another_address(store: Store) -> None:
    async with vtn() as fake:
        async with running(store, line_to(fake), is_callable=True) as village:
            await village.until_heard()
            former = village.url
        async with running(store) as village:
            await village.until_heard()
            await village.until(lambda: fake.asked["GET /subscriptions"] > 2)
        assert len(fake.subscriptions) == 1
        assert not any(key.startswith("PUT") for key in fake.asked)
        [line] = store.operator_lines()
        store.change_operator_line(line.id, line_to(fake, callback_url="http://127.0.0.1:1"))
        async with running(store) as village:
            await village.until(lambda: former not in json.dumps(list(fake.subscriptions.values())))
        assert len(fake.subscriptions) == 1


async def test_a_removed_line_takes_its_subscription_back_and_a_stopped_village_does_not(
    store: Store,
) -> None:
    async with vtn() as fake:
        async with running(store, line_to(fake), is_callable=True) as village:
            await village.until_heard()
        assert len(fake.subscriptions) == 1
        async with running(store) as village:
            await village.until_heard()
            store.remove_operator_line(village.line_id, datetime.now(UTC))
            village.lines.changed()
            await village.until(lambda: not fake.subscriptions)


async def test_a_subscription_that_the_vtn_lost_is_made_again(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), is_callable=True) as village:
        await village.until_heard()
        first = fake.add_event(100)
        await fake.tell("CREATE", first)
        await village.until_listed_twice(fake)
        fake.subscriptions.clear()
        fake.add_event(90)
        await village.until(lambda: bool(fake.subscriptions))


async def test_an_event_of_a_program_that_was_not_chosen_is_passed_over(store: Store) -> None:
    async with (
        vtn() as fake,
        running(store, line_to(fake, programs=("Limits",)), RARELY, is_callable=True) as village,
    ):
        await village.until_heard()
        await fake.tell("CREATE", fake.add_event(1, fake.add_program("Prices")))
        assert village.limits() == {}
        assert village.status.counts == {"elsewhere": 1}


async def test_replays_reorders_and_duplicates_change_nothing(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        first = dict(fake.add_event(100))
        second = dict(fake.change(first["id"], 60))
        third = dict(fake.change(first["id"], 40))
        with capture_logs() as logs:
            for operation, event in [
                ("UPDATE", second),
                ("CREATE", first),
                ("UPDATE", third),
                ("UPDATE", second),
                ("UPDATE", third),
            ]:
                await fake.tell(operation, event)
        assert village.limits() == {first["id"]: 40}
        assert len([each for each in logs if each["event"] == "operator_event"]) == 3
        fake.events.clear()
        await fake.tell("DELETE", third)
        for event in (first, third):
            await fake.tell("CREATE", event)
        assert village.limits() == {}


async def test_an_event_that_comes_after_it_was_withdrawn_counts_when_a_listing_has_it(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        event = fake.add_event(100)
        await fake.tell("CREATE", event)
        await fake.tell("DELETE", event)
        await fake.tell("CREATE", fake.change(event["id"], 30))
        await village.until_asked({event["id"]: 30})


async def test_a_call_without_the_token_or_to_another_address_is_not_heard(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        [kept] = store.operator_lines()
        url = f"{village.url}/openadr/webhook/{kept.webhook_key}"
        message = fake.notification("CREATE", fake.add_event(1))
        tries = [
            (url, {}, HTTPStatus.UNAUTHORIZED),
            (url, {"Authorization": "Bearer é"}, HTTPStatus.UNAUTHORIZED),
            (url + "x", {"Authorization": f"Bearer {kept.webhook_token}"}, HTTPStatus.NOT_FOUND),
        ]
        async with ClientSession() as session:
            for where, headers, status in tries:
                async with session.post(where, data=message, headers=headers) as answer:
                    assert answer.status == status
            async with session.get(f"{url}/echo", params={"echo": "<script>"}) as answer:
                assert (await answer.text(), answer.content_type) == ("<script>", "text/plain")
        assert village.limits() == {}


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"{", HTTPStatus.BAD_REQUEST),
        (b'"{"', HTTPStatus.BAD_REQUEST),
        (b"[" * 100_000, HTTPStatus.BAD_REQUEST),
        (b'{"objectType": "EVENT", "operation": "EXPLODE", "object": {}}', HTTPStatus.BAD_REQUEST),
        (b'{"objectType": "PROGRAM", "operation": "UPDATE", "object": {}}', HTTPStatus.OK),
        (b'{"objectType": "EVENT", "operation": "CREATE", "object": {"intervals": NaN}}', HTTPStatus.OK),
        (b" " * (LARGEST_MESSAGE + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
    ids=["cut off", "half a string", "deep", "operation", "program", "no number", "oversized"],
)
async def test_what_makes_no_sense_is_answered_counted_and_makes_the_village_ask(
    store: Store, message: bytes, status: HTTPStatus
) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        fake.add_event(100)
        assert await fake.post(message) == [status]
        if status is not HTTPStatus.OK:
            await village.until(lambda: bool(village.limits()))
            assert village.status.counts["oversized" if len(message) > LARGEST_MESSAGE else "unreadable"] == 1


async def test_a_webhook_that_goes_silent_is_replaced_by_polling_until_it_speaks_again(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), QUICK, is_callable=True) as village:
        await village.until_heard()
        first = fake.add_event(100)
        await fake.tell("CREATE", first)
        assert village.status.reception is Reception.WEBHOOK
        fake.notifies = False
        await village.until_listed_twice(fake)
        second = fake.add_event(90)
        await village.until_asked({first["id"]: 100, second["id"]: 90})
        await village.until(lambda: village.status.reception is Reception.POLLING)
        fake.notifies = True
        await fake.tell("UPDATE", fake.change(second["id"], 80))
        assert village.status.reception is Reception.WEBHOOK


async def test_a_thousand_calls_at_once_are_all_kept(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        events = [fake.add_event(number) for number in range(1000)]
        answers = await asyncio.gather(*(fake.tell("CREATE", each) for each in events))
        assert {status for statuses in answers for status in statuses} == {HTTPStatus.OK}
        assert village.limits() == {each["id"]: number for number, each in enumerate(events)}


async def test_secrets_are_told_to_nobody(store: Store) -> None:
    async with vtn() as fake:
        with capture_logs() as logs:
            async with running(store, line_to(fake, secret="hush hush"), is_callable=True) as village:
                await village.until(lambda: village.status.trouble is not None)
        [kept] = store.operator_lines()
        told = repr(logs) + repr(kept) + repr(store.audit())
        for secret in ("hush", kept.webhook_token, kept.webhook_key):
            assert secret not in told


async def test_a_vtn_that_makes_no_ven_calls_all_the_same(store: Store) -> None:
    async with (
        vtn(Quirks(may_make_ven=False)) as fake,
        running(store, line_to(fake), RARELY, is_callable=True) as village,
    ):
        await village.until_heard()
        event = fake.add_event(100)
        assert await fake.tell("CREATE", event) == [HTTPStatus.OK]
        assert village.limits() == {event["id"]: 100}
