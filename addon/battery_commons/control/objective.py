"""What a control model cares about: weights on the parts of the one shared formulation.

minimise   B sum_mt dt (p_imp g+ - p_exp g-)           the energy bill of every meter
+ sum_kt dt mu (L_kt - L*_kt)^2               the shadow price on congestion, or a target
+ sum_t  dt phi_t (F_t - F*_t)^2              the feeder's load
+ sum_d  pi max_{t in d} |F_t|                the feeder's highest load of each local day
+ sum_it dt w/2 (c + d)                       wear, per kWh of throughput
+ sum_it dt s (c^2 + d^2)                     even sharing and calm setpoints
+ sum_it dt sigma (b - b°)^2                  no change of mind: b° is the plan in force
+ sum_jt dt q_jt eps                          curtailed PV, a last resort among equals
+ sum_kt dt P o                               overload, reported rather than forbidden
- sum_i  v eta_d e_iT                         what stored energy is worth afterwards

subject to the batteries' physics, L_kt = base + sum_behind b + curtailed PV, F = background + the sum
of L over the transformers that hang on the feeder.
"""

from dataclasses import dataclass

import numpy as np

from battery_commons.control.problem import BillingMeter, ControlProblem, Floats
from battery_commons.domain.battery import WEAR_EUR_PER_KWH
from battery_commons.domain.time import MARKET_ZONE

EVEN_SHARING_EUR_PER_KW2H = 4e-5
"""s: large enough to share work evenly among equal batteries, far below any price."""
CHANGE_OF_MIND_EUR_PER_KW2H = 4e-5
"""sigma: settles between plans that are worth the same, in favour of the one in force."""
CURTAILMENT_EUR_PER_KWH = 0.001
"""eps: PV is not switched off where that changes nothing."""
OVERLOAD_EUR_PER_KWH = 5.0
"""P: above a transformer's or the feeder's limit; dearer than any energy, so a last resort."""
ASKED_EUR_PER_KWH = 100.0
"""P where operators ask for less than the grid's own limits: dearer than any peak of the feeder too, which M5
prices at EUR 40 for each kWh of its highest quarter hour. Of transformers twice as much: what is asked of the
feeder takes none of them beyond its own limit."""


@dataclass(frozen=True, slots=True)
class Objective:
    """The weights of one model for one problem. Powers in kW, energies in kWh, money in EUR."""

    bill: float = 0.0
    """B: 1 where the energy bill counts, 0 where it does not."""
    transformer_eur_per_kw2h: float = 0.0
    """mu."""
    transformer_target_kw: Floats | None = None
    """L*: (K, T); None is zero."""
    feeder_eur_per_kw2h: Floats | None = None
    """phi: (T,); None is zero."""
    feeder_target_kw: Floats | None = None
    """F*: (T,); None is zero."""
    feeder_peak_eur_per_kw: float = 0.0
    """pi: per local day."""
    wear_eur_per_kwh: float = WEAR_EUR_PER_KWH
    """w."""
    stored_eur_per_kwh: float = 0.0
    """v: what a kWh that is left at the end will save when it is discharged later."""

    @property
    def watches_feeder(self) -> bool:
        """Whether the feeder's load counts in it."""
        return self.feeder_eur_per_kw2h is not None or self.feeder_peak_eur_per_kw > 0


def counted_prices(meter: BillingMeter) -> tuple[Floats, Floats]:
    """Return (T,) what import and (T,) what feed-in count for in EUR per kWh, so that the bill is convex.

    Below about EUR -0.12 the import price falls under the feed-in price, and buying to feed in would pay
    without bound. There the price of the direction that the meter already has counts for both.
    """
    crossed = meter.import_price < meter.export_price
    present = np.where(meter.net_w >= 0, meter.import_price, meter.export_price)
    return np.where(crossed, present, meter.import_price), np.where(crossed, present, meter.export_price)


def overload_prices(problem: ControlProblem) -> tuple[Floats, float]:
    """Return (K,) P of the transformers, and that of the feeder.

    What is asked of the feeder changes nothing for transformers that do not hang on it.
    """
    usual = np.full(len(problem.transformers), OVERLOAD_EUR_PER_KWH)
    feeder = problem.feeder.asked if problem.feeder else None
    if problem.asked is None and feeder is None:
        return usual, OVERLOAD_EUR_PER_KWH
    concerned = problem.on_feeder() | (problem.asked is not None)
    return np.where(concerned, 2 * ASKED_EUR_PER_KWH, usual), ASKED_EUR_PER_KWH


def marginal_prices(problem: ControlProblem) -> Floats:
    """Return (T,) the mean price per kWh of the direction in which each meter runs, without the batteries."""
    if not problem.meters:
        return np.zeros(problem.grid.slots)
    prices = [np.where(m.net_w >= 0, m.import_price, m.export_price) for m in problem.meters]
    return np.asarray(np.mean(prices, axis=0))


def stored_value(problem: ControlProblem) -> float:
    """Return v: energy left at the end replaces energy at the horizon's mean price, and is never a burden."""
    return max(float(marginal_prices(problem).mean()), 0.0)


def local_days(problem: ControlProblem) -> np.ndarray:
    """Return (T,) for each slot the number of its local day, counted from 0."""
    dates = [start.astimezone(MARKET_ZONE).toordinal() for start in problem.grid.starts()]
    return np.array(dates) - dates[0]
