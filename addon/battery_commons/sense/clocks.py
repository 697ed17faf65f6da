"""How far homes' clocks are from the village's, by what they say when they call."""

from datetime import timedelta
from threading import Lock


class HomeClocks:
    """Remembers of each home the call that was the least delayed since somebody asked."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._ahead: dict[str, timedelta] = {}
        self._lock = Lock()

    def heard(self, home_id: str, ahead: timedelta) -> None:
        """Take note that a home's clock was `ahead` of the village's (wall time) when its call came in.

        What is on its way arrives late, and then looks as if it were of a clock that is behind.
        """
        with self._lock:
            self._ahead[home_id] = max(ahead, self._ahead.get(home_id, ahead))

    def take(self) -> dict[str, timedelta]:
        """Return by home how far its clock was ahead at the most since this was last asked."""
        with self._lock:
            ahead, self._ahead = self._ahead, {}
        return ahead
