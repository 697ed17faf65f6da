"""Signing in and out, where no Home Assistant asks who is there."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from battery_commons.domain.time import Clock
from battery_commons.store import NotFoundError, Store
from battery_commons.store.administrators import Account, NameTakenError
from battery_commons.store.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hashed, is_password
from battery_commons.web.access.ingress import ADMINISTRATOR, Administrator
from battery_commons.web.access.passkeys import PasskeyRefusedError, Passkeys, Question
from battery_commons.web.access.reach import Reach
from battery_commons.web.access.sessions import LOOKS, Sessions
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.rate import Buckets, Rate

WITHOUT_LOGIN = frozenset({"/login", "/login/passkey", "/first"})
"""Beside /static. What has an access of its own, as a bearer token, is added here by name."""
LONGEST_NAME = 80
_FROM_ADDRESS = Rate(burst=20, per_second=1 / 30)
_FOR_ACCOUNT_FROM_ADDRESS = Rate(burst=5, per_second=1 / 30)
"""Counted with the address, so that nobody who guesses keeps the rightful one out."""
_HASHES_AT_ONCE = 2
"""Each takes 19 MiB and tens of milliseconds of a core."""

_LOGGER = structlog.get_logger(__name__)


class TooOftenError(Exception):
    """Somebody has been wrong so often that they must wait."""

    def __init__(self, wait_s: float) -> None:
        """Say for how long."""
        super().__init__()
        self.wait_s = wait_s


class Login:
    """The way in: one method per page or form, and what turns away who did not take it."""

    def __init__(
        self,
        store: Store,
        renderer: Renderer,
        *,
        reach: Reach,
        sessions: Sessions,
        passkeys: Passkeys,
        clock: Clock,
        wall_now: Callable[[], datetime],
    ) -> None:
        """Ask who is there, of those who come by `reach`."""
        self._store = store
        self._renderer = renderer
        self._reach = reach
        self._sessions = sessions
        self._passkeys = passkeys
        self._clock = clock
        self._wall_now = wall_now
        self._wrong_from = Buckets(_FROM_ADDRESS)
        self._wrong_for = Buckets(_FOR_ACCOUNT_FROM_ADDRESS)
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/login", self.page),
            web.post("/login", self.by_password),
            web.get("/login/passkey", self.back),
            web.post("/login/passkey", self.by_passkey),
            web.get("/first", self.first),
            web.post("/first", self.redeem),
            web.get("/logout", self.back),
            web.post("/logout", self.leave),
        ]

    @web.middleware
    async def only_signed_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep who is asking, and lead who must sign in to where that is done."""
        account = await self._sessions.account(request)
        if account is not None:
            request[ADMINISTRATOR] = Administrator(account.id, account.name)
            return await handler(request)
        if request.path in WITHOUT_LOGIN or request.path.startswith("/static/") or not await self.is_needed():
            return await handler(request)
        if request.path in LOOKS:
            return web.Response(status=HTTPStatus.UNAUTHORIZED, text="Sign in first.\n")
        # Who sent a form must not believe that it was taken.
        told = {"told": "session_over"} if request.method == hdrs.METH_POST else {}
        return go_to(request, "login" if await self._has_administrators() else "first", **told)

    async def is_needed(self) -> bool:
        """Return whether one must be signed in: not on this machine, as long as there is no administrator."""
        return not self._reach.only_here or await self._has_administrators()

    # --- Pages and forms --------------------------------------------------------------------

    async def page(self, request: web.Request) -> web.Response:
        """Ask for name and password, or a passkey."""
        if request.get(ADMINISTRATOR) is not None:
            return go_to(request, "")
        return self._login(request)

    async def by_password(self, request: web.Request) -> web.Response:
        """Sign in."""
        name, password = await field(request, "name"), await secret_field(request, "password")
        try:
            account = await self.account_of(request, name, password)
        except TooOftenError as error:
            return self.too_often(request, error.wait_s)
        if account is None:
            _LOGGER.warning("sign-in refused", caller=self._reach.caller(request))
            return self._login(request, error="login_wrong", name=name[:LONGEST_NAME])
        return await self._in(request, account)

    async def by_passkey(self, request: web.Request) -> web.Response:
        """Sign in with what the browser answered for an authenticator."""
        caller = self._reach.caller(request)
        if wait_s := self._wrong_from.wait_s(caller):
            return self.too_often(request, wait_s)
        challenge, answer = await field(request, "challenge"), await field(request, "answer")
        try:
            passkey = await asyncio.to_thread(self._store.passkey, self._passkeys.credential(answer))
            uses = self._passkeys.uses(request, passkey, challenge, answer)
        except NotFoundError, PasskeyRefusedError:
            self._wrong_from.take(caller)
            _LOGGER.warning("passkey refused", caller=caller)
            return self._login(request, error="login_passkey_wrong")
        await asyncio.to_thread(self._store.passkey_used, passkey.id, uses)
        return await self._in(request, passkey.account)

    async def first(self, request: web.Request) -> web.Response:
        """Ask for the code that makes an administrator."""
        return self._first(request, name="", errors={})

    async def redeem(self, request: web.Request) -> web.Response:
        """Make whoever has a code an administrator."""
        caller = self._reach.caller(request)
        if wait_s := self._wrong_from.wait_s(caller):
            return self.too_often(request, wait_s)
        code, name = await field(request, "code"), await field(request, "name")
        password = await secret_field(request, "password")
        errors = name_errors(name) | password_errors(password)
        if errors:
            return self._first(request, name=name, errors=errors)
        self._wrong_from.take(caller)
        try:
            account = await asyncio.to_thread(
                self._store.redeem_administrator_code,
                code,
                name,
                await self.kept_of(password),
                self._wall_now(),
                self._clock.now(),
            )
        except NotFoundError:
            return self._first(request, name=name, errors={"code": "first_code_wrong"})
        except NameTakenError:
            return self._first(request, name=name, errors={"name": "administrator_name_taken"})
        return await self._in(request, account, "administrators")

    async def leave(self, request: web.Request) -> web.Response:
        """Sign out."""
        answer = go_to(request, "login")
        await self._sessions.end(request, answer)
        return answer

    async def back(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, "login")

    # --- Passwords --------------------------------------------------------------------------

    async def account_of(self, request: web.Request, name: str, password: str) -> Account | None:
        """Return whose name and password these are; for nobody's that takes as long to say.

        Raises TooOftenError for who has been wrong too often.
        """
        caller = self._reach.caller(request)
        pair = f"{caller} {name.lower()[:LONGEST_NAME]}"
        if wait_s := max(self._wrong_from.wait_s(caller), self._wrong_for.wait_s(pair)):
            raise TooOftenError(wait_s)
        # Counted before it is known: many at once are no way around.
        self._wrong_from.take(caller)
        self._wrong_for.take(pair)
        found = await asyncio.to_thread(self._store.account, name) if len(name) <= LONGEST_NAME else None
        account, kept = found or (None, None)
        async with self._hashing:
            is_right = await asyncio.to_thread(is_password, password, kept)
        if account is None or not is_right:
            return None
        self._wrong_for.forget(pair)
        return account

    async def kept_of(self, password: str) -> str:
        """Return what is kept of a password."""
        async with self._hashing:
            return await asyncio.to_thread(hashed, password)

    # --- Answers ----------------------------------------------------------------------------

    async def _has_administrators(self) -> bool:
        return await asyncio.to_thread(self._store.has_administrators)

    async def _in(self, request: web.Request, account: Account, to: str = "") -> web.Response:
        answer = go_to(request, to)
        await self._sessions.begin(request, answer, account)
        return answer

    def _login(self, request: web.Request, *, error: str | None = None, name: str = "") -> web.Response:
        question: Question | None = None
        if self._passkeys.are_possible(request):
            question = self._passkeys.ask(request)
        return self._renderer.page(
            request,
            "login.html",
            status=HTTPStatus.FORBIDDEN if error else HTTPStatus.OK,
            error=error,
            name=name,
            question=question,
        )

    def _first(self, request: web.Request, *, name: str, errors: dict[str, str]) -> web.Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        return self._renderer.page(
            request, "first.html", status=status, name=name, errors=errors, shortest=SHORTEST_PASSWORD
        )

    def too_often(self, request: web.Request, wait_s: float) -> web.Response:
        """Ask who guesses to come back later."""
        answer = self._renderer.page(
            request, "login_later.html", status=HTTPStatus.TOO_MANY_REQUESTS, wait_s=wait_s
        )
        answer.headers[hdrs.RETRY_AFTER] = str(round(wait_s + 1))
        return answer


async def secret_field(request: web.Request, name: str) -> str:
    """Return a password as it was filled in: spaces around it are its own."""
    value = (await request.post()).get(name, "")
    return value[: LONGEST_PASSWORD + 1] if isinstance(value, str) else ""


def name_errors(name: str) -> dict[str, str]:
    """Return what is wrong with the name of an administrator, by field."""
    is_fine = 1 <= len(name) <= LONGEST_NAME and name.isprintable()
    return {} if is_fine else {"name": "administrator_name_wrong"}


def password_errors(password: str) -> dict[str, str]:
    """Return what is wrong with a password that is chosen, by field."""
    is_fine = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    return {} if is_fine else {"password": "password_wrong"}
