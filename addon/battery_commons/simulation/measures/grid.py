"""What a control model does for the grid: each transformer, the whole village, and the feeder above it."""

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.measures.peaks import (
    NOTICEABLE_W,
    Peaks,
    Rebound,
    peaks_of,
    rebound_of,
    reduction,
)
from battery_commons.simulation.outcome import Outcome
from battery_commons.simulation.recorded import Floats, RecordedVillage


@dataclass(frozen=True, slots=True)
class LoadMeasures:
    """One load of the grid over the period, against the same load under M1."""

    id: str
    name: str
    limit_w: float | None
    """None where there is no limit, or nobody has said."""
    highest_import_w: float
    highest_feed_in_w: float
    """Positive; 0 where it never feeds in."""
    slots_over: int
    """Quarter hours above the limit, in either direction."""
    slots_newly_over: int
    """Those of them in which M1 keeps the limit."""
    worst_over_w: float
    """How far above the limit at most; 0 where it is kept."""
    variance_w2: float
    variance_reduction: float | None
    """Share of M1's; None where M1's load is level."""
    peaks: Peaks
    rebound: Rebound


@dataclass(frozen=True, slots=True)
class GridMeasures:
    """The grid from near to far."""

    transformers: tuple[LoadMeasures, ...]
    village: LoadMeasures
    """The sum of the transformers; it has no limit of its own."""
    feeder: LoadMeasures | None
    """None where the record has no feeder."""
    transformer_variance_reduction: float | None
    """Of the transformers together: of the sum of their variances."""

    @property
    def highest(self) -> LoadMeasures:
        """The feeder where there is one, else the village: whose daily peaks the region sees."""
        return self.feeder or self.village

    @property
    def slots_over(self) -> int:
        """Quarter hours in which a transformer is above its limit, counted for each."""
        return sum(transformer.slots_over for transformer in self.transformers)

    @property
    def slots_newly_over(self) -> int:
        """Those of them in which M1 keeps that transformer's limit."""
        return sum(transformer.slots_newly_over for transformer in self.transformers)

    @property
    def worst_over_w(self) -> float:
        """How far any transformer is above its limit at most."""
        return max(transformer.worst_over_w for transformer in self.transformers)


def grid_measures(
    village: RecordedVillage, outcome: Outcome, m1: Outcome, calendar: LocalCalendar
) -> GridMeasures:
    """Return what `outcome` does for the grid, against `m1`."""
    feeder = None
    if village.feeder and outcome.feeder_load_w is not None and m1.feeder_load_w is not None:
        feeder = _measure(
            (village.feeder.id, village.feeder.name, village.feeder.limit_w),
            outcome.feeder_load_w,
            m1.feeder_load_w,
            calendar,
        )
    loads_w, m1_loads_w = outcome.transformer_load_w, m1.transformer_load_w
    return GridMeasures(
        transformers=tuple(
            _measure((t.id, t.name, t.limit_w), loads_w[k], m1_loads_w[k], calendar)
            for k, t in enumerate(village.transformers)
        ),
        village=_measure(
            ("village", village.name, inf),
            loads_w.sum(axis=0),
            m1_loads_w.sum(axis=0),
            calendar,
        ),
        feeder=feeder,
        transformer_variance_reduction=reduction(
            float(loads_w.var(axis=1).sum()), float(m1_loads_w.var(axis=1).sum())
        ),
    )


def _measure(
    named: tuple[str, str, float], load_w: Floats, m1_load_w: Floats, calendar: LocalCalendar
) -> LoadMeasures:
    id_, name, limit_w = named
    over_w = np.abs(load_w) - limit_w
    over = over_w > NOTICEABLE_W
    kept_by_m1 = np.abs(m1_load_w) <= limit_w + NOTICEABLE_W
    return LoadMeasures(
        id=id_,
        name=name,
        limit_w=limit_w if isfinite(limit_w) else None,
        highest_import_w=max(float(load_w.max()), 0.0),
        highest_feed_in_w=max(float(-load_w.min()), 0.0),
        slots_over=int(over.sum()),
        slots_newly_over=int((over & kept_by_m1).sum()),
        worst_over_w=float(over_w.max()) if over.any() else 0.0,
        variance_w2=float(load_w.var()),
        variance_reduction=reduction(float(load_w.var()), float(m1_load_w.var())),
        peaks=peaks_of(load_w, m1_load_w, calendar),
        rebound=rebound_of(load_w, m1_load_w, calendar),
    )
