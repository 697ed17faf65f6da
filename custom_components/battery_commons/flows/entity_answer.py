"""Checks which entities a resident picked, and keeps those that make up a battery."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, PERCENTAGE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import PowerConverter

from ..battery.driver import Control
from ..battery.entities.mapping import (
    CONF_CONTROL,
    CONF_ENTITIES,
    CONF_OPTIONS,
    CONF_OWN_RESERVE,
    CONF_PRESET,
    CONF_SETPOINT_INVERTED,
    role_of,
)
from ..battery.entities.presets import PRESETS, Preset
from ..battery.entities.proposal import settable_w
from ..battery.entities.roles import PERCENTAGES, POWERS, Option, Role
from ..const import (
    CONF_INVERTED,
    CONF_KIND,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_SERIAL_NUMBER,
    DOMAIN,
    KIND_ENTITIES,
)
from .entity_form import PAIRS, offered_options, option_field, picked_entities
from .ratings import kept_ratings, missing_rating


class EntityMappingError(Exception):
    """The entities that a resident picked do not make up a battery."""

    def __init__(self, code: str, field: str = "base") -> None:
        """Say what is wrong, and with which field of the form."""
        super().__init__(f"{field}: {code}")
        self.code = code
        """A key of the translations."""
        self.field = field


@callback
def entity_data(hass: HomeAssistant, preset_key: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be kept of a filled-in form. Raises EntityMappingError when it does not fit."""
    preset = PRESETS[preset_key]
    entities = picked_entities(preset, user_input)
    _check_complete(preset, entities)
    for role, entity_id in entities.items():
        _check_entity(hass, role, entity_id)
        if list(entities.values()).count(entity_id) > 1:
            raise EntityMappingError("same_entity_twice", role)
    _check_zero(hass, entities, user_input)
    if unrated := missing_rating(user_input):
        raise EntityMappingError("rating_missing", unrated)
    kept = {
        CONF_KIND: KIND_ENTITIES,
        CONF_PRESET: preset_key,
        CONF_CONTROL: preset.control.value,
        CONF_ENTITIES: {role.value: entity_id for role, entity_id in entities.items()},
        CONF_OPTIONS: _checked_options(hass, preset, entities, user_input),
        CONF_INVERTED: user_input.get(CONF_INVERTED, preset.inverted),
        CONF_SETPOINT_INVERTED: user_input.get(CONF_SETPOINT_INVERTED, preset.setpoint_inverted),
        **kept_ratings(user_input),
    }
    if preset.control is Control.RESERVE:
        kept[CONF_OWN_RESERVE] = user_input[CONF_OWN_RESERVE]
    device = _device(hass, entities[Role.STATE_OF_CHARGE])
    if preset.actions is not None and device is None:
        raise EntityMappingError("no_device", Role.STATE_OF_CHARGE)
    return kept | {
        CONF_MANUFACTURER: (device and device.manufacturer) or "",
        CONF_MODEL: (device and device.model) or "",
        CONF_SERIAL_NUMBER: (device and device.serial_number) or "",
    }


def _check_complete(preset: Preset, entities: Mapping[Role, str]) -> None:
    for single, double in PAIRS.items():
        if single not in preset.roles and not set(double) <= preset.roles.keys():
            continue
        if single not in entities and not set(double) <= entities.keys():
            raise EntityMappingError("power_missing" if single is Role.POWER else "setpoint_missing")


def _check_entity(hass: HomeAssistant, role: Role, entity_id: str) -> None:
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform == DOMAIN:
        raise EntityMappingError("own_entity", role)
    if (state := hass.states.get(entity_id)) is None:
        raise EntityMappingError("entity_missing", role)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    is_power = unit in PowerConverter.VALID_UNITS
    if (role in POWERS and not is_power) or (role in PERCENTAGES and unit != PERCENTAGE):
        raise EntityMappingError("unit_wrong", role)


def _check_zero(hass: HomeAssistant, entities: Mapping[Role, str], user_input: Mapping[str, Any]) -> None:
    """Check that the numbers can be set to nothing, in which a battery stands still."""
    if user_input.get(option_field(Option.STANDBY)) and Role.MODE in entities:
        return
    for role in (Role.SETPOINT, Role.CHARGE_SETPOINT, Role.DISCHARGE_SETPOINT):
        settable = settable_w(hass, entities, role)
        if settable is not None and not settable[0] <= 0 <= settable[1]:
            raise EntityMappingError("range_without_zero", role)


def _checked_options(
    hass: HomeAssistant, preset: Preset, entities: Mapping[Role, str], user_input: Mapping[str, Any]
) -> dict[str, str]:
    """Return what the options that matter are called, each of them known to its choice."""
    meant = {
        option: user_input[option_field(option)]
        for option in preset.options
        if user_input.get(option_field(option)) and role_of(option, preset, entities)
    }
    for option in _needed(preset, entities):
        if option not in meant:
            raise EntityMappingError("option_missing", option_field(option))
    if preset.control is Control.MODE and not meant.keys() & {
        Option.CHARGE,
        Option.STANDBY,
        Option.DISCHARGE,
    }:
        raise EntityMappingError("option_missing", option_field(Option.CHARGE))
    for option, name in meant.items():
        if name not in offered_options(hass, preset, option, entities):
            raise EntityMappingError("option_unknown", option_field(option))
    return {option.value: name for option, name in meant.items()}


def _needed(preset: Preset, entities: Mapping[Role, str]) -> Iterable[Option]:
    if preset.control is Control.MODE:
        yield Option.OWN_HOUSE
    elif preset.control is Control.WATTS:
        if role_of(Option.OBEY, preset, entities):
            yield from (Option.OBEY, Option.OWN_HOUSE)
        if Role.MODE in entities:
            yield from (Option.CHARGE, Option.DISCHARGE)


def _device(hass: HomeAssistant, entity_id: str) -> dr.DeviceEntry | None:
    entry = er.async_get(hass).async_get(entity_id)
    device = dr.async_get(hass).async_get(entry.device_id) if entry and entry.device_id else None
    return device if isinstance(device, dr.DeviceEntry) else None
