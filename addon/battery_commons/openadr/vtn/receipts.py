"""Who has got which event: by a listing, by reading it, or by a notification that was taken. In memory only.

After a restart it is known again within minutes, since those below read all events now and then; and of who
has reported on an event it is known from that (web/pages/below_view.py).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock

from battery_commons.domain.vtn import VtnObject

type Version = tuple[str, datetime]
"""An event's id, and when it became what it is."""


def version_of(event: VtnObject) -> Version:
    """Return which version of an event one is."""
    return event.id, event.modified_at


class Receipts:
    """When each client first got each event, as it is now."""

    def __init__(self) -> None:
        """Know of none."""
        self._lock = Lock()
        self._got: dict[str, tuple[datetime, dict[str, datetime]]] = {}

    def note(self, client_id: str, versions: Iterable[Version], at: datetime) -> None:
        """Take note that a client got some events. An older version than is known tells nothing."""
        with self._lock:
            for event_id, modified_at in versions:
                known_at, got = self._got.get(event_id, (modified_at, {}))
                if modified_at > known_at:
                    known_at, got = modified_at, {}
                if modified_at == known_at:
                    got.setdefault(client_id, at)
                    self._got[event_id] = known_at, got

    def forget(self, event_id: str) -> None:
        """Take note that an event is gone."""
        with self._lock:
            self._got.pop(event_id, None)

    def of(self, event: VtnObject) -> Mapping[str, datetime]:
        """Return which clients got an event as it is, and when."""
        event_id, modified_at = version_of(event)
        with self._lock:
            known_at, got = self._got.get(event_id, (modified_at, {}))
            return dict(got) if known_at == modified_at else {}
