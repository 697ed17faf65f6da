"""A lower bound on what any schedule can cost, from any prices: Lagrangian duality.

For any prices p of the loads and any worths y of stored energy, weak duality gives

    cost >=   sum_rt  min over x_rt of  f(x) - p x            (each load may be anything within its reach)
            + sum_rt  p base
            + sum_it  min over c, d, e, with c or d zero, of their own costs
                      + p (c - d) - y_t gain c + y_t drain d + (y_t - y_t+1) e
            - sum_i   y_1 e_0
            + sum_jt  min over q of its own cost + p q,

every minimum being that of one variable over its box, in closed form. At the optimum's prices it is tight
(Boyd and Vandenberghe, Convex Optimization, 2004, chapter 5), but for batteries that would burn energy if
they could: that no battery charges and discharges at once is no convex condition. A priced peak enters by
multipliers of its own, see `lower_bound`. Prices of a bill are those of objective.counted_prices.
"""

import numpy as np

from battery_commons.control.interior_point.layout import BatteryArrays, Layout
from battery_commons.control.problem import Floats


def lower_bound(layout: Layout, prices: Floats, worth: Floats, peak_forces: Floats | None = None) -> float:
    """Return a bound that no schedule's value can undercut, in EUR.

    `prices` (R, T) per kW of each load over a slot, `worth` (T, N) per kWh in each battery, and where peaks
    are priced `peak_forces` (2, T) >= 0 how much of a day's peak price rests on each slot's import and
    feed-in. All may be anything: good ones make the bound good.
    """
    groups = layout.groups
    price_of = (groups.in_loads @ prices).T
    return (
        layout.constant
        + loads_bound(layout, prices, peak_forces)
        + batteries_bound(layout.batteries, price_of[:, groups.of_battery], worth)
        + curtailment_bound(layout, prices)
    )


def curtailment_bound(layout: Layout, prices: Floats) -> float:
    """Return the least that curtailed PV can cost at these prices (R, T)."""
    groups = layout.groups
    price = (groups.in_loads @ prices).T[:, groups.of_pv] + layout.curtailed_linear
    return float((np.minimum(price, 0.0) * layout.most_curtailed).sum())


def batteries_bound(arrays: BatteryArrays, price: Floats, worth: Floats) -> float:
    """Return the least that batteries can cost at prices (T, N) of their net power and worths (T, N)."""
    least = []
    for slope, most in (
        (arrays.charge_linear + price - arrays.gain * worth, arrays.most_charge),
        (arrays.discharge_linear - price + arrays.drain * worth, arrays.most_discharge),
    ):
        flow = np.clip(-slope / arrays.quadratic, 0.0, most)
        least.append(flow * (slope + arrays.quadratic / 2 * flow))
    total = float(np.minimum(*least).sum()) - float(worth[0] @ arrays.stored)
    slope = worth.copy()
    slope[:-1] -= worth[1:]
    slope[-1] -= arrays.end_worth
    return total + float(np.minimum(slope * arrays.least_energy, slope * arrays.most_energy).sum())


def loads_bound(layout: Layout, prices: Floats, peak_forces: Floats | None) -> float:
    """Return the least that loads can cost within their reach, less what the prices say of it."""
    costs = layout.loads
    linear = costs.linear - prices
    if costs.days.size and peak_forces is not None:
        # peak >= sum of (share above - share below) load, for shares >= 0 that add up to at most one a day.
        days = np.unique(costs.days, return_inverse=True)[1]
        used = np.bincount(days, weights=np.maximum(peak_forces, 0.0).sum(axis=0))
        scale = np.minimum(1.0, costs.peak_price / np.maximum(used, np.finfo(float).tiny))
        forces = np.maximum(peak_forces, 0.0) * scale[days]
        linear[costs.feeder_row] += forces[0] - forces[1]
    lowest, highest = _reach(layout)
    best = np.full(costs.base.shape, np.inf)
    for candidate in _candidates(layout, linear):
        load = np.clip(candidate, lowest, highest)
        best = np.minimum(best, linear * load + costs.quadratic / 2 * load**2 + _hinge_cost(layout, load))
    return float((best + prices * costs.base).sum())


def _reach(layout: Layout) -> tuple[Floats, Floats]:
    """Return (R, T) the least and the most that each load can be."""
    groups, arrays = layout.groups, layout.batteries
    count = len(groups.in_loads)
    up, down = np.zeros((count, layout.loads.base.shape[1])), np.zeros((count, layout.loads.base.shape[1]))
    np.add.at(up, groups.of_battery, arrays.most_charge.T)
    np.add.at(down, groups.of_battery, arrays.most_discharge.T)
    np.add.at(up, groups.of_pv, layout.most_curtailed.T)
    return layout.loads.base - groups.in_loads.T @ down, layout.loads.base + groups.in_loads.T @ up


def _candidates(layout: Layout, linear: Floats) -> list[Floats]:
    """Return loads (R, T) among which, cut to what is in reach, the least cost lies.

    That is at an end, at a hinge, or where one of the pieces between the hinges is flat. A load has at most
    one hinge upwards and one downwards, so the pieces are told apart by which of the two is open.
    """
    costs = layout.loads
    slopes, points = {}, [np.full(costs.base.shape, -np.inf), np.full(costs.base.shape, np.inf)]
    for sign in (1.0, -1.0):
        its = costs.hinge_sign == sign
        slopes[sign] = np.zeros(costs.base.size)
        slopes[sign][costs.hinge_at[its]] = sign * costs.hinge_weight[its]
        at = np.zeros(costs.base.size)
        at[costs.hinge_at[its]] = sign * costs.hinge_threshold[its]
        points.append(at.reshape(costs.base.shape))
    quadratic = np.where(costs.quadratic > 0, costs.quadratic, 1.0)
    pieces = (np.zeros(costs.base.size), slopes[1.0], slopes[-1.0], slopes[1.0] + slopes[-1.0])
    points += [-(linear + slope.reshape(costs.base.shape)) / quadratic for slope in pieces]
    return points


def _hinge_cost(layout: Layout, loads: Floats) -> Floats:
    costs = layout.loads
    beyond = np.maximum(costs.hinge_sign * loads.ravel()[costs.hinge_at] - costs.hinge_threshold, 0.0)
    summed = np.zeros(loads.size)
    np.add.at(summed, costs.hinge_at, costs.hinge_weight * beyond)
    return summed.reshape(loads.shape)
