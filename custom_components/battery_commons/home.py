"""What a loaded entry works with: one home in one village."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import async_track_state_change_event

from .account_coordinator import AccountCoordinator
from .battery.house import ConnectionLimits, House
from .battery_coordinator import BatteryCoordinator
from .community.client import CommunityClient
from .const import LOGGER
from .memory import HomeMemory
from .meter import HouseMeter
from .village_coordinator import VillageCoordinator
from .vote_coordinator import VoteCoordinator

LOOK_AGAIN_AFTER_S = 0.8
"""How soon after a look at what the meter shows the next one may be."""


@dataclass
class HomeData:
    """A home in its village."""

    client: CommunityClient
    memory: HomeMemory
    village: VillageCoordinator
    batteries: dict[str, BatteryCoordinator]
    """By the id of their subentry."""
    meter: HouseMeter | None
    """None where the home has named no meter."""
    village_device_id: str
    votes: VoteCoordinator
    account: AccountCoordinator


type BatteryCommonsConfigEntry = ConfigEntry[HomeData]


def connection_limits(memory: HomeMemory, meter: HouseMeter | None) -> ConnectionLimits:
    """Return what the house's connection may carry: what its fuse does, and what the village asks for.

    The village's limits count from the last plan on, also when its lease is over.
    """
    asked = memory.inbox.plan.connection if memory.inbox.plan else ConnectionLimits()
    return asked.and_also(meter.limits) if meter else asked


def house_of(
    battery_id: str,
    batteries: dict[str, BatteryCoordinator],
    memory: HomeMemory,
    meter: HouseMeter | None,
) -> House:
    """Return what the battery `battery_id` has to know of its house now."""
    return House(
        limits=connection_limits(memory, meter),
        meter=meter.reading() if meter else None,
        others=[battery.trail for id_, battery in batteries.items() if id_ != battery_id],
    )


@callback
def async_guard_connection(hass: HomeAssistant, home: HomeData) -> CALLBACK_TYPE:
    """Look at the batteries at once when the meter shows too much; return how to stop that.

    A fuse does not wait for the next look.
    """
    if (meter := home.meter) is None:
        return lambda: None

    @callback
    def look() -> None:
        for battery in home.batteries.values():
            battery.async_act_on_change()

    looks = Debouncer(hass, LOGGER, cooldown=LOOK_AGAIN_AFTER_S, immediate=True, function=look)

    @callback
    def on_reading(_event: Event[EventStateChangedData]) -> None:
        limits, reading = connection_limits(home.memory, meter), meter.reading()
        if reading is not None and limits.excess_w(reading.power_w) > 0:
            looks.async_schedule_call()

    stop_listening = async_track_state_change_event(hass, meter.entity_ids, on_reading)

    @callback
    def stop() -> None:
        stop_listening()
        looks.async_shutdown()

    return stop
