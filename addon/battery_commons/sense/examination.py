"""Looks at what all sources reported lately, and keeps what is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import numpy as np

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import carried_by
from battery_commons.domain.quality import (
    HOUSE_BOUND_W,
    Finding,
    Source,
    SourceKind,
    battery_bound_w,
    meter_bound_w,
)
from battery_commons.domain.summary import SlotSummary
from battery_commons.domain.time import MARKET_ZONE, SLOT, Clock, slot_start
from battery_commons.sense.battery_plausibility import check_battery
from battery_commons.sense.clocks import HomeClocks
from battery_commons.sense.plausibility import (
    Verdict,
    check_clock,
    check_meter_sign,
    check_meter_stuck,
    check_night,
    check_range,
    check_too_small,
)
from battery_commons.sense.summary import Floats, Summaries
from battery_commons.store import Store

REACH = timedelta(hours=24)
"""How far back meters are looked at: they have a day."""
REACH_OF_BATTERY = timedelta(hours=6)
STILL_COMING = timedelta(hours=1)
"""Readings usually come in within this time: those quarter hours are always read again."""
LEAST_HOUSES = 3
"""Fewer say too little of how a whole street moves."""
NIGHT_ENDS = time(4)
"""Dutch time; it starts at midnight. No sun is up then, and little is switched on."""


@dataclass(slots=True)
class Examiner:
    """Examines all sources, one quarter hour after another, and remembers the hours before."""

    store: Store
    clock: Clock
    clocks: HomeClocks
    _seen: dict[Source, dict[datetime, SlotSummary]] = field(default_factory=dict)
    _read_until: datetime | None = None

    def examine(self) -> None:
        """Check everything that was reported up to the quarter hour that ended last. Raises StoreError."""
        now = self.clock.now()
        batteries = {each.battery.id: each.battery for each in self.store.batteries()}
        limits_w = {each.id: each.limit_w for each in self.store.transformers()}
        behind = {id_: [b.id for b in batteries.values() if b.transformer_id == id_] for id_ in limits_w}
        on_it = self.store.on_feeder()
        houses = {home.id: home.transformer_id for home in self.store.homes()}
        if feeder := self.store.feeder():
            limits_w[feeder.id] = feeder.limit_w
            behind[feeder.id] = [b.id for b in batteries.values() if b.transformer_id in on_it]
        sources = [
            *(Source(SourceKind.METER, id_) for id_ in limits_w),
            *(Source(SourceKind.BATTERY, id_) for id_ in batteries),
            *(Source(SourceKind.HOUSE, id_) for id_ in houses),
        ]
        self._read(sources, slot_start(now))
        verdicts: list[Verdict] = []
        for battery in batteries.values():
            verdicts += self._of_battery(battery)
        for home_id in houses:
            verdicts += self._of_house(home_id)
        for id_, limit_w in limits_w.items():
            within = carried_by(id_, on_it)
            street = [home_id for home_id, where in houses.items() if where in within]
            verdicts += self._of_meter(id_, limit_w, behind[id_], street, now)
        for home_id, apart in self.clocks.take().items():
            verdicts.append(check_clock(Source(SourceKind.HOUSE, home_id), apart, slot_start(now)))
        self.store.keep_findings(
            [each for each in verdicts if isinstance(each, Finding)],
            [(each.source, each.kind, each.since) for each in verdicts if not isinstance(each, Finding)],
        )

    def _read(self, sources: Iterable[Source], end: datetime) -> None:
        """Read what came in since the last look; all of the last hours at first."""
        seen: dict[Source, dict[datetime, SlotSummary]] = {}
        for source in sources:
            known, since = self._seen.get(source), end - REACH
            if known is not None and self._read_until is not None:
                since = max(since, self._read_until - STILL_COMING)
            fresh = self.store.summaries(source, since, end)
            kept = {at: each for at, each in (known or {}).items() if end - REACH <= at}
            seen[source] = kept | {each.start: each for each in fresh}
        self._seen, self._read_until = seen, end

    def _summaries(self, source: Source, reach: timedelta = REACH) -> Summaries:
        end = self._read_until
        assert end is not None  # noqa: S101 - only called once everything is read
        return Summaries.of(list(self._seen.get(source, {}).values()), end - reach, reach // SLOT)

    def _of_battery(self, battery: Battery) -> Iterator[Verdict]:
        source = Source(SourceKind.BATTERY, battery.id)
        seen = self._summaries(source, REACH_OF_BATTERY)
        yield from check_range(source, seen, battery_bound_w(battery))
        yield from check_battery(source, seen, battery)

    def _of_house(self, home_id: str) -> Iterator[Verdict]:
        source = Source(SourceKind.HOUSE, home_id)
        seen = self._summaries(source)
        if not seen.known.any():
            return
        yield from check_range(source, seen, HOUSE_BOUND_W)
        yield from check_meter_stuck(source, seen)
        yield from check_too_small(source, seen)

    def _of_meter(
        self, meter_id: str, limit_w: float, batteries: Sequence[str], homes: Sequence[str], now: datetime
    ) -> Iterator[Verdict]:
        source = Source(SourceKind.METER, meter_id)
        seen = self._summaries(source)
        if not seen.known.any():
            return
        behind = [self._summaries(Source(SourceKind.BATTERY, id_)) for id_ in batteries]
        batteries_w = _total([each.mean_w for each in behind], seen.slots)
        yield from check_range(source, seen, meter_bound_w(limit_w))
        yield from check_meter_stuck(source, seen, behind)
        yield from check_too_small(source, seen, limit_w)
        verdicts = list(check_meter_sign(source, seen, self._houses_w(homes, seen.slots), batteries_w))
        yield from verdicts or check_night(
            source, *_night(seen, seen.mean_w - np.nan_to_num(batteries_w), now), limit_w
        )

    def _houses_w(self, homes: Sequence[str], slots: int) -> Floats:
        """Return (T,) what the homes of a street drew without their batteries; NaN unless enough say so."""
        own: dict[str, list[Floats]] = {}
        for source in self._seen:
            if source.kind is SourceKind.BATTERY and source.home_id:
                own.setdefault(source.home_id, []).append(self._summaries(source).mean_w)
        total, count = np.zeros(slots), 0
        for home_id in homes:
            house = self._summaries(Source(SourceKind.HOUSE, home_id))
            if house.known.any():
                total += house.mean_w - sum(own.get(home_id, []), np.zeros(slots))
                count += 1
        return total if count >= LEAST_HOUSES else np.full(slots, np.nan)


def _total(powers_w: Sequence[Floats], slots: int) -> Floats:
    """Return (T,) the sum; a battery that is silent counts as standing still."""
    total = np.zeros(slots)
    for power_w in powers_w:
        total += np.nan_to_num(power_w)
    return total


def _night(seen: Summaries, base_w: Floats, now: datetime) -> tuple[Floats, datetime]:
    """Return the load of the last whole night in `seen`, and when that began."""
    local = now.astimezone(MARKET_ZONE)
    day = local.date() if local.time() >= NIGHT_ENDS else local.date() - timedelta(days=1)
    start = datetime.combine(day, time(), MARKET_ZONE)
    end = datetime.combine(day, NIGHT_ENDS, MARKET_ZONE)
    moments = [seen.moment(slot) for slot in range(seen.slots)]
    return base_w[[start <= moment < end for moment in moments]], start
