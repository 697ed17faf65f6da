"""Who looks at the members' pages: opened once by a link that a home asked for, and for an hour."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from battery_commons.store.tokens import fingerprint, new_token

LINK_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(hours=1)
MOST = 10_000
"""Of links, and of sessions: the oldest goes first."""


class PageSessions:
    """Kept in memory: a restart ends them all. Of codes and cookies only fingerprints are kept."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Go by the wall's clock."""
        self._now = now
        self._links: dict[str, tuple[str, datetime]] = {}
        self._sessions: dict[str, tuple[str, datetime]] = {}

    def new_link(self, home_id: str) -> tuple[str, datetime]:
        """Return a code that opens a home's page once, and until when."""
        code = new_token()
        until = self._now() + LINK_LASTS
        _keep(self._links, fingerprint(code), (home_id, until))
        return code, until

    def is_link(self, code: str) -> bool:
        """Return whether a code still opens a page."""
        home_id, until = self._links.get(fingerprint(code), (None, self._now()))
        return home_id is not None and self._now() < until

    def enter(self, code: str) -> str | None:
        """Use a code up, and return what the browser shows from then on; None for one that opens nothing."""
        home_id, until = self._links.pop(fingerprint(code), (None, self._now()))
        if home_id is None or self._now() >= until:
            return None
        session = secrets.token_urlsafe(32)
        _keep(self._sessions, fingerprint(session), (home_id, self._now() + SESSION_LASTS))
        return session

    def home_of(self, session: str) -> str | None:
        """Return whose page a browser may see; None where it may see none."""
        home_id, until = self._sessions.get(fingerprint(session), (None, self._now()))
        return home_id if self._now() < until else None

    def leave(self, session: str) -> None:
        """End a session."""
        self._sessions.pop(fingerprint(session), None)


def _keep(kept: dict[str, tuple[str, datetime]], key: str, value: tuple[str, datetime]) -> None:
    kept[key] = value
    if len(kept) > MOST:
        del kept[next(iter(kept))]
