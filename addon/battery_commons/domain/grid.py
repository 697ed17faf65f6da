"""The grid that a village hangs on: transformers with a limit, and the signal they give."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

RED_SHARE = 0.85
"""Import above this share of the limit asks residents to use less (code red)."""
GREEN_SHARE = 0.5
"""Feed-in above this share of the limit asks residents to use more (code green)."""

FEEDER_ID = "feeder"
"""A village has one feeder at most. What is asked or told under this name is of the transformers that
`on_feeder` returns, together; where the village has no feeder that is the whole village."""


class CongestionSignal(StrEnum):
    """What the transformer asks of the people behind it."""

    GREEN = "green"
    NEUTRAL = "neutral"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Transformer:
    """A local (MV/LV) transformer and the load that it may carry, in either direction."""

    id: str
    name: str
    limit_w: float
    connections: int | None = None
    """How many homes, shops and halls are behind it, members or not; None where nobody has said."""
    on_feeder: bool = True
    """Whether it hangs on the village's feeder, where that has one."""

    def __post_init__(self) -> None:
        """Refuse a transformer that cannot carry anything, or that nothing is connected to."""
        if not 0 < self.limit_w < float("inf"):
            msg = f"transformer {self.id} needs a positive limit, not {self.limit_w} W"
            raise ValueError(msg)
        if self.connections is not None and self.connections < 1:
            raise ValueError(f"transformer {self.id} needs a connection, not {self.connections}")

    def signal(self, load_w: float) -> CongestionSignal:
        """Return what a load of `load_w` (positive = import) asks of residents."""
        if load_w >= RED_SHARE * self.limit_w:
            return CongestionSignal.RED
        if load_w <= -GREEN_SHARE * self.limit_w:
            return CongestionSignal.GREEN
        return CongestionSignal.NEUTRAL


@dataclass(frozen=True, slots=True)
class Feeder:
    """The medium-voltage cable that the village's transformers hang on, with other stations."""

    id: str
    name: str
    limit_w: float
    """What it may carry in either direction; infinite where nobody has said."""

    def __post_init__(self) -> None:
        """Refuse a feeder that cannot carry anything."""
        if not self.limit_w > 0:
            raise ValueError(f"feeder {self.id} needs a positive limit, not {self.limit_w} W")


def on_feeder(transformers: Iterable[Transformer], *, has_feeder: bool) -> frozenset[str]:
    """Return the ids of the transformers that FEEDER_ID stands for.

    Those are the ones that hang on the village's feeder; where it has none, all together.
    """
    return frozenset(each.id for each in transformers if each.on_feeder or not has_feeder)


def carried_by(subject: str, of_feeder: Collection[str]) -> frozenset[str]:
    """Return the ids of the transformers that a part of the grid is: itself, or those of FEEDER_ID.

    `of_feeder` are those that `on_feeder` returned.
    """
    return frozenset(of_feeder) if subject == FEEDER_ID else frozenset({subject})
