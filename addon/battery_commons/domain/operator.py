"""What grid operators ask of the village and tell it, in the village's own terms.

Where it comes from (OpenADR, a file, a contract) is forgotten here. Times are the village's, in UTC; powers
are in W, positive = drawn from the grid. A *subject* is the part of the grid that something is about: a
transformer's id, or FEEDER_ID (domain/grid.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PowerLimit:
    """The most that a part of the grid may carry for a while: [start, end)."""

    event_id: str
    subject: str
    start: datetime
    end: datetime | None
    """None until further notice."""
    import_w: float | None
    """The most it may draw, zero or more; None leaves that as it is."""
    export_w: float | None
    """The most it may feed in, zero or more; None leaves that as it is."""


@dataclass(frozen=True, slots=True)
class ToldLoad:
    """What an operator expects a part of the grid to carry, slot by slot, without the village's batteries."""

    event_id: str
    subject: str
    issued_at: datetime
    start: datetime
    """Of the first slot."""
    power_w: Sequence[float]
    """(T,)"""


@dataclass(frozen=True, slots=True)
class FlexCall:
    """A call on the batteries behind a part of the grid to draw, together, no more than a ceiling."""

    event_id: str
    subject: str
    start: datetime
    """Of the first slot."""
    ceiling_w: Sequence[float]
    """(T,) the highest sum of their powers per slot; negative where they have to deliver."""


@dataclass(frozen=True, slots=True)
class CalledWindow:
    """Hours in which the regional grid asks for help: [start, end)."""

    event_id: str
    start: datetime
    end: datetime | None
    """None until further notice."""


@dataclass(frozen=True, slots=True)
class OperatorSignals:
    """Everything that operators ask and tell at a moment; nothing, where there is no operator."""

    limits: Sequence[PowerLimit] = ()
    told_loads: Sequence[ToldLoad] = ()
    calls: Sequence[FlexCall] = ()
    windows: Sequence[CalledWindow] = ()
    """Where there are any, the feeder's peaks are fought in these hours only."""
    prices: Mapping[datetime, float] = field(default_factory=dict)
    """EUR per kWh, by slot, in the place of the day-ahead market's."""
    export_prices: Mapping[datetime, float] = field(default_factory=dict)
    """What a kWh fed in earns, by slot (EUR), in the place of what the tariff gives for it."""
