"""The ways to all homes: their open streams, and how well each home has been reached."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from battery_commons.dispatch.quality import LinkQuality, LinkRecord
from battery_commons.dispatch.stream import HomeStream, StreamEnd


class LinkListener(Protocol):
    """Who has to know when a way opens or a home is gone."""

    def stream_opened(self, home_id: str, accepted: int) -> None:
        """Hear that a home has opened its stream, and which plan it `accepted` last; 0 for none."""

    def home_gone(self, home_id: str) -> None:
        """Hear that a home does not take part any more."""


class Links:
    """In memory only: one stream for each home that holds one open, and one record for each home."""

    def __init__(self) -> None:
        """Start with nothing open and nothing known."""
        self._streams: dict[str, HomeStream] = {}
        self._records: dict[str, LinkRecord] = {}
        self.listener: LinkListener | None = None
        self.plans: Counter[str] = Counter(sent=0, accepted=0, refused=0, expired=0)
        """How many plans were sent since the start, and what became of them."""

    def record(self, home_id: str) -> LinkRecord:
        """Return what is known of the ways to a home, to read or to add to."""
        return self._records.setdefault(home_id, LinkRecord())

    def webhook_reached(self, home_id: str) -> bool | None:
        """Return whether a home's webhook answered when it was last tried; None before it was."""
        record = self._records.get(home_id)
        return record.webhook_reached if record else None

    def stream(self, home_id: str) -> HomeStream | None:
        """Return the stream that a home holds open."""
        stream = self._streams.get(home_id)
        return stream if stream is not None and stream.is_open else None

    def open_stream(self, home_id: str, stream: HomeStream, accepted: int, now: datetime) -> None:
        """Use `stream` for a home from now on, and close the one it held before."""
        if (former := self._streams.get(home_id)) is not None:
            former.close(StreamEnd.REPLACED)
        self._streams[home_id] = stream
        self.record(home_id).stream_answered(now)
        if self.listener is not None:
            self.listener.stream_opened(home_id, accepted)

    def stream_ended(self, home_id: str, stream: HomeStream) -> None:
        """Forget a stream that is over, unless another has taken its place already."""
        if self._streams.get(home_id) is stream:
            del self._streams[home_id]

    def remove_home(self, home_id: str) -> None:
        """Close what a home holds open and forget it: it has left, was removed or lost its token."""
        if (stream := self._streams.pop(home_id, None)) is not None:
            stream.close(StreamEnd.REVOKED)
        self._records.pop(home_id, None)
        if self.listener is not None:
            self.listener.home_gone(home_id)

    def keep_only(self, home_ids: Collection[str]) -> None:
        """Remove every home but these."""
        for home_id in (self._streams.keys() | self._records.keys()) - set(home_ids):
            self.remove_home(home_id)

    def close(self) -> None:
        """Close every stream: the coordinator stops."""
        for stream in list(self._streams.values()):
            stream.close(StreamEnd.STOPPING)

    def quality(self, now: datetime) -> Mapping[str, LinkQuality]:
        """Return how well each home that was tried or has called is reached, by its id."""
        return {
            home_id: record.quality(now, stream_open=self.stream(home_id) is not None)
            for home_id, record in self._records.items()
        }
