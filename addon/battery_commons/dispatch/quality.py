"""How well one home is reached: what was tried which way, what worked, and how long that took. Pure."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

HOUR = timedelta(hours=1)
DAY_HOURS = 24


class Way(StrEnum):
    """How a plan gets to a home."""

    WEBHOOK = "webhook"
    """Posted to the home's Home Assistant."""
    STREAM = "stream"
    """Down the WebSocket that the home has opened."""


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """How well one home has been reached since the coordinator started. Times are village time."""

    way: Way | None
    """The way on which the home answered last; None before it has."""
    stream_open: bool
    last_contact: datetime | None
    """When it last answered a plan or opened its stream."""
    delivery_s: float | None
    """Wall seconds from the moment that the last plan was ready until the home had answered it."""
    failures_last_day: int
    """Tries that did not get an answer, in the last 24 hours."""
    failures: Mapping[str, int]
    """The same by way: `stream`, `address 1`, `address 2`, ... in the home's own order.

    An address is a secret, and is not named.
    """


@dataclass(slots=True)
class DayCount:
    """How often something happened in the last 24 hours, to the hour."""

    _hours: deque[tuple[datetime, int]] = field(default_factory=deque)
    """The start of each hour in which it did, and how often."""

    def add(self, at: datetime) -> None:
        """Count one at `at`."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        if self._hours and self._hours[-1][0] == hour:
            self._hours[-1] = hour, self._hours[-1][1] + 1
            return
        self._hours.append((hour, 1))
        if len(self._hours) > DAY_HOURS:
            self._hours.popleft()

    def until(self, now: datetime) -> int:
        """Return how often it happened in the 24 hours before `now`."""
        return sum(count for hour, count in self._hours if hour > now - DAY_HOURS * HOUR)


@dataclass(slots=True)
class LinkRecord:
    """What is known of the ways to one home. In memory: after a restart it is learned again."""

    webhook_reached: bool | None = None
    """Whether the last try by webhook got an answer, at any of its addresses; None before one was made."""
    way: Way | None = None
    last_contact: datetime | None = None
    delivery_s: float | None = None
    _urls: tuple[str, ...] = ()
    _best_url: str | None = None
    _by_stream: DayCount = field(default_factory=DayCount)
    _by_url: dict[str, DayCount] = field(default_factory=dict)

    def described(self, urls: Sequence[str]) -> None:
        """Take note of where the home can be reached by its own word.

        What was known of addresses that it has given up is forgotten; whether others work is to be tried.
        """
        if self._urls != tuple(urls):
            self._urls, self.webhook_reached = tuple(urls), None
            self._by_url = {url: self._by_url.get(url, DayCount()) for url in urls}

    def in_order(self, urls: Sequence[str]) -> list[str]:
        """Return the home's addresses in the order to try: the one that worked last before the others."""
        self.described(urls)
        return sorted(urls, key=lambda url: url != self._best_url)

    def webhook_answered(self, url: str, at: datetime) -> None:
        """Take note that the home answered at `url`."""
        self._best_url, self.webhook_reached = url, True
        self.way, self.last_contact = Way.WEBHOOK, at

    def webhook_failed(self, url: str, at: datetime) -> None:
        """Take note that nobody answered sensibly at `url`."""
        self._by_url.setdefault(url, DayCount()).add(at)

    def stream_answered(self, at: datetime) -> None:
        """Take note that the home answered on its stream, or has just opened it."""
        self.way, self.last_contact = Way.STREAM, at

    def stream_failed(self, at: datetime) -> None:
        """Take note that the stream broke, or brought no answer."""
        self._by_stream.add(at)

    def quality(self, now: datetime, *, stream_open: bool) -> LinkQuality:
        """Return how well the home is reached, as far as others may know."""
        failures = {Way.STREAM.value: self._by_stream.until(now)} | {
            f"address {number}": self._by_url[url].until(now)
            for number, url in enumerate(self._urls, start=1)
        }
        return LinkQuality(
            way=self.way,
            stream_open=stream_open,
            last_contact=self.last_contact,
            delivery_s=self.delivery_s,
            failures_last_day=sum(failures.values()),
            failures=failures,
        )
