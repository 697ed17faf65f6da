"""Who has got which event: by a listing, by reading it, or by a notification that was taken. In memory only.

After a restart it is known again within minutes: those below read all events now and then.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock


class Receipts:
    """When each client first got each event, as it is now."""

    def __init__(self) -> None:
        """Know of none."""
        self._lock = Lock()
        self._got: dict[str, dict[str, datetime]] = {}

    def note(self, client_id: str, event_ids: Iterable[str], at: datetime) -> None:
        """Take note that a client got some events."""
        with self._lock:
            for event_id in event_ids:
                self._got.setdefault(event_id, {}).setdefault(client_id, at)

    def forget(self, event_id: str) -> None:
        """Take note that an event is another now, or gone."""
        with self._lock:
            self._got.pop(event_id, None)

    def of(self, event_id: str) -> Mapping[str, datetime]:
        """Return which clients got an event, and when."""
        with self._lock:
            return dict(self._got.get(event_id, {}))
