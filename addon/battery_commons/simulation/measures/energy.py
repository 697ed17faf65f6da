"""What the batteries did, and how far the village lives on its own energy."""

from dataclasses import dataclass

import numpy as np

from battery_commons.domain.battery import WEAR_EUR_PER_KWH
from battery_commons.domain.time import SLOT_HOURS
from battery_commons.simulation.outcome import Outcome
from battery_commons.simulation.recorded import Floats, RecordedVillage

ROUNDING_W = 1e-3
"""Less is what adding up the same numbers in another order leaves, and no load."""


@dataclass(frozen=True, slots=True)
class BatteryMeasures:
    """The work of one battery."""

    battery_id: str
    throughput_wh: float
    """Half of what went in and out."""
    cycles: float
    """Full cycles that this amounts to."""
    lost_wh: float
    """What went in and neither came out nor is still there."""
    wear_eur: float


@dataclass(frozen=True, slots=True)
class EnergyMeasures:
    """The village's energy. Use and PV are only on record as each site's net load, so shares are of those."""

    imported_wh: float
    """What the village draws from outside; each quarter hour is netted over all transformers."""
    fed_in_wh: float
    self_consumption: float | None
    """Share of what sites would feed in without batteries that is used or stored within the village.

    None where no site ever feeds in.
    """
    self_sufficiency: float | None
    """Share of what sites would draw without batteries that does not come from outside the village."""
    batteries: tuple[BatteryMeasures, ...]

    @property
    def throughput_wh(self) -> float:
        """Of all batteries."""
        return sum(battery.throughput_wh for battery in self.batteries)

    @property
    def cycles(self) -> float:
        """Full cycles of the average battery."""
        return sum(battery.cycles for battery in self.batteries) / max(len(self.batteries), 1)

    @property
    def lost_wh(self) -> float:
        """In all batteries."""
        return sum(battery.lost_wh for battery in self.batteries)

    @property
    def wear_eur(self) -> float:
        """Of all batteries."""
        return sum(battery.wear_eur for battery in self.batteries)


def energy_measures(village: RecordedVillage, outcome: Outcome) -> EnergyMeasures:
    """Return what `outcome` is in energy."""
    load_w = outcome.transformer_load_w.sum(axis=0)
    net_w = np.concatenate([village.site_net_w, _without_site_w(village)])
    imported_wh, fed_in_wh = _wh(np.maximum(load_w, 0.0)), _wh(np.maximum(-load_w, 0.0))
    drawn_wh, surplus_wh = _wh(np.maximum(net_w, 0.0)), _wh(np.maximum(-net_w, 0.0))
    return EnergyMeasures(
        imported_wh=imported_wh,
        fed_in_wh=fed_in_wh,
        self_consumption=1 - fed_in_wh / surplus_wh if surplus_wh > 0 else None,
        self_sufficiency=1 - imported_wh / drawn_wh if drawn_wh > 0 else None,
        batteries=_batteries(village, outcome),
    )


def _batteries(village: RecordedVillage, outcome: Outcome) -> tuple[BatteryMeasures, ...]:
    measures = []
    for battery, power_w, energy_wh in zip(
        village.batteries, outcome.power_w, outcome.energy_wh, strict=True
    ):
        charged_wh, discharged_wh = _wh(np.maximum(power_w, 0.0)), _wh(np.maximum(-power_w, 0.0))
        throughput_wh = (charged_wh + discharged_wh) / 2
        measures.append(
            BatteryMeasures(
                battery_id=battery.id,
                throughput_wh=throughput_wh,
                cycles=throughput_wh / battery.capacity_wh,
                lost_wh=charged_wh - discharged_wh - float(energy_wh[-1] - energy_wh[0]),
                wear_eur=throughput_wh / 1000 * WEAR_EUR_PER_KWH,
            )
        )
    return tuple(measures)


def _without_site_w(village: RecordedVillage) -> Floats:
    """Return (K, T) what each transformer carries beyond its sites, where not all of them are on record."""
    rest_w = village.base_load_w.copy()
    for k, transformer in enumerate(village.transformers):
        behind = [site.transformer_id == transformer.id for site in village.sites]
        rest_w[k] -= village.site_net_w[behind].sum(axis=0)
    return np.where(np.abs(rest_w) < ROUNDING_W, 0.0, rest_w)


def _wh(power_w: Floats) -> float:
    return float(power_w.sum() * SLOT_HOURS)
