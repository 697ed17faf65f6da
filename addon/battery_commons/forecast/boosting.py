"""Gradient boosting beside a ridge regression, on what is known at least some days before.

Each alone is worse than the mean of both: the linear model learns from few data that more sun is less load,
and the trees find what is not linear.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped] # it has no types

from battery_commons.domain.series import Weather
from battery_commons.forecast.features import LINEAR_FROM, Features, bends_of
from battery_commons.forecast.load import Floats
from battery_commons.forecast.ridge import Ridge, fit_ridge
from battery_commons.forecast.slots import Known

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

STRIDE = 4
"""One slot of every hour is learned from: the other three say hardly anything more, and take time."""
LEAST_SAMPLES = 48
"""Two days of hours, fewer than which are not learned from."""
RIDGE_PENALTY = 75.0


@dataclass(frozen=True, eq=False, slots=True)
class LoadModel:
    """What was learned about slots at least `features.gap` days after the newest measurement."""

    features: Features
    usable: NDArray[np.bool_]
    """(F,) which features told slots apart."""
    ridge: Ridge
    trees: HistGradientBoostingRegressor
    lowest_w: float
    highest_w: float

    def predict(self, known: Known, weather: Weather | None, start: int, end: int) -> Floats:
        """Return (end - start,) the expected load of the slots from number `start` up to `end`."""
        features = self.features.matrix(known, weather, start, end)
        with _threads().limit(limits=1, user_api="openmp"):
            by_trees: Floats = self.trees.predict(features[:, self.usable])
        by_ridge = self.ridge.predict(features[:, _linear(self.usable)])
        # Weather unlike any before must not carry the straight lines away.
        beyond_w = self.highest_w - self.lowest_w
        return np.clip((by_trees + by_ridge) / 2, self.lowest_w - beyond_w, self.highest_w + beyond_w)


def fit(known: Known, weather: Weather | None, gap: int) -> LoadModel | None:
    """Return a model trained on all of `known`, None where there is too little to learn from."""
    features = Features(gap, bends_of(weather, known.first, known.end))
    start = known.first + features.reach
    if start >= known.end:
        return None
    load_w = known.between(start, known.end)
    learned = np.isfinite(load_w) & (np.arange(known.end - start) % STRIDE == 0)
    if learned.sum() < LEAST_SAMPLES:
        return None
    seen, load_w = features.matrix(known, weather, start, known.end)[learned], load_w[learned]
    usable = np.array([_tells_apart(column) for column in seen.T], dtype=np.bool_)
    trees = import_module("sklearn.ensemble").HistGradientBoostingRegressor(
        max_iter=100,
        learning_rate=0.06,
        max_leaf_nodes=8,
        min_samples_leaf=30,
        max_features=0.3,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=0,
    )
    with _threads().limit(limits=1, user_api="openmp"):
        trees.fit(seen[:, usable], load_w)
    ridge = fit_ridge(seen[:, _linear(usable)], load_w, RIDGE_PENALTY)
    return LoadModel(features, usable, ridge, trees, float(load_w.min()), float(load_w.max()))


@cache
def _threads() -> ThreadpoolController:
    """Return what holds OpenMP to one thread: on a busy machine its threads wait longer than the work takes.

    scikit-learn is loaded here, before its threads are looked for, and not with this module: it takes more
    memory than the rest of a coordinator that has nothing to learn from yet.
    """
    import_module("sklearn.ensemble")
    return ThreadpoolController()


def _linear(usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return usable & (np.arange(len(usable)) >= LINEAR_FROM)


def _tells_apart(column: Floats) -> bool:
    """Return whether a feature has two values at least: scikit-learn refuses one that has not."""
    values = column[np.isfinite(column)]
    return len(values) > 0 and bool(values.min() < values.max())
