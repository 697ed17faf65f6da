"""The price of the feeder's highest |load| of each local day, as a part of the interior-point iterate.

With P of a day, for its slots above = P - load >= 0 with multiplier u and below = P + load >= 0 with
multiplier v:

    the price of the load is u - v,       sum over the day of u + v = the peak's price.

Newton's step, with h = u/above + v/below and d = u/above - v/below, has after elimination of P the stiffness
diag(h) - d d' / sum h of the load within the day.
"""

import numpy as np

from battery_commons.control.problem import Floats, Indices


class Peaks:
    """The iterate of all days' peaks; with no days it costs nothing and does nothing."""

    def __init__(self, days: Indices, price: float, share: float, load: Floats, mu: float) -> None:
        """Start from peaks well above the load (T,)."""
        self._price, self._share = price, share
        mu *= share
        self._of_day = (days == np.unique(days)[:, np.newaxis]).astype(float)
        load = load[: len(days)]
        slots = self._of_day.sum(axis=1)
        room = 2 * mu * slots / price if price else slots
        highest = np.array([np.abs(load[day > 0]).max() for day in self._of_day])
        self._peak = highest + room
        spread = self._peak @ self._of_day if days.size else load
        self._slack = np.stack([spread - load, spread + load])
        self._force = mu / self._slack
        self._sign = np.array([[1.0], [-1.0]])
        self._keep: Floats | float = 0.0
        self._step_slack = self._step_force = np.zeros_like(self._force)

    def price(self) -> Floats:
        """Return (T,) what the peaks add to the feeder's price."""
        price: Floats = self.force[0] - self.force[1]
        return price

    @property
    def force(self) -> Floats:
        """(2, T) the multipliers of above and below."""
        return self._force

    def stiffness(self) -> Floats:
        """Return (T, T) by how much that price changes with the load."""
        self._steep = self._force / self._slack
        self._total = self._of_day @ self._steep.sum(axis=0)
        self._tilt = self._of_day * (self._steep[0] - self._steep[1])
        within: Floats = self._tilt.T @ (self._tilt / self._total[:, np.newaxis])
        return np.diag(self._steep.sum(axis=0)) - within

    def aim(self, mu: float | None, load: Floats) -> Floats:
        """Aim at products of `mu` after a prediction, or at none.

        Returns (T,) the step of the price where the load (T,) stays.
        """
        self._keep = 0.0 if mu is None else mu * self._share - self._step_slack * self._step_force
        spread = self._peak @ self._of_day
        gap = self._slack - (spread - self._sign * load)
        self._shift = (self._keep - self._slack * self._force + self._force * gap) / self._slack
        lacking = self._price - self._of_day @ self._force.sum(axis=0)
        self._pull = (self._of_day @ self._shift.sum(axis=0) - lacking) / self._total
        self._gap = gap
        price: Floats = self._shift[0] - self._shift[1] - self._pull @ self._tilt
        return price

    def settle(self, step: Floats) -> None:
        """Set the steps that go with a step of the load (T,)."""
        self._step_peak = self._tilt @ step / self._total + self._pull
        moved = self._sign * step - self._step_peak @ self._of_day
        self._step_force = self._steep * moved + self._shift
        self._step_slack = -moved - self._gap

    def complementarity(self) -> float:
        """Return the sum of all products."""
        return float((self._slack * self._force).sum())

    @property
    def products(self) -> float:
        """How many products there are, in shares."""
        return self._share * self._force.size

    def predict(self) -> tuple[float, float, float]:
        """Return the overshoots of slacks and of multipliers, and the sum of the products of the changes."""
        return *self.overshoot(), float((self._step_slack * self._step_force).sum())

    def overshoot(self) -> tuple[float, float]:
        """Return by how much a whole step overshoots at worst: of the slacks, and of the multipliers."""
        primal = (-self._step_slack / self._slack).max(initial=0.0)
        dual = (-self._step_force / self._force).max(initial=0.0)
        return float(primal), float(dual)

    def move(self, primal: float, dual: float) -> None:
        """Take these shares of the steps."""
        self._peak += primal * self._step_peak
        self._slack += primal * self._step_slack
        self._force += dual * self._step_force
