"""Who may do what at the VTN, and who gets to see what."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from battery_commons.domain.vtn import Role, VtnClient
from battery_commons.openadr.vtn import access, objects, tokens
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.openadr.vtn.tokens import Tokens
from battery_commons.store import Store
from battery_commons.web.access.reach import Reach
from battery_commons.web.door import Door, proxy_network
from tests.village.openadr.test_objects import JSON
from tests.village.openadr.vtn.by_hand.conftest import made
from tests.village.openadr.vtn.conftest import MADE, Caller, Running

LIMIT = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}]


async def test_a_token_is_had_by_http_basic_too(vtn: Running, session: ClientSession) -> None:
    client_id, secret = vtn.client("Brinkdorp", Role.VEN)

    answer = await session.post(
        f"{vtn.url}/auth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": encode_basic_auth(client_id, secret)},
    )

    assert answer.status == 200
    assert (await answer.json())["token_type"] == "Bearer"


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"},
        {"grant_type": "client_credentials"},
        {"grant_type": "password"},
        {},
    ],
)
async def test_nobody_else_gets_a_token(vtn: Running, session: ClientSession, form: dict[str, str]) -> None:
    answer = await session.post(f"{vtn.url}/auth/token", data=form)

    assert answer.status in {400, 401}
    assert set(await answer.json()) == {"error"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"grant_type=client_credentials", "application/x-www-form-urlencoded; charset=bogus"),
        (b"\xff\xfe=%00", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"grant_type=client_credentials&client_id=%00&client_secret=x", "application/x-www-form-urlencoded"),
        (b"a=1&" * 1000, "application/x-www-form-urlencoded"),
    ],
)
async def test_whatever_asks_for_a_token_is_refused_in_order(
    vtn: Running, session: ClientSession, body: bytes, kind: str
) -> None:
    answer = await session.post(f"{vtn.url}/auth/token", data=body, headers={"Content-Type": kind})

    assert answer.status in {400, 401}


async def test_the_server_of_tokens_is_told_to_anybody(vtn: Running, session: ClientSession) -> None:
    answer = await session.get(f"{vtn.url}/auth/server")

    assert (await answer.json()) == {"tokenURL": f"{vtn.url}/auth/token"}


async def test_behind_a_proxy_it_is_told_by_the_address_that_the_proxy_has(store: Store) -> None:
    app = web.Application()
    reach = Reach(door=Door([proxy_network("127.0.0.0/8")]))
    app.add_routes(Vtn(store, lambda: MADE, reach.is_private).routes())
    headers = {"Host": "region.example", "X-Forwarded-Proto": "https"}
    async with TestServer(app) as server, ClientSession() as session:
        answer = await session.get(server.make_url(f"{PREFIX}/auth/server"), headers=headers)
        assert (await answer.json()) == {"tokenURL": f"https://region.example{PREFIX}/auth/token"}

        answer = await session.get(server.make_url(f"{PREFIX}/auth/server"), headers={"Host": "x:99999999"})
        assert answer.status == 200


async def test_a_form_that_trickles_in_is_not_waited_for(
    vtn: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "BODY_WITHIN_S", 0.1)
    url = URL(vtn.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {url.path}/auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    writer.write(head.encode() + b"grant_type=")

    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.close()


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic eDp5"}])
async def test_a_call_without_a_token_is_answered_with_a_problem(
    vtn: Running, session: ClientSession, header: dict[str, str]
) -> None:
    answer = await session.get(f"{vtn.url}/events", headers=header)

    assert (answer.status, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_lasts_an_hour() -> None:
    now = [0.0]
    issued = Tokens(lambda: now[0])
    client = VtnClient("c1", "Brinkdorp", Role.VEN, MADE, None)
    token = issued.issue(client)

    now[0] = tokens.LIFETIME_S - 1
    assert issued.client_of(token) is client
    now[0] = tokens.LIFETIME_S
    assert issued.client_of(token) is None


def test_who_asks_for_many_tokens_ends_nobody_elses() -> None:
    issued = Tokens()
    brink, zand = (VtnClient(each, each, Role.VEN, MADE, None) for each in ("Brinkdorp", "Zandveen"))
    token, *_ = [issued.issue(brink), *(issued.issue(zand) for _ in range(tokens.MOST + 1))]

    assert issued.client_of(token) is brink
    assert len(issued._issued) == tokens.MOST + 1


def test_who_guesses_secrets_keeps_nobody_from_writing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    client_id, _ = store.add_vtn_client("Brinkdorp", Role.VEN, MADE)
    monkeypatch.setattr(store, "_write", lambda: pytest.fail("nothing is written"))

    assert store.vtn_client(client_id, "guess", MADE) is None


async def test_who_was_removed_is_sent_away_at_once(store: Store, village: Caller) -> None:
    store.remove_vtn_client(store.vtn_clients()[0].client_id)

    assert (await village("GET", "/events"))[0] == 401


def test_no_secret_is_kept_as_it_was_told(store: Store) -> None:
    client_id, secret = store.add_vtn_client("Brinkdorp", Role.VEN, MADE)

    assert store.vtn_client(client_id, secret, MADE) is not None
    with store._read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM vtn_client").all()
    assert secret not in str(rows)


@pytest.mark.parametrize("path", ["/programs", "/events"])
async def test_a_village_makes_no_programs_and_events(village: Caller, path: str) -> None:
    assert (await village("POST", path, {"programName": "mine"}))[0] == 403


async def test_a_village_sees_nothing_of_its_neighbour(village: Caller, neighbour: Caller) -> None:
    ven = await made(village, "/vens", {"venName": "Brinkdorp"})
    resource = await made(village, "/resources", {"resourceName": "t1", "venID": ven["id"]})

    assert (await neighbour("GET", "/vens"))[1] == []
    for path in (f"/vens/{ven['id']}", f"/resources/{resource['id']}"):
        assert [
            (await neighbour(method, path, {"venName": "x"}))[0] for method in ("GET", "PUT", "DELETE")
        ] == [404] * 3
    assert (await neighbour("POST", "/resources", {"resourceName": "t2", "venID": ven["id"]}))[0] == 404


async def test_a_village_cannot_choose_what_it_is_counted_among(village: Caller, operator: Caller) -> None:
    ven = await made(village, "/vens", {"venName": "Brinkdorp", "targets": ["everything"]})
    assert "targets" not in ven

    as_operator = {"venName": "Brinkdorp", "clientID": ven["clientID"], "targets": ["cable-7"]}
    await operator("PUT", f"/vens/{ven['id']}", as_operator)
    _, changed = await village(
        "PUT", f"/vens/{ven['id']}", {"venName": "Brinkdorp", "targets": ["everything"]}
    )

    assert changed["targets"] == ["cable-7"]


async def test_a_second_object_of_the_same_name_is_refused(operator: Caller) -> None:
    await made(operator, "/programs", {"programName": "limits"})

    assert (await operator("POST", "/programs", {"programName": "limits"}))[0] == 409


async def test_what_belongs_to_nothing_is_refused(operator: Caller) -> None:
    assert (await operator("POST", "/events", {"programID": "none", "intervals": LIMIT}))[0] == 404


async def test_events_go_with_their_program(operator: Caller) -> None:
    program = await made(operator, "/programs", {"programName": "limits"})
    event = await made(operator, "/events", {"programID": program["id"], "intervals": LIMIT})

    await operator("DELETE", f"/programs/{program['id']}")

    assert (await operator("GET", f"/events/{event['id']}"))[0] == 404


async def test_a_report_stays_its_villages_whoever_corrects_it(village: Caller, operator: Caller) -> None:
    program = await made(operator, "/programs", {"programName": "limits"})
    event = await made(operator, "/events", {"programID": program["id"], "intervals": LIMIT})
    usage = [{"id": 0, "payloads": [{"type": "USAGE", "values": [1]}]}]
    body = {
        "eventID": event["id"],
        "clientName": "Brinkdorp",
        "resources": [{"resourceName": "t1", "intervals": usage}],
    }
    report = await made(village, "/reports", body)

    await operator("PUT", f"/reports/{report['id']}", body)

    assert (await village("GET", f"/reports/{report['id']}"))[0] == 200


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://169.254.169.254/", "http://[bad/", "http://a\r\nb/", "nothing"]
)
async def test_a_callback_that_is_no_address_is_refused(village: Caller, url: str) -> None:
    wanted = {"objects": ["EVENT"], "operations": ["POST"], "callbackUrl": url}

    assert (await village("POST", "/subscriptions", {"clientName": "x", "objectOperations": [wanted]}))[
        0
    ] == 400


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
async def test_a_name_that_cannot_be_written_is_refused(operator: Caller, name: str) -> None:
    assert (await operator("POST", "/programs", {"programName": name}))[0] == 400
    assert (await operator("GET", "/programs/a%00b"))[0] == 404


async def test_a_list_is_had_in_parts(operator: Caller) -> None:
    program = await made(operator, "/programs", {"programName": "limits"})
    ids = [
        (await made(operator, "/events", {"programID": program["id"], "intervals": LIMIT}))["id"]
        for _ in range(5)
    ]

    parts = [(await operator("GET", "/events", skip=n, limit=2))[1] for n in (0, 2, 4)]

    assert [each["id"] for part in parts for each in part] == ids


@pytest.mark.parametrize("query", [{"skip": "-1"}, {"limit": "many"}, {"skip": "9" * 40}])
async def test_a_part_that_is_none_is_refused(operator: Caller, query: dict[str, str]) -> None:
    assert (await operator("GET", "/events", **query))[0] == 400


async def test_reports_are_listed_by_program_and_by_who_says_so(village: Caller, operator: Caller) -> None:
    found = []
    for name in ("limits", "prices"):
        program = await made(operator, "/programs", {"programName": name})
        event = await made(operator, "/events", {"programID": program["id"], "intervals": LIMIT})
        resources = [{"resourceName": "t1", "intervals": LIMIT}]
        said = {"eventID": event["id"], "clientName": name, "resources": resources}
        found.append((program["id"], (await made(village, "/reports", said))["id"]))

    for caller in (village, operator):
        for query in ({"programID": found[1][0]}, {"clientName": "prices"}):
            assert [each["id"] for each in (await caller("GET", "/reports", **query))[1]] == [found[1][1]]


async def test_subscriptions_are_listed_by_what_they_are_about(
    village: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "MOST_SUBSCRIPTIONS", 2)

    async def subscribed(name: str) -> tuple[int, Any]:
        wanted = {"objects": [name], "operations": ["POST"], "callbackUrl": "http://127.0.0.1:9/"}
        return await village("POST", "/subscriptions", {"clientName": "x", "objectOperations": [wanted]})

    [_, (_, of_events)] = [await subscribed(name) for name in ("PROGRAM", "EVENT")]
    assert (await village("GET", "/subscriptions", objects="EVENT"))[1] == [of_events]
    assert (await subscribed("EVENT"))[0] == 403


async def test_what_a_client_has_takes_so_much_room_and_no_more(
    village: Caller, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "MOST_BYTES_OF_A_CLIENT", 2_000)
    program = await made(operator, "/programs", {"programName": "limits"})
    event = await made(operator, "/events", {"programID": program["id"], "intervals": LIMIT})

    def report(figures: int) -> dict[str, Any]:
        measured = [{"id": 0, "payloads": [{"type": "READING", "values": [1] * figures}]}]
        resources = [{"resourceName": "t1", "intervals": measured}]
        return {"eventID": event["id"], "clientName": "x", "resources": resources}

    first = await made(village, "/reports", report(333))
    status, problem = await village("POST", "/reports", report(333))
    assert (status, problem["status"]) == (403, 403)
    assert "delete some" in problem["detail"]
    second = await made(village, "/reports", report(10))
    assert (await village("PUT", f"/reports/{second['id']}", report(333)))[0] == 403
    assert (await village("PUT", f"/reports/{first['id']}", report(300)))[0] == 200
    await made(operator, "/programs", {"programName": "x" * 100, "programDescriptions": []})
    assert (await village("DELETE", f"/reports/{first['id']}"))[0] == 200
    await made(village, "/reports", report(333))


async def test_only_what_is_not_over_is_listed_where_that_is_asked(operator: Caller) -> None:
    program = await made(operator, "/programs", {"programName": "limits"})
    period = {"start": "2020-01-01T00:00:00Z", "duration": "PT1H"}
    await made(
        operator, "/events", {"programID": program["id"], "intervals": LIMIT, "intervalPeriod": period}
    )
    coming = await made(operator, "/events", {"programID": program["id"], "intervals": LIMIT})

    assert [each["id"] for each in (await operator("GET", "/events", active="true"))[1]] == [coming["id"]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    path=st.sampled_from(["programs", "events", "reports", "subscriptions", "vens", "resources"]), body=JSON
)
async def test_whatever_is_sent_is_answered_and_breaks_nothing(
    operator: Caller, path: str, body: object
) -> None:
    status, told = await operator("POST", f"/{path}", body)

    assert status in {400, 404}, told
    assert told["status"] == status
