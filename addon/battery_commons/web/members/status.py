"""What a home may show about its village and its transformer."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from battery_commons.account.keeping.gathering import day_of
from battery_commons.account.own_months import OwnMonth
from battery_commons.community.facts import PeriodFacts
from battery_commons.community.keeping.told import facts_of
from battery_commons.community.period import Length, period_with
from battery_commons.domain.flash_mob import Deed, MeasuredResponse, of_home
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import Plan
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.mob.keeping.results import CodeOver, codes_over
from battery_commons.store import Store
from battery_commons.store.codes import SHOWN_AFTER
from battery_commons.store.records import Home, OfferedCode
from battery_commons.web.members.kept import Kept
from battery_commons.web.server import VillageServer
from battery_commons.wire.messages import (
    MAX_FEEDER_POWER_W,
    MAX_POWER_W,
    Account,
    CodeResult,
    CodeWindow,
    FeederStatus,
    MeasuredChange,
    TransformerStatus,
    VillageStatus,
    power_or_none,
)

FRESH_FOR = 2 * SLOT
"""A measurement or a plan older than this (village time) says nothing about now."""
PEAK_AHEAD = timedelta(hours=24)

type Peak = tuple[datetime, float]
"""When the highest load is expected, in village time, and how high it is (W)."""


class Expected:
    """What the plan in force expects of each transformer and the feeder, added up once per plan."""

    def __init__(self, store: Store) -> None:
        """Know by `store` which batteries are behind which transformer."""
        self._store = store
        self._adding = Lock()
        self._of: tuple[Plan, Mapping[str, Sequence[float] | None], Sequence[float] | None] | None = None

    def load_w(self, plan: Plan, transformer_id: str) -> Sequence[float] | None:
        """Return a transformer's load by slot of `plan`; None where nobody knows. Raises StoreError."""
        return self._added_up(plan)[0].get(transformer_id)

    def feeder_w(self, plan: Plan) -> Sequence[float] | None:
        """Return the feeder's load by slot of `plan`; None where nobody knows. Raises StoreError."""
        return self._added_up(plan)[1]

    def _added_up(self, plan: Plan) -> tuple[Mapping[str, Sequence[float] | None], Sequence[float] | None]:
        with self._adding:
            if self._of is None or self._of[0] is not plan:
                behind: dict[str, set[str]] = {id_: set() for id_ in plan.base_load_w}
                for each in self._store.batteries():
                    behind.setdefault(each.battery.transformer_id, set()).add(each.battery.id)
                loads_w = {id_: plan.forecast_w(id_, ids) for id_, ids in behind.items()}
                on_it = [behind.get(id_, set()) for id_ in self._store.on_feeder()]
                self._of = plan, loads_w, plan.feeder_w(set().union(*on_it))
            return self._of[1:]


@dataclass(frozen=True, slots=True)
class _OfVillage:
    """What every home of the village is told alike."""

    members: int
    codes_listed: bool
    over: Mapping[str, CodeOver]
    """By id, the listed codes that are over."""
    last_month: Mapping[str, OwnMonth]
    """By home, what the account's last closed month came to."""
    month: PeriodFacts
    """What the present month came to so far."""
    shown: frozenset[str]
    """The homes that are shown by name."""


@dataclass(frozen=True, slots=True)
class _OfTransformer:
    """What every home behind a transformer is told alike. It holds times, not ages: those pass meanwhile."""

    transformer: Transformer
    latest: MeterReading | None
    estimated: bool
    """Whether the latest load is no meter's."""
    planned_at: datetime | None
    """The start of the plan that the peaks are of; None without one."""
    peak: Peak | None
    feeder_peak: Peak | None


