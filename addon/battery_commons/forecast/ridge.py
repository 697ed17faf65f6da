"""Ridge regression: a linear model that few data cannot lead far astray."""

from dataclasses import dataclass

import numpy as np

from battery_commons.forecast.load import Floats


@dataclass(frozen=True, eq=False, slots=True)
class Ridge:
    """A linear model of F features of mean 0 and deviation 1; an unknown one counts as its mean."""

    mean: Floats
    deviation: Floats
    weights: Floats
    intercept: float

    def predict(self, features: Floats) -> Floats:
        """Return (N,) what the model makes of features (N, F)."""
        result: Floats = _standard(features, self.mean, self.deviation) @ self.weights + self.intercept
        return result


def fit_ridge(features: Floats, target: Floats, penalty: float) -> Ridge:
    """Return the ridge regression of `target` (N,) on `features` (N, F), none of them all NaN."""
    mean, deviation = np.nanmean(features, axis=0), np.nanstd(features, axis=0)
    # A difference that is lost in rounding leaves no deviation.
    deviation[deviation == 0] = 1.0
    standard = _standard(features, mean, deviation)
    intercept = float(target.mean())
    gram = standard.T @ standard + penalty * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, standard.T @ (target - intercept)).astype(np.float64)
    return Ridge(mean, deviation, weights, intercept)


def _standard(features: Floats, mean: Floats, deviation: Floats) -> Floats:
    return np.nan_to_num((features - mean) / deviation)
