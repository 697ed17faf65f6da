"""The figures of a day by which models are compared."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What is measured of a day."""

    PEAK_IMPORT = "peak_import"
    """Highest quarter hour drawn, in W."""
    PEAK_FEED_IN = "peak_feed_in"
    """Highest quarter hour fed in, in W; 0 where nothing is."""
    VARIANCE = "variance"
    """Of the load's quarter hours around the day's mean, in kW²."""
    HOURS_OVER = "hours_over"
    """Above the limit in either direction, in h."""
    FEEDER_PEAK = "feeder_peak"
    """Highest quarter hour of the feeder in either direction, in W."""
    COST = "cost"
    """What everything behind the transformers costs as one customer, in EUR."""
    KEPT_SURPLUS = "kept_surplus"
    """Share of what the transformers would feed in without batteries that stays in the village, 0 to 1."""


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """A kind of figure, of something."""

    kind: Kind
    subject: str = ""
    """The transformer's id; empty for the feeder and the village."""

    @property
    def key(self) -> str:
        """How it is written: `peak_import/t1`, or `cost`."""
        return f"{self.kind}/{self.subject}" if self.subject else self.kind.value

    @classmethod
    def of_key(cls, key: str) -> Self:
        """Return the measure that is written so. Raises ValueError for none."""
        kind, _, subject = key.partition("/")
        return cls(Kind(kind), subject)
