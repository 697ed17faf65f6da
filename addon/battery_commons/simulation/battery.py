"""What a battery does with a setpoint, or by itself for its own house."""

from dataclasses import dataclass
from math import isfinite

from battery_commons.domain.battery import Battery


@dataclass(slots=True)
class PhysicalBattery:
    """A battery that holds energy, loses some on the way, and stops where it is empty or full."""

    battery: Battery
    energy_wh: float
    """What it holds now, from 0 to the battery's capacity."""

    def __post_init__(self) -> None:
        """Refuse an energy that the battery cannot hold."""
        if not 0 <= self.energy_wh <= self.battery.capacity_wh:
            raise ValueError(f"{self.battery.id} cannot hold {self.energy_wh} Wh")

    @property
    def state_of_charge(self) -> float:
        """The energy held as a share of the capacity, from 0 to 1."""
        return self.energy_wh / self.battery.capacity_wh

    def step(self, setpoint_w: float | None, house_w: float, hours: float) -> float:
        """Let `hours` pass with constant inputs and return the mean AC power in W, positive = charge.

        Args:
            setpoint_w: The AC power asked for; None leaves the battery to its own self-consumption:
                it stores the house's surplus and covers the house's load.
            house_w: Net load of the house without the battery, positive = import.
            hours: How long the inputs hold.

        Raises:
            ValueError: An input is not finite, or time does not move forwards.
        """
        wanted_w = -house_w if setpoint_w is None else setpoint_w
        if not (isfinite(wanted_w) and isfinite(house_w) and isfinite(hours) and hours > 0):
            raise ValueError(f"no battery can follow {setpoint_w=}, {house_w=} for {hours=}")
        if wanted_w >= 0:
            return self._charge(min(wanted_w, self.battery.max_charge_w), hours)
        return -self._discharge(min(-wanted_w, self.battery.max_discharge_w), hours)

    def _charge(self, power_w: float, hours: float) -> float:
        room_wh = self.battery.capacity_wh - self.energy_wh
        stored_wh = power_w * hours * self.battery.charge_efficiency
        if stored_wh < room_wh:
            self.energy_wh += stored_wh
            return power_w
        self.energy_wh = self.battery.capacity_wh
        return room_wh / self.battery.charge_efficiency / hours

    def _discharge(self, power_w: float, hours: float) -> float:
        # Below the reserve already (a resident raised it), the energy stays where it is.
        floor_wh = min(self.energy_wh, self.battery.reserve * self.battery.capacity_wh)
        available_wh = self.energy_wh - floor_wh
        taken_wh = power_w * hours / self.battery.discharge_efficiency
        if taken_wh < available_wh:
            self.energy_wh -= taken_wh
            return power_w
        self.energy_wh = floor_wh
        return available_wh * self.battery.discharge_efficiency / hours
