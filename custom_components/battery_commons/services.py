"""The actions: what a resident's automations and voice may ask of batteries and village."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import probatio as vol
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util import dt as dt_util

from .account_actions import GET_ACCOUNT, async_get_account
from .action_home import HOME, home_of
from .asking import asking_village
from .battery_coordinator import BatteryCoordinator
from .codes import DEEDS, async_answer_code, async_tell_deeds
from .const import DOMAIN
from .decisions import async_decide, async_pause, async_resume
from .home import BatteryCommonsConfigEntry
from .sensors.battery import followed_share
from .sensors.contribution import this_month_wh, today_wh
from .sensors.plan import slots_to_show
from .vote_actions import PROPOSE, VOTE, async_get_my_page, async_get_votes, async_propose, async_vote

ATTR_CODE_ID = "code_id"
ATTR_DID = "did"
ATTR_DURATION = "duration"
ATTR_JOINS = "joins"
ATTR_RESERVE = "reserve"
LONGEST_PAUSE = timedelta(days=366)

_PAUSE = cv.make_entity_service_schema(
    {
        vol.Optional(ATTR_DURATION): vol.All(
            cv.positive_time_period, vol.Range(min=timedelta(seconds=1), max=LONGEST_PAUSE)
        )
    }
)
_BATTERIES = cv.make_entity_service_schema({})
_RESERVE = cv.make_entity_service_schema(
    {vol.Required(ATTR_RESERVE): vol.All(vol.Coerce(float), vol.Range(min=0, max=100))}
)
_ANSWER = vol.Schema({**HOME, vol.Required(ATTR_CODE_ID): cv.string, vol.Required(ATTR_JOINS): cv.boolean})
_DEEDS = vol.Schema(
    {
        **HOME,
        vol.Required(ATTR_CODE_ID): cv.string,
        vol.Required(ATTR_DID): vol.All(cv.ensure_list, [vol.In(DEEDS)]),
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Offer the actions, also while no home is set up: they then say so."""
    register = hass.services.async_register
    only = SupportsResponse.ONLY
    register(DOMAIN, "pause", _async_pause, _PAUSE)
    register(DOMAIN, "resume", _async_resume, _BATTERIES)
    register(DOMAIN, "set_reserve", _async_set_reserve, _RESERVE)
    register(DOMAIN, "get_plan", _async_get_plan, _BATTERIES, only)
    register(DOMAIN, "get_contribution", _async_get_contribution, vol.Schema(HOME), only)
    register(DOMAIN, "respond_to_code", _async_respond_to_code, _ANSWER)
    register(DOMAIN, "tell_code_deeds", _async_tell_code_deeds, _DEEDS)
    register(DOMAIN, "vote", async_vote, VOTE)
    register(DOMAIN, "propose_vote", async_propose, PROPOSE, SupportsResponse.OPTIONAL)
    register(DOMAIN, "get_votes", async_get_votes, vol.Schema(HOME), only)
    register(DOMAIN, "get_my_page", async_get_my_page, vol.Schema(HOME), only)
    register(DOMAIN, "get_account", async_get_account, GET_ACCOUNT, only)
    register(DOMAIN, "export_my_data", _async_export_my_data, vol.Schema(HOME), only)


async def _async_pause(call: ServiceCall) -> None:
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    until = None if duration is None else dt_util.utcnow() + duration
    for battery in _batteries(call):
        await async_pause(battery, until)


async def _async_resume(call: ServiceCall) -> None:
    for battery in _batteries(call):
        await async_resume(battery)


async def _async_set_reserve(call: ServiceCall) -> None:
    for battery in _batteries(call):
        await async_decide(battery, reserve=call.data[ATTR_RESERVE] / 100)


async def _async_get_plan(call: ServiceCall) -> ServiceResponse:
    """Return the plan for each battery that is aimed at; without slots where the village has none for it."""
    return {"batteries": [_plan(battery) for battery in _batteries(call)]}


async def _async_get_contribution(call: ServiceCall) -> ServiceResponse:
    return _contribution(home_of(call))


