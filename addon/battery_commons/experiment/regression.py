"""Least squares with an uncertainty that knows that days of one period belong together.

Days of a period share weather, events and what is in the batteries: they are not so many independent
observations. The variance is therefore estimated cluster by cluster with the correction of Bell and McCaffrey
("CR2"), and the degrees of freedom are theirs too, which keeps intervals honest with a dozen periods:
R. Bell and D. McCaffrey, "Bias reduction in standard errors for linear regression with multi-stage samples",
Survey Methodology 28 (2002); G. Imbens and M. Kolesar, "Robust standard errors in small samples", Review of
Economics and Statistics 98 (2016).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from battery_commons.students_t import quantile, share_below

type Floats = NDArray[np.float64]
type Indices = NDArray[np.intp]

_NEXT_TO_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient, with what is known of it."""

    value: float
    error: float
    """Its standard error."""
    freedom: float
    """Degrees of freedom of that."""

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return from where to where the true value lies at this confidence (0 to 1)."""
        reach = self.error * quantile((1 + confidence) / 2, self.freedom)
        return self.value - reach, self.value + reach

    @property
    def p_value(self) -> float:
        """How often chance alone makes so large a coefficient of none."""
        if self.error <= 0:
            return 1.0 if self.value == 0 else 0.0
        return 2 * share_below(-abs(self.value) / self.error, self.freedom)


def estimate(columns: Floats, outcome: Floats, clusters: Indices, place: int) -> Estimate:
    """Return the coefficient of one column.

    Args:
        columns: (n, p) what the outcome is explained by, of full rank.
        outcome: (n,)
        clusters: (n,) which belong together, by number.
        place: Which of the p columns.

    Raises:
        ValueError: Where the columns do not have full rank, or leave nothing over.
    """
    n, p = columns.shape
    if n <= p or np.linalg.matrix_rank(columns) < p:
        raise ValueError(f"{n} days are too few, or too much alike, to tell {p} influences apart")
    bread = np.linalg.inv(columns.T @ columns)
    coefficients = bread @ columns.T @ outcome
    left = outcome - columns @ coefficients
    annihilator = np.eye(n) - columns @ bread @ columns.T
    scores, spread = [], []
    for cluster in np.unique(clusters):
        inside = clusters == cluster
        weights = _inverse_root(annihilator[np.ix_(inside, inside)]) @ (columns[inside] @ bread[:, place])
        scores.append(float(weights @ left[inside]))
        spread.append(annihilator[:, inside] @ weights)
    variance = float(np.sum(np.square(scores)))
    of_clusters = np.array(spread) @ np.array(spread).T
    freedom = float(np.trace(of_clusters) ** 2 / np.sum(of_clusters**2))
    return Estimate(float(coefficients[place]), variance**0.5, max(freedom, 1.0))


def _inverse_root(matrix: Floats) -> Floats:
    """Return the inverse of the symmetric root; of directions that are explained altogether, nothing."""
    values, vectors = np.linalg.eigh(matrix)
    known = values > _NEXT_TO_NOTHING
    inverse = np.where(known, 1 / np.sqrt(np.where(known, values, 1.0)), 0.0)
    root: Floats = (vectors * inverse) @ vectors.T
    return root
