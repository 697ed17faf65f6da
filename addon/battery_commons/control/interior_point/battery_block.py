"""Some of the batteries, side by side: their Newton systems and what they make of a price.

The conditions of one battery, with y_t the worth of energy after slot t and p_t the price of its net load:

    charge     linear + q c + p - gain y         = z_l - z_u
    discharge  linear + q d - p + drain y        = z_l - z_u
    energy     -[t = T] worth + y_t - y_t+1      = z_l - z_u
    dynamics   e_t - e_t-1 - gain c + drain d    = 0

With C, D, E the responses of charge, discharge and energy (boxed.py), eliminating the steps leaves a
tridiagonal system N y = right + w p of the dynamics, with w = gain C + drain D and

    N_tt = gain^2 C_t + drain^2 D_t + E_t + E_t-1,      N_t,t-1 = -E_t-1,

solved for all batteries at once by one sweep forward and one back (Thomas' algorithm). The net load's
response to its price is then -M with M = diag(C + D) - w N^-1 w (semiseparable.py has the sum over
batteries).
"""

import numpy as np

from battery_commons.control.interior_point.bound import batteries_bound
from battery_commons.control.interior_point.boxed import Boxed
from battery_commons.control.interior_point.layout import NO_RANGE_KWH, BatteryArrays
from battery_commons.control.interior_point.semiseparable import sums_of_inverses
from battery_commons.control.problem import Floats, Indices
from battery_commons.domain.time import SLOT_HOURS

START_SHARE = 0.1
"""How far from their bounds flows start at least, as a share of their range."""


