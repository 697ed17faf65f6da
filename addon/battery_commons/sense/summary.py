"""What one source reported, quarter hour by quarter hour, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.summary import SlotSummary
from battery_commons.domain.time import SLOT

type Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Summaries:
    """Consecutive quarter hours of one source, NaN where nothing was reported."""

    start: datetime
    mean_w: Floats
    lowest_w: Floats
    highest_w: Floats
    state_of_charge: Floats

    @classmethod
    def of(cls, summaries: Sequence[SlotSummary], start: datetime, slots: int) -> Self:
        """Return the `slots` quarter hours from `start` on."""
        table = np.full((4, slots), np.nan)
        for each in summaries:
            at = (each.start - start) // SLOT
            if 0 <= at < slots:
                charge = np.nan if each.state_of_charge is None else each.state_of_charge
                table[:, at] = each.mean_w, each.lowest_w, each.highest_w, charge
        return cls(start, *table)

    def moment(self, slot: int) -> datetime:
        """Return when slot number `slot` starts; one past the last is the end."""
        return self.start + slot * SLOT

    @property
    def known(self) -> NDArray[np.bool_]:
        """In which slots anything was reported."""
        return ~np.isnan(self.mean_w)

    @property
    def slots(self) -> int:
        """How many quarter hours these are."""
        return len(self.mean_w)

    def unbroken(self) -> Summaries:
        """Return the quarter hours without a gap that reach to the end; none where the last is one."""
        gaps = np.flatnonzero(~self.known)
        first = int(gaps[-1]) + 1 if gaps.size else 0
        return Summaries(
            self.moment(first),
            self.mean_w[first:],
            self.lowest_w[first:],
            self.highest_w[first:],
            self.state_of_charge[first:],
        )

    def sameness(self) -> int:
        """Return for how many slots up to the last one every reading was the very same."""
        if not self.slots:
            return 0
        same = (self.lowest_w == self.highest_w) & (self.lowest_w == self.lowest_w[-1])
        other = np.flatnonzero(~same)
        return self.slots - (int(other[-1]) + 1 if other.size else 0)
