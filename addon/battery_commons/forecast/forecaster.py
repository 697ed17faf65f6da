"""The forecast of one series: how the load of a transformer, a feeder or a connection goes on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.time import SLOTS_PER_DAY, TimeGrid
from battery_commons.forecast.boosting import LoadModel, fit
from battery_commons.forecast.errors import Experience, PastErrors
from battery_commons.forecast.features import AROUND_SLOTS, weather_column
from battery_commons.forecast.load import Floats, LoadForecast, Method
from battery_commons.forecast.persistence import persist, persistence
from battery_commons.forecast.slots import Known, known_at, slot_number

NEAR, FAR = 1, 2
"""Days between a slot and the newest measurement that the model of the coming day, or the next, looks at."""
LEAST_SLOTS = 28 * SLOTS_PER_DAY
"""Four weeks: with fewer, persistence is the better forecast."""
LONG_SLOTS = 182 * SLOTS_PER_DAY
OFTEN, SELDOM, SOON = timedelta(days=7), timedelta(days=28), timedelta(days=1)
"""When to train again: while each week is news, once half a year is known, and before the first time."""
WEATHER_AHEAD_SLOTS = SLOTS_PER_DAY // 2
MOST = 0.5
"""The share of its slots of which more must be known for a stretch of weather to count as known."""
REMEMBERED_DAYS = 28
"""How many days of errors the band is made of: it should follow the season."""
BLOCK_SLOTS = 24
"""How many slots share one evaluation of the models. All that they look at is a day old or more, so little is
lost: until the next evaluation, the model of the day after stands in for the last hours of the coming day."""


@dataclass(frozen=True, eq=False, slots=True)
class _Trained:
    """What one training came to."""

    near: LoadModel
    far: LoadModel
    end: int
    """The number of the first slot that the models have not seen."""
    errors: PastErrors
    experience: Experience


@dataclass(frozen=True, eq=False, slots=True)
class _Block:
    """What the models make of two days, before correction."""

    trained: _Trained
    seen: tuple[bytes, ...]
    """All that the models were shown."""
    near_w: Floats
    """(97,) from the last slot before the issue on."""
    far_w: Floats
    """(96,) of the day after."""


@dataclass(slots=True)
class Forecaster:
    """Learns one series and forecasts it: the same trainings and knowledge make the same forecast."""

    _due: dict[bool, datetime] = field(default_factory=dict)
    """Of the models that know the weather, and of those that do without."""
    _trained: dict[bool, _Trained] = field(default_factory=dict)
    """The same: a model that knows the weather is far off where the weather is lost."""
    _block: _Block | None = None

    def needs_training(self, now: datetime, weather: Weather | None) -> bool:
        """Return whether it is time to train, the weather being known as it is."""
        due = self._due.get(_tells_enough(weather, now))
        return due is None or now >= due

    def train(self, history: MeasuredSeries, weather: Weather | None, now: datetime) -> None:
        """Learn from what had been measured by `now`. Takes a second; forecasts can be made meanwhile."""
        known, sees_weather = known_at(history, now), _tells_enough(weather, now)
        if known is None or len(known.values_w) < LEAST_SLOTS:
            self._due[sees_weather] = now + SOON
            return
        self._due[sees_weather] = now + (SELDOM if len(known.values_w) >= LONG_SLOTS else OFTEN)
        learned_weather = weather if sees_weather else None
        near, far = fit(known, learned_weather, NEAR), fit(known, learned_weather, FAR)
        if near is None or far is None:
            return
        errors = _past_errors(known, learned_weather, self._trained.get(sees_weather))
        self._trained[sees_weather] = _Trained(near, far, known.end, errors, Experience.of(errors))

    def forecast(
        self, history: MeasuredSeries, weather: Weather | None, grid: TimeGrid, now: datetime
    ) -> LoadForecast:
        """Return what to expect of `grid` from what had been measured by `now`.

        The age of the newest measurement decides how: the models of the coming day and of the day after as
        far as they reach, persistence beyond.
        """
        known, trained = known_at(history, now), self._usable(weather, now)
        start, end = slot_number(grid.start), slot_number(grid.end)
        if known is None or trained is None:
            return persist(history, grid, now)
        issued = known.end - known.end % BLOCK_SLOTS
        split, reach = (issued + days * SLOTS_PER_DAY for days in (NEAR, FAR))
        if not known.end <= start < reach:
            return persist(history, grid, now)
        block = self._evaluate(trained, known.until(issued), weather, issued)
        expected_w = np.concatenate([block.near_w[1:], block.far_w])
        measured = known.end - 1
        error_w = known.values_w[-1] - block.near_w[measured - (issued - 1)]
        upto = min(end, reach)
        experience = trained.experience
        load_w = expected_w[start - issued : upto - issued]
        load_w = load_w + experience.correction(float(error_w), measured, start, upto)
        middle = min(max(start, split), upto)
        low_w, high_w = load_w + np.concatenate(
            [experience.near_band(measured, start, middle), experience.far_band(middle, upto)], axis=1
        )
        if upto < end:
            rest = persistence(known, upto, end - upto)
            load_w, low_w, high_w = map(np.append, (load_w, low_w, high_w), rest, strict=True)
        return LoadForecast(load_w, low_w, high_w, known.age(now), Method.BOOSTING)

    def _usable(self, weather: Weather | None, now: datetime) -> _Trained | None:
        """Return the models that know the weather, where it is known; else those that do without."""
        trained = self._trained.get(True) if _tells_enough(weather, now) else None
        return trained or self._trained.get(False)

    def _evaluate(self, trained: _Trained, known: Known, weather: Weather | None, issued: int) -> _Block:
        """Return what the models make of the two days from `issued` on, from what was known before it."""
        seen = _seen(trained, known, weather, issued)
        block = self._block
        if block is None or block.trained is not trained or block.seen != seen:
            split = issued + SLOTS_PER_DAY
            near_w = trained.near.predict(known, weather, issued - 1, split)
            far_w = trained.far.predict(known, weather, split, split + SLOTS_PER_DAY)
            block = self._block = _Block(trained, seen, near_w, far_w)
        return block


def _tells_enough(weather: Weather | None, now: datetime) -> bool:
    """Return whether the weather is known: most of the past to learn from, and most of what is near."""
    if weather is None or not weather.columns:
        return False
    present = slot_number(now)
    spans = ((present - LEAST_SLOTS, present), (present, present + WEATHER_AHEAD_SLOTS))
    return all(
        np.isfinite(weather_column(weather, name, start, end)).mean() > MOST
        for name in weather.columns
        for start, end in spans
    )


def _seen(trained: _Trained, known: Known, weather: Weather | None, issued: int) -> tuple[bytes, ...]:
    """Return all that the models look at, so that a measurement which comes late is not overlooked."""
    first = issued - trained.far.features.reach - SLOTS_PER_DAY
    last = issued + FAR * SLOTS_PER_DAY + AROUND_SLOTS
    names = trained.near.features.bends
    columns = [weather_column(weather, name, first, last) for name in names]
    return (
        issued.to_bytes(8, signed=True),
        known.between(first, issued).tobytes(),
        *(column.tobytes() for column in columns),
    )


def _past_errors(known: Known, weather: Weather | None, before: _Trained | None) -> PastErrors:
    """Return the errors of models in the slots after those that they were trained on."""
    if before is not None:
        later = _judge(before.near, before.far, known, weather, before.end)
        return before.errors.then(later).last(REMEMBERED_DAYS)
    # The first training has no forerunner to judge: two are trained as if it were some weeks earlier.
    fold = min(len(known.values_w) // 4, REMEMBERED_DAYS * SLOTS_PER_DAY // 2)
    halves = []
    for end in (known.end - fold, known.end):
        past = known.until(end - fold)
        near, far = fit(past, weather, NEAR), fit(past, weather, FAR)
        halves.append(_judge(near, far, known.until(end), weather, end - fold))
    return halves[0].then(halves[1])


def _judge(
    near: LoadModel | None, far: LoadModel | None, known: Known, weather: Weather | None, start: int
) -> PastErrors:
    """Return the errors of both models from slot number `start` on."""
    end = max(known.end, start)
    measured_w = known.between(start, end)
    near_w, far_w = (
        np.full(end - start, np.nan)
        if model is None or start == end
        else measured_w - model.predict(known, weather, start, end)
        for model in (near, far)
    )
    return PastErrors(start, near_w, far_w)
