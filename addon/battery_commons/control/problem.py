"""What a control model is given: batteries as they stand, and what is expected of grid and prices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from battery_commons.control.asked_limits import AskedLimits
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.time import TimeGrid

type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]
type Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BillingMeter:
    """A net load that is billed as one: the whole community's, or one home's with a tariff of its own."""

    net_w: Floats
    """(T,) expected load behind it without the batteries, positive = import."""
    import_price: Floats
    """(T,) EUR per kWh for what is imported."""
    export_price: Floats
    """(T,) EUR per kWh earned by what is fed in."""
    batteries: Sequence[str] | None = None
    """Ids of the batteries behind it; None is all of them."""


@dataclass(frozen=True, slots=True)
class FeederOutlook:
    """What is expected of the feeder above the transformers that hang on it."""

    feeder: Feeder
    background_w: Floats
    """(T,) expected load of everything on it but those transformers."""
    spread_w: Floats | None = None
    """(T,) how much further from zero the whole feeder's load may come out; None is not at all."""
    asked: AskedLimits | None = None
    """(T,) What operators ask of it."""
    called: Bools | None = None
    """(T,) the slots in which its peaks are to be fought; None is all of them."""
    carries: Bools | None = None
    """(K,) which of the transformers hang on it; None is all of them. Where the village has no feeder, what
    is asked of the whole village is an outlook that carries all."""


@dataclass(frozen=True, slots=True)
class CurtailablePv:
    """PV that may be switched off in part, behind one transformer and one meter."""

    transformer_id: str
    meter: int
    """Index into the problem's meters."""
    yield_w: Floats
    """(T,) what it is expected to yield; the net loads count on all of it."""


