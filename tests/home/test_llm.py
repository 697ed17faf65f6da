"""What a language model may ask for a resident."""

from typing import Any

import pytest
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.llm import async_get_tools

pytestmark = pytest.mark.usefixtures("noon")
ASSISTANT = "conversation"


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    for component in ("homeassistant", "intent", "llm"):
        assert await async_setup_component(hass, component, {})


def context(assistant: str = ASSISTANT) -> llm.LLMContext:
    return llm.LLMContext(
        platform="test", context=Context(), language="en", assistant=assistant, device_id=None
    )


def expose(hass: HomeAssistant, home: MockConfigEntry, *, exposed: bool) -> None:
    for entity in er.async_entries_for_config_entry(er.async_get(hass), home.entry_id):
        async_expose_entity(hass, ASSISTANT, entity.entity_id, exposed)


async def call(hass: HomeAssistant, api: llm.APIInstance, tool: str) -> Any:
    result = await api.async_call_tool(llm.ToolInput(tool_name=tool, tool_args={}))
    return result.data


async def test_both_questions_are_tools_that_only_read(hass: HomeAssistant, home: MockConfigEntry) -> None:
    expose(hass, home, exposed=True)

    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context())

    tools = {tool.name: tool for tool in api.tools if tool.integration == "battery_commons"}
    assert tools.keys() == {
        "battery_commons__BatteryCommonsWhy",
        "battery_commons__BatteryCommonsVillage",
    }
    assert all(tool.annotations.read_only and tool.title and tool.description for tool in tools.values())


async def test_a_tool_answers_with_the_sentence(hass: HomeAssistant, home: MockConfigEntry) -> None:
    expose(hass, home, exposed=True)
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context())

    answer = await call(hass, api, "battery_commons__BatteryCommonsWhy")

    assert "Left to your own house: the village has sent no plan." in str(answer)


async def test_a_home_that_exposes_nothing_is_not_asked(hass: HomeAssistant, home: MockConfigEntry) -> None:
    expose(hass, home, exposed=False)

    assert async_get_tools(hass, context(), llm.LLM_API_ASSIST) is None


@pytest.mark.parametrize(("assistant", "api"), [("", llm.LLM_API_ASSIST), (ASSISTANT, "another_api")])
async def test_nobody_else_is_offered_the_tools(
    hass: HomeAssistant, home: MockConfigEntry, assistant: str, api: str
) -> None:
    expose(hass, home, exposed=True)

    assert async_get_tools(hass, context(assistant), api) is None
