"""How small a difference an experiment could show, by how much the village's own days differ anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import sqrt

import numpy as np

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.comparison import CONFIDENCE, covariates
from battery_commons.experiment.counted import CountedDay
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.experiment.regression import Floats
from battery_commons.experiment.schedule import Design
from battery_commons.students_t import quantile

LEAST_PAST_DAYS = 21
"""Three weeks: of fewer the spread is a guess."""
SEASON = timedelta(weeks=2)
"""Within it the season stays what it is: what differs between such pieces is no spread of days."""
CHANCE = 0.8
"""With this chance a difference of the size that is told shows up."""


def smallest_shown(past: Sequence[CountedDay], design: Design) -> Mapping[Measure, tuple[float, float]]:
    """Return by measure which difference would show up four times out of five, and the mean of the past days.

    What is left of the past days after the weather is taken to go on as it was: so much from day to day, and
    so much alike on days that follow each other (an autoregression of the first order). Where it is known
    what days would have been without batteries, it is the spread of what batteries did: told too small where
    they only served their own houses (M1). Measures of which fewer than LEAST_PAST_DAYS are known, or which
    are the same on all of them, are left out.
    """
    found = {}
    for measure in sorted({measure for each in past for measure in each.outcomes}):
        having = [
            replace(each, block=(each.day - past[0].day) // SEASON)
            for each in past
            if measure in each.outcomes
        ]
        outcome = np.array([each.outcomes[measure] for each in having])
        if len(having) < LEAST_PAST_DAYS or np.ptp(outcome) == 0:
            continue
        by_weather = all(each.weather is not None for each in having)
        by_price = measure.kind is Kind.COST and all(each.price is not None for each in having)
        columns = covariates(having, by_weather=by_weather, by_price=by_price)
        part = outcome - _without(having, measure, design)
        left = part - columns @ np.linalg.lstsq(columns, part)[0]
        variance = float(left @ left) / max(len(having) - columns.shape[1], 1)
        error = sqrt(variance * _of_difference(design, _alike(having, left)))
        freedom = (design.repeats - 1) * (len(design.models) - 1)
        reach = quantile((1 + CONFIDENCE) / 2, freedom) + quantile(CHANCE, freedom)
        found[measure] = float(reach * error), float(outcome.mean())
    return found


def _without(days: Sequence[CountedDay], measure: Measure, design: Design) -> Floats:
    """Return what days would have come to without batteries; zero where it will not be corrected for."""
    if ControlModel.M6 in design.models or not all(measure in each.alone for each in days):
        return np.zeros(len(days))
    return np.array([each.alone[measure] for each in days])


def _of_difference(design: Design, alike: float) -> float:
    """Return the variance of a difference as a share of one day's, where days k apart are alike**k alike."""
    days = design.counting_days()
    periods = [period for day in days if (period := design.period_on(day))]
    steered = [[float(period.model is model) for model in design.models[1:]] for period in periods]
    blocks = [[float(period.block == block) for block in range(design.repeats)] for period in periods]
    columns = np.hstack([np.array(steered), np.array(blocks)])
    weights = np.linalg.pinv(columns)[0]
    numbers = np.array([day.toordinal() for day in days])
    together = alike ** np.abs(numbers[:, np.newaxis] - numbers)
    return float(weights @ together @ weights)


def _alike(days: Sequence[CountedDay], left: Floats) -> float:
    """Return how much days that follow each other are alike: 0, not at all, to 0.9."""
    pairs = [
        (left[n], left[n + 1])
        for n in range(len(days) - 1)
        if days[n + 1].day - days[n].day == timedelta(days=1)
    ]
    if not pairs or not np.any(left):
        return 0.0
    before, after = np.array(pairs).T
    return float(np.clip((before @ after) / len(pairs) / (left @ left / len(left)), 0.0, 0.9))
