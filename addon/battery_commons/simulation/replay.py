"""What really happens when the village's batteries follow a plan: every figure we report comes from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.battery import Battery
from battery_commons.domain.time import SLOT_HOURS, TimeGrid
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.simulation.village import Village

type Floats = NDArray[np.float64]

BALANCE_TOLERANCE_WH = 1e-3


@dataclass(frozen=True, eq=False)
class Replay:
    """How N batteries and the transformers above them went through T slots."""

    grid: TimeGrid
    batteries: tuple[Battery, ...]
    power_w: Floats
    """(N, T) mean power of each battery per slot, positive = charge."""
    energy_wh: Floats
    """(N, T + 1) what each battery held at the start of every slot, and at the end of the last."""
    house_w: Floats
    """(N, T) net load of each battery's house without it, positive = import."""
    transformer_load_w: Mapping[str, Floats]
    """(T,) load of each transformer with its batteries, positive = import."""

    def peak_import_w(self, transformer_id: str) -> float:
        """Return the highest load of a transformer; negative where it feeds in throughout."""
        return float(self.transformer_load_w[transformer_id].max())

    def peak_export_w(self, transformer_id: str) -> float:
        """Return the highest feed-in of a transformer, positive; negative where it only imports."""
        return float(-self.transformer_load_w[transformer_id].min())

    def peak_w(self, transformer_id: str) -> float:
        """Return the highest load of a transformer in either direction."""
        return float(np.abs(self.transformer_load_w[transformer_id]).max())

    @property
    def charged_wh(self) -> Floats:
        """(N,) what each battery took from its house's side of the inverter."""
        charged: Floats = np.maximum(self.power_w, 0.0) @ np.full(self.grid.slots, SLOT_HOURS)
        return charged

    @property
    def discharged_wh(self) -> Floats:
        """(N,) what each battery gave back."""
        discharged: Floats = np.maximum(-self.power_w, 0.0) @ np.full(self.grid.slots, SLOT_HOURS)
        return discharged

    @property
    def lost_wh(self) -> Floats:
        """(N,) what each battery turned into heat."""
        return self.charged_wh - self.discharged_wh - (self.energy_wh[:, -1] - self.energy_wh[:, 0])


def replay(
    village: Village,
    grid: TimeGrid,
    setpoints_w: Mapping[str, Sequence[float | None]],
    stored_wh: Mapping[str, float],
) -> Replay:
    """Drive the village's batteries through a stretch of its year.

    Args:
        village: Whose load and PV are taken as they happened.
        grid: The slots, within the village's year.
        setpoints_w: By battery, the power asked for in each slot; None leaves it to its own house, as does a
            battery's absence. An empty mapping is M1.
        stored_wh: By battery, the energy held at the start; each battery of the village has to be there.

    Raises:
        IndexError: The grid leaves the village's year.
        ValueError: Setpoints of an unknown battery, too few or too many, not finite; an impossible energy.
        KeyError: A battery without an energy.
        RuntimeError: The energy balance does not hold: a fault in the physics.
    """
    first = village.slot(grid.start)
    if grid.end > village.time_grid.end:
        raise IndexError(f"{grid.end.isoformat()} is outside the village's year")
    part = slice(first, first + grid.slots)
    members = village.battery_connections
    batteries = tuple(connection.battery for connection in members if connection.battery)
    if strangers := set(setpoints_w) - {battery.id for battery in batteries}:
        raise ValueError(f"setpoints of unknown batteries: {sorted(strangers)}")

    house_w = np.stack([village.net_w(connection.id)[part] for connection in members])
    wanted_w = np.array([_as_array(setpoints_w.get(battery.id), grid.slots) for battery in batteries])
    power_w, energy_wh = drive(batteries, wanted_w, house_w, [stored_wh[battery.id] for battery in batteries])
    load_w = {t.id: village.transformer_load_w(t.id)[part] for t in village.transformers}
    for n, battery in enumerate(batteries):
        load_w[battery.transformer_id] += power_w[n]
    return Replay(grid, batteries, power_w, energy_wh, house_w, load_w)


def drive(
    batteries: Sequence[Battery], setpoints_w: Floats, house_w: Floats, stored_wh: Sequence[float]
) -> tuple[Floats, Floats]:
    """Let N batteries obey setpoints (N, T) and return their powers (N, T) and energies (N, T + 1).

    Where a setpoint is NaN the battery serves its own house, whose net load is `house_w` (N, T).

    Raises:
        ValueError: An energy that a battery cannot hold, or a setpoint that is infinite.
        RuntimeError: The energy balance does not hold: a fault in the physics.
    """
    power_w = np.empty(setpoints_w.shape)
    energy_wh = np.empty((len(batteries), setpoints_w.shape[1] + 1))
    for n, (battery, energy) in enumerate(zip(batteries, stored_wh, strict=True)):
        physical = PhysicalBattery(battery, energy)
        energy_wh[n, 0] = energy
        free = np.isnan(setpoints_w[n]).tolist()
        steps = zip(setpoints_w[n].tolist(), free, house_w[n].tolist(), strict=True)
        for t, (setpoint_w, own_house, net_w) in enumerate(steps):
            power_w[n, t] = physical.step(None if own_house else setpoint_w, net_w, SLOT_HOURS)
            energy_wh[n, t + 1] = physical.energy_wh
    _check_balance(batteries, power_w, energy_wh)
    return power_w, energy_wh


def _as_array(setpoints_w: Sequence[float | None] | None, slots: int) -> Floats:
    """Return setpoints as floats, NaN for the own house. Raises ValueError for NaN or a wrong number."""
    if setpoints_w is None:
        return np.full(slots, np.nan)
    if len(setpoints_w) != slots:
        raise ValueError(f"{len(setpoints_w)} setpoints for {slots} slots")
    if not all(power is None or isfinite(power) for power in setpoints_w):
        raise ValueError("no battery can follow a setpoint that is not finite")
    return np.array([np.nan if power is None else power for power in setpoints_w])


def _check_balance(batteries: Sequence[Battery], power_w: Floats, energy_wh: Floats) -> None:
    """Hold what went in and out against what is left, battery by battery."""
    gain = np.array([[battery.charge_efficiency] for battery in batteries])
    loss = np.array([[1 / battery.discharge_efficiency] for battery in batteries])
    stored_wh = SLOT_HOURS * (power_w * np.where(power_w > 0, gain, loss)).sum(axis=1)
    error_wh = np.abs(energy_wh[:, -1] - energy_wh[:, 0] - stored_wh).max(initial=0.0)
    if error_wh > BALANCE_TOLERANCE_WH:
        raise RuntimeError(f"the replay's energy balance is {error_wh:.3g} Wh out")
