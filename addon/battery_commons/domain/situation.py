"""The village as it stands at a tick: what has been measured, and what may be planned for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.operator import OperatorSignals
from battery_commons.domain.series import MeasuredSeries, Weather


@dataclass(frozen=True, slots=True)
class EstimatedLoad:
    """What a transformer without a meter, or with a silent one, is estimated to carry."""

    at: datetime
    """The end of the newest estimated slot."""
    load_w: float
    """In that slot, with its batteries."""
    spread_w: float
    """Four out of five loads are no further from their estimate, either way."""
    homes: int
    """How many homes' meters it rests on; 0 for a standard profile."""
    may_be_told: bool
    """Whether members may see it: it is of so many homes that it says nothing of a single one."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that forecast and control start from."""

    now: datetime
    transformers: Sequence[Transformer]
    base_load: Mapping[str, MeasuredSeries]
    """The mean load of each transformer without its batteries, per measured slot, by its id."""
    batteries: Sequence[Battery]
    stored_wh: Mapping[str, float]
    """The energy in each battery that may be planned for, by its id."""
    prices: Mapping[datetime, float]
    """The day-ahead prices, or those that an operator tells in their place, known from a few days back
    onwards, EUR per kWh, by slot."""
    feeder: Feeder | None = None
    """None where the village has none, nothing of it hangs on that, or nobody knows what it carries."""
    feeder_load: MeasuredSeries | None = None
    """The mean load of the whole feeder without the batteries behind it, per measured slot."""
    on_feeder: Collection[str] | None = None
    """The ids of the transformers that FEEDER_ID stands for (domain/grid.py); None is all of them."""
    weather: Weather | None = None
    shadow_wh: Mapping[str, float] = field(default_factory=dict)
    """The energy in each battery whose home only wants to see what it would be asked, by its id."""
    estimated: Mapping[str, EstimatedLoad] = field(default_factory=dict)
    """Of the transformers whose newest loads are estimates, by id."""
    operator: OperatorSignals = field(default_factory=OperatorSignals)
    """What grid operators ask and tell."""
