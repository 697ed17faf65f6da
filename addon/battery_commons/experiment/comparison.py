"""What the models did at the same weather: the difference from the first one, and how sure that is.

Each measure of the days that count is explained by the model, the block (the season), the day's temperature
and radiation, whether it is a weekend, whether net metering has ended, and what the day would have been
without batteries; what it costs, by the day's price too. The model's coefficient is the difference. Its
interval takes the days of a period as one (regression.py); a test that only draws the models of each block
again checks it without any assumption about the weather's part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # it has no types

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import NET_METERING_ENDS
from battery_commons.experiment.counted import CountedDay
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.experiment.regression import Estimate, Floats, estimate

CONFIDENCE = 0.95
LEAST_DAYS = 4
"""Of a model, and in two periods at least: fewer say nothing."""
LEAST_KNOWN = 0.8
"""Of the days: of what is unknown on more, differences are not corrected for rather than days left out."""
_MOST_DRAWS = 4_096
_NOTHING_NEW = 1e-6
_SATURDAY = 5


class Verdict(StrEnum):
    """What can be told of a difference."""

    SAME = "same"
    """Every day was alike, whatever steered: there is nothing to compare."""

    TOO_FEW = "too_few"
    """There are too few days or periods for any estimate."""
    UNCLEAR = "unclear"
    """It may well be none."""
    LIKELY = "likely"
    """Its interval is without zero; among so many comparisons that may still be chance."""
    SURE = "sure"
    """It also holds when all comparisons are looked at together (Holm's correction)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a model differs from the first one in one measure."""

    measure: Measure
    model: ControlModel
    days: int
    """That count for the model."""
    reference_days: int
    reference_mean: float | None
    """Of the first model's days; None without any."""
    change: float | None = None
    """Of the measure, per day; None where there are too few days, as are the figures below."""
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_drawn: float | None = None
    """By drawing the models of each block again: how often chance makes so large a difference."""
    verdict: Verdict = Verdict.TOO_FEW


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and what they are corrected for."""

    differences: Sequence[Difference]
    by_weather: bool
    without_weather: int
    """Days that were left out since their weather is unknown."""

    @property
    def told(self) -> int:
        """How many comparisons could be made: one in twenty of none would seem something by chance."""
        return sum(each.p_value is not None for each in self.differences)


def compare(models: Sequence[ControlModel], days: Sequence[CountedDay]) -> Comparison:
    """Return how the models differ from the first of them, in every measure that any day has."""
    known = [each for each in days if each.weather is not None]
    by_weather = bool(known) and len(known) >= LEAST_KNOWN * len(days)
    used = known if by_weather else list(days)
    measures = sorted({measure for each in used for measure in each.outcomes})
    # The matrices are small: threads would wait for one another most of the time.
    with threadpool_limits(1, "blas"):
        found = [
            _difference(measure, models[0], model, models, used, by_weather=by_weather)
            for measure in measures
            for model in models[1:]
        ]
    return Comparison(_judged(found), by_weather, len(days) - len(used))


def _difference(
    measure: Measure,
    reference: ControlModel,
    model: ControlModel,
    models: Sequence[ControlModel],
    days: Sequence[CountedDay],
    *,
    by_weather: bool,
) -> Difference:
    needs_price = measure.kind is Kind.COST
    known = [each for each in days if measure in each.outcomes and not (needs_price and each.price is None)]
    having, by_alone = _with_alone(known, measure, models)
    of_reference = [each.outcomes[measure] for each in having if each.model == reference]
    counted = Difference(
        measure,
        model,
        days=sum(each.model == model for each in having),
        reference_days=len(of_reference),
        reference_mean=float(np.mean(of_reference)) if of_reference else None,
    )
    if any(_too_few(each, having) for each in (reference, model)):
        return counted
    there = [each for each in models[1:] if any(day.model == each for day in having)]
    outcome = np.array([each.outcomes[measure] for each in having])
    if np.ptp(outcome) == 0:
        return replace(counted, change=0.0, low=0.0, high=0.0, verdict=Verdict.SAME)
    steered = np.array([[float(day.model == each) for each in there] for day in having])
    columns = np.column_stack(
        [steered, covariates(having, by_weather=by_weather, by_price=needs_price, by_alone=by_alone)]
    )
    clusters = np.array([each.period for each in having], dtype=np.intp)
    try:
        found = estimate(columns, outcome, clusters, there.index(model))
    except ValueError:
        return counted
    others = np.delete(columns, there.index(model), axis=1)
    return _with(counted, found, _drawn_again(having, outcome, others, (reference, model), found.value))


def _with_alone(
    days: Sequence[CountedDay], measure: Measure, models: Sequence[ControlModel]
) -> tuple[Sequence[CountedDay], Measure | None]:
    """Return the days, and by what they are told apart without batteries; None where that is of no use.

    M6 has residents change what they use: it would take out of the difference what M6 is about.
    """
    known = [each for each in days if measure in each.alone]
    if ControlModel.M6 in models or not known or len(known) < LEAST_KNOWN * len(days):
        return days, None
    return known, measure


def covariates(
    days: Sequence[CountedDay], *, by_weather: bool, by_price: bool = False, by_alone: Measure | None = None
) -> Floats:
    """Return (n, p) what is the same whatever model steers, of full rank: a constant, and what varies."""
    blocks = sorted({each.block for each in days})[1:]
    columns = [np.ones(len(days)), *(_column(each.block == block for each in days) for block in blocks)]
    candidates = [
        _column(each.day.weekday() >= _SATURDAY for each in days),
        # With the blocks, days before and after are compared among themselves only.
        _column(each.day >= NET_METERING_ENDS.date() for each in days),
    ]
    if by_weather:
        weathers = [each.weather for each in days if each.weather is not None]
        candidates.append(_column(each.temperature_c for each in weathers))
        candidates.append(_column(each.radiation_w_m2 for each in weathers))
    if by_alone is not None:
        candidates.append(_column(each.alone[by_alone] for each in days))
    if by_price:
        candidates.append(_column(each.price or 0.0 for each in days))
    for candidate in candidates:
        # In its own scale, so that what is left beside the others tells whether it is anything new.
        scaled = (candidate - candidate.mean()) / (candidate.std() or 1.0)
        before, _ = np.linalg.qr(np.column_stack(columns))
        if np.linalg.norm(scaled - before @ (before.T @ scaled)) > _NOTHING_NEW:
            columns.append(scaled)
    return np.column_stack(columns)


def _column(values: Iterable[float]) -> Floats:
    return np.array([float(each) for each in values])


def _too_few(model: ControlModel, days: Sequence[CountedDay]) -> bool:
    own = [each for each in days if each.model == model]
    return len(own) < LEAST_DAYS or len({each.period for each in own}) < 2  # noqa: PLR2004 - one is no repeat


def _with(counted: Difference, found: Estimate, p_drawn: float) -> Difference:
    low, high = found.interval(CONFIDENCE)
    return replace(counted, change=found.value, low=low, high=high, p_value=found.p_value, p_drawn=p_drawn)


def _drawn_again(
    days: Sequence[CountedDay],
    outcome: Floats,
    others: Floats,
    pair: tuple[ControlModel, ControlModel],
    found: float,
) -> float:
    """Return the share of draws in which the two models differ by as much as was found.

    In each block the two may change places, as they might have been drawn; the draw that was made counts too.
    """
    _, model = pair
    blocks = sorted({each.block for each in days})
    in_block = np.array([[float(each.block == block) for each in days] for block in blocks])
    is_model = np.array([float(each.model == model) for each in days])
    is_either = np.array([float(each.model in pair) for each in days])
    if 2 ** len(blocks) <= _MOST_DRAWS:
        changed = np.array(list(product((0.0, 1.0), repeat=len(blocks))))
    else:
        drawing = np.random.default_rng(0)
        changed = drawing.integers(0, 2, (_MOST_DRAWS, len(blocks))).astype(float)
        changed[0] = 0.0
    changes = changed @ in_block
    draws = is_either * np.abs(changes - is_model)
    base, _ = np.linalg.qr(others)
    left = outcome - base @ (base.T @ outcome)
    own = draws - (draws @ base) @ base.T
    weight = np.sum(own**2, axis=1)
    tellable = weight > 1e-9  # noqa: PLR2004 - of a column of ones and zeros: rounding
    drawn = np.abs(own @ left)[tellable] / weight[tellable]
    return float(np.mean(drawn >= abs(found) * (1 - 1e-9)))


def _judged(found: Sequence[Difference]) -> list[Difference]:
    """Return the differences with what can be told of them, all looked at together (Holm 1979)."""
    order = sorted(
        (n for n, each in enumerate(found) if each.p_value is not None), key=lambda n: found[n].p_value or 0.0
    )
    sure: set[int] = set()
    for place, n in enumerate(order):
        if (found[n].p_value or 0.0) > (1 - CONFIDENCE) / (len(order) - place):
            break
        sure.add(n)
    return [_judge(each, is_sure=n in sure) for n, each in enumerate(found)]


def _judge(each: Difference, *, is_sure: bool) -> Difference:
    if each.p_value is None or each.low is None or each.high is None:
        return each
    verdict = Verdict.UNCLEAR
    if each.low > 0 or each.high < 0:
        verdict = Verdict.SURE if is_sure else Verdict.LIKELY
    return replace(each, verdict=verdict)
