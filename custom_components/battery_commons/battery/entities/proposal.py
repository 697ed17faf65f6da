"""What Home Assistant already knows of a battery: proposed in the form, decided by the resident."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfPower
from homeassistant.core import HomeAssistant, State, callback, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import PowerConverter

from ...const import CONF_INVERTED, DOMAIN, SUBENTRY_BATTERY
from .mapping import CONF_ENTITIES
from .presets import Match, Preset
from .roles import DOMAINS, Role


@callback
def recognised_entities(hass: HomeAssistant, preset: Preset) -> dict[Role, str]:
    """Return the entities that `preset` recognises and that are not another battery's already."""
    taken = _taken(hass)
    entries = [
        entry
        for entry in er.async_get(hass).entities.values()
        if entry.disabled_by is None and entry.entity_id not in taken
    ]
    found: dict[Role, er.RegistryEntry] = {}
    for role, matches in preset.roles.items():
        soc = found.get(Role.STATE_OF_CHARGE)
        fitting = [
            (rank, soc is not None and entry.device_id != soc.device_id, entry)
            for rank, match in enumerate(matches)
            for entry in entries
            if split_entity_id(entry.entity_id)[0] in DOMAINS[role] and _fits(entry, match, soc)
        ]
        if fitting:
            found[role] = min(fitting, key=lambda candidate: candidate[:2])[2]
    return {role: entry.entity_id for role, entry in found.items()}


def dashboard_entities(source: Mapping[str, Any]) -> tuple[dict[Role, str], dict[str, bool]]:
    """Return what a battery of the energy dashboard is measured by, and its sign where that is told."""
    entities: dict[Role, str] = {}
    if soc := source.get("stat_soc"):
        entities[Role.STATE_OF_CHARGE] = soc
    match source.get("power_config") or source:
        case {"stat_rate_from": discharged, "stat_rate_to": charged}:
            return entities | {Role.CHARGE_POWER: charged, Role.DISCHARGE_POWER: discharged}, {}
        case {"stat_rate_inverted": sensor}:
            return entities | {Role.POWER: sensor}, {CONF_INVERTED: True}
        case {"stat_rate": sensor}:
            return entities | {Role.POWER: sensor}, {CONF_INVERTED: False}
        case _:
            return entities, {}


def settable_w(hass: HomeAssistant, entities: Mapping[Role, str], role: Role) -> tuple[float, float] | None:
    """Return the lowest and the highest power that a number can be set to; None where it does not tell."""
    state = hass.states.get(entities[role]) if role in entities else None
    return _range_w(state) if state else None


def largest_w(hass: HomeAssistant, entities: Mapping[Role, str], *, inverted: bool) -> dict[Role, float]:
    """Return the largest power in each direction that the numbers of a battery can be set to."""
    if both := settable_w(hass, entities, Role.SETPOINT):
        charge_w, discharge_w = (both[1], -both[0]) if inverted else (-both[0], both[1])
        powers = {Role.CHARGE_SETPOINT: charge_w, Role.DISCHARGE_SETPOINT: discharge_w}
    else:
        powers = {
            role: one[1]
            for role in (Role.CHARGE_SETPOINT, Role.DISCHARGE_SETPOINT)
            if (one := settable_w(hass, entities, role))
        }
    return {role: power_w for role, power_w in powers.items() if power_w > 0}


def _range_w(state: State) -> tuple[float, float] | None:
    try:
        unit = state.attributes[ATTR_UNIT_OF_MEASUREMENT]
        lowest, highest = (
            float(PowerConverter.convert(float(state.attributes[key]), unit, UnitOfPower.WATT))
            for key in ("min", "max")
        )
    except KeyError, TypeError, ValueError, HomeAssistantError:
        return None
    return lowest, highest


def _fits(entry: er.RegistryEntry, match: Match, soc: er.RegistryEntry | None) -> bool:
    if entry.platform != match.platform:
        return False
    if match.translation_key is not None and entry.translation_key != match.translation_key:
        return False
    if match.unique_id_end is not None and not entry.unique_id.endswith(match.unique_id_end):
        return False
    beside = soc is not None and entry.device_id == soc.device_id
    return beside or not match.beside_state_of_charge


def _taken(hass: HomeAssistant) -> frozenset[str]:
    """Return the entities that make up the batteries that take part already."""

    def mapped() -> Iterator[str]:
        for entry in hass.config_entries.async_entries(DOMAIN):
            for subentry in entry.get_subentries_of_type(SUBENTRY_BATTERY):
                yield from subentry.data.get(CONF_ENTITIES, {}).values()

    return frozenset(mapped())
