"""What local days came to, from the store: for experiments, and to say beforehand what one could show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

import numpy as np

from battery_commons.dispatch.lease import LEASE
from battery_commons.domain.grid import FEEDER_ID, Transformer, on_feeder
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid
from battery_commons.domain.weather import SlotWeather, roughly
from battery_commons.experiment.counted import CountedDay
from battery_commons.experiment.measure import Measure
from battery_commons.experiment.outcomes import DayLoads, Floats, outcomes, without_batteries
from battery_commons.experiment.record import DayRecord, DayWeather, Experiment, Lost
from battery_commons.experiment.schedule import Design, midnight
from battery_commons.sense.situation import without_batteries as without_batteries_w
from battery_commons.store import Store
from battery_commons.tick.decision_record import model_of

KNOWN_SHARE = 0.95
"""Of a day's quarter hours: a peak in what is missing would not be seen. The others are drawn as a line."""
STEERED_SHARE = 0.95
"""Of a day's quarter hours the day's model must have steered."""
PAST_DAYS = 84
"""Twelve weeks: as long as a season stays what it is."""
_DAY = timedelta(days=1)
_WEEK = 7

type Slots = Mapping[datetime, float]


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """A day, as far as it was measured."""

    outcomes: Mapping[Measure, float]
    alone: Mapping[Measure, float]
    """The same without batteries."""
    weather: DayWeather | None
    price: float | None


def examined(store: Store, experiment: Experiment, day: date, now: datetime) -> DayRecord:
    """Return what became of a day of an experiment, as far as is known at `now`. Raises StoreError."""
    period = experiment.design.period_on(day)
    if period is None:
        raise ValueError(f"{day} is no day of the experiment {experiment.id}")
    found = measured_day(
        Stored.of(store, midnight(day), midnight(day + _DAY)), day, experiment.design.counted_from
    )
    lost = _lost(store, experiment, day, period.model) or (None if found.outcomes else Lost.NO_METER)
    return DayRecord(
        day,
        now,
        lost,
        {measure.key: value for measure, value in found.outcomes.items()},
        {measure.key: value for measure, value in found.alone.items()},
        found.weather,
        found.price,
    )


