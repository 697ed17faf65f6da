"""Where the loads and their hinges are on their way, and how stiffly they answer.

A hinge weight max(x, 0) with x = sign load - threshold is split as x = over - under with over, under >= 0,
whose multipliers are weight - force and force: between 0 and `weight`, what the hinge adds to the price of
its load. Newton's step on over (weight - force) = under force = mu leaves

    step of force = (step of x + gap + shift) / (over/(weight - force) + under/force).

A hinge that n batteries share aims at products of n mu. That weighted central path is the one that n villages
of one battery each would follow together: the number of steps then hardly depends on the size of the village.
"""

import numpy as np

from battery_commons.control.interior_point.loads import LoadCosts
from battery_commons.control.problem import Floats


class Hinges:
    """The iterate of all hinges."""

    def __init__(self, costs: LoadCosts, loads: Floats, mu: float) -> None:
        """Start on the central path: at the force that `mu` and the loads (R, T) ask for."""
        self._costs = costs
        self._shape = loads.shape
        beyond = self._beyond(loads)
        products = mu * costs.hinge_share
        leaning = costs.hinge_weight * beyond / (2 * products)
        root = np.hypot(1.0, leaning)
        self.force = costs.hinge_weight / 2 * _one_plus(leaning, root)
        self._reserve = costs.hinge_weight / 2 * _one_plus(-leaning, root)
        self._over, self._under = products / self._reserve, products / self.force
        self._keep_over: Floats | float = 0.0
        self._keep_under: Floats | float = 0.0
        self._step_over = self._step_under = self._step_force = np.zeros_like(self.force)

    def _beyond(self, loads: Floats) -> Floats:
        costs = self._costs
        return costs.hinge_sign * loads.ravel()[costs.hinge_at] - costs.hinge_threshold

    def _onto_loads(self, of_hinges: Floats) -> Floats:
        """Return (R, T) the sum of what each load's hinges say."""
        size = self._shape[0] * self._shape[1]
        summed = np.bincount(self._costs.hinge_at, weights=of_hinges, minlength=size)
        return summed.astype(float).reshape(self._shape)

    def price(self) -> Floats:
        """Return (R, T) what the hinges add to each load's price."""
        return self._onto_loads(self._costs.hinge_sign * self.force)

    def stiffness(self) -> Floats:
        """Return (R, T) by how much their price changes with the load."""
        self._give = self._over / self._reserve + self._under / self.force
        return self._onto_loads(1 / self._give)

    def aim(self, mu: float | None, loads: Floats) -> Floats:
        """Aim at products of `mu` after a prediction, or at none, and return the step of the price (R, T).

        That is its step where the loads (R, T) stay.
        """
        self._keep_over = self._keep_under = 0.0
        if mu is not None:
            shares = mu * self._costs.hinge_share
            self._keep_over = shares + self._step_over * self._step_force
            self._keep_under = shares - self._step_under * self._step_force
        gap = self._beyond(loads) - (self._over - self._under)
        self._shift = (
            gap
            - (self._keep_over / self._reserve - self._over)
            + (self._keep_under / self.force - self._under)
        )
        return self._onto_loads(self._costs.hinge_sign * self._shift / self._give)

    def settle(self, step: Floats) -> None:
        """Set the steps that go with a step of the loads (R, T)."""
        moved = self._costs.hinge_sign * step.ravel()[self._costs.hinge_at]
        self._step_force = (moved + self._shift) / self._give
        self._step_over = (self._over * self._step_force + self._keep_over) / self._reserve - self._over
        self._step_under = (self._keep_under - self._under * self._step_force) / self.force - self._under

    def complementarity(self) -> float:
        """Return the sum of all products."""
        return float(self._over @ self._reserve + self._under @ self.force)

    @property
    def products(self) -> float:
        """How many products there are, in shares."""
        return 2 * float(self._costs.hinge_share.sum())

    def predict(self) -> tuple[float, float, float]:
        """Return the overshoots of slacks and of multipliers, and the sum of the products of the changes."""
        curvature = float((self._step_under - self._step_over) @ self._step_force)
        return *self.overshoot(), curvature

    def overshoot(self) -> tuple[float, float]:
        """Return by how much a whole step overshoots at worst: of the slacks, and of the multipliers."""
        primal = max(
            (-self._step_over / self._over).max(initial=0.0),
            (-self._step_under / self._under).max(initial=0.0),
        )
        dual = max(
            (-self._step_force / self.force).max(initial=0.0),
            (self._step_force / self._reserve).max(initial=0.0),
        )
        return float(primal), float(dual)

    def move(self, primal: float, dual: float) -> None:
        """Take these shares of the steps."""
        self._over += primal * self._step_over
        self._under += primal * self._step_under
        self.force += dual * self._step_force
        self._reserve -= dual * self._step_force


def _one_plus(leaning: Floats, root: Floats) -> Floats:
    """Return 1 + leaning / (1 + root) for root = sqrt(1 + leaning^2), without cancellation."""
    away = np.abs(leaning)
    near_two = 1 + away / (1 + root)
    near_zero = (1 + 1 / (root + away)) / (1 + root)
    return np.where(leaning >= 0, near_two, near_zero)
