"""What one local day came to, in figures that models can be compared by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import SLOT_HOURS
from battery_commons.experiment.measure import Kind, Measure

type Floats = NDArray[np.float64]

LEAST_SURPLUS_WH = 1_000.0
"""Of less sun to spare in a day no share can be told."""
_NOTICEABLE_W = 0.5
"""Less above a limit is rounding."""


@dataclass(frozen=True, eq=False)
class DayLoads:
    """What was measured in the T quarter hours of a day that count. Positive power is import."""

    load_w: Mapping[str, Floats]
    """By transformer that was measured, with its batteries."""
    limit_w: Mapping[str, float]
    feeder_w: Floats | None
    base_w: Mapping[str, Floats] | None
    """By transformer, without its batteries; None unless all of them are known."""
    import_price: Floats | None
    """EUR per kWh, None where not known."""
    export_price: Floats | None
    on_feeder: Collection[str] | None = None
    """The transformers that hang on the feeder; None is all of them."""


def without_batteries(day: DayLoads) -> dict[Measure, float]:
    """Return what a day would have come to without batteries; nothing where that is not known.

    Whichever model steered has no part in it, unless that asks residents for something (M6).
    """
    if day.base_w is None:
        return {}
    feeder_w = day.feeder_w
    if feeder_w is not None:
        on_it = day.load_w.keys() if day.on_feeder is None else day.on_feeder
        changes_w = [day.base_w[id_] - load_w for id_, load_w in day.load_w.items() if id_ in on_it]
        feeder_w = feeder_w + np.sum(changes_w, axis=0)
    return outcomes(replace(day, load_w=day.base_w, feeder_w=feeder_w))


def outcomes(day: DayLoads) -> dict[Measure, float]:
    """Return what a day came to, as far as it can be told."""
    found: dict[Measure, float] = {}
    for id_, load_w in day.load_w.items():
        found[Measure(Kind.PEAK_IMPORT, id_)] = max(float(load_w.max()), 0.0)
        found[Measure(Kind.PEAK_FEED_IN, id_)] = max(float(-load_w.min()), 0.0)
        found[Measure(Kind.VARIANCE, id_)] = float((load_w / 1000).var())
        over = np.abs(load_w) > day.limit_w[id_] + _NOTICEABLE_W
        found[Measure(Kind.HOURS_OVER, id_)] = float(over.sum() * SLOT_HOURS)
    if day.feeder_w is not None:
        found[Measure(Kind.FEEDER_PEAK)] = float(np.abs(day.feeder_w).max())
    if day.base_w is None:
        return found
    whole_w = np.sum(list(day.load_w.values()), axis=0)
    if day.import_price is not None and day.export_price is not None:
        price = np.where(whole_w > 0, day.import_price, day.export_price)
        found[Measure(Kind.COST)] = float((whole_w / 1000 * SLOT_HOURS * price).sum())
    surplus_wh = float(sum(np.maximum(-base_w, 0.0).sum() for base_w in day.base_w.values()) * SLOT_HOURS)
    if surplus_wh >= LEAST_SURPLUS_WH:
        left_wh = float(np.maximum(-whole_w, 0.0).sum() * SLOT_HOURS)
        found[Measure(Kind.KEPT_SURPLUS)] = 1 - left_wh / surplus_wh
    return found
