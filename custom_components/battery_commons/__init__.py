"""Battery Commons: this home's batteries, steered together with the village's, with the home's last word."""

import asyncio
from functools import partial

from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_WEBHOOK_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType

from .account_coordinator import AccountCoordinator
from .announcement import Announcer
from .battery.settings import Settings
from .battery_coordinator import BatteryCoordinator
from .bookkeeping import async_enter_last_look
from .community.client import CommunityClient, CommunityError
from .community.invitation import public_key
from .const import (
    CONF_CERTIFICATE,
    CONF_KEY,
    CONF_KIND,
    CONF_MAP,
    CONF_SHADOW,
    DOMAIN,
    KIND_MODBUS,
    LOGGER,
    SUBENTRY_BATTERY,
    SUBENTRY_METERS,
)
from .dashboard import async_offer_dashboard
from .entity import village_device
from .home import BatteryCommonsConfigEntry, HomeData, async_guard_connection, house_of
from .issues import IssueWatch, async_forget_issues
from .memory import HomeMemory
from .meter import HouseMeter
from .services import async_setup_services
from .stream import VillageStream
from .village_coordinator import VillageCoordinator
from .vote_coordinator import VoteCoordinator
from .vote_memory import VoteMemory
from .webhook import async_register_webhook, webhook_urls

PATIENCE_S = 0.1
"""How long Home Assistant's start waits for batteries and village that do not answer at once."""
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Offer what does not hang on one home: the actions, and the dashboard."""
    async_setup_services(hass)
    await async_offer_dashboard(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> bool:
    """Take up the plan in force, look at every battery, and open the door to the village.

    The order matters: what was decided before a restart is known before any battery is touched, and every
    battery is looked at before new plans come in. A lost battery or village does not keep the others from
    working, and one that is slow to answer does not keep Home Assistant from starting.
    """
    memory = HomeMemory(hass, entry.entry_id, public_key(entry.data[CONF_KEY]))
    await memory.async_load()
    vote_memory = VoteMemory(hass, entry.entry_id)
    await vote_memory.async_load()
    client = _client(hass, entry)
    meter = _meter(hass, entry)
    batteries: dict[str, BatteryCoordinator] = {}
    house = partial(house_of, batteries=batteries, memory=memory, meter=meter)
    for subentry in entry.get_subentries_of_type(SUBENTRY_BATTERY):
        memory.async_meet(subentry.subentry_id, Settings(shadow=subentry.data[CONF_SHADOW]))
        batteries[subentry.subentry_id] = BatteryCoordinator(hass, entry, subentry, memory, house)
    village = VillageCoordinator(
        hass,
        entry,
        client,
        memory,
        batteries=batteries,
        meter=meter,
        webhook_urls=webhook_urls(hass, entry.data[CONF_WEBHOOK_ID]),
    )
    # Batteries hang below the village's device, so it is there before they are.
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **village_device(entry))
    entry.runtime_data = HomeData(
        client,
        memory,
        village,
        batteries,
        meter,
        device.id,
        votes=VoteCoordinator(hass, entry, client, vote_memory),
        account=AccountCoordinator(hass, entry, client),
    )

    entry.async_on_unload(memory.async_listen(lambda: _keep_pace(entry)))
    entry.async_on_unload(async_guard_connection(hass, entry.runtime_data))
    _keep_pace(entry)
    beginning = entry.async_create_background_task(hass, _async_begin(hass, entry), f"{entry.title} begins")
    await asyncio.wait([beginning], timeout=PATIENCE_S)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(IssueWatch(hass, entry).async_start())
    changed = partial(_async_reload, began_with=_works_with(entry))
    entry.async_on_unload(entry.add_update_listener(changed))
    return True


async def _async_begin(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> None:
    """Look at every battery, then open the door, then call the village, and hear it; the rest can wait."""
    data = entry.runtime_data
    await asyncio.gather(*(_async_take_up(entry, battery) for battery in data.batteries.values()))
    async_register_webhook(hass, entry)
    await data.village.async_refresh()
    # A ballot is cast whatever entities are enabled.
    entry.async_on_unload(data.votes.async_add_listener(lambda: None))
    VillageStream(hass, entry, data.client).async_start()
    await asyncio.gather(data.votes.async_refresh(), data.account.async_refresh())


async def _async_take_up(entry: BatteryCommonsConfigEntry, battery: BatteryCoordinator) -> None:
    """Look at a battery, and go on doing so."""
    await battery.async_refresh()
    entry.async_on_unload(battery.memory.async_listen(battery.async_act_on_change))
    # A coordinator only looks while somebody listens; a battery is steered whatever entities are enabled.
    entry.async_on_unload(battery.async_add_listener(partial(async_enter_last_look, battery)))
    entry.async_on_unload(battery.async_add_listener(Announcer(battery).async_announce))


async def async_migrate_entry(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> bool:
    """Bring what an older version kept to today's form."""
    entities = er.async_get(hass)
    if entry.minor_version < 2:  # noqa: PLR2004 - the version that brought other kinds of batteries
        for subentry in entry.get_subentries_of_type(SUBENTRY_BATTERY):
            data = {CONF_KIND: KIND_MODBUS, CONF_MAP: "sunspec_der", CONF_SHADOW: False, **subentry.data}
            hass.config_entries.async_update_subentry(entry, subentry, data=data)
            # Its on was the off of today's switch of participation.
            paused = entities.async_get_entity_id(Platform.SWITCH, DOMAIN, f"{subentry.subentry_id}_paused")
            if paused is not None:
                entities.async_remove(paused)
        hass.config_entries.async_update_entry(entry, minor_version=2)
    if entry.minor_version < 3:  # noqa: PLR2004 - the version that brought certificates of the village's own
        data = {CONF_CERTIFICATE: None, **entry.data}
        hass.config_entries.async_update_entry(entry, data=data, minor_version=3)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> bool:
    """Close the door, and leave every battery to its own house."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        for battery in entry.runtime_data.batteries.values():
            await battery.async_release()
        await entry.runtime_data.memory.async_write_account()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> None:
    """Leave the village, which then erases this home's data, and forget the plan."""
    async_forget_issues(hass, entry.entry_id)
    try:
        await _client(hass, entry).leave()
    except CommunityError as error:
        LOGGER.warning(
            "The village could not be told that this home leaves (%s): ask its volunteer to erase your data",
            error,
        )
    await HomeMemory(hass, entry.entry_id, public_key(entry.data[CONF_KEY])).async_forget()
    await VoteMemory(hass, entry.entry_id).async_forget()


