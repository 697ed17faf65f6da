"""What is told once: a link or a token waits here to be read, and is kept nowhere else."""

import secrets
import time
from collections.abc import Callable

READABLE_FOR_S = 600.0
"""Long enough to copy it or let somebody scan it, and to look again after a wrong click."""


class Shelf[T]:
    """Keeps things for ten minutes, each under a name that nobody can guess."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Start empty; `seconds` is a clock that only runs forward."""
        self._seconds = seconds
        self._kept: dict[str, tuple[float, T]] = {}

    def put(self, thing: T) -> str:
        """Keep a thing and return its name."""
        self._forget()
        name = secrets.token_urlsafe(16)
        self._kept[name] = self._seconds(), thing
        return name

    def get(self, name: str) -> T | None:
        """Return what is kept under a name; None when it never was, or no longer is."""
        self._forget()
        kept = self._kept.get(name)
        return None if kept is None else kept[1]

    def _forget(self) -> None:
        now = self._seconds()
        self._kept = {name: kept for name, kept in self._kept.items() if now - kept[0] < READABLE_FOR_S}
