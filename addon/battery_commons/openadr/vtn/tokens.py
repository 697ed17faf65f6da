"""Access tokens (RFC 6749, client credentials): random, for an hour, and kept in memory only.

A restart forgets them, and clients ask for new ones, as they do when one has run out.
"""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from battery_commons.domain.vtn import VtnClient

LIFETIME_S = 3600
MOST = 100
"""Of a client. Its oldest is forgotten for a new one: asking for many fills no memory and ends no other's."""


@dataclass(slots=True)
class Tokens:
    """Which token speaks for whom."""

    seconds: Callable[[], float] = monotonic
    _issued: dict[str, tuple[VtnClient, float]] = field(default_factory=dict)
    _of_client: dict[str, deque[str]] = field(default_factory=dict)

    def issue(self, client: VtnClient) -> str:
        """Return a new token for a client."""
        token = secrets.token_urlsafe(32)
        self._issued[token] = client, self.seconds() + LIFETIME_S
        own = self._of_client.setdefault(client.client_id, deque())
        own.append(token)
        if len(own) > MOST:
            self._issued.pop(own.popleft(), None)
        return token

    def client_of(self, token: str) -> VtnClient | None:
        """Return for whom a token speaks; None where it has run out or never was."""
        client, until = self._issued.get(token, (None, 0.0))
        if client is not None and self.seconds() >= until:
            del self._issued[token]
            return None
        return client