@dataclass(frozen=True, slots=True)
class ControlProblem:
    """N batteries behind K transformers and M meters over T slots."""

    grid: TimeGrid
    batteries: Sequence[Battery]
    stored_wh: Floats
    """(N,) energy in each battery at the start of the first slot."""
    transformers: Sequence[Transformer]
    base_load_w: Floats
    """(K, T) expected load of each transformer without the batteries, positive = import."""
    meters: Sequence[BillingMeter]
    feeder: FeederOutlook | None = None
    import_margin_w: Floats | None = None
    """(K, T) how far the load may come out above what is expected; kept free below the limit."""
    export_margin_w: Floats | None = None
    """(K, T) how far the load may come out below what is expected; kept free above the limit's negative."""
    available: Bools | None = None
    """(N, T) whether each battery may be steered in each slot; None is always."""
    former_power_w: Floats | None = None
    """(N, T) what the plan in force asks in the same slots, NaN where it says nothing."""
    curtailable: Sequence[CurtailablePv] = ()
    asked: AskedLimits | None = None
    """(K, T) what operators ask of the transformers."""
    congestion_weight: float = 1.0
    """How much heavier than usual congestion weighs against the energy bill, as the village chose."""

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit, figures that are not finite, and unknown names."""
        n, k, t = len(self.batteries), len(self.transformers), self.grid.slots
        self._check_outlook(k, t)
        self._check_asked(k, t)
        _check("stored_wh", self.stored_wh, (n,))
        if not (np.isfinite(self.congestion_weight) and self.congestion_weight >= 0):
            raise ValueError(f"congestion weighs zero or more, not {self.congestion_weight}")
        if self.available is not None and self.available.shape != (n, t):
            raise ValueError(f"available has shape {self.available.shape}, not {(n, t)}")
        if self.former_power_w is not None and self.former_power_w.shape != (n, t):
            raise ValueError(f"former_power_w has shape {self.former_power_w.shape}, not {(n, t)}")
        known = {transformer.id for transformer in self.transformers}
        named = {b.transformer_id for b in self.batteries} | {pv.transformer_id for pv in self.curtailable}
        if strangers := named - known:
            raise ValueError(f"batteries or PV behind unknown transformers: {sorted(strangers)}")
        self.meter_of()

    def _check_outlook(self, k: int, t: int) -> None:
        """Refuse expected loads, prices, margins and yields that cannot be."""
        _check("base_load_w", self.base_load_w, (k, t))
        for number, meter in enumerate(self.meters):
            for name in ("net_w", "import_price", "export_price"):
                _check(f"{name} of meter {number}", getattr(meter, name), (t,))
        if self.feeder:
            _check("the feeder's background_w", self.feeder.background_w, (t,))
        for name in ("import_margin_w", "export_margin_w"):
            margin = getattr(self, name)
            if margin is not None:
                _check(name, margin, (k, t))
                if (margin < 0).any():
                    raise ValueError(f"{name} is negative somewhere")
        for pv in self.curtailable:
            _check("yield_w", pv.yield_w, (t,))
            if (pv.yield_w < 0).any():
                raise ValueError("PV never yields less than nothing")

    def _check_asked(self, k: int, t: int) -> None:
        """Refuse limits and windows that do not fit."""
        if self.asked:
            self.asked.check("a transformer", (k, t))
        if self.feeder and self.feeder.asked:
            self.feeder.asked.check("the feeder", (t,))
        if self.feeder and self.feeder.called is not None and self.feeder.called.shape != (t,):
            raise ValueError(f"called has shape {self.feeder.called.shape}, not {(t,)}")
        if self.feeder and self.feeder.carries is not None and self.feeder.carries.shape != (k,):
            raise ValueError(f"carries has shape {self.feeder.carries.shape}, not {(k,)}")

    def transformer_of(self) -> Indices:
        """Return (N,) the index of each battery's transformer."""
        index = {transformer.id: k for k, transformer in enumerate(self.transformers)}
        return np.array([index[battery.transformer_id] for battery in self.batteries], dtype=np.intp)

    def meter_of(self) -> Indices:
        """Return (N,) the index of each battery's meter; -1 for a battery that no meter bills.

        Raises ValueError where two meters claim the same battery, or one claims a battery that is not there.
        """
        index = {battery.id: n for n, battery in enumerate(self.batteries)}
        meter_of = np.full(len(index), -1, dtype=np.intp)
        for m, meter in enumerate(self.meters):
            for battery_id in index if meter.batteries is None else meter.batteries:
                if battery_id not in index:
                    raise ValueError(f"meter {m} has an unknown battery {battery_id}")
                if meter_of[index[battery_id]] >= 0:
                    raise ValueError(f"battery {battery_id} is behind two meters")
                meter_of[index[battery_id]] = m
        return meter_of

    def is_available(self) -> Bools:
        """Return (N, T) whether each battery may be steered in each slot."""
        if self.available is None:
            return np.ones((len(self.batteries), self.grid.slots), dtype=bool)
        return self.available

    def limits_kw(self) -> tuple[Floats, Floats]:
        """Return (K, T) the highest and the lowest load that each transformer should carry, margins kept.

        A margin wider than the limit leaves nothing to promise: the limit is then zero, not negative.
        """
        limit = np.array([[t.limit_w] for t in self.transformers]).reshape(-1, 1)
        zero = np.zeros_like(self.base_load_w)
        above = zero if self.import_margin_w is None else self.import_margin_w
        below = zero if self.export_margin_w is None else self.export_margin_w
        highest_w, lowest_w = np.maximum(limit - above, 0.0), -np.maximum(limit - below, 0.0)
        if self.asked:
            highest_w, lowest_w = self.asked.narrow(
                (highest_w, lowest_w),
                self.base_load_w,
                above_w=above,
                below_w=below,
                strongest_w=strongest_w(self.batteries),
            )
        return highest_w / 1000, lowest_w / 1000

    def feeder_limits_kw(self) -> tuple[Floats, Floats]:
        """Return (T,) the highest and the lowest load that the feeder should carry. Needs a feeder.

        They are infinite where nobody has said. Only of what is asked is its spread kept free.
        """
        base_w = self.base_feeder_w()
        own_w = np.full(self.grid.slots, self.feeder.feeder.limit_w if self.feeder else np.inf)
        if self.feeder is None or self.feeder.asked is None:
            return own_w / 1000, -own_w / 1000
        spread_w = np.zeros(self.grid.slots) if self.feeder.spread_w is None else self.feeder.spread_w
        behind = [each for each, counts in zip(self.batteries, self.behind_feeder(), strict=True) if counts]
        highest_w, lowest_w = self.feeder.asked.narrow(
            (own_w, -own_w), base_w, above_w=spread_w, below_w=spread_w, strongest_w=strongest_w(behind)
        )
        return highest_w / 1000, lowest_w / 1000

    def on_feeder(self) -> Bools:
        """Return (K,) which transformers hang on the feeder; all of them where there is none."""
        if self.feeder is None or self.feeder.carries is None:
            return np.ones(len(self.transformers), dtype=bool)
        return self.feeder.carries

    def behind_feeder(self) -> Bools:
        """Return (N,) which batteries are behind the feeder; all of them where there is none."""
        return self.on_feeder()[self.transformer_of()]

    def base_feeder_w(self) -> Floats:
        """Return (T,) the feeder's expected load without the batteries. Needs a feeder."""
        return self.feeder_load_w(self.base_load_w)

    def feeder_load_w(self, load_w: Floats) -> Floats:
        """Return (T,) the feeder's load where the transformers' are `load_w` (K, T). Needs a feeder."""
        if self.feeder is None:
            raise ValueError("this village has no feeder")
        total: Floats = self.feeder.background_w + load_w[self.on_feeder()].sum(axis=0)
        return total

    def base_loads(self) -> dict[str, list[float]]:
        """Return the expected load of each transformer without its batteries, by its id."""
        return {
            transformer.id: [float(load) for load in loads]
            for transformer, loads in zip(self.transformers, self.base_load_w, strict=True)
        }


def strongest_w(batteries: Sequence[Battery]) -> float:
    """Return how much batteries together can draw or give at most."""
    return float(sum(max(each.max_charge_w, each.max_discharge_w) for each in batteries))


def _check(name: str, array: Floats, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, not {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} contains a figure that is not finite")