async def _async_respond_to_code(call: ServiceCall) -> None:
    await async_answer_code(home_of(call), call.data[ATTR_CODE_ID], joins=call.data[ATTR_JOINS])


async def _async_tell_code_deeds(call: ServiceCall) -> None:
    await async_tell_deeds(home_of(call), call.data[ATTR_CODE_ID], call.data[ATTR_DID])


async def _async_export_my_data(call: ServiceCall) -> ServiceResponse:
    """Return everything that is kept about this home, here and in the village."""
    entry = home_of(call)
    with asking_village(not_offered="no_data_yet"):
        kept_by_village = await entry.runtime_data.client.read_own_data()
    return {
        "home": {
            "batteries": [_own_data(battery) for battery in entry.runtime_data.batteries.values()],
            "contribution": _contribution(entry),
            "tariff": _plain(entry.options),
            "ballots": [
                {"vote_id": ballot.vote_id, "title": ballot.title, "stage": ballot.stage.value}
                for ballot in entry.runtime_data.votes.memory.ballots
            ],
        },
        "village": kept_by_village,
    }


def _batteries(call: ServiceCall) -> list[BatteryCoordinator]:
    """Return the batteries that an action aims at, by their devices or by entities of theirs."""
    hass = call.hass
    aimed_at = async_extract_referenced_entity_ids(
        hass, TargetSelection(call.data), primary_entities_only=False
    )
    devices, entities = dr.async_get(hass), er.async_get(hass)
    subentries = {
        identifier
        for device_id in aimed_at.referenced_devices
        if (device := devices.async_get(device_id)) is not None
        for domain, identifier in device.identifiers
        if domain == DOMAIN
    }
    subentries |= {
        entity.config_subentry_id
        for entity_id in aimed_at.referenced | aimed_at.indirectly_referenced
        if (entity := entities.async_get(entity_id)) is not None and entity.config_subentry_id is not None
    }
    loaded: list[BatteryCommonsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    found = [
        battery
        for entry in loaded
        for battery_id, battery in entry.runtime_data.batteries.items()
        if battery_id in subentries
    ]
    if not found:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_battery_aimed_at")
    return found


def _plan(battery: BatteryCoordinator) -> dict[str, Any]:
    plan = battery.plan
    return {
        "battery_id": battery.battery_id,
        "name": battery.subentry.title,
        "sequence": plan.sequence if plan else None,
        "lease_until": plan.lease_until.isoformat() if plan else None,
        "slots": slots_to_show(battery),
    }


def _contribution(entry: BatteryCommonsConfigEntry) -> dict[str, Any]:
    """Return what the home has done for the village; None for what the village does not tell now.

    The sums hold what batteries that are gone have moved too; only those that are there are listed.
    """
    data, today = entry.runtime_data, dt_util.now().date()
    accounts = data.memory.accounts
    village = data.village.data if data.village.last_update_success else None
    account = village.account if village else None
    return {
        "today_kwh": _kwh(today_wh(accounts.values(), today)),
        "month_kwh": _kwh(this_month_wh(accounts.values(), today)),
        "saving_month_eur": account.saving_month_eur if account else None,
        "shared_month_eur": account.shared_month_eur if account else None,
        "batteries": [
            {
                "battery_id": battery_id,
                "name": battery.subentry.title,
                "charged_for_village_kwh": _kwh(data.memory.account(battery_id).for_village.charged_wh),
                "discharged_for_village_kwh": _kwh(data.memory.account(battery_id).for_village.discharged_wh),
                "followed_share": followed_share(battery),
            }
            for battery_id, battery in data.batteries.items()
        ],
    }


def _own_data(battery: BatteryCoordinator) -> dict[str, Any]:
    return {
        "battery_id": battery.battery_id,
        "set_up_with": _plain(battery.subentry.data),
        "settings": _plain(asdict(battery.settings)),
        "plan": _plan(battery),
        "account": battery.memory.account(battery.battery_id).stored(),
    }


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items()}


def _kwh(energy_wh: float) -> float:
    return round(energy_wh / 1000, 3)
