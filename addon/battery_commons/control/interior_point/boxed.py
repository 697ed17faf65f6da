"""Variables between two bounds, with the multipliers of both: what charge, discharge, energy and PV share.

For l <= x <= u with multipliers z_l, z_u > 0 the method keeps (x - l) z_l = (u - x) z_u = mu by Newton steps,
which leave of a variable's stationarity condition

    step = (barrier - gradient) / (quadratic + z_l/(x - l) + z_u/(u - x))

with barrier = (mu - k_l)/(x - l) - (mu - k_u)/(u - x), where k is Mehrotra's second-order correction
(SIAM J. Optim. 2, 1992), the product of the two changes that a step with mu = 0 would make.
"""

import numpy as np

from battery_commons.control.problem import Bools, Floats

OUT_OF_REACH = 1e40
"""Where the bounds of a fixed variable are put: then they never press on it."""


class Boxed:
    """An array of variables and where they are on their way."""

    def __init__(self, lower: Floats, upper: Floats, start: Floats, fixed: Bools, mu: float) -> None:
        """Start from values inside the boxes, with every product at `mu`; `fixed` variables stay there."""
        self.value = start
        self._lower = np.where(fixed, -OUT_OF_REACH, lower)
        self._upper = np.where(fixed, OUT_OF_REACH, upper)
        self._free = None if not fixed.any() else np.where(fixed, 0.0, 1.0)
        self._above = self.value - self._lower
        self._below = self._upper - self.value
        self._z_lower = mu / self._above
        self._z_upper = mu / self._below
        self.step = np.zeros_like(self.value)
        self._keep_lower = self._keep_upper = self.step

    @property
    def products(self) -> int:
        """How many products there are."""
        return 2 * self.value.size

    def complementarity(self) -> float:
        """Return the sum of all products."""
        return float(np.vdot(self._above, self._z_lower) + np.vdot(self._below, self._z_upper))

    def response(self, quadratic: Floats | float) -> Floats:
        """Return how far each variable gives way to a unit of gradient; zero for fixed ones."""
        stiffness: Floats = self._z_lower / self._above
        stiffness += self._z_upper / self._below
        stiffness += quadratic
        np.divide(1.0, stiffness, out=stiffness)
        if self._free is not None:
            stiffness *= self._free
        return stiffness

    def predict(self) -> tuple[float, float, float]:
        """Look where the step towards mu = 0 leads.

        Returns by how much it overshoots at worst, of the slacks and of the multipliers, and the sum of k.
        """
        if not self.value.size:
            return 0.0, 0.0, 0.0
        # With mu = 0 the multipliers change by -z (1 + relative), the slacks by the step.
        relative = self.step / self._above
        down, up = float(relative.min()), float(relative.max())
        relative += 1.0
        relative *= self.step
        relative *= self._z_lower
        self._keep_lower = relative
        total = float(relative.sum())
        relative = self.step / self._below
        primal, dual = max(-down, float(relative.max())), 1.0 + max(up, -float(relative.min()))
        relative -= 1.0
        relative *= self.step
        relative *= self._z_upper
        self._keep_upper = relative
        return primal, dual, -total - float(relative.sum())

    def force(self, mu: float) -> Floats:
        """Return the barrier's force towards `mu`, corrected by what `predict` saw."""
        self._keep_lower += mu
        self._keep_upper += mu
        force: Floats = self._keep_lower / self._above
        force -= self._keep_upper / self._below
        return force

    def overshoot(self) -> tuple[float, float]:
        """Return by how much the step towards `mu` overshoots: of the slacks, and of the multipliers."""
        if not self.value.size:
            return 0.0, 0.0
        # What was kept becomes the step of the multiplier, (keep - z step)/slack - z below and + above.
        relative = self.step / self._above
        primal = -float(relative.min())
        relative *= self._z_lower
        self._keep_lower /= self._above
        self._keep_lower -= relative
        self._keep_lower -= self._z_lower
        np.divide(self._keep_lower, self._z_lower, out=relative)
        dual = -float(relative.min())
        np.divide(self.step, self._below, out=relative)
        primal = max(primal, float(relative.max()))
        relative *= self._z_upper
        self._keep_upper /= self._below
        self._keep_upper += relative
        self._keep_upper -= self._z_upper
        np.divide(self._keep_upper, self._z_upper, out=relative)
        return max(primal, 0.0), max(dual, -float(relative.min()), 0.0)

    def move(self, primal: float, dual: float) -> None:
        """Take these shares of the step."""
        self._keep_lower *= dual
        self._z_lower += self._keep_lower
        self._keep_upper *= dual
        self._z_upper += self._keep_upper
        self.step *= primal
        self.value += self.step
        np.subtract(self.value, self._lower, out=self._above)
        np.subtract(self._upper, self.value, out=self._below)
