"""Who is signed in: a cookie with a secret, of which the store keeps the fingerprint."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from battery_commons.store import Store
from battery_commons.store.administrators import LONGEST_SESSION, Account
from battery_commons.web.access.reach import Reach

COOKIE = "battery_commons"
LOOKS = frozenset({"/fragment", "/api/state"})
"""What an open page asks for by itself: that keeps nobody signed in."""


class Sessions:
    """Begins, knows and ends sessions."""

    def __init__(self, store: Store, wall_now: Callable[[], datetime], reach: Reach) -> None:
        """Keep sessions in `store`, by the wall's clock."""
        self._store = store
        self._wall_now = wall_now
        self._reach = reach

    async def account(self, request: web.Request) -> Account | None:
        """Return who is asking."""
        token = request.cookies.get(self._cookie(request))
        if not token:
            return None
        in_use = request.path not in LOOKS
        return await asyncio.to_thread(self._store.session, token, self._wall_now(), in_use=in_use)

    async def begin(self, request: web.Request, response: web.Response, account: Account) -> None:
        """Sign in, by a fresh secret: none that was known before counts. Raises NotFoundError."""
        await self._forget(request)
        token = await asyncio.to_thread(self._store.begin_session, account, self._wall_now())
        response.set_cookie(
            self._cookie(request),
            token,
            max_age=round(LONGEST_SESSION.total_seconds()),
            path="/",
            secure=self._reach.is_private(request),
            httponly=True,
            samesite="Strict",
        )

    async def end(self, request: web.Request, response: web.Response) -> None:
        """Sign out, here."""
        await self._forget(request)
        response.del_cookie(
            self._cookie(request), path="/", secure=self._reach.is_private(request), httponly=True
        )

    async def _forget(self, request: web.Request) -> None:
        if token := request.cookies.get(self._cookie(request)):
            await asyncio.to_thread(self._store.end_session, token)

    def _cookie(self, request: web.Request) -> str:
        # With the prefix, browsers take it from nowhere but this very host, over TLS.
        return f"__Host-{COOKIE}" if self._reach.is_private(request) else COOKIE
