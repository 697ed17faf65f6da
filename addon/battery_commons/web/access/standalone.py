"""Who comes in where no Home Assistant asks: names, login and administrators, put together."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.typedefs import Middleware

from battery_commons.store.audit import Author
from battery_commons.web.access.administrators import AdministratorPages
from battery_commons.web.access.login import Login
from battery_commons.web.access.passkeys import Passkeys
from battery_commons.web.access.reach import Reach
from battery_commons.web.access.sessions import Sessions
from battery_commons.web.pages.rendering import Renderer
from battery_commons.web.server import VillageServer


class Access:
    """What stands before the pages, and the pages of its own."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        reach: Reach,
        author: Callable[[web.Request], Author],
        wall_now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Let in who may see `village`. Sessions and codes are counted by the wall's clock."""
        store = village.store
        sessions = Sessions(store, wall_now, reach)
        passkeys = Passkeys(reach, wall_now)
        self._reach = reach
        self._login = Login(
            store,
            renderer,
            reach=reach,
            sessions=sessions,
            passkeys=passkeys,
            clock=village.clock,
            wall_now=wall_now,
        )
        self._administrators = AdministratorPages(
            store,
            renderer,
            login=self._login,
            sessions=sessions,
            passkeys=passkeys,
            author=author,
            wall_now=wall_now,
        )

    @property
    def middlewares(self) -> list[Middleware]:
        """Return what asks first by which name, and then who; forms are looked at after that."""
        return [self._reach.only_by_name, self._login.only_signed_in]

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [*self._login.routes(), *self._administrators.routes()]
