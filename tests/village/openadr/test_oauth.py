"""The token that opens an operator's VTN."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.operator_line import OperatorLine, is_safe_address
from battery_commons.openadr.http import LONGEST_RETRY_AFTER_S, Caller, retry_after_s
from battery_commons.openadr.oauth import Tokens
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient
from tests.village.openadr.village_line import line_to
from tests.village.openadr.vtn_peer import SECRET, FakeVtn, Quirks, vtn

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


class Seconds:
    """A clock that is moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def tokens_of(fake: FakeVtn, session: ClientSession, seconds: Seconds) -> Tokens:
    line = line_to(fake)
    return Tokens(Caller(session), line, seconds)


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize(("token_in", "attempts"), [("body", 2), ("basic", 3)])
async def test_the_way_that_a_server_wants_is_found_and_remembered(
    session: ClientSession, token_in: str, attempts: int, *, tells: bool
) -> None:
    async with vtn(Quirks(token_in=token_in, tells_token_url=tells)) as fake:
        seconds = Seconds()
        tokens = tokens_of(fake, session, seconds)
        first = await tokens.token()
        second = await tokens.token(refused=first)
    assert first != second
    assert fake.asked == {"GET /auth/server": 1, "POST /auth/token": attempts}


async def test_a_token_is_kept_until_shortly_before_its_end(session: ClientSession) -> None:
    async with vtn() as fake:
        seconds = Seconds()
        tokens = tokens_of(fake, session, seconds)
        first = await tokens.token()
        seconds.now += 3600 - 61
        assert await tokens.token() == first
        seconds.now += 2
        assert await tokens.token() != first


@pytest.mark.parametrize("life_s", [-1, 0, float("nan"), float("inf"), "soon", None, 1e300])
async def test_a_strange_life_breaks_nothing(session: ClientSession, life_s: object) -> None:
    async with vtn() as fake:
        fake.token_life_s = life_s  # type: ignore[assignment] # as a server may
        assert await tokens_of(fake, session, Seconds()).token()


async def test_an_expired_token_is_renewed_once(session: ClientSession) -> None:
    async with vtn() as fake:
        client = VtnClient(session, line_to(fake))
        await client.get("programs")
        fake.expire_tokens()
        assert await client.get("programs")
        assert fake.asked["POST /auth/token"] == 2

        fake.token_life_s = 3600
        fake.believes_tokens = False
        with pytest.raises(LineError) as error:
            await client.get("programs")
        assert error.value.trouble is LineTrouble.CREDENTIALS
        assert fake.asked["POST /auth/token"] == 3


@pytest.mark.parametrize("status", [408, 425, 429, 503])
async def test_what_may_go_well_later_is_not_refused(session: ClientSession, status: int) -> None:
    async with vtn() as fake:
        client = VtnClient(session, line_to(fake))
        await client.token()
        fake.down = lambda: web.Response(status=status)
        with pytest.raises(LineError) as error:
            await client.post("reports", {})
        assert error.value.trouble is LineTrouble.BUSY


async def test_a_wrong_secret_is_said(session: ClientSession) -> None:
    async with vtn() as fake:
        client = VtnClient(session, line_to(fake, secret="guessed"))
        with pytest.raises(LineError, match="invalid_client") as error:
            await client.token()
        assert error.value.trouble is LineTrouble.CREDENTIALS
        assert "guessed" not in str(error.value)


async def test_a_secret_that_the_server_repeats_is_not_told_on(session: ClientSession) -> None:
    async with vtn() as fake:
        told = {"title": f"who is {SECRET}?"}
        fake.down = lambda: web.json_response(told, status=HTTPStatus.BAD_REQUEST)
        with pytest.raises(LineError) as error:
            await VtnClient(session, line_to(fake)).token()
        assert error.value.detail == "HTTP 400 who is ***?"


async def test_a_secret_is_not_taken_along_elsewhere(session: ClientSession) -> None:
    async with vtn() as fake:
        fake.token_url = "http://collector.example/token"
        with pytest.raises(LineError, match="tokenURL is not https"):
            await tokens_of(fake, session, Seconds()).token()


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://vtn.example/openadr3/3.1.0", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://localhost", True),
        ("http://vtn.example", False),
        ("http://127.0.0.1.example", False),
        ("https://name:secret@vtn.example", False),
        ("ftp://vtn.example", False),
        ("https://", False),
        ("https://vtn.example:99999", False),
    ],
)
def test_secrets_go_over_tls_or_stay_on_this_machine(url: str, *, is_safe: bool) -> None:
    assert is_safe_address(url) is is_safe


@given(st.text(max_size=60))
def test_no_address_breaks_the_check(url: str) -> None:
    assert isinstance(is_safe_address(url), bool)
    assert isinstance(is_safe_address(f"http://{url}"), bool)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("-5", 0.0),
        ("nan", None),
        ("1e9", LONGEST_RETRY_AFTER_S),
        ("", None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
    ],
)
def test_how_long_to_wait_is_read(header: str, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


@given(st.text(max_size=40))
def test_no_header_makes_the_village_wait_for_long(header: str) -> None:
    waits = retry_after_s(header, NOW)
    assert waits is None or 0 <= waits <= LONGEST_RETRY_AFTER_S


async def test_a_token_url_may_leave_the_servers_name_away(session: ClientSession) -> None:
    async with vtn() as fake:
        fake.token_url = "/auth/token"
        assert await tokens_of(fake, session, Seconds()).token()


async def test_where_tokens_are_had_is_asked_again_after_the_server_was_ill(session: ClientSession) -> None:
    async with vtn() as fake:
        tokens = tokens_of(fake, session, Seconds())
        fake.down = lambda: web.Response(status=HTTPStatus.BAD_GATEWAY)
        with pytest.raises(LineError):
            await tokens.token()
        fake.down = None
        await tokens.token()
    assert fake.asked["GET /auth/server"] == 2


async def test_a_server_that_asks_for_no_login_is_told_from_one_that_is_not_there(
    session: ClientSession,
) -> None:
    async def programs(_request: web.Request) -> web.Response:
        return web.json_response([])

    for routes, trouble in (
        ([web.get("/programs", programs)], LineTrouble.NO_LOGIN),
        ([], LineTrouble.NOT_THERE),
    ):
        app = web.Application()
        app.add_routes(routes)
        async with TestServer(app) as server:
            line = OperatorLine("Prices", str(server.make_url("")).rstrip("/"), "client", "Ansen", "secret")
            with pytest.raises(LineError) as error:
                await VtnClient(session, line).token()
        assert error.value.trouble is trouble
