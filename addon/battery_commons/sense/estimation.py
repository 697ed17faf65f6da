"""What a transformer carries where no meter says so: members' meters, scaled to all who are behind it.

Pure. An estimate is always told as one, with how far off it may be; docs/data-quality.md has how far it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from battery_commons.domain.privacy import LEAST_HOMES
from battery_commons.sense.standard_profile import standard_w
from battery_commons.sense.summary import Floats

_EIGHTY_PERCENT = 1.28
"""Standard deviations on either side of a mean that hold four out of five of what is drawn at random."""
_TOGETHER = 1 / 3
"""What drives one connection away from the usual, as a cloud or a cold day, drives many at once: so much of
how far they are apart do all of them go the same way. Measured on the built-in village."""
_USUAL_WEIGHS = 10
"""As many homes as the standard profile counts for beside those that report. Measured there too."""

type Usual = Callable[[Sequence[datetime]], tuple[Floats, Floats]]
"""What a connection draws at each moment on average, and how far single ones are from it (W)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A transformer's load in a quarter hour, without the batteries behind it."""

    load_w: float
    spread_w: float
    """Four out of five loads are no further from it, either way."""
    homes: int
    """How many homes' meters it rests on; 0 for a standard profile alone."""


def estimate_loads(
    houses_w: Mapping[str, Mapping[datetime, float]],
    connections: int,
    slots: Sequence[datetime],
    usual: Usual = standard_w,
) -> dict[datetime, Estimate]:
    """Return what a transformer with so many `connections` carries in each of `slots`.

    `houses_w` is by home behind it what it drew in each slot without its battery. Where fewer than five homes
    say so, the estimate is what as many connections draw as `usual`.
    """
    estimates = {}
    for slot, usual_w, apart_w in zip(slots, *usual(slots), strict=True):
        known = [slots_w[slot] for slots_w in houses_w.values() if slot in slots_w]
        if len(known) < LEAST_HOMES:
            spread_w = _EIGHTY_PERCENT * _TOGETHER * connections * apart_w
            estimates[slot] = Estimate(float(connections * usual_w), float(spread_w), 0)
        else:
            estimates[slot] = _scaled(np.array(known), connections, usual_w, apart_w)
    return estimates


def _scaled(known_w: Floats, connections: int, usual_w: float, apart_w: float) -> Estimate:
    """Take the others to be between those that report and the usual, the nearer to these the fewer report."""
    homes = len(known_w)
    others = max(connections - homes, 0)
    share = homes / (homes + _USUAL_WEIGHS)
    other_w = share * known_w.mean() + (1 - share) * usual_w
    # A few homes that are alike say nothing of the bakery beside them.
    one_apart_w = max(float(known_w.std(ddof=1)), apart_w)
    spread_w = _EIGHTY_PERCENT * one_apart_w * np.sqrt(others**2 / homes + others)
    return Estimate(float(known_w.sum() + others * other_w), float(spread_w), homes)
