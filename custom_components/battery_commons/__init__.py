"""Battery Commons: this home's batteries, steered together with the village's, with the home's last word."""

from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_WEBHOOK_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .community.client import CommunityClient, CommunityError
from .community.invitation import public_key
from .const import CONF_KEY, LOGGER, SUBENTRY_BATTERY
from .coordinator import BatteryCommonsConfigEntry, BatteryCoordinator, HomeData, VillageCoordinator
from .entity import village_device
from .memory import HomeMemory
from .webhook import async_register_webhook, webhook_urls

PLATFORMS = [Platform.BINARY_SENSOR, Platform.NUMBER, Platform.SENSOR, Platform.SWITCH]


async def async_setup_entry(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> bool:
    """Take up the plan in force, look at every battery, and open the door to the village.

    The order matters: what was decided before a restart is known before any battery is touched, and every
    battery is looked at before new plans come in. A lost battery or village does not keep the others from
    working.
    """
    memory = HomeMemory(hass, entry.entry_id, public_key(entry.data[CONF_KEY]))
    await memory.async_load()
    client = _client(hass, entry)
    batteries = {
        subentry.subentry_id: BatteryCoordinator(hass, entry, subentry, memory)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_BATTERY
    }
    village = VillageCoordinator(
        hass, entry, client, batteries, webhook_urls(hass, entry.data[CONF_WEBHOOK_ID])
    )
    # Batteries hang below the village's device, so it is there before they are.
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **village_device(entry))
    entry.runtime_data = HomeData(client, memory, village, batteries, device.id)

    for battery in batteries.values():
        await battery.async_refresh()
        entry.async_on_unload(memory.async_listen(battery.async_act_on_change))
        # A coordinator only looks while somebody listens; a battery is steered whatever entities are enabled.
        entry.async_on_unload(battery.async_add_listener(lambda: None))
    entry.async_on_unload(memory.async_listen(lambda: _keep_pace(entry)))
    _keep_pace(entry)
    async_register_webhook(hass, entry)
    await village.async_refresh()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> bool:
    """Close the door, and leave every battery to its own house."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        for battery in entry.runtime_data.batteries.values():
            await battery.async_release()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> None:
    """Leave the village, which then erases this home's data, and forget the plan."""
    try:
        await _client(hass, entry).leave()
    except CommunityError as error:
        LOGGER.warning(
            "The village could not be told that this home leaves (%s): ask its volunteer to erase your data",
            error,
        )
    await HomeMemory(hass, entry.entry_id, public_key(entry.data[CONF_KEY])).async_forget()


def _client(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> CommunityClient:
    return CommunityClient(
        async_get_clientsession(hass),
        entry.data[CONF_URL],
        public_key(entry.data[CONF_KEY]),
        entry.data[CONF_TOKEN],
    )


def _keep_pace(entry: BatteryCommonsConfigEntry) -> None:
    plan = entry.runtime_data.memory.inbox.plan
    if plan is not None:
        entry.runtime_data.village.async_keep_pace(plan.slot_length)


async def _async_reload(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> None:
    """Start anew: a battery has come, changed or gone."""
    hass.config_entries.async_schedule_reload(entry.entry_id)
