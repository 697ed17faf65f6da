"""Forms that only the volunteer's own pages can send.

A browser that is signed in, or that needs no login on this machine, says so with every form: one that another
site makes it send would be obeyed. Two things hold that back, each by itself: the browser says from which
site a form comes, and a form carries a token that other sites cannot read.
"""

import hmac
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from battery_commons.web.access.ingress import administrator

TOKEN = "token"  # noqa: S105 - the name of a field
FORM_LIMIT = 16 * 1024


class FormGuard:
    """Knows which forms are the pages' own. After a restart, forms that were open are none any more."""

    def __init__(self, *, ingress: bool) -> None:
        """With `ingress`, believe what the Supervisor says of the address that the browser shows."""
        self._ingress = ingress
        self._key = secrets.token_bytes(32)

    def token(self, request: web.Request) -> str:
        """Return what a form on the page that answers `request` has to carry."""
        who = administrator(request)
        return hmac.new(self._key, (who.id if who else "").encode(), sha256).hexdigest()

    async def is_own(self, request: web.Request) -> bool:
        """Return whether a form was sent from one of our pages."""
        given = (await request.post()).get(TOKEN)
        return isinstance(given, str) and self.is_ours(request, given)

    def is_ours(self, request: web.Request, token: str) -> bool:
        """Return whether a form that carries `token` was sent from one of our pages."""
        is_right = hmac.compare_digest(token.encode(), self.token(request).encode())
        return is_right and self._same_origin(request)

    def _same_origin(self, request: web.Request) -> bool:
        # Browsers leave it out where the page came without TLS; all of them send Origin with a form.
        if (site := request.headers.get("Sec-Fetch-Site")) is not None:
            return site == "same-origin"
        shown = request.headers.get(hdrs.X_FORWARDED_HOST) if self._ingress else None
        origin = request.headers.get(hdrs.ORIGIN, "")
        return urlsplit(origin).netloc.lower() == (shown or request.host).lower()


async def field(request: web.Request, name: str) -> str:
    """Return what was filled in, without spaces around it; empty when nothing was."""
    value = (await request.post()).get(name, "")
    return value.strip() if isinstance(value, str) else ""
