"""What the page of codes shows beside what is announced: proposals, results, and how willing people are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from battery_commons.domain.flash_mob import Deed, Proposal
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.mob.fatigue import Willingness, willingness
from battery_commons.mob.keeping.keeper import asked_before
from battery_commons.mob.keeping.results import CodeOver, over
from battery_commons.mob.keeping.told import LEARNED_FROM
from battery_commons.store import Store
from battery_commons.web.pages.chart import Axes, Tick

_MOST_SHOWN = 20
_ROOM = 0.1
_LEAST_SPAN_W = 1_000.0


@dataclass(frozen=True, slots=True)
class MobView:
    """Codes as they go on."""

    proposals: Sequence[Proposal]
    over: Sequence[CodeOver]
    """The latest first."""
    deeds: Mapping[str, Mapping[Deed, int]]
    """By code, how many homes say that they did what."""
    willing: Willingness
    settings: VillageSettings

    @property
    def days(self) -> int:
        """In how many days as many codes are proposed as the rules allow in a week."""
        return round(self.willing.span() / timedelta(days=1))

    def trend(self, width: int, height: int) -> Trend | None:
        """Draw what was measured code by code; None before two were."""
        measured = [each for each in reversed(self.over) if each.response is not None]
        if len(measured) < 2:  # noqa: PLR2004 - one is no trend
            return None
        changes = [each.response.window for each in measured if each.response is not None]
        low = min(0.0, *(each.low_w for each in changes))
        high = max(0.0, *(each.high_w for each in changes))
        room = max(high - low, _LEAST_SPAN_W) * _ROOM
        first, last = measured[0].code.start, measured[-1].code.start
        margin = max((last - first) / 20, timedelta(hours=1))
        axes = Axes(first - margin, last + margin, high + room, low - room, width, height)
        return Trend(
            axes,
            [
                Point(
                    axes.x(each.code.start),
                    axes.y(change.change_w),
                    axes.y(change.high_w),
                    axes.y(change.low_w),
                    each.code.code.value,
                )
                for each, change in zip(measured, changes, strict=True)
            ],
            [(axes.x(end), end.astimezone(MARKET_ZONE).date()) for end in (first, last)],
        )


@dataclass(frozen=True, slots=True)
class Point:
    """One measured code: the change, and its interval as an upright line."""

    x: float
    y: float
    top: float
    bottom: float
    code: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Responses over time."""

    axes: Axes
    points: Sequence[Point]
    ends: Sequence[tuple[float, date]]
    """Where the first and the last are, and their local days."""

    @property
    def power_ticks(self) -> list[Tick]:
        """The marks of the powers."""
        return self.axes.power_ticks


def mob_view(store: Store, now: datetime) -> MobView:
    """Return how codes go on. Raises StoreError."""
    codes = store.codes_since(now - LEARNED_FROM)
    ended = over(store, codes, now)[-_MOST_SHOWN:]
    return MobView(
        proposals=store.proposals(now),
        over=ended[::-1],
        deeds={each.code.id: deeds_told(store, each.code.id) for each in ended},
        willing=willingness(asked_before(store, codes, now)),
        settings=store.settings(),
    )


def deeds_told(store: Store, code_id: str) -> Mapping[Deed, int]:
    """Return how many homes say that they did what in a code, the most first. Raises StoreError."""
    said = Counter(deed for deeds in store.deeds(code_id).values() for deed in deeds)
    return dict(said.most_common())
