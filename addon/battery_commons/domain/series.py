"""What was measured, slot by slot, and what the weather is expected to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.time import SLOT, TimeGrid, slot_start


@dataclass(frozen=True, eq=False, slots=True)
class MeasuredSeries:
    """The mean power of consecutive slots from `start` on, NaN where nothing was measured."""

    start: datetime
    values_w: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse a start that is not a slot's."""
        if slot_start(self.start) != self.start:
            raise ValueError(f"a series starts on a quarter hour, not at {self.start.isoformat()}")

    @classmethod
    def of_slots(cls, slots: Mapping[datetime, float], otherwise: datetime) -> MeasuredSeries:
        """Return the series of measured slots; an empty one from `otherwise` on where there are none."""
        if not slots:
            return cls(otherwise, np.zeros(0))
        start = min(slots)
        values_w = np.full((max(slots) - start) // SLOT + 1, np.nan)
        for moment, value in slots.items():
            values_w[(moment - start) // SLOT] = value
        return cls(start, values_w)

    @property
    def end(self) -> datetime:
        """The moment at which the last slot ends."""
        return self.start + len(self.values_w) * SLOT

    def until(self, moment: datetime) -> MeasuredSeries:
        """Return the slots that have ended by `moment`: a view, not a copy."""
        return MeasuredSeries(self.start, self.values_w[: max((moment - self.start) // SLOT, 0)])

    def over(self, grid: TimeGrid) -> NDArray[np.float64]:
        """Return (slots of `grid`,) the values there, NaN where nothing was measured."""
        return _over(self.start, self.values_w, grid)


@dataclass(frozen=True, eq=False, slots=True)
class Weather:
    """The weather as it was forecast a day ahead, slot by slot from `start` on, also into the future."""

    start: datetime
    columns: Mapping[str, NDArray[np.float64]]
    """By name (radiation, wind, temperature): a figure per slot in any unit, NaN where unknown."""

    def over(self, grid: TimeGrid) -> dict[str, NDArray[np.float64]]:
        """Return each column over `grid`, NaN where unknown."""
        return {name: _over(self.start, values, grid) for name, values in self.columns.items()}


def _over(start: datetime, values: NDArray[np.float64], grid: TimeGrid) -> NDArray[np.float64]:
    first = (grid.start - start) // SLOT
    result = np.full(grid.slots, np.nan)
    low, high = max(first, 0), min(first + grid.slots, len(values))
    if low < high:
        result[low - first : high - first] = values[low:high]
    return result
