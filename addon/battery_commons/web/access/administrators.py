"""The page about administrators: who they are, and one's own password and passkeys."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from battery_commons.store import NotFoundError, Store
from battery_commons.store.administrators import Account, LastAdministratorError
from battery_commons.store.audit import Author
from battery_commons.store.passwords import SHORTEST_PASSWORD
from battery_commons.web.access.ingress import administrator
from battery_commons.web.access.login import Login, TooOftenError, password_errors, secret_field
from battery_commons.web.access.passkeys import PasskeyRefusedError, Passkeys
from battery_commons.web.access.sessions import Sessions
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.shelf import Shelf


class AdministratorPages:
    """One method per page or form."""

    def __init__(
        self,
        store: Store,
        renderer: Renderer,
        *,
        login: Login,
        sessions: Sessions,
        passkeys: Passkeys,
        author: Callable[[web.Request], Author],
        wall_now: Callable[[], datetime],
    ) -> None:
        """Administer who may come in, in the name that `author` says."""
        self._store = store
        self._renderer = renderer
        self._login = login
        self._sessions = sessions
        self._passkeys = passkeys
        self._author = author
        self._wall_now = wall_now
        self._codes = Shelf[str]()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/administrators", self.page),
            web.get("/administrators/invite", self.back),
            web.post("/administrators/invite", self.invite),
            web.get("/administrators/code/{name}", self.code),
            web.get("/administrators/remove", self.confirm_removal),
            web.post("/administrators/remove", self.remove),
            web.get("/administrators/password", self.back),
            web.post("/administrators/password", self.change_password),
            web.get("/administrators/passkey", self.back),
            web.post("/administrators/passkey", self.add_passkey),
            web.get("/administrators/passkey/remove", self.back),
            web.post("/administrators/passkey/remove", self.remove_passkey),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show who may come in."""
        return await self._page(request, {})

    async def invite(self, request: web.Request) -> web.Response:
        """Make a code that lets somebody become administrator."""
        code = await asyncio.to_thread(
            self._store.new_administrator_code, self._wall_now(), self._author(request)
        )
        return go_to(request, f"administrators/code/{self._codes.put(code)}")

    async def code(self, request: web.Request) -> web.Response:
        """Show a code that was just made."""
        code = self._codes.get(request.match_info["name"])
        if code is None:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="code")
        return self._renderer.page(request, "administrator_code.html", code=code)

    async def confirm_removal(self, request: web.Request) -> web.Response:
        """Ask whether an administrator should be removed."""
        name = request.query.get("name", "")
        if all(each.name != name for each in await asyncio.to_thread(self._store.administrators)):
            return self._gone(request)
        return self._renderer.page(request, "administrator_remove.html", name=name)

    async def remove(self, request: web.Request) -> web.Response:
        """Remove an administrator."""
        name = request.query.get("name", "")
        try:
            await asyncio.to_thread(self._store.remove_administrator, name, self._author(request))
        except NotFoundError:
            return self._gone(request)
        except LastAdministratorError:
            return await self._page(request, {"last": "administrator_last"})
        return go_to(request, "administrators", told="administrator_removed")

    async def change_password(self, request: web.Request) -> web.Response:
        """Change one's own password; every session ends, and this browser gets a new one."""
        account = await self._own(request)
        if account is None:
            return self._gone(request)
        former, password = await secret_field(request, "former"), await secret_field(request, "password")
        errors = password_errors(password)
        try:
            if await self._login.account_of(request, account.name, former) is None:
                errors |= {"former": "password_former_wrong"}
        except TooOftenError as error:
            return self._login.too_often(request, error.wait_s)
        if errors:
            return await self._page(request, errors)
        kept = await self._login.kept_of(password)
        await asyncio.to_thread(self._store.change_password, account.name, kept, self._author(request))
        answer = go_to(request, "administrators", told="password_changed")
        await self._sessions.begin(request, answer, account)
        return answer

    async def add_passkey(self, request: web.Request) -> web.Response:
        """Keep a passkey that the browser made."""
        account = await self._own(request)
        if account is None:
            return self._gone(request)
        challenge, answer = await field(request, "challenge"), await field(request, "answer")
        try:
            passkey = self._passkeys.made(request, account, challenge, answer)
            await asyncio.to_thread(self._store.add_passkey, passkey, self._author(request))
        except PasskeyRefusedError, NotFoundError:
            return await self._page(request, {"passkey": "passkey_wrong"})
        return go_to(request, "administrators", told="passkey_added")

    async def remove_passkey(self, request: web.Request) -> web.Response:
        """Remove one of one's own passkeys."""
        account = await self._own(request)
        if account is None:
            return self._gone(request)
        try:
            await asyncio.to_thread(
                self._store.remove_passkey, account, request.query.get("id", ""), self._author(request)
            )
        except NotFoundError:
            return self._gone(request)
        return go_to(request, "administrators", told="passkey_removed")

    async def back(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, "administrators")

    async def _own(self, request: web.Request) -> Account | None:
        who = administrator(request)
        accounts = await asyncio.to_thread(self._store.administrators)
        return next((each for each in accounts if who and each.id == who.id), None)

    async def _page(self, request: web.Request, errors: dict[str, str]) -> web.Response:
        own = await self._own(request)
        passkeys = await asyncio.to_thread(self._store.passkeys, own) if own else []
        can_add = own is not None and self._passkeys.are_possible(request)
        return self._renderer.page(
            request,
            "administrators.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
            accounts=await asyncio.to_thread(self._store.administrators),
            own=own,
            passkeys=passkeys,
            question=self._passkeys.ask_new(request, own, passkeys) if own and can_add else None,
            shortest=SHORTEST_PASSWORD,
            errors=errors,
        )

    def _gone(self, request: web.Request) -> web.Response:
        return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="administrator")
