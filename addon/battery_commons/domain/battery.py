"""A home battery, and what it can do."""

from dataclasses import dataclass, replace

WEAR_EUR_PER_KWH = 0.02
"""What a kWh through a battery is taken to cost of its life; no cycling that does not pay for it.
Half of it counts for charging and half for discharging. An assumption: EUR 1,200 of cells over 6,000 cycles
of 10 kWh; what a battery's own figures say may differ much."""


@dataclass(frozen=True, slots=True)
class Battery:
    """What one battery can do, as its home states it."""

    id: str
    """Unique within the village: `<home_id>/<battery_id>`."""
    transformer_id: str
    capacity_wh: float
    max_charge_w: float
    max_discharge_w: float
    charge_efficiency: float = 0.95
    discharge_efficiency: float = 0.95
    reserve: float = 0.1
    """The state of charge (0 to 1) below which the home does not discharge."""

    def __post_init__(self) -> None:
        """Refuse what no battery can be."""
        positive = self.capacity_wh > 0 and self.max_charge_w >= 0 and self.max_discharge_w >= 0
        efficient = 0 < self.charge_efficiency <= 1 and 0 < self.discharge_efficiency <= 1
        if not (positive and efficient and 0 <= self.reserve <= 1):
            msg = f"no battery can be like this: {self}"
            raise ValueError(msg)

    def keeping(self, least: float) -> Battery:
        """Return the same battery with at least the share `least` of it left alone; its own may be more."""
        return self if self.reserve >= least else replace(self, reserve=least)

    def reach_w(self, energy_wh: float, hours: float) -> tuple[float, float]:
        """Return the lowest and the highest AC power that it can keep up for `hours` from `energy_wh`.

        The lowest is its fastest discharge, zero or negative: down to the reserve and no further.
        """
        room_wh = self.capacity_wh - energy_wh
        available_wh = max(energy_wh - self.reserve * self.capacity_wh, 0.0)
        return (
            -min(self.max_discharge_w, available_wh * self.discharge_efficiency / hours),
            min(self.max_charge_w, room_wh / self.charge_efficiency / hours),
        )
