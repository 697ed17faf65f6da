"""What comes from outside of the village, as the page shows it: from whom, how old, and what is amiss."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from battery_commons.domain.outside import SourceState, Subject, Trouble
from battery_commons.domain.weather import roughly
from battery_commons.sense.weather.outlook import FRESH_FOR, USABLE_FOR
from battery_commons.store import Store
from battery_commons.web.pages.views import Condition


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source that was asked at least once, and how it answered."""

    subject: Subject
    source: str
    fails: bool
    """Whether it failed when it was last asked."""
    answered_s: float | None
    """Seconds since it last answered; None where it never did."""
    failed_s: float | None
    trouble: Trouble | None
    """Why it failed then."""
    detail: str | None


@dataclass(frozen=True, slots=True)
class WeatherView:
    """The forecast of the weather that plans rest on."""

    condition: Condition
    is_usable: bool
    """Whether forecasts of loads use it."""
    source: str | None
    issued_s: float | None
    """Seconds since it was issued."""


@dataclass(frozen=True, slots=True)
class OutsideView:
    """What comes from outside."""

    sources: Sequence[SourceView]
    weather: WeatherView | None
    """None where the village has not said where it lies."""

    @property
    def is_silent(self) -> bool:
        """Whether every source of prices failed when it was last asked."""
        prices = [source for source in self.sources if source.subject is Subject.PRICES]
        return bool(prices) and all(source.fails for source in prices)


def outside(store: Store, now: datetime) -> OutsideView:
    """Return what comes from outside at the village time `now`. Raises StoreError."""
    return OutsideView(
        sources=[
            _source(state, now)
            for subject in Subject
            for _, state in sorted(store.source_states(subject).items())
        ],
        weather=_weather(store, now),
    )


def _source(state: SourceState, now: datetime) -> SourceView:
    return SourceView(
        subject=state.subject,
        source=state.source,
        fails=state.fails,
        answered_s=_seconds_since(state.answered_at, now),
        failed_s=_seconds_since(state.failed_at, now),
        trouble=state.trouble,
        detail=state.detail,
    )


def _weather(store: Store, now: datetime) -> WeatherView | None:
    place = store.settings().place
    if place is None:
        return None
    known = store.weather_known(roughly(place))
    if known is None:
        return WeatherView(Condition.MISSING, is_usable=False, source=None, issued_s=None)
    age = now - known.issued_at
    return WeatherView(
        condition=Condition.FRESH if age <= FRESH_FOR else Condition.OLD,
        is_usable=age <= USABLE_FOR,
        source=known.source,
        issued_s=_seconds_since(known.issued_at, now),
    )


def _seconds_since(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())