def past_days(store: Store, design: Design, now: datetime) -> list[CountedDay]:
    """Return the village's newest days before `now`, cut as the design does; what steered is left open.

    Raises StoreError.
    """
    today = now.astimezone(MARKET_ZONE).date()
    found = []
    # A week at once: by the day many batteries take long to read, and all at once much memory.
    for back in range(PAST_DAYS, 0, -_WEEK):
        days = [today - timedelta(days=n) for n in range(back, back - _WEEK, -1)]
        stored = Stored.of(store, midnight(days[0]), midnight(days[-1] + _DAY))
        found += [(day, measured_day(stored, day, design.counted_from)) for day in days]
    return [
        CountedDay(day, n, 0, design.models[0], each.outcomes, each.alone, each.weather, each.price)
        for n, (day, each) in enumerate(found)
        if each.outcomes
    ]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of some time, by quarter hour."""

    settings: VillageSettings
    transformers: Sequence[Transformer]
    meter_w: Mapping[str, Slots]
    """By transformer."""
    feeder_w: Slots | None
    """None where the village has no feeder."""
    behind_w: Mapping[str, Sequence[Slots]]
    """By transformer, what each of its batteries drew."""
    prices: Slots
    weather: Sequence[SlotWeather]
    """As it was last told; nothing where the village has not said where it lies."""

    @classmethod
    def of(cls, store: Store, start: datetime, end: datetime) -> Self:
        """Return what the store holds of [start, end). Raises StoreError."""
        settings, transformers = store.settings(), store.transformers()
        battery_w = store.battery_slot_means(start, end)
        behind: dict[str, list[Slots]] = {}
        for each in store.batteries():
            behind.setdefault(each.battery.transformer_id, []).append(battery_w.get(each.battery.id, {}))
        place = settings.place
        weather = [] if place is None else store.weather(roughly(place), start, end)
        return cls(
            settings,
            transformers,
            {each.id: store.meter_slot_means(each.id, start, end) for each in transformers},
            store.meter_slot_means(FEEDER_ID, start, end) if store.feeder() else None,
            behind,
            {at: each.eur_per_kwh for at, each in store.prices(start, end).items()},
            [each.weather for each in weather],
        )


def measured_day(stored: Stored, day: date, counted_from: timedelta) -> MeasuredDay:
    """Return what was measured of a local day from so long after midnight on."""
    begin, end = midnight(day), midnight(day + _DAY)
    start = begin + counted_from
    grid = TimeGrid(start, (end - start) // SLOT)
    day_ahead = _filled(stored.prices, grid)
    tariff = stored.settings.tariff.at(start)
    load_w, base_w = _loads(stored, grid)
    loads = DayLoads(
        load_w,
        {each.id: each.limit_w for each in stored.transformers},
        feeder_w=None if stored.feeder_w is None else _filled(stored.feeder_w, grid),
        base_w=base_w,
        import_price=None if day_ahead is None else tariff.import_price(day_ahead),
        export_price=None if day_ahead is None else tariff.export_price(day_ahead),
        on_feeder=on_feeder(stored.transformers, has_feeder=stored.feeder_w is not None),
    )
    return MeasuredDay(
        outcomes(loads),
        without_batteries(loads),
        _weather(stored, begin, end),
        None if day_ahead is None else float(day_ahead.mean()),
    )


def _lost(store: Store, experiment: Experiment, day: date, model: ControlModel) -> Lost | None:
    """Return why a day was not steered as it was to be; None where it was."""
    if experiment.was_paused_on(day):
        return Lost.PAUSED
    start, end = midnight(day), midnight(day + _DAY)
    slots = TimeGrid(start, (end - start) // SLOT).starts()
    steered = Counter(_steered_by(store, slots))
    if steered[model] >= STEERED_SHARE * len(slots):
        return None
    by_others = sum(steered.values()) - steered[model] - steered[None]
    return Lost.OTHER_MODEL if by_others >= steered[None] else Lost.NO_PLAN


def _steered_by(store: Store, slots: Sequence[datetime]) -> list[ControlModel | None]:
    """Return by slot whose plan was in force at its end: the last that was made, while its lease ran."""
    kept = store.decided(slots[0] - LEASE, slots[-1] + SLOT)
    decided = [(at, model_of(village)) for at, village in kept]
    found: list[ControlModel | None] = []
    place = -1
    for slot in slots:
        end = slot + SLOT
        while place + 1 < len(decided) and decided[place + 1][0] < end:
            place += 1
        in_force = place >= 0 and decided[place][0] >= end - LEASE
        found.append(decided[place][1] if in_force else None)
    return found


def _loads(stored: Stored, grid: TimeGrid) -> tuple[dict[str, Floats], dict[str, Floats] | None]:
    """Return by transformer that was measured its load, and the same without batteries.

    The latter only where every transformer was measured.
    """
    load_w, base_w = {}, {}
    for each in stored.transformers:
        meter = stored.meter_w[each.id]
        means = {at: meter[at] for at in grid.starts() if at in meter}
        load = _filled(means, grid)
        base = _filled(without_batteries_w(means, stored.behind_w.get(each.id, [])), grid)
        if load is not None and base is not None:
            load_w[each.id], base_w[each.id] = load, base
    is_whole = bool(load_w) and len(load_w) == len(stored.transformers)
    return load_w, base_w if is_whole else None


def _weather(stored: Stored, start: datetime, end: datetime) -> DayWeather | None:
    """Return the mean of what was last said of a whole day's weather; None where too little was."""
    slots = [each for each in stored.weather if start <= each.start < end]
    if len(slots) < KNOWN_SHARE * ((end - start) // SLOT):
        return None
    return DayWeather(
        float(np.mean([each.temperature_c for each in slots])),
        float(np.mean([each.radiation_w_m2 for each in slots])),
    )


def _filled(values: Slots, grid: TimeGrid) -> Floats | None:
    """Return (T,) the values on a grid with lines across small gaps; None where too much is missing."""
    starts = grid.starts()
    known = [n for n, start in enumerate(starts) if start in values]
    if len(known) < KNOWN_SHARE * grid.slots:
        return None
    filled: Floats = np.interp(np.arange(grid.slots), known, [values[starts[n]] for n in known])
    return filled