def _meter(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> HouseMeter | None:
    meters = next(iter(entry.get_subentries_of_type(SUBENTRY_METERS)), None)
    return HouseMeter(hass, meters.data) if meters else None


def _client(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> CommunityClient:
    return CommunityClient(
        async_get_clientsession(hass),
        entry.data[CONF_URL],
        public_key(entry.data[CONF_KEY]),
        entry.data[CONF_TOKEN],
        certificate=entry.data.get(CONF_CERTIFICATE),
    )


def _keep_pace(entry: BatteryCommonsConfigEntry) -> None:
    plan = entry.runtime_data.memory.inbox.plan
    if plan is not None:
        entry.runtime_data.village.async_keep_pace(plan.slot_length)
        entry.runtime_data.votes.async_keep_pace(plan.slot_length)


def _works_with(entry: BatteryCommonsConfigEntry) -> tuple[object, ...]:
    """Return what a home is set up with; what was told of its energy contract is the village's alone."""
    return entry.title, entry.data, entry.subentries


async def _async_reload(
    hass: HomeAssistant, entry: BatteryCommonsConfigEntry, *, began_with: tuple[object, ...]
) -> None:
    """Start anew where a battery has come, changed or gone: that lets go of all batteries for a moment."""
    if _works_with(entry) != began_with:
        hass.config_entries.async_schedule_reload(entry.entry_id)
