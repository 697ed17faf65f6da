"""The village as it stands at a tick, read from the store."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite
from threading import Lock

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, Feeder, Transformer, on_feeder
from battery_commons.domain.operator import OperatorSignals
from battery_commons.domain.quality import SourceKind
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import EstimatedLoad, Situation
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.sense.unmeasured import SILENT, LoadEstimator, newest
from battery_commons.sense.weather.outlook import WeatherLookout
from battery_commons.store import Store, StoreError
from battery_commons.store.records import HomeBattery

HISTORY = timedelta(days=372)
"""How far back loads are looked up: a year and a week, so that the forecast has seen every season."""
STILL_COMING = timedelta(days=1)
"""Readings usually come in within this time: those slots are always read again."""
PRICE_HISTORY = timedelta(days=8)
PRICES_AHEAD = timedelta(days=2)
PLANNABLE_FOR = 2 * SLOT
"""A battery that has not been heard of for longer than this is not planned for."""
STEERABLE_MODES = frozenset({"village", "self_consumption"})
"""The modes of a home (wire/messages.py) in which it lets the village steer."""
SHADOW_MODES = frozenset({"shadow"})
"""The modes in which a home only wants to see what it would be asked."""
_FOR_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class StockTaker:
    """Reads situations from the store, and remembers the slots that have not changed since."""

    store: Store
    signals: Callable[[datetime], OperatorSignals] = lambda _now: OperatorSignals()
    """What operators ask and tell at a moment."""
    _base_load_w: dict[str, dict[datetime, float]] = field(default_factory=dict)
    _read_until: datetime | None = None
    _weather: WeatherLookout = field(init=False)
    _behind: dict[str, str] = field(default_factory=dict)
    """By battery, the transformer that it stands behind."""
    _news: dict[str, datetime] = field(default_factory=dict)
    """By transformer and by battery, the oldest stamp that came in since loads were read."""
    _on_feeder: frozenset[str] = frozenset()
    """Those that FEEDER_ID stands for."""
    _estimator: LoadEstimator = field(init=False)
    _lock: Lock = field(default_factory=Lock)
    """Readings come in on other threads than the one that takes stock."""

    def __post_init__(self) -> None:
        """Hear of what is added from now on."""
        self._weather = WeatherLookout(self.store, HISTORY)
        self.store.watch_additions(self._note)
        self._estimator = LoadEstimator(self.store)

    def take_stock(self, now: datetime) -> Situation:
        """Return the village's situation at `now`. Raises StoreError."""
        homes_batteries = self.store.batteries()
        transformers = self.store.transformers()
        feeder = self.store.feeder()
        self._read_loads(transformers, feeder, homes_batteries, now)
        base_load_w, estimated = self._estimate(transformers, homes_batteries, now)
        operator = self.signals(now)
        # A feeder that was never measured, nor is told of, or that nothing of the village is on, is none to
        # steer by.
        carries_any = feeder is not None and bool(self._on_feeder)
        feeder_w = self._base_load_w.get(FEEDER_ID) if carries_any else None
        readings = self.store.latest_battery_readings()
        suspended = {home.id for home in self.store.homes() if home.suspended_at is not None}
        for each in homes_batteries:
            if each.home_id in suspended:
                readings.pop(each.battery.id, None)  # What it could do is not to be counted on.
        for source in self.store.wrong_sources():
            if source.kind is SourceKind.BATTERY:
                readings.pop(source.id, None)
        least = self.store.settings().minimum_reserve
        batteries = [each.battery.keeping(least) for each in homes_batteries]
        prices = self.store.prices(now - PRICE_HISTORY, now + PRICES_AHEAD)
        return Situation(
            now=now,
            transformers=transformers,
            base_load={
                id_: MeasuredSeries.of_slots(loads_w, slot_start(now)) for id_, loads_w in base_load_w.items()
            },
            batteries=batteries,
            stored_wh=_stored_wh(batteries, readings, STEERABLE_MODES, now),
            prices={start: price.eur_per_kwh for start, price in prices.items()} | dict(operator.prices),
            feeder=feeder if feeder_w or (carries_any and _is_told(operator, now)) else None,
            feeder_load=MeasuredSeries.of_slots(feeder_w, slot_start(now)) if feeder_w else None,
            weather=self._weather.weather_at(now),
            shadow_wh=_stored_wh(batteries, readings, SHADOW_MODES, now),
            estimated=estimated,
            operator=operator,
            on_feeder=self._on_feeder,
        )

    def _estimate(
        self, transformers: Sequence[Transformer], batteries: Sequence[HomeBattery], now: datetime
    ) -> tuple[dict[str, dict[datetime, float]], dict[str, EstimatedLoad]]:
        """Return the loads of all transformers, estimated where a meter is silent; and which are."""
        loads_w: dict[str, dict[datetime, float]] = {}
        estimated: dict[str, EstimatedLoad] = {}
        # Of all batteries, so once at most: it is the same for every transformer that is silent.
        means: dict[str, dict[datetime, float]] | None = None
        for transformer in transformers:
            measured = loads_w[transformer.id] = self._base_load_w[transformer.id]
            last = max(measured, default=_FOR_EVER)
            if measured and now - last <= SILENT + SLOT:
                continue
            behind = [each for each in batteries if each.battery.transformer_id == transformer.id]
            estimates = self._estimator.estimate(transformer, behind, now)
            since = {slot: each for slot, each in estimates.items() if slot > last}
            if since and means is None:
                means = self.store.battery_slot_means(slot_start(now) - SLOT, now)
            if found := newest(since, behind, means or {}):
                estimated[transformer.id] = found
                loads_w[transformer.id] = measured | {slot: each.load_w for slot, each in since.items()}
        return loads_w, estimated

    def _read_loads(
        self,
        transformers: Sequence[Transformer],
        feeder: Feeder | None,
        batteries: Sequence[HomeBattery],
        now: datetime,
    ) -> None:
        """Bring the loads up to date: all of the history at first, then what may have changed."""
        behind = {each.id: [battery.id for battery in _behind(each, batteries)] for each in transformers}
        former, self._on_feeder = self._on_feeder, on_feeder(transformers, has_feeder=feeder is not None)
        moved = self._moved(batteries)
        if feeder:
            behind[feeder.id] = [battery for id_ in self._on_feeder for battery in behind[id_]]
            if former != self._on_feeder or moved:
                moved.add(feeder.id)
        for id_ in moved:
            self._base_load_w.pop(id_, None)
            self._estimator.forget(id_)
        news = self._take_news()
        try:
            self._base_load_w = self._loads(behind, now, news)
        except StoreError:
            for source, oldest in news.items():
                self._note(source, oldest)
            raise
        self._read_until = now

    def _loads(
        self, behind: Mapping[str, Sequence[str]], now: datetime, news: Mapping[str, datetime]
    ) -> dict[str, dict[datetime, float]]:
        """Return the loads of each meter, without the batteries behind it.

        Those remembered, and read again those that may have changed.
        """
        # From a slot's start on: the mean of a part would take the place of the whole slot's.
        beginning = slot_start(now - HISTORY)
        since = {id_: max(beginning, self._unchanged_until(id_, ids, news)) for id_, ids in behind.items()}
        means = self.store.battery_slot_means(min(since.values(), default=now), now)
        return {
            id_: {
                slot: load
                for slot, load in self._base_load_w.get(id_, {}).items()
                if beginning <= slot < since[id_]
            }
            | without_batteries(
                self.store.meter_slot_means(id_, since[id_], now),
                [means.get(battery_id, {}) for battery_id in ids],
            )
            for id_, ids in behind.items()
        }

    def _unchanged_until(
        self, transformer_id: str, batteries: Sequence[str], news: Mapping[str, datetime]
    ) -> datetime:
        """Return from when on a transformer's loads may be other than remembered."""
        if self._read_until is None or transformer_id not in self._base_load_w:
            return _FOR_EVER
        late = [news[source] for source in (transformer_id, *batteries) if source in news]
        return slot_start(min([self._read_until - STILL_COMING, *late]))

    def _moved(self, batteries: Sequence[HomeBattery]) -> set[str]:
        """Return the transformers that a battery was moved from or to: all of their past is read again."""
        former, self._behind = self._behind, {b.battery.id: b.battery.transformer_id for b in batteries}
        return {
            transformer_id
            for battery_id, now_behind in self._behind.items()
            if former.get(battery_id, now_behind) != now_behind
            for transformer_id in (former[battery_id], now_behind)
        }

    def _note(self, source: str, oldest: datetime) -> None:
        with self._lock:
            self._news[source] = min(oldest, self._news.get(source, oldest))

    def _take_news(self) -> Mapping[str, datetime]:
        with self._lock:
            news, self._news = self._news, {}
        return news


