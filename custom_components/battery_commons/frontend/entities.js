/** Which devices and entities are ours, by what Home Assistant's registries say. Pure. */

const PLATFORM = "battery_commons";
const SILENT = new Set(["unavailable", "unknown"]);

const named = (hass, device) => device.name_by_user || device.name || "";

/** Return the entity ids of a device by their translation key. */
export function entitiesOf(hass, deviceId) {
  const found = {};
  for (const entity of Object.values(hass?.entities ?? {})) {
    if (entity.platform === PLATFORM && entity.device_id === deviceId && entity.translation_key && !entity.hidden) {
      found[entity.translation_key] = entity.entity_id;
    }
  }
  return found;
}

function devicesWith(hass, ...keys) {
  const ids = new Set();
  for (const entity of Object.values(hass?.entities ?? {})) {
    if (entity.platform === PLATFORM && keys.includes(entity.translation_key) && entity.device_id) ids.add(entity.device_id);
  }
  return [...ids]
    .map((id) => hass.devices?.[id])
    .filter(Boolean)
    .map((device) => ({
      id: device.id,
      name: named(hass, device),
      villageId: device.via_device_id ?? undefined,
      entryId: device.primary_config_entry ?? undefined,
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

// Two keys each: a resident may have disabled one of the entities.

/** Return the batteries that take part: {id, name, villageId, entryId}. */
export const batteriesOf = (hass) => devicesWith(hass, "plan", "state_of_charge");

/** Return the villages that this home belongs to: {id, name}. */
export const villagesOf = (hass) => devicesWith(hass, "transformer_load", "coordinator");

/** Return the device that a card's configuration means; undefined where there is none. */
export function deviceOf(hass, config) {
  const id = config.device || hass?.entities?.[config.entity]?.device_id;
  return batteriesOf(hass).find((battery) => battery.id === id);
}

/** Return an entity's state; undefined while it says nothing. */
export function tells(hass, entityId) {
  const state = entityId ? hass.states[entityId] : undefined;
  return state && !SILENT.has(state.state) ? state : undefined;
}

/** Return an entity's state as a number; undefined where it is none. */
export function figure(hass, entityId) {
  const state = tells(hass, entityId);
  const value = state && state.state.trim() !== "" ? Number(state.state) : NaN;
  return Number.isFinite(value) ? value : undefined;
}
