"""What a language model may ask for a resident: the same two questions as by voice."""

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent
from homeassistant.helpers.llm import LLM_API_ASSIST, IntentTool, LLMContext, ToolAnnotations

from .const import DOMAIN
from .intent import INTENT_VILLAGE, INTENT_WHY

LLM_ANNOTATIONS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
LLM_INTENTS = {INTENT_WHY: "Why the home battery does this", INTENT_VILLAGE: "How the village is doing"}


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return both questions, where the resident has exposed anything of ours to this assistant."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    entities = er.async_get(hass).entities
    if not any(
        async_should_expose(hass, llm_context.assistant, entity.entity_id)
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        for entity in entities.get_entries_for_config_entry_id(entry.entry_id)
    ):
        return None
    return LLMTools(
        [
            IntentTool(
                f"{DOMAIN}__{handler.intent_type}",
                handler,
                title=LLM_INTENTS[handler.intent_type],
                integration=DOMAIN,
                annotations=LLM_ANNOTATIONS,
            )
            for handler in intent.async_get(hass)
            if handler.intent_type in LLM_INTENTS
        ]
    )
