"""Asks a resident which entities make up a battery, and checks the answer."""

from collections.abc import Iterable, Mapping
from typing import Any

import probatio as vol
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, PERCENTAGE, UnitOfEnergy, UnitOfPower
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util.unit_conversion import PowerConverter

from ...const import (
    CONF_CAPACITY_WH,
    CONF_INVERTED,
    CONF_KIND,
    CONF_MANUFACTURER,
    CONF_MAX_CHARGE_W,
    CONF_MAX_DISCHARGE_W,
    CONF_MODEL,
    CONF_SERIAL_NUMBER,
    DOMAIN,
    KIND_ENTITIES,
)
from ...flows.energy_dashboard import async_energy_sources
from ..driver import Control
from .mapping import (
    CONF_CONTROL,
    CONF_ENTITIES,
    CONF_OPTIONS,
    CONF_OWN_RESERVE,
    CONF_PRESET,
    CONF_SETPOINT_INVERTED,
    role_of,
)
from .presets import PRESETS, Preset
from .proposal import dashboard_entities, largest_w, recognised_entities, settable_w
from .roles import DOMAINS, PERCENTAGES, POWERS, Option, Role

CONF_CAPACITY_KWH = "capacity_kwh"
CONF_MAX_CHARGE_KW = "max_charge_kw"
CONF_MAX_DISCHARGE_KW = "max_discharge_kw"

_PAIRS = {
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
_LARGEST_KWH = 1000
_LARGEST_KW = 1000
BELIEVABLE_W = 50_000
"""What a home's battery may take at most; a number that goes further only has no limit of its own."""


class EntityMappingError(Exception):
    """The entities that a resident picked do not make up a battery."""

    def __init__(self, code: str, field: str = "base") -> None:
        """Say what is wrong, and with which field of the form."""
        super().__init__(f"{field}: {code}")
        self.code = code
        """A key of the translations."""
        self.field = field


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
    picked = _entities(preset, suggested | dict(user_input or {}))
    fields: dict[vol.Marker, Any] = {}
    for role in preset.roles:
        marker = vol.Required if role in _required(preset) else vol.Optional
        fields[marker(role.value, description={"suggested_value": suggested.get(role)})] = _entity_selector(
            hass, preset, role
        )
    for option, names in preset.options.items():
        key = _field(option)
        options = _offered(hass, preset, option, picked) or list(names)
        fields[vol.Optional(key, description={"suggested_value": suggested.get(key)})] = SelectSelector(
            SelectSelectorConfig(options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN)
        )
    if Role.POWER in preset.roles:
        inverted = suggested.get(CONF_INVERTED, preset.inverted)
        fields[vol.Required(CONF_INVERTED, default=inverted)] = BooleanSelector()
    if Role.SETPOINT in preset.roles:
        fields[vol.Required(CONF_SETPOINT_INVERTED, default=preset.setpoint_inverted)] = BooleanSelector()
    if preset.control is Control.RESERVE:
        fields[_number(CONF_OWN_RESERVE, suggested)] = _box(0, 100, PERCENTAGE)
    fields[_number(CONF_CAPACITY_KWH, suggested)] = _box(0, _LARGEST_KWH, UnitOfEnergy.KILO_WATT_HOUR)
    fields[_number(CONF_MAX_CHARGE_KW, suggested)] = _box(0, _LARGEST_KW, UnitOfPower.KILO_WATT)
    fields[_number(CONF_MAX_DISCHARGE_KW, suggested)] = _box(0, _LARGEST_KW, UnitOfPower.KILO_WATT)
    return vol.Schema(fields)


@callback
def entity_data(hass: HomeAssistant, preset_key: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be kept of a filled-in form. Raises EntityMappingError when it does not fit."""
    preset = PRESETS[preset_key]
    entities = _entities(preset, user_input)
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
        CONF_CAPACITY_WH: 1000 * user_input[CONF_CAPACITY_KWH],
        CONF_MAX_CHARGE_W: 1000 * user_input[CONF_MAX_CHARGE_KW],
        CONF_MAX_DISCHARGE_W: 1000 * user_input[CONF_MAX_DISCHARGE_KW],
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


def missing_rating(user_input: Mapping[str, Any]) -> str | None:
    """Return the first rating that was asked and left at 0, as a form shows one that nobody has filled in."""
    ratings = (CONF_CAPACITY_KWH, CONF_MAX_CHARGE_KW, CONF_MAX_DISCHARGE_KW)
    return next((rating for rating in ratings if rating in user_input and user_input[rating] <= 0), None)


@callback
def entity_form_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a form was filled in from which `data` was kept, to fill it in again."""
    return {
        **data[CONF_ENTITIES],
        **{_field(Option(option)): name for option, name in data[CONF_OPTIONS].items()},
        **{
            key: data[key] for key in (CONF_INVERTED, CONF_SETPOINT_INVERTED, CONF_OWN_RESERVE) if key in data
        },
        CONF_CAPACITY_KWH: data[CONF_CAPACITY_WH] / 1000,
        CONF_MAX_CHARGE_KW: data[CONF_MAX_CHARGE_W] / 1000,
        CONF_MAX_DISCHARGE_KW: data[CONF_MAX_DISCHARGE_W] / 1000,
    }


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
        offered = _offered(hass, preset, option, entities) or names
        suggested[_field(option)] = next((name for name in names if name in offered), None)
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
        for single, double in _PAIRS.items()
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


def _field(option: Option) -> str:
    return f"option_{option}"


def _number(key: str, suggested: Mapping[str, Any]) -> vol.Required:
    return vol.Required(key, description={"suggested_value": suggested.get(key)})


def _box(lowest: float, highest: float, unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=lowest, max=highest, step="any", unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


def _entities(preset: Preset, filled_in: Mapping[str, Any]) -> dict[Role, str]:
    return {role: filled_in[role] for role in preset.roles if filled_in.get(role)}


def _offered(hass: HomeAssistant, preset: Preset, option: Option, entities: Mapping[Role, str]) -> list[str]:
    """Return the options that the choice to which `option` belongs offers."""
    role = role_of(option, preset, entities)
    state = hass.states.get(entities[role]) if role is not None else None
    return [str(name) for name in state.attributes.get("options") or ()] if state else []


def _check_complete(preset: Preset, entities: Mapping[Role, str]) -> None:
    for single, double in _PAIRS.items():
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
    if user_input.get(_field(Option.STANDBY)) and Role.MODE in entities:
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
        option: user_input[_field(option)]
        for option in preset.options
        if user_input.get(_field(option)) and role_of(option, preset, entities)
    }
    for option in _needed(preset, entities):
        if option not in meant:
            raise EntityMappingError("option_missing", _field(option))
    if preset.control is Control.MODE and not meant.keys() & {
        Option.CHARGE,
        Option.STANDBY,
        Option.DISCHARGE,
    }:
        raise EntityMappingError("option_missing", _field(Option.CHARGE))
    for option, name in meant.items():
        if name not in _offered(hass, preset, option, entities):
            raise EntityMappingError("option_unknown", _field(option))
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


def _float_or_none(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
