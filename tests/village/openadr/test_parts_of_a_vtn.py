"""A server of which a part is wrong, or odd: events come all the same."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from battery_commons.domain.operator_line import OperatorLine, may_follow
from battery_commons.openadr import vtn_client
from battery_commons.openadr.trial import TrialStep, try_line
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store
from tests.village.openadr.village_line import QUICK, RARELY, line_to, running
from tests.village.openadr.vtn_peer import Quirks, vtn


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.mark.parametrize(
    ("part", "status", "trouble"),
    [
        ("subscriptions", HTTPStatus.UNAUTHORIZED, LineTrouble.CREDENTIALS),
        ("subscriptions", HTTPStatus.NOT_IMPLEMENTED, LineTrouble.NOT_THERE),
        ("subscriptions", HTTPStatus.TEMPORARY_REDIRECT, LineTrouble.REDIRECTED),
        ("vens", HTTPStatus.INTERNAL_SERVER_ERROR, LineTrouble.BROKEN),
        ("resources", HTTPStatus.CONFLICT, LineTrouble.REFUSED),
        ("notifiers", HTTPStatus.BAD_GATEWAY, LineTrouble.BROKEN),
        ("notifiers", HTTPStatus.NOT_IMPLEMENTED, None),
    ],
)
async def test_what_is_wrong_with_another_part_keeps_events_from_nothing(
    store: Store, part: str, status: HTTPStatus, trouble: LineTrouble | None
) -> None:
    async with (
        vtn(Quirks(fails={part: status})) as fake,
        running(store, line_to(fake), is_callable=True) as village,
    ):
        event = fake.add_event(100)["id"]
        await village.until_asked({event: 100})
        await village.until_heard()
        assert village.status.trouble is None
        not_taken = village.status.not_taken
        assert (not_taken.trouble if not_taken else None) is trouble


async def test_trying_a_line_goes_on_where_only_the_ven_cannot_be_had() -> None:
    async with vtn(Quirks(fails={"vens": HTTPStatus.FORBIDDEN})) as fake:
        steps = [each async for each in try_line(line_to(fake))]
        assert [each.step for each in steps] == list(TrialStep)
        assert [each.step for each in steps if each.trouble] == [TrialStep.VEN]


async def test_a_part_that_is_well_again_is_used_soon(store: Store) -> None:
    quirks = Quirks(fails={"subscriptions": HTTPStatus.BAD_GATEWAY})
    async with vtn(quirks) as fake, running(store, line_to(fake), is_callable=True) as village:
        await village.until_heard()
        fake.quirks.fails = {}
        await village.until(lambda: len(fake.subscriptions) == 1)


@pytest.mark.parametrize(
    ("quirks", "trouble"),
    [
        (Quirks(fails={"programs": HTTPStatus.INTERNAL_SERVER_ERROR}), LineTrouble.BROKEN),
        (Quirks(fails={"programs": HTTPStatus.TOO_MANY_REQUESTS}), LineTrouble.BUSY),
        (Quirks(hangs_up=("programs",)), LineTrouble.UNREACHABLE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_programs_that_cannot_be_read_again_are_those_that_were_known(
    store: Store, quirks: Quirks, trouble: LineTrouble
) -> None:
    async with (
        vtn() as fake,
        running(
            store, line_to(fake, programs=("Limits",)), replace(QUICK, register_s=0.1), is_callable=True
        ) as village,
    ):
        await village.until_heard()
        fake.quirks = quirks
        await village.until(lambda: getattr(village.status.not_taken, "trouble", None) is trouble)
        event = fake.add_event(100)["id"]
        await village.until_asked({event: 100})
        assert village.status.trouble is None
        assert village.status.programs == ["Limits"]
        fake.quirks = Quirks()
        await village.until(lambda: village.status.not_taken is None)


async def test_programs_that_cannot_be_read_are_not_asked_for_without_end(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        await village.until(lambda: bool(fake.subscriptions))
        fake.quirks.fails = {"programs": HTTPStatus.INTERNAL_SERVER_ERROR}
        asked = fake.asked["GET /programs"]
        await fake.tell("CREATE", fake.add_event(100, fake.add_program("New"), payloadDescriptors=[]))
        await village.until(lambda: village.status.not_taken is not None)
        await asyncio.sleep(0.2)
        assert fake.asked["GET /programs"] <= asked + 3


async def test_who_asks_to_be_left_alone_is_not_asked_everything_again(store: Store) -> None:
    quirks = Quirks(fails={"events": HTTPStatus.TOO_MANY_REQUESTS})
    async with vtn(quirks) as fake, running(store, line_to(fake)) as village:
        await village.until(lambda: fake.asked["GET /events"] > 3)
        assert fake.asked["GET /vens"] <= 2
        fake.quirks.fails = {}
        await village.until_heard()


async def test_a_subscription_is_made_once_also_where_lists_are_in_snake_case(store: Store) -> None:
    async with vtn(Quirks(lists_in_snake=True)) as fake:
        event = fake.add_event(100)["id"]
        for _ in range(2):
            line = None if store.operator_lines() else line_to(fake)
            async with running(store, line, is_callable=True) as village:
                await village.until_heard()
                await village.until_asked({event: 100})
        assert (len(fake.subscriptions), len(fake.vens), len(fake.resources)) == (1, 1, 1)


async def test_events_that_are_nested_without_end_keep_the_others_from_nothing(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake)) as village:
        event = fake.add_event(100)["id"]
        deep: list[object] = []
        for _ in range(500):
            deep = [deep]
        fake.add_event(90, targets=deep)
        await village.until_asked({event: 100})
        await village.until(lambda: village.status.counts.get("refused") == 1)


async def test_a_list_without_end_is_not_read_to_the_end(
    session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vtn_client, "LARGEST_LIST", 200_000)
    async with vtn() as fake:
        for number in range(300):
            fake.add_event(number, eventName="x" * 1_000)
        with pytest.raises(LineError) as error:
            await VtnClient(session, line_to(fake)).listed("events")
        assert error.value.trouble is LineTrouble.TOO_LARGE
        assert fake.asked["GET /events"] < 6


async def test_a_token_that_the_server_repeats_is_not_told_on(session: ClientSession) -> None:
    async with vtn() as fake:
        client = VtnClient(session, line_to(fake))
        token = await client.token()
        fake.down = lambda: web.json_response({"title": f"not for {token}"}, status=HTTPStatus.FORBIDDEN)
        with pytest.raises(LineError) as error:
            await client.get("programs")
        assert error.value.detail == "HTTP 403 not for ***"


async def test_a_token_url_that_is_no_address_is_said(session: ClientSession) -> None:
    async def auth_server(_request: web.Request) -> web.Response:
        return web.json_response({"tokenURL": "https://["})

    app = web.Application()
    app.add_routes([web.get("/auth/server", auth_server)])
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        with pytest.raises(LineError) as error:
            await VtnClient(session, OperatorLine("Odd", url, "client", "Ansen", "secret")).token()
    assert error.value.trouble is LineTrouble.NO_SENSE


@pytest.mark.parametrize(
    ("url", "from_url", "may"),
    [
        ("https://login.example/token", "https://vtn.example", True),
        ("http://127.0.0.1:8080/token", "http://127.0.0.1:8081", True),
        ("http://127.0.0.1:8080/token", "https://vtn.example", False),
        ("http://login.example/token", "http://127.0.0.1:8081", False),
    ],
)
def test_a_server_elsewhere_sends_no_secret_to_what_listens_here(
    url: str, from_url: str, *, may: bool
) -> None:
    assert may_follow(url, from_url) is may


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_case_of_a_calls_scheme_does_not_matter(store: Store, scheme: str) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        [kept] = store.operator_lines()
        url, event = f"{village.url}/openadr/webhook/{kept.webhook_key}", fake.add_event(100)
        async with fake.session.post(
            url,
            data=fake.notification("CREATE", event),
            headers={"Authorization": f"{scheme} {kept.webhook_token}"},
        ) as answer:
            assert answer.status == HTTPStatus.OK
        assert village.limits() == {event["id"]: 100}


async def test_what_is_taken_back_before_it_was_seen_asks_nothing_and_is_kept(store: Store) -> None:
    async with vtn() as fake, running(store, line_to(fake), RARELY, is_callable=True) as village:
        await village.until_heard()
        event = fake.add_event(100)
        fake.events.clear()
        changes = len(village.changes)
        with capture_logs() as logs:
            assert await fake.tell("DELETE", event) == [HTTPStatus.OK]
        assert [each["event"] for each in logs] == ["operator_event", "operator_event_withdrawn"]
        assert len(village.changes) == changes + 1
        [kept] = store.newest_operator_events(village.line_id, 9)
        assert kept.withdrawn_at is not None
        await fake.tell("CREATE", event)  # It comes after its end.
        await asyncio.sleep(0.1)
        assert village.limits() == {}


async def test_what_is_taken_back_of_a_program_that_was_not_chosen_is_not_kept(store: Store) -> None:
    async with (
        vtn() as fake,
        running(store, line_to(fake, programs=("Limits",)), RARELY, is_callable=True) as village,
    ):
        await village.until_heard()
        await fake.tell("DELETE", fake.add_event(1, fake.add_program("Prices")))
        assert store.newest_operator_events(village.line_id, 9) == []
