"""What local days came to, from the store: for experiments, and to say beforehand what one could show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from battery_commons.decision_record import model_of
from battery_commons.dispatch.lease import LEASE
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid
from battery_commons.domain.weather import roughly
from battery_commons.experiment.counted import CountedDay
from battery_commons.experiment.measure import Measure
from battery_commons.experiment.outcomes import DayLoads, Floats, outcomes, without_batteries
from battery_commons.experiment.record import DayRecord, DayWeather, Experiment, Lost
from battery_commons.experiment.schedule import Design, midnight
from battery_commons.sense.situation import without_batteries as without_batteries_w
from battery_commons.store import Store

KNOWN_SHARE = 0.95
"""Of a day's quarter hours: a peak in what is missing would not be seen. The others are drawn as a line."""
STEERED_SHARE = 0.95
"""Of a day's quarter hours the day's model must have steered."""
PAST_DAYS = 84
"""Twelve weeks: as long as a season stays what it is."""


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
    found = measured_day(store, day, experiment.design.counted_from)
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
    days = [today - timedelta(days=n) for n in range(PAST_DAYS, 0, -1)]
    measured = {day: measured_day(store, day, design.counted_from) for day in days}
    return [
        CountedDay(day, n, 0, design.models[0], each.outcomes, each.alone, each.weather, each.price)
        for n, (day, each) in enumerate(measured.items())
        if each.outcomes
    ]


def measured_day(store: Store, day: date, counted_from: timedelta) -> MeasuredDay:
    """Return what was measured of a local day from so long after midnight on. Raises StoreError."""
    begin, end = midnight(day), midnight(day + timedelta(days=1))
    start = begin + counted_from
    grid = TimeGrid(start, (end - start) // SLOT)
    settings = store.settings()
    prices = {at: each.eur_per_kwh for at, each in store.prices(start, end).items()}
    day_ahead = _filled(prices, grid)
    tariff = settings.tariff.at(start)
    load_w, base_w, limit_w = _loads(store, grid)
    loads = DayLoads(
        load_w,
        limit_w,
        feeder_w=_filled(store.meter_slot_means(FEEDER_ID, start, end), grid) if store.feeder() else None,
        base_w=base_w,
        import_price=None if day_ahead is None else tariff.import_price(day_ahead),
        export_price=None if day_ahead is None else tariff.export_price(day_ahead),
    )
    return MeasuredDay(
        outcomes(loads),
        without_batteries(loads),
        _weather(store, settings, begin, end),
        None if day_ahead is None else float(day_ahead.mean()),
    )


def _lost(store: Store, experiment: Experiment, day: date, model: ControlModel) -> Lost | None:
    """Return why a day was not steered as it was to be; None where it was."""
    if experiment.was_paused_on(day):
        return Lost.PAUSED
    start, end = midnight(day), midnight(day + timedelta(days=1))
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


def _loads(
    store: Store, grid: TimeGrid
) -> tuple[dict[str, Floats], dict[str, Floats] | None, dict[str, float]]:
    """Return by transformer that was measured its load, the same without batteries, and its limit.

    Without batteries only where every transformer was measured.
    """
    battery_w = store.battery_slot_means(grid.start, grid.end)
    batteries = store.batteries()
    transformers = store.transformers()
    load_w, base_w = {}, {}
    for transformer in transformers:
        means = store.meter_slot_means(transformer.id, grid.start, grid.end)
        own = [each.battery.id for each in batteries if each.battery.transformer_id == transformer.id]
        load = _filled(means, grid)
        base = _filled(without_batteries_w(means, [battery_w.get(id_, {}) for id_ in own]), grid)
        if load is not None and base is not None:
            load_w[transformer.id], base_w[transformer.id] = load, base
    is_whole = bool(transformers) and len(load_w) == len(transformers)
    return load_w, base_w if is_whole else None, {each.id: each.limit_w for each in transformers}


def _weather(store: Store, settings: VillageSettings, start: datetime, end: datetime) -> DayWeather | None:
    """Return the mean of what was last said of a whole day's weather; None where too little was."""
    if settings.place is None:
        return None
    slots = [each.weather for each in store.weather(roughly(settings.place), start, end)]
    if len(slots) < KNOWN_SHARE * ((end - start) // SLOT):
        return None
    return DayWeather(
        float(np.mean([each.temperature_c for each in slots])),
        float(np.mean([each.radiation_w_m2 for each in slots])),
    )


def _filled(values: Mapping[datetime, float], grid: TimeGrid) -> Floats | None:
    """Return (T,) the values on a grid with lines across small gaps; None where too much is missing."""
    starts = grid.starts()
    known = [n for n, start in enumerate(starts) if start in values]
    if len(known) < KNOWN_SHARE * grid.slots:
        return None
    filled: Floats = np.interp(np.arange(grid.slots), known, [values[starts[n]] for n in known])
    return filled
