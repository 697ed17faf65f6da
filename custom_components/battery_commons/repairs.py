"""What a resident can solve, or try again, from Home Assistant's repairs."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .battery.entities.mapping import CONF_ENTITIES, CONF_SETPOINT_INVERTED
from .battery.entities.roles import Role
from .battery_coordinator import BatteryCoordinator
from .const import CONF_INVERTED, CONF_KIND, DOMAIN, KIND_ENTITIES
from .home import BatteryCommonsConfigEntry
from .issues import (
    CERTIFICATE_REPLACED,
    COORDINATOR_UNREACHABLE,
    SECOND_CONTROLLER,
    SIGN_REVERSED,
    VILLAGE_REFUSES,
)


class AskVillageAgainFlow(RepairsFlow):
    """Asks the village now, and tells whether it answers."""

    def __init__(self, entry: BatteryCommonsConfigEntry) -> None:
        """Ask the village of `entry`."""
        self._entry = entry

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Start with what is about to be done."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask it, once the resident wants that."""
        errors: dict[str, str] = {}
        if user_input is not None:
            village = self._entry.runtime_data.village
            await village.async_refresh()
            if village.last_update_success:
                return self.async_create_entry(data={})
            errors["base"] = "still_no_answer"
        return self.async_show_form(
            step_id="confirm", errors=errors, description_placeholders={"village": self._entry.title}
        )


class TrustAgainFlow(RepairsFlow):
    """Has the resident say that a battery may be steered again."""

    def __init__(self, battery: BatteryCoordinator) -> None:
        """Speak about one battery."""
        self._battery = battery

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Start with what has to be solved first."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Steer it again, once the resident has solved it."""
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders=self._names)
        await self._battery.async_trust_again()
        return self.async_create_entry(data={})

    @property
    def _names(self) -> dict[str, str]:
        return {"battery": self._battery.name}


class TurnAroundFlow(TrustAgainFlow):
    """Offers to turn a battery's signs around, by which way Home Assistant shows its power."""

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask what is wrong: what the battery says, or how it takes its orders."""
        entities = self._battery.subentry.data[CONF_ENTITIES]
        signs = {"turn_readings": Role.POWER, "turn_orders": Role.SETPOINT}
        if not (turns := [step for step, signed in signs.items() if signed in entities]):
            return await self.async_step_confirm()
        return self.async_show_menu(
            step_id="init", menu_options=[*turns, "confirm"], description_placeholders=self._names
        )

    async def async_step_turn_readings(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Read its power the other way round."""
        return self._turned(CONF_INVERTED)

    async def async_step_turn_orders(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Give its orders the other way round."""
        return self._turned(CONF_SETPOINT_INVERTED)

    def _turned(self, sign: str) -> RepairsFlowResult:
        """Turn a sign around; the home then starts anew with the battery, and watches it anew."""
        subentry = self._battery.subentry
        data = {**subentry.data, sign: not subentry.data.get(sign, False)}
        self.hass.config_entries.async_update_subentry(self._battery.config_entry, subentry, data=data)
        return self.async_create_entry(data={})


class NothingToSolveFlow(RepairsFlow):
    """Says that the home is not running, or that the battery is no longer part of it."""

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Leave the issue to the next look at the home."""
        return self.async_abort(reason="not_running")


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the way to solve an issue."""
    entry_id, about = str((data or {}).get("entry_id")), str((data or {}).get("about"))
    entry: BatteryCommonsConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
        return NothingToSolveFlow()
    key = issue_id.removesuffix(f"_{about}")
    if key in {CERTIFICATE_REPLACED, COORDINATOR_UNREACHABLE, VILLAGE_REFUSES}:
        return AskVillageAgainFlow(entry)
    battery = entry.runtime_data.batteries.get(about)
    if battery is None or key not in {SECOND_CONTROLLER, SIGN_REVERSED}:
        return NothingToSolveFlow()
    by_entities = battery.subentry.data[CONF_KIND] == KIND_ENTITIES
    return TurnAroundFlow(battery) if key == SIGN_REVERSED and by_entities else TrustAgainFlow(battery)
