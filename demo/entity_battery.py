"""A battery that another integration has brought into Home Assistant: sensors, and one control.

Home Assistant is told the states of the sensors over its REST API and asked for that of the control, as by an
integration that polls a device; the control itself is a real helper entity, so that its action really runs.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from battery_commons.simulation.battery import PhysicalBattery
from demo.home_assistant import HomeAssistant

POLL_S = 1.0
MODES = ("zero", "to_full", "standby")
"""Serve the own house, charge at full power, stand still: the modes of a HomeWizard battery."""


class ControlledBy(StrEnum):
    """What kind of control the battery has."""

    WATTS = "watts"
    """A number: positive discharges, as Home Assistant counts a battery's power, and 0 stands still."""
    MODE = "mode"
    """A choice of `MODES`."""


@dataclass(slots=True)
class EntityBattery:
    """One battery with its entities, named after `key`."""

    key: str
    battery: PhysicalBattery
    controlled_by: ControlledBy
    house_w: Callable[[datetime], float]
    """Net load of the house without the battery, positive = import."""
    power_w: float = 0.0
    """As it really was in the last stretch, positive = charging."""

    @property
    def configuration(self) -> str:
        """The part of `configuration.yaml` that makes the control."""
        spec = self.battery.battery
        if self.controlled_by is ControlledBy.WATTS:
            return (
                "input_number:\n"
                f"  {self.key}_setpoint:\n"
                f"    name: {self.key.capitalize()} setpoint\n"
                f"    min: -{spec.max_charge_w:.0f}\n"
                f"    max: {spec.max_discharge_w:.0f}\n"
                "    step: 1\n"
                "    initial: 0\n"
                "    unit_of_measurement: W\n"
            )
        options = "".join(f"      - {mode}\n" for mode in MODES)
        return (
            "input_select:\n"
            f"  {self.key}_mode:\n"
            f"    name: {self.key.capitalize()} mode\n"
            f"    options:\n{options}"
            f"    initial: {MODES[0]}\n"
        )

    @property
    def control_id(self) -> str:
        """The entity by which the battery is steered."""
        kind = "input_number" if self.controlled_by is ControlledBy.WATTS else "input_select"
        return f"{kind}.{self.key}_{'setpoint' if self.controlled_by is ControlledBy.WATTS else 'mode'}"

    @property
    def state_of_charge_id(self) -> str:
        """The sensor of the state of charge."""
        return f"sensor.{self.key}_state_of_charge"

    @property
    def power_id(self) -> str:
        """The sensor of the power, positive = discharging."""
        return f"sensor.{self.key}_power"

    async def live_in(self, home: HomeAssistant) -> None:
        """Live, and tell `home` how the battery stands, until cancelled."""
        before = time.monotonic()
        while True:
            order = self._order(await home.state(self.control_id))
            now = time.monotonic()
            if now > before:
                hours = (now - before) / 3600
                self.power_w = self.battery.step(order, self.house_w(datetime.now(UTC)), hours)
                before = now
            await home.put_state(
                self.state_of_charge_id,
                f"{100 * self.battery.state_of_charge:.1f}",
                device_class="battery",
                unit_of_measurement="%",
                friendly_name=f"{self.key.capitalize()} state of charge",
            )
            await home.put_state(
                self.power_id,
                f"{-self.power_w:.0f}",
                device_class="power",
                unit_of_measurement="W",
                friendly_name=f"{self.key.capitalize()} power",
            )
            await asyncio.sleep(POLL_S)

    def _order(self, state: str) -> float | None:
        """Return the power that the control's state asks for; None where the battery serves its own house."""
        if self.controlled_by is ControlledBy.WATTS:
            return -float(state)
        return {"to_full": self.battery.battery.max_charge_w, "standby": 0.0}.get(state)
