"""How a village went through a backtest under one control model. Every figure is of a physical replay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.recorded import Floats, RecordedVillage


class Mode(StrEnum):
    """What the planner knew."""

    PERFECT = "perfect"
    """Perfect foresight: the bound that no forecast can beat."""
    ROLLING = "rolling"
    """What was known at each moment: forecast, re-plan, guard."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What N batteries and the grid above them did in T slots."""

    model: ControlModel
    mode: Mode
    power_w: Floats
    """(N, T) mean power of each battery, positive = charge."""
    energy_wh: Floats
    """(N, T + 1) what each battery held at the start of every slot, and at the end."""
    response_w: Floats
    """(K, T) how residents shifted their use behind each transformer (M6; else zero)."""
    transformer_load_w: Floats
    """(K, T) load of each transformer with batteries and response."""
    feeder_load_w: Floats | None
    """(T,) load of the whole feeder; None where the village has none on record."""

    def part(self, first: int, slots: int) -> Outcome:
        """Return `slots` slots of it, from the slot of index `first` on."""
        cut = slice(first, first + slots)
        return replace(
            self,
            power_w=self.power_w[:, cut],
            energy_wh=self.energy_wh[:, first : first + slots + 1],
            response_w=self.response_w[:, cut],
            transformer_load_w=self.transformer_load_w[:, cut],
            feeder_load_w=None if self.feeder_load_w is None else self.feeder_load_w[cut],
        )


@dataclass(frozen=True, eq=False)
class Backtest:
    """One village and period under several models, in the order they were asked for; M1 is always there."""

    village: RecordedVillage
    """The part of the record that was lived through."""
    tariff_name: str
    import_price: Floats
    """(T,) EUR per kWh, as every home pays it."""
    export_price: Floats
    """(T,) EUR per kWh."""
    data_age_days: int
    """How old the grid's measurements were when plans were made; 0 is fresh."""
    outcomes: Sequence[Outcome]

    def outcome(self, model: ControlModel) -> Outcome:
        """Return the outcome of one model; raises KeyError where it was not run."""
        for outcome in self.outcomes:
            if outcome.model == model:
                return outcome
        raise KeyError(model)


def outcome_of(
    village: RecordedVillage,
    model: ControlModel,
    mode: Mode,
    *,
    power_w: Floats,
    energy_wh: Floats,
    response_w: Floats,
) -> Outcome:
    """Return the outcome of what batteries and residents did, with the grid above them."""
    load_w = village.base_load_w + response_w
    np.add.at(load_w, village.transformer_of, power_w)
    background_w = village.feeder_background_w
    return Outcome(
        model=model,
        mode=mode,
        power_w=power_w,
        energy_wh=energy_wh,
        response_w=response_w,
        transformer_load_w=load_w,
        feeder_load_w=None if background_w is None else background_w + load_w[village.on_feeder].sum(axis=0),
    )
