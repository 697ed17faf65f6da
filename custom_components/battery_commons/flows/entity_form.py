"""Asks a resident which entities make up a battery, proposing what is known of it already."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import PERCENTAGE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..battery.driver import Control
from ..battery.entities.mapping import (
    CONF_ENTITIES,
    CONF_OPTIONS,
    CONF_OWN_RESERVE,
    CONF_SETPOINT_INVERTED,
    role_of,
)
from ..battery.entities.presets import PRESETS, Preset
from ..battery.entities.proposal import dashboard_entities, largest_w, recognised_entities
from ..battery.entities.roles import DOMAINS, Option, Role
from ..const import CONF_INVERTED, DOMAIN
from .energy_dashboard import async_energy_sources
from .ratings import (
    CONF_CAPACITY_KWH,
    CONF_MAX_CHARGE_KW,
    CONF_MAX_DISCHARGE_KW,
    number_box,
    rating_fields,
    required_field,
    shown_ratings,
)

PAIRS = {
    Role.POWER: (Role.CHARGE_POWER, Role.DISCHARGE_POWER),
    Role.SETPOINT: (Role.CHARGE_SETPOINT, Role.DISCHARGE_SETPOINT),
}
"""One entity for both directions, or one for each."""
_DEVICE_CLASSES = {
    Role.STATE_OF_CHARGE: SensorDeviceClass.BATTERY,
    Role.POWER: SensorDeviceClass.POWER,
    Role.CHARGE_POWER: SensorDeviceClass.POWER,
    Role.DISCHARGE_POWER: SensorDeviceClass.POWER,
}
BELIEVABLE_W = 50_000
"""What a home's battery may take at most; a number that goes further only has no limit of its own."""


@callback
def presets_found(hass: HomeAssistant) -> list[str]:
    """Return the keys of all presets: those whose integration is set up here come first."""

    def place(preset: Preset) -> int:
        if any(hass.config_entries.async_entries(domain) for domain in preset.integrations):
            return 0
        return 2 if preset.integrations else 1

    return sorted(PRESETS, key=lambda key: place(PRESETS[key]))


async def async_entity_form(
    hass: HomeAssistant, preset_key: str, user_input: Mapping[str, Any] | None = None
) -> vol.Schema:
    """Return the form for a battery of a kind, with what is already known of it as suggested values.

    With `user_input`, the options to choose from are those of the entities that were picked in it.
    """
    preset = PRESETS[preset_key]
    suggested = await _async_suggested(hass, preset)
    picked = picked_entities(preset, suggested | dict(user_input or {}))
    fields: dict[vol.Marker, Any] = {}
    for role in preset.roles:
        marker = vol.Required if role in _required(preset) else vol.Optional
        fields[marker(role.value, description={"suggested_value": suggested.get(role)})] = _entity_selector(
            hass, preset, role
        )
    for option, names in preset.options.items():
        key = option_field(option)
        options = offered_options(hass, preset, option, picked) or list(names)
        fields[vol.Optional(key, description={"suggested_value": suggested.get(key)})] = SelectSelector(
            SelectSelectorConfig(options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN)
        )
    if Role.POWER in preset.roles:
        inverted = suggested.get(CONF_INVERTED, preset.inverted)
        fields[vol.Required(CONF_INVERTED, default=inverted)] = BooleanSelector()
    if Role.SETPOINT in preset.roles:
        fields[vol.Required(CONF_SETPOINT_INVERTED, default=preset.setpoint_inverted)] = BooleanSelector()
    if preset.control is Control.RESERVE:
        fields[required_field(CONF_OWN_RESERVE, suggested)] = number_box(0, 100, PERCENTAGE)
    return vol.Schema(fields | rating_fields(suggested))


@callback
def entity_form_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a form was filled in from which `data` was kept, to fill it in again."""
    return {
        **data[CONF_ENTITIES],
        **{option_field(Option(option)): name for option, name in data[CONF_OPTIONS].items()},
        **{
            key: data[key] for key in (CONF_INVERTED, CONF_SETPOINT_INVERTED, CONF_OWN_RESERVE) if key in data
        },
        **shown_ratings(data),
    }


def option_field(option: Option) -> str:
    """Return the key of the field that asks what an option is called."""
    return f"option_{option}"


def picked_entities(preset: Preset, filled_in: Mapping[str, Any]) -> dict[Role, str]:
    """Return the entities that a form was filled in with, by what they are to the battery."""
    return {role: filled_in[role] for role in preset.roles if filled_in.get(role)}


def offered_options(
    hass: HomeAssistant, preset: Preset, option: Option, entities: Mapping[Role, str]
) -> list[str]:
    """Return the options that the choice to which `option` belongs offers."""
    role = role_of(option, preset, entities)
    state = hass.states.get(entities[role]) if role is not None else None
    return [str(name) for name in state.attributes.get("options") or ()] if state else []


async def _async_suggested(hass: HomeAssistant, preset: Preset) -> dict[str, Any]:
    """Return what is already known of the battery, by the fields of the form."""
    entities, signs = recognised_entities(hass, preset), dict[str, bool]()
    sources = await async_energy_sources(hass, "battery")
    if preset.integrations:
        soc = entities.get(Role.STATE_OF_CHARGE)
        source = next((source for source in sources if soc and source.get("stat_soc") == soc), {})
    else:
        source = next(iter(sources), {})
        told, signs = dashboard_entities(source)
        entities |= {role: entity_id for role, entity_id in told.items() if hass.states.get(entity_id)}
    suggested: dict[str, Any] = dict(entities) | signs
    for option, names in preset.options.items():
        offered = offered_options(hass, preset, option, entities) or names
        suggested[option_field(option)] = next((name for name in names if name in offered), None)
    if capacity_kwh := source.get("capacity"):
        suggested[CONF_CAPACITY_KWH] = capacity_kwh
    powers_w = largest_w(hass, entities, inverted=preset.setpoint_inverted)
    for key, role in (
        (CONF_MAX_CHARGE_KW, Role.CHARGE_SETPOINT),
        (CONF_MAX_DISCHARGE_KW, Role.DISCHARGE_SETPOINT),
    ):
        if role in powers_w and powers_w[role] <= BELIEVABLE_W:
            suggested[key] = powers_w[role] / 1000
    if reserve := hass.states.get(entities.get(Role.RESERVE, "")):
        suggested[CONF_OWN_RESERVE] = _float_or_none(reserve.state)
    return suggested


def _required(preset: Preset) -> frozenset[Role]:
    """Return the roles that a battery of this kind cannot do without, one by one."""
    either = {
        role
        for single, double in PAIRS.items()
        if {single, *double} <= preset.roles.keys()
        for role in (single, *double)
    }
    return frozenset(preset.roles.keys() - preset.optional - either)


def _entity_selector(hass: HomeAssistant, preset: Preset, role: Role) -> EntitySelector:
    domains = list(DOMAINS[role])
    anything: EntityWithDeviceFilterSelectorConfig = {"domain": domains}
    if role in _DEVICE_CLASSES:
        anything["device_class"] = [_DEVICE_CLASSES[role]]
    platforms = dict.fromkeys(match.platform for match in preset.roles[role])
    theirs = [
        EntityWithDeviceFilterSelectorConfig(domain=domains, integration=platform) for platform in platforms
    ]
    ours = [entry.entity_id for entry in er.async_get(hass).entities.values() if entry.platform == DOMAIN]
    return EntitySelector(EntitySelectorConfig(filter=[*theirs, anything], exclude_entities=ours))


def _float_or_none(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