class Standing:
    """How the village stands, for each home that asks: looked up once for all that ask within a second."""

    def __init__(self, village: VillageServer, seconds: Callable[[], float] = time.monotonic) -> None:
        """Tell of `village`; `seconds` is a clock that only runs forward."""
        self._village = village
        self._expected = Expected(village.store)
        self._of_village = Kept(self._look_up_village, seconds)
        self._month: tuple[object, PeriodFacts] | None = None
        self._of_transformer = Kept(self._look_up_transformer, seconds)

    async def for_home(self, home: Home, now: datetime) -> VillageStatus:
        """Return what `home` may show at the village time `now`, in wall time.

        The load is the meter's last word with its own time; the signal is only given while that is fresh, and
        what the plan expects only while the plan is. Raises StoreError.
        """
        village = self._village
        whole = await self._of_village.get(None)
        part = await self._of_transformer.get(home.transformer_id)
        planned = part.planned_at is not None and now - part.planned_at <= FRESH_FOR
        shaved_w = village.peaks_shaved_w().get(home.transformer_id) if planned else None
        until = village.comparing_until()
        codes = await asyncio.to_thread(self._codes, home, whole.over, now) if whole.codes_listed else []
        carbon, sun = whole.month.carbon, whole.month.sun_shares
        grid = whole.month.grid(home.transformer_id)
        return VillageStatus(
            at=village.clock.to_wall(now),
            control_model=village.control_model(),
            comparing_until=None if until is None else village.clock.to_wall(until),
            transformer=_transformer(part, village.clock, now, part.peak if planned else None),
            feeder=_feeder(part.feeder_peak, village.clock) if planned else None,
            members=whole.members,
            members_online=village.attendance.online(),
            peak_shaved_w=None if shaved_w is None else power_or_none(round(shaved_w)),
            co2_saved_kg=round(carbon.at_least_kg, 1) if carbon else None,
            co2_saved_at_most_kg=round(carbon.at_most_kg, 1) if carbon else None,
            own_sun_share=round(sun.actual, 3) if sun else None,
            own_sun_share_without=round(sun.bare, 3) if sun else None,
            hours_saved=grid.hours_saved(than_alone=False) if grid else None,
            shown_by_name=home.id in whole.shown,
            codes=codes,
            account=_account(whole.last_month.get(home.id)),
            webhook_reached=village.links.webhook_reached(home.id),
        )

    def _codes(self, home: Home, over: Mapping[str, CodeOver], now: datetime) -> list[CodeWindow]:
        store = self._village.store
        codes = store.codes_for(home.id, now)
        did = store.deeds_of(home.id) if any(code.start <= now for code in codes) else {}
        own = store.responses_of(of_home(home.id), list(over)) if over else {}
        return [
            _window(
                code,
                self._village.clock,
                did.get(code.id, []),
                _result(over[code.id], own.get(code.id)) if code.id in over else None,
            )
            for code in codes
        ]

    def _look_up_village(self, _: None) -> _OfVillage:
        store, now = self._village.store, self._village.clock.now()
        listed = any(each.withdrawn_at is None for each in store.announced_codes(now))
        over = codes_over(store, now - SHOWN_AFTER, now) if listed else []
        last_month = self._village.books.last_month()
        return _OfVillage(
            store.home_count(),
            listed,
            {each.code.id: each for each in over},
            last_month,
            self._this_month(now),
            frozenset(store.shown_homes()),
        )

    def _this_month(self, now: datetime) -> PeriodFacts:
        """Return what the present month came to so far, read anew only once a day was added."""
        key = day_of(now), self._village.store.community_span()
        if self._month is None or self._month[0] != key:
            month = period_with(day_of(now), Length.MONTH)
            self._month = key, facts_of(self._village.store, month, now)
        return self._month[1]

    def _look_up_transformer(self, transformer_id: str) -> _OfTransformer:
        village, store, now = self._village, self._village.store, self._village.clock.now()
        plan = village.current_plan()
        load_w = self._expected.load_w(plan, transformer_id) if plan is not None else None
        feeder_w = self._expected.feeder_w(plan) if plan is not None else None
        latest = store.latest_meter_reading(transformer_id)
        estimate = village.estimated().get(transformer_id)
        estimated = estimate is not None and (latest is None or latest.at < estimate.at)
        if estimate is not None and estimated:
            # Where it would tell members about one another, they are told neither it nor what is long past.
            latest = MeterReading(estimate.at, estimate.load_w) if estimate.may_be_told else None
        return _OfTransformer(
            transformer=store.transformer(transformer_id),
            latest=latest,
            estimated=estimated and latest is not None,
            planned_at=plan.grid.start if plan is not None else None,
            peak=_peak(plan, load_w, now) if plan is not None and load_w is not None else None,
            feeder_peak=(
                _peak(plan, feeder_w, now, MAX_FEEDER_POWER_W)
                if plan is not None and feeder_w is not None
                else None
            ),
        )


def _account(month: OwnMonth | None) -> Account | None:
    """Return what a month came to: what steering together saved at the own meter, and what was shared."""
    if month is None:
        return None
    return Account(
        saving_month_eur=-month.made_whole_cents / 100 + 0.0, shared_month_eur=month.total_cents / 100
    )


def _transformer(part: _OfTransformer, clock: Clock, now: datetime, peak: Peak | None) -> TransformerStatus:
    transformer, latest = part.transformer, part.latest
    fresh = latest is not None and now - latest.at <= FRESH_FOR
    return TransformerStatus(
        id=transformer.id,
        name=transformer.name,
        limit_w=transformer.limit_w,
        load_w=power_or_none(latest.power_w) if latest else None,
        load_at=clock.to_wall(latest.at) if latest else None,
        signal=transformer.signal(latest.power_w) if latest and fresh else None,
        load_estimated=part.estimated,
        forecast_peak_w=peak[1] if peak else None,
        forecast_peak_at=clock.to_wall(peak[0]) if peak else None,
    )


def _feeder(peak: Peak | None, clock: Clock) -> FeederStatus | None:
    if peak is None:
        return None
    return FeederStatus(forecast_peak_w=peak[1], forecast_peak_at=clock.to_wall(peak[0]))


def _peak(plan: Plan, load_w: Sequence[float], now: datetime, most_w: float = MAX_POWER_W) -> Peak | None:
    """Return when the highest load of the coming day is expected, whether import or feed-in, and how high."""
    start = slot_start(now)
    coming = [
        (slot, load)
        for slot, load in zip(plan.grid.starts(), load_w, strict=True)
        if start <= slot < start + PEAK_AHEAD
    ]
    if not coming:
        return None
    slot, load = max(coming, key=lambda each: abs(each[1]))
    return (slot, float(round(load))) if abs(load) <= most_w else None


def _window(code: OfferedCode, clock: Clock, did: Sequence[Deed], result: CodeResult | None) -> CodeWindow:
    return CodeWindow.model_validate(
        {
            "id": code.id,
            "code": code.code,
            "start": clock.to_wall(code.start),
            "end": clock.to_wall(code.end),
            "reason": code.reason,
            "expected_effect_w": code.expected_effect_w,
            "joins": code.joins,
            "did": did,
            "result": result,
        }
    )


def _result(over: CodeOver, own: MeasuredResponse | None) -> CodeResult:
    told = over.result(own.window if own else None).told()
    return CodeResult(
        state=over.state.value,
        village=_measured(over.response),
        own=_measured(own),
        joined=over.code.joining,
        en=told.en,
        nl=told.nl,
    )


def _measured(response: MeasuredResponse | None) -> MeasuredChange | None:
    if response is None:
        return None
    change = response.window
    if max(abs(change.low_w), abs(change.high_w)) > MAX_POWER_W:
        return None
    return MeasuredChange(
        change_w=round(change.change_w), low_w=round(change.low_w), high_w=round(change.high_w)
    )
