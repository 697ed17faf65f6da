"""What a resident can ask aloud: what the batteries do and why, and how the village is doing."""

from typing import Any, Final, override

import probatio as vol
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util

from .battery_coordinator import BatteryCoordinator
from .const import DOMAIN
from .explanation.home import explain_battery, explain_next_action, explain_village
from .explanation.phrases import phrases
from .home import BatteryCommonsConfigEntry, HomeData

INTENT_WHY: Final = "BatteryCommonsWhy"
INTENT_VILLAGE: Final = "BatteryCommonsVillage"
SLOT_BATTERY: Final = "battery"


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Offer both questions."""
    intent.async_register(hass, WhyIntent())
    intent.async_register(hass, VillageIntent())


class WhyIntent(intent.IntentHandler):
    """Tells what the batteries do, why, and what they will do next."""

    intent_type = INTENT_WHY
    description = (
        "Tells what the home batteries in Battery Commons do now, why, and what they will do next. "
        "Use this for questions such as 'why is the battery discharging?' or 'when does it charge?'. "
        "Name a battery to hear about that one only."
    )

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """Return what may be named: a battery."""
        return {vol.Optional(SLOT_BATTERY): intent.non_empty_string}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Answer with two sentences for each battery."""
        slots = self.async_validate_slots(intent_obj.slots)
        named = str(slots[SLOT_BATTERY]["value"]).strip().casefold() if SLOT_BATTERY in slots else None
        batteries = [
            battery
            for home in _homes(intent_obj.hass)
            for battery in home.batteries.values()
            if named is None or battery.name.casefold() == named
        ]
        told = [_told(battery, intent_obj.language, by_name=len(batteries) > 1) for battery in batteries]
        return _answer(intent_obj, told or [phrases(intent_obj.language).no_battery])


class VillageIntent(intent.IntentHandler):
    """Tells how the village is doing."""

    intent_type = INTENT_VILLAGE
    description = (
        "Tells how the village in Battery Commons is doing: the load of the neighbourhood's transformer, "
        "the peak that is expected, code red or code green, and how many homes take part."
    )

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Answer with a sentence for each village."""
        now = dt_util.utcnow()
        told = [explain_village(home.village, now, intent_obj.language) for home in _homes(intent_obj.hass)]
        return _answer(intent_obj, told or [phrases(intent_obj.language).no_village])


def _homes(hass: HomeAssistant) -> list[HomeData]:
    entries: list[BatteryCommonsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data for entry in entries]


def _told(battery: BatteryCoordinator, language: str, *, by_name: bool) -> str:
    now = dt_util.utcnow()
    sentences = [explain_battery(battery, now, language), explain_next_action(battery, now, language)]
    name = f"{battery.name}. " if by_name else ""
    return name + " ".join(sentence for sentence in sentences if sentence)


def _answer(intent_obj: intent.Intent, told: list[str]) -> intent.IntentResponse:
    response = intent_obj.create_response()
    response.response_type = intent.IntentResponseType.QUERY_ANSWER
    response.async_set_speech(" ".join(told))
    return response