def _stored_wh(
    batteries: Sequence[Battery],
    readings: Mapping[str, BatteryReading],
    modes: Container[str],
    now: datetime,
) -> dict[str, float]:
    """Return the energy in each battery that has lately reported one of `modes`."""
    return {
        battery.id: reading.state_of_charge * battery.capacity_wh
        for battery in batteries
        if (reading := readings.get(battery.id))
        and reading.mode in modes
        and now - reading.at <= PLANNABLE_FOR
    }


def _is_told(signals: OperatorSignals, now: datetime) -> bool:
    """Say whether an operator tells what the feeder will carry: what was told of the past is over."""
    return any(
        told.subject == FEEDER_ID and isfinite(power_w) and told.start + (t + 1) * SLOT > now
        for told in signals.told_loads
        for t, power_w in enumerate(told.power_w)
    )


def without_batteries(
    load_w: Mapping[datetime, float], battery_w: Sequence[Mapping[datetime, float]]
) -> dict[datetime, float]:
    """Return the load that a meter would have seen without the batteries behind it.

    A slot in which a battery was not heard of counts as standing still: its own meter is the only witness.
    """
    return {slot: load - sum(means.get(slot, 0.0) for means in battery_w) for slot, load in load_w.items()}


def _behind(transformer: Transformer, batteries: Sequence[HomeBattery]) -> list[Battery]:
    return [b.battery for b in batteries if b.battery.transformer_id == transformer.id]