class BatteryBlock:
    """A range of columns with their iterate."""

    def __init__(self, arrays: BatteryArrays, group_of: Indices, mu: float) -> None:
        """Start well inside all boxes with products of `mu`; `group_of` (n,) is ascending."""
        self._arrays = arrays
        self._groups, self._starts = np.unique(group_of, return_index=True)
        self._sizes = np.diff(self._starts, append=len(group_of))
        zero = np.zeros_like(arrays.most_charge)
        charge, discharge, energy = _middle(arrays)
        self.charge = Boxed(zero, arrays.most_charge, charge, arrays.most_charge <= 0, mu)
        self.discharge = Boxed(zero, arrays.most_discharge, discharge, arrays.most_discharge <= 0, mu)
        stuck = arrays.most_energy - arrays.least_energy <= NO_RANGE_KWH
        self.energy = Boxed(arrays.least_energy, arrays.most_energy, energy, stuck, mu)
        self.worth = np.zeros_like(zero)
        """y, EUR per kWh."""
        self._new_worth = self.worth

    def expect(self, price: Floats) -> None:
        """Start from stored energy that is worth the mean of prices (T, g) of net power."""
        self.worth += self._spread(price.mean(axis=0, keepdims=True)) / SLOT_HOURS

    @property
    def variables(self) -> tuple[Boxed, Boxed, Boxed]:
        """All of its variables."""
        return self.charge, self.discharge, self.energy

    def net_power(self) -> Floats:
        """Return (T, g) the sum of charge less discharge of each of its groups."""
        return self._sums(self.charge.value - self.discharge.value)

    @property
    def groups(self) -> Indices:
        """(g,) the groups that its batteries are of."""
        return self._groups

    def imbalance(self) -> Floats:
        """Return (T, n) by how much energy differs from what the flows make it."""
        arrays, energy = self._arrays, self.energy.value
        off = energy - arrays.gain * self.charge.value
        off += arrays.drain * self.discharge.value
        off[1:] -= energy[:-1]
        off[0] -= arrays.stored
        return off

    def own_cost(self) -> float:
        """Return what its flows and its energy at the end cost, apart from any load."""
        arrays, total = self._arrays, 0.0
        for flow, linear in (
            (self.charge.value, arrays.charge_linear),
            (self.discharge.value, arrays.discharge_linear),
        ):
            total += float((flow * (linear + arrays.quadratic / 2 * flow)).sum())
        return total - float(arrays.end_worth @ self.energy.value[-1])

    def factorise(self) -> Floats:
        """Take the responses at the present iterate, and return (g, T, T) each group's sum of M."""
        arrays = self._arrays
        self._charge_response = self.charge.response(arrays.quadratic)
        self._discharge_response = self.discharge.response(arrays.quadratic)
        self._energy_response = self.energy.response(0.0)
        through_charge = arrays.gain * self._charge_response
        through_discharge = arrays.drain * self._discharge_response
        self._weight = through_charge + through_discharge
        self._flow_response = self._charge_response + self._discharge_response
        through_charge *= arrays.gain
        through_discharge *= arrays.drain
        through_charge += through_discharge
        self._eliminate(through_charge)
        response = sums_of_inverses(self._weight, self._rho, self._inverse_pivot, self._starts)
        np.negative(response, out=response)
        every = np.arange(response.shape[-1])
        response[:, every, every] += self._sums(self._flow_response).T
        return response

    def _eliminate(self, apart: Floats) -> None:
        """Factor N = L diag(pivot) L' with L_t,t-1 = -rho_t; `apart` is its diagonal but for the energies.

        The pivots are sums of positive terms only, so nothing cancels.
        """
        energy = self._energy_response
        self._rho = np.zeros_like(energy)
        pivot = np.empty_like(energy)
        rest = apart[0]
        pivot[0] = rest + energy[0]
        for t in range(1, len(energy)):
            # Where nothing can move the pivot is zero, and there is nothing to pass on.
            np.divide(energy[t - 1], pivot[t - 1], out=self._rho[t], where=pivot[t - 1] > 0)
            rest = apart[t] + self._rho[t] * rest
            pivot[t] = rest + energy[t]
        self._inverse_pivot = np.zeros_like(pivot)
        np.divide(1.0, pivot, out=self._inverse_pivot, where=pivot > 0)

    def _solve(self, right: Floats) -> Floats:
        """Return N^-1 right, in place."""
        rho = self._rho
        for t in range(1, len(right)):
            right[t] += rho[t] * right[t - 1]
        right *= self._inverse_pivot
        for t in range(len(right) - 2, -1, -1):
            right[t] += rho[t + 1] * right[t + 1]
        return right

    def _sums(self, columns: Floats) -> Floats:
        return np.add.reduceat(columns, self._starts, axis=-1)

    def aim(self, mu: float | None) -> None:
        """Set the right-hand sides for a step towards products of `mu` after a prediction, or of nothing."""
        arrays = self._arrays
        if mu is None:
            self._imbalance = self.imbalance()
            self._of_charge = self._gradient(self.charge, arrays.charge_linear, self._charge_response)
            self._of_discharge = self._gradient(
                self.discharge, arrays.discharge_linear, self._discharge_response
            )
            self._of_energy = np.zeros_like(self._energy_response)
            self._of_energy[-1] = arrays.end_worth * self._energy_response[-1]
        else:
            self._of_charge += self.charge.force(mu) * self._charge_response
            self._of_discharge += self.discharge.force(mu) * self._discharge_response
            self._of_energy += self.energy.force(mu) * self._energy_response
        right = self._imbalance + self._of_energy
        right[1:] -= self._of_energy[:-1]
        right -= arrays.gain * self._of_charge
        right += arrays.drain * self._of_discharge
        self._right = right
        self._of_net = self._of_charge - self._of_discharge

    def _gradient(self, flow: Boxed, linear: Floats, response: Floats) -> Floats:
        """Return the step that a flow's own cost asks for."""
        down = self._arrays.quadratic * flow.value
        down += linear
        np.negative(down, out=down)
        down *= response
        return down

    def respond(self, price: Floats) -> Floats:
        """Return (T, g) the groups' step of net power at prices (T, g) of net power."""
        price = self._spread(price)
        step = self._worth_at(price)
        step *= self._weight
        step += self._of_net
        price *= self._flow_response
        step -= price
        return self._sums(step)

    def _worth_at(self, price: Floats) -> Floats:
        right = self._weight * price
        right += self._right
        return self._solve(right)

    def settle(self, price: Floats) -> Floats:
        """Set the steps at prices (T, g), and return (T, g) the groups' step of net power."""
        arrays = self._arrays
        price = self._spread(price)
        worth = self._worth_at(price)
        self._new_worth = worth
        step = arrays.gain * worth
        step -= price
        step *= self._charge_response
        step += self._of_charge
        self.charge.step = step
        step = arrays.drain * worth
        np.subtract(price, step, out=step)
        step *= self._discharge_response
        step += self._of_discharge
        self.discharge.step = step
        step = -worth
        step[:-1] += worth[1:]
        step *= self._energy_response
        step += self._of_energy
        self.energy.step = step
        return self._sums(self.charge.step - self.discharge.step)

    def _spread(self, price: Floats) -> Floats:
        return np.repeat(price, self._sizes, axis=1)

    def move(self, primal: float, dual: float) -> None:
        """Take these shares of the steps."""
        for variable in self.variables:
            variable.move(primal, dual)
        self._new_worth -= self.worth
        self._new_worth *= dual
        self.worth += self._new_worth

    def bound(self, price: Floats) -> float:
        """Return the least that its batteries can cost at prices (T, g) and the present worths."""
        return batteries_bound(self._arrays, self._spread(price), self.worth)


def _middle(arrays: BatteryArrays) -> tuple[Floats, Floats, Floats]:
    """Return flows well inside their boxes that lead energy through the middle of its own.

    The middle never moves by more than half of what the flows can do, so both are possible at once.
    """
    energy = (arrays.least_energy + arrays.most_energy) / 2
    rise = np.diff(energy, axis=0, prepend=arrays.stored[np.newaxis])
    idle = START_SHARE * np.minimum(arrays.gain * arrays.most_charge, arrays.drain * arrays.most_discharge)
    charge, discharge = idle + np.maximum(rise, 0.0), idle + np.maximum(-rise, 0.0)
    return (
        _inside(charge / arrays.gain, arrays.most_charge),
        _inside(discharge / arrays.drain, arrays.most_discharge),
        energy,
    )


def _inside(flow: Floats, most: Floats) -> Floats:
    return np.clip(flow, START_SHARE * most, (1 - START_SHARE) * most)
