"""What a resident can ask aloud, and the sentences with which they ask it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hassil import Intents, recognize
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.coordinator import FakeCoordinator
from tests.home.doorstep import Doorstep
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon")
WHY, VILLAGE = "BatteryCommonsWhy", "BatteryCommonsVillage"
VOICE = (Path(__file__).parents[2] / "docs" / "voice.md").read_text()


@pytest.fixture(autouse=True)
async def _ready_to_listen(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    assert await async_setup_component(hass, "intent", {})


async def ask(hass: HomeAssistant, question: str, language: str = "en", **slots: str) -> str:
    """Return what is said."""
    response = await intent.async_handle(
        hass,
        "test",
        question,
        {name: {"value": value} for name, value in slots.items()},
        language=language,
    )
    assert response.response_type is intent.IntentResponseType.QUERY_ANSWER
    spoken: str = response.speech["plain"]["speech"]
    return spoken


async def test_what_a_battery_does_why_and_what_comes_next_is_told(
    hass: HomeAssistant, home: MockConfigEntry, doorstep: Doorstep
) -> None:
    await doorstep.post(doorstep.signed_plan())
    await hass.async_block_till_done()

    assert await ask(hass, WHY) == (
        "Discharges with 2.0 kW: transformer Dorpsstraat is busy with demand until 14:15. "
        "Charges from 14:15 with 3.0 kW: transformer Dorpsstraat is busy with solar power until 14:30."
    )
    assert (await ask(hass, WHY, "nl")).startswith("Ontlaadt met 2,0 kW: transformator Dorpsstraat")


@pytest.mark.usefixtures("home")
async def test_a_battery_is_asked_for_by_its_name(hass: HomeAssistant) -> None:
    told = "Left to your own house: the village has sent no plan."

    assert await ask(hass, WHY, battery=" garage ") == told
    assert await ask(hass, WHY, battery="attic") == "No such battery takes part."
    assert await ask(hass, WHY, "nl", battery="zolder") == "Zo'n batterij doet niet mee."


async def test_several_batteries_are_told_apart_by_their_names(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    batteries = home.runtime_data.batteries
    batteries["another"] = next(iter(batteries.values()))

    assert (await ask(hass, WHY)).count("Garage. Left to your own house") == 2


@pytest.mark.usefixtures("home")
async def test_how_the_village_is_doing_is_told(hass: HomeAssistant) -> None:
    assert await ask(hass, VILLAGE) == "Transformer Dorpsstraat is at 57 % of its limit, from demand."


async def test_everything_that_the_village_knows_is_told_in_one_sentence(
    hass: HomeAssistant, coordinator: FakeCoordinator, home: MockConfigEntry
) -> None:
    def moment(hours: int) -> str:
        return (NOW + timedelta(hours=hours)).isoformat()

    def code(colour: str, start: int, end: int) -> dict[str, Any]:
        return {"id": colour, "code": colour, "start": moment(start), "end": moment(end), "reason": ""}

    coordinator.transformer_extra = {
        "forecast_peak_w": -240_000,
        "forecast_peak_at": moment(1),
        "load_w": -50_000,
    }
    coordinator.village_extra = {
        "members": 48,
        "members_online": 41,
        "codes": [code("green", 3, 5), code("red", -3, -1), code("red", -1, 2)],
    }
    await home.runtime_data.village.async_refresh()

    assert await ask(hass, VILLAGE) == (
        "Transformer Dorpsstraat is at 20 % of its limit, from feed-in; 96 % is expected at 15:01, from"
        " feed-in; it is code red until 16:01; 41 of 48 homes are connected."
    )
    assert await ask(hass, VILLAGE, "nl") == (
        "Transformator Dorpsstraat zit op 20 % van zijn grens, door teruglevering; om 15:01 wordt 96 %"
        " verwacht, door teruglevering; het is code rood tot 16:01; 41 van de 48 huizen zijn verbonden."
    )

    coordinator.transformer_extra = {"forecast_peak_w": 225_000, "forecast_peak_at": moment(1)}
    coordinator.village_extra = {"codes": [code("green", 3, 5)]}
    coordinator.load_at = moment(-2)
    await home.runtime_data.village.async_refresh()

    assert await ask(hass, VILLAGE) == (
        "No recent load of transformer Dorpsstraat is known; 90 % is expected at 15:01, from demand;"
        " code green comes from 17:01 until 19:01."
    )


async def test_a_village_that_does_not_answer_is_said_to_be_silent(
    hass: HomeAssistant, coordinator: FakeCoordinator, home: MockConfigEntry
) -> None:
    coordinator.unreachable = True
    await home.runtime_data.village.async_refresh()

    assert await ask(hass, VILLAGE) == "The village does not answer now."


async def test_a_home_that_left_its_village_says_so(hass: HomeAssistant, home: MockConfigEntry) -> None:
    await hass.config_entries.async_unload(home.entry_id)

    assert await ask(hass, VILLAGE) == "This home takes part in no village."
    assert await ask(hass, WHY, "nl") == "Zo'n batterij doet niet mee."


@pytest.mark.parametrize(
    ("language", "spoken", "asked", "battery"),
    [
        ("en", "why is my battery doing this", WHY, None),
        ("en", "What is the garage battery doing?", WHY, "garage"),
        ("en", "what will the battery do next", WHY, None),
        ("en", "how is the village", VILLAGE, None),
        ("nl", "waarom doet mijn batterij dit", WHY, None),
        ("nl", "Wat doet batterij garage?", WHY, "garage"),
        ("nl", "wat gaat de batterij hierna doen", WHY, None),
        ("nl", "hoe gaat het met het dorp", VILLAGE, None),
    ],
)
def test_the_sentences_in_the_documentation_ask_just_this(
    language: str, spoken: str, asked: str, battery: str | None
) -> None:
    sentences: list[Any] = [parse_yaml(block) for block in re.findall(r"```yaml\n(.*?)```", VOICE, re.DOTALL)]
    (of_language,) = (found for found in sentences if found["language"] == language)

    heard = recognize(spoken, Intents.from_dict(of_language))

    assert heard is not None
    assert heard.intent.name == asked
    assert (str(heard.entities["battery"].value).strip() if battery else None) == battery
