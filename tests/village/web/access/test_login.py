"""Signing in to the pages where no Home Assistant asks who is there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http.cookies import SimpleCookie

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.store import Store
from battery_commons.store.administrators import Account, Passkey
from battery_commons.store.audit import Author
from battery_commons.store.passwords import hashed
from battery_commons.web.access.challenges import ANSWERED_WITHIN_S, Challenges
from battery_commons.web.access.passkeys import PasskeyRefusedError, Passkeys
from battery_commons.web.access.reach import Reach, host_of, own_names
from battery_commons.web.access.sessions import COOKIE
from battery_commons.web.door import Door, proxy_network
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.page_reader import Shown, opened

PASSWORD = "korrekt paard batterij"
OTHER = "een ander lang wachtwoord"
BEHIND_PROXY = Reach(only_here=False, door=Door([proxy_network("127.0.0.1")]))
OVER_HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}


@asynccontextmanager
async def browser(village: VillageServer, reach: Reach | None = None) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village, reach=reach))) as client:
        yield client


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with browser(village) as client:
        yield client


@pytest.fixture
def anna(store: Store) -> None:
    store.add_administrator("Anna", hashed(PASSWORD), datetime.now(UTC), Author("test", VILLAGE_NOW))


async def signed_in(pages: Client, name: str = "Anna", password: str = PASSWORD) -> Shown:
    return await (await opened(pages, "/login")).send("login", name=name, password=password)


def cookie(pages: Client) -> str:
    [morsel] = pages.session.cookie_jar
    return morsel.value


async def answered(pages: Client, path: str, **headers: str) -> ClientResponse:
    return await pages.get(path, headers=headers, allow_redirects=False)


async def test_on_this_machine_nobody_signs_in_until_there_is_an_administrator(
    pages: Client, store: Store
) -> None:
    assert "Homes" in (await opened(pages, "/homes")).text
    store.add_administrator("Anna", hashed(PASSWORD), datetime.now(UTC), Author("test", VILLAGE_NOW))
    assert (await opened(pages, "/homes")).path.startswith("/login")


async def test_elsewhere_the_first_administrator_needs_the_code(village: VillageServer, store: Store) -> None:
    async with browser(village, Reach(only_here=False)) as pages:
        first = await opened(pages, "/homes")
        assert first.path.startswith("/first")
        refused = await first.send("first", code="guess", name="Eve", password=PASSWORD)
        assert "unknown, used or too old" in refused.text
        code = store.new_administrator_code(datetime.now(UTC))
        shown = await refused.send("first", code=code, name="Anna", password=PASSWORD)
        assert "Anna" in shown.text
        assert (await opened(pages, "/homes")).path == "/homes"
    assert [each.name for each in store.administrators()] == ["Anna"]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    "path", ["/", "/homes", "/audit", "/backups", "/administrators", "/tables/homes.csv", "/no-such-page"]
)
async def test_no_page_is_shown_to_who_has_not_signed_in(pages: Client, path: str) -> None:
    answer = await answered(pages, path)
    assert (answer.status, answer.headers["Location"]) == (
        303,
        "./login" if path.count("/") == 1 else "../login",
    )


@pytest.mark.usefixtures("anna")
async def test_what_a_script_asks_is_refused_and_not_led_elsewhere(pages: Client) -> None:
    assert (await answered(pages, "/fragment")).status == 401


@pytest.mark.usefixtures("anna")
async def test_the_way_in_itself_is_open(pages: Client) -> None:
    for path in ("/login", "/first", "/static/page.css"):
        assert (await answered(pages, path)).status == 200


@pytest.mark.usefixtures("anna")
async def test_who_signs_in_is_the_author_of_what_follows(pages: Client, store: Store) -> None:
    await signed_in(pages)
    page = await opened(pages, "/transformers/change")
    await page.send("transformers/change", id="t2", name="Brink", limit_kw="100")
    assert store.audit()[0].administrator == "Anna"


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    ("name", "password"), [("Anna", "wrong"), ("Bert", PASSWORD), ("", ""), ("Anna", "")]
)
async def test_a_wrong_name_or_password_is_refused_in_the_same_words(
    pages: Client, name: str, password: str
) -> None:
    shown = await signed_in(pages, name, password)
    assert shown.status == 403
    assert "do not belong together" in shown.text


@pytest.mark.usefixtures("anna")
async def test_who_guesses_is_sent_away_and_the_rightful_one_comes_in(
    village: VillageServer, store: Store
) -> None:
    async with browser(village, BEHIND_PROXY) as pages:

        async def attempt(address: str, password: str) -> int:
            headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": address}
            page = Shown(pages, "/login", 200, await (await pages.get("/login", headers=headers)).text())
            origin = {"Sec-Fetch-Site": "same-origin"} | headers
            return (await page.post("login", {"name": "Anna", "password": password}, origin)).status

        assert [await attempt("192.0.2.1", "guess") for _ in range(6)] == [403] * 5 + [429]
        assert await attempt("192.0.2.1", PASSWORD) == 429
        assert await attempt("192.0.2.2", PASSWORD) != 429
    assert store.has_administrators()


@pytest.mark.usefixtures("anna")
async def test_a_session_is_new_at_every_sign_in(pages: Client) -> None:
    await signed_in(pages)
    first = cookie(pages)
    await (await opened(pages, "/administrators")).send("logout")
    pages.session.cookie_jar.update_cookies({COOKIE: "chosen-by-somebody-else"}, pages.make_url("/"))
    await signed_in(pages)
    assert cookie(pages) not in {first, "chosen-by-somebody-else"}


@pytest.mark.usefixtures("anna")
async def test_who_sends_a_form_after_the_session_is_told_that_it_was_not_taken(
    pages: Client, store: Store
) -> None:
    await signed_in(pages)
    form = await opened(pages, "/settings")
    await (await opened(pages, "/administrators")).send("logout")

    shown = await form.send("settings", name="Renamed")

    assert "what you sent was not taken" in shown.text
    assert store.village().name != "Renamed"


@pytest.mark.usefixtures("anna")
async def test_a_session_is_over_when_signed_out_also_for_who_kept_its_secret(pages: Client) -> None:
    await signed_in(pages)
    token = cookie(pages)
    await (await opened(pages, "/administrators")).send("logout")
    answer = await answered(pages, "/homes", Cookie=f"{COOKIE}={token}")
    assert answer.status == 303


@pytest.mark.usefixtures("anna")
async def test_another_password_signs_out_all_others(village: VillageServer, pages: Client) -> None:
    await signed_in(pages)
    async with browser(village) as stolen:
        await signed_in(stolen)
        page = await opened(pages, "/administrators")
        wrong = await page.send("administrators/password", former="wrong", password=OTHER)
        assert "not your present password" in wrong.text
        changed = await page.send("administrators/password", former=PASSWORD, password=OTHER)
        assert "signed out everywhere else" in changed.text
        assert (await answered(stolen, "/homes")).status == 303
    assert (await answered(pages, "/homes")).status == 200


@pytest.mark.usefixtures("anna")
async def test_who_holds_a_session_cannot_guess_its_password_either(pages: Client) -> None:
    await signed_in(pages)
    page = await opened(pages, "/administrators")

    async def guess() -> int:
        return (await page.send("administrators/password", former="wrong", password=OTHER)).status

    assert [await guess() for _ in range(6)] == [422] * 5 + [429]


@pytest.mark.usefixtures("anna")
async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(pages: Client) -> None:
    page = await opened(pages, "/login")
    origin = {"Sec-Fetch-Site": "same-origin"}
    await page.post("login", {"name": "Anna", "password": PASSWORD}, origin)
    [morsel] = pages.session.cookie_jar
    assert (morsel.key, morsel["httponly"], morsel["samesite"], morsel["path"]) == (
        COOKIE,
        True,
        "Strict",
        "/",
    )


@pytest.mark.usefixtures("anna")
async def test_over_https_the_cookie_never_leaves_in_the_clear(village: VillageServer) -> None:
    async with browser(village, BEHIND_PROXY) as pages:
        text = await (await pages.get("/login", headers=OVER_HTTPS)).text()
        headers = {"Sec-Fetch-Site": "same-origin"} | OVER_HTTPS
        form = {"name": "Anna", "password": PASSWORD, "token": text.partition('name="token" value="')[2][:64]}
        answer = await pages.post("/login", data=form, headers=headers, allow_redirects=False)
        set_cookie = answer.headers["Set-Cookie"]
        [(name, morsel)] = SimpleCookie(set_cookie).items()
        assert name == f"__Host-{COOKIE}"
        assert morsel["secure"]
        assert morsel["httponly"]


async def test_a_code_for_another_is_made_on_the_page_and_counts_once(pages: Client, store: Store) -> None:
    shown = await (await opened(pages, "/administrators")).send("administrators/invite")
    code = shown.text.partition('class="secret" value="')[2].partition('"')[0]
    first = await opened(pages, "/first")
    weak = await first.send("first", code=code, name="Bert", password="short")
    assert "12 to 256 characters" in weak.text
    await first.send("first", code=code, name="Bert", password=PASSWORD)
    assert [each.name for each in store.administrators()] == ["Bert"]


async def test_the_last_administrator_is_not_removed_on_the_page(
    pages: Client, store: Store, anna: None
) -> None:
    await signed_in(pages)
    page = await opened(pages, "/administrators/remove?name=Anna")
    shown = await page.send("administrators/remove")
    assert "last administrator" in shown.text
    assert store.has_administrators()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8478", 200),
        ("127.0.0.1", 200),
        ("[::1]:8478", 200),
        ("192.168.1.10:8478", 200),
        ("village.example.org", 200),
        ("VILLAGE.example.org.:443", 200),
        ("elsewhere.example", 421),
        ("127.0.0.1.elsewhere.example", 421),
        ("", 421),
        ("[", 421),
    ],
)
async def test_only_names_that_are_ours_are_answered(village: VillageServer, host: str, status: int) -> None:
    async with browser(village, Reach(names=own_names(["Village.example.org"]))) as pages:
        assert (await pages.get("/", headers={"Host": host})).status == status


async def test_who_passes_the_proxy_by_is_turned_away(village: VillageServer) -> None:
    async def asked(reach: Reach, remote: str) -> int:
        request = make_mocked_request("GET", "/", headers={"Host": "192.0.2.3"}).clone(remote=remote)
        return (await reach.only_by_name(request, handled)).status

    async def handled(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response()

    in_the_clear = Reach(only_here=False, door=Door([proxy_network("192.0.2.1")]))
    assert await asked(in_the_clear, "192.0.2.1") == 200
    assert await asked(in_the_clear, "192.0.2.2") == 403
    assert await asked(in_the_clear, "127.0.0.1") == 200
    assert await asked(Reach(only_here=False, tls=True), "192.0.2.2") == 200


@given(host=st.text(max_size=60))
def test_no_host_breaks_its_reading(host: str) -> None:
    assert isinstance(host_of(host), str)


def test_a_challenge_counts_once_in_time_and_for_its_purpose() -> None:
    now = [0.0]
    challenges = Challenges(lambda: now[0])
    challenge = challenges.new("a")
    assert challenges.is_open(challenge, "a")
    assert not challenges.is_open(challenge, "b")
    assert not Challenges(lambda: now[0]).is_open(challenge, "a")
    challenges.answered(challenge)
    assert not challenges.is_open(challenge, "a")
    late = challenges.new("a")
    now[0] = ANSWERED_WITHIN_S
    assert not challenges.is_open(late, "a")


@given(challenge=st.binary(max_size=80))
def test_no_challenge_is_believed_that_was_not_made(challenge: bytes) -> None:
    assert not Challenges().is_open(challenge, "a")


PARTS = ["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "attestationObject"]
NESTED = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.just("public-key") | st.just("e30"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=7),
    max_leaves=12,
)


@given(answer=st.text(max_size=40) | NESTED.map(json.dumps), challenge=st.text(max_size=20))
def test_an_answer_that_proves_nothing_is_refused(answer: str, challenge: str) -> None:
    account = Account("id", "Anna", datetime.now(UTC))
    known = Passkey("e30", account, "e30", 0, datetime.now(UTC))
    passkeys = Passkeys(Reach(), lambda: datetime.now(UTC))
    request = make_mocked_request("POST", "/login/passkey", headers={"Host": "localhost"})
    for given_challenge in (challenge, passkeys.ask(request).challenge):
        with pytest.raises(PasskeyRefusedError):
            passkeys.uses(request, known, given_challenge, answer)
    with pytest.raises(PasskeyRefusedError):
        passkeys.made(request, account, passkeys.ask_new(request, account, []).challenge, answer)
