"""A plan: what every battery is asked to do in each slot, and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from battery_commons.domain.time import TimeGrid


class ControlModel(StrEnum):
    """The ways a village may steer; see docs/control-models.md."""

    M1 = "M1"
    """Maximal self-consumption: each battery for its own house."""
    M2 = "M2"
    """Neighbourhood coordination: the community's energy cost, as if behind one meter."""
    M3 = "M3"
    """Local congestion management: each transformer's load is held level."""
    M4 = "M4"
    """The community's energy cost, with a price on congestion."""
    M5 = "M5"
    """Regional grid support: the feeder's peaks are flattened."""
    M6 = "M6"
    """M4 with residents who answer code red and code green."""
    LAYERED = "M4+M5"
    """M4 always, with M5's service on top of it."""


class PlanReason(StrEnum):
    """Why a battery is asked to do what it does in a slot."""

    OWN_HOUSE = "own_house"
    """Serve the own house: store its surplus, cover its load."""
    RELIEVE_IMPORT = "relieve_import"
    """Discharge while the transformer's import is high."""
    RELIEVE_EXPORT = "relieve_export"
    """Charge while the transformer's feed-in is high."""
    RELIEVE_FEEDER = "relieve_feeder"
    """Charge or discharge against a peak of the medium-voltage feeder, for the region."""
    GRID_OPERATOR = "grid_operator"
    """Charge or discharge since the grid operator asks for less than the load without the batteries."""
    LOW_PRICE = "low_price"
    """Charge while energy is cheap."""
    HIGH_PRICE = "high_price"
    """Discharge while energy is dear."""
    HOLD = "hold"
    """Keep the energy for a better moment."""


@dataclass(frozen=True, slots=True)
class BatteryPlan:
    """What one battery is asked to do, slot by slot."""

    battery_id: str
    power_w: Sequence[float | None]
    """Mean power per slot, positive = charge; None leaves the battery to its own house."""
    reasons: Sequence[PlanReason]
    shadow: bool = False
    """Whether its home only shows this and leaves the battery alone: nobody may count on it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan of the village, for every battery that takes part."""

    model: ControlModel
    grid: TimeGrid
    batteries: Sequence[BatteryPlan]
    base_load_w: Mapping[str, Sequence[float]]
    """Forecast load of each transformer without its batteries, per slot."""
    unmeasured: Collection[str] = ()
    """Transformers that nothing is known of: their base load is a plain zero, and no forecast."""
    estimated: Collection[str] = ()
    """Transformers whose newest loads were no meter's but estimates."""
    untold: Collection[str] = ()
    """Transformers whose load members may not be told: it would tell them about one another."""
    feeder_base_w: Sequence[float] | None = None
    """Forecast load of the whole feeder without the batteries behind it, per slot; None without one."""
    import_price: Sequence[float | None] = ()
    """What importing a kWh costs in each slot, in EUR; None where it is a guess."""

    def load_w(self, transformer_id: str, batteries: Collection[str]) -> list[float]:
        """Return a transformer's expected load with the given batteries following this plan.

        A battery left to its own house, or in shadow, counts as zero: what it will do is its home's matter.
        """
        return self._with(self.base_load_w[transformer_id], batteries)

    def feeder_w(self, batteries: Collection[str]) -> list[float] | None:
        """Return the feeder's expected load with the given batteries behind it following this plan.

        None where nobody knows.
        """
        return None if self.feeder_base_w is None else self._with(self.feeder_base_w, batteries)

    def forecast_w(self, transformer_id: str, batteries: Collection[str]) -> list[float] | None:
        """Return `load_w` as members may be told it.

        None where nobody knows what the transformer will carry, or where that would tell them about one
        another.
        """
        hidden = transformer_id in self.unmeasured or transformer_id in self.untold
        if hidden or transformer_id not in self.base_load_w:
            return None
        return self.load_w(transformer_id, batteries)

    def _with(self, base_w: Sequence[float], batteries: Collection[str]) -> list[float]:
        load = list(base_w)
        for battery in self.batteries:
            if battery.battery_id in batteries and not battery.shadow:
                for i, power in enumerate(battery.power_w):
                    load[i] += power or 0.0
        return load
