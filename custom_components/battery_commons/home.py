"""What a loaded entry works with: one home in one village."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .battery.house import ConnectionLimits, House
from .battery_coordinator import BatteryCoordinator
from .community.client import CommunityClient
from .memory import HomeMemory
from .meter import HouseMeter
from .village_coordinator import VillageCoordinator


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


type BatteryCommonsConfigEntry = ConfigEntry[HomeData]


def house_of(
    battery_id: str,
    batteries: dict[str, BatteryCoordinator],
    memory: HomeMemory,
    meter: HouseMeter | None,
) -> House:
    """Return what the battery `battery_id` has to know of its house now.

    The village's limits for the connection count from the last plan on, also when its lease is over.
    """
    limits = memory.inbox.plan.connection if memory.inbox.plan else ConnectionLimits()
    others = (battery for id_, battery in batteries.items() if id_ != battery_id)
    return House(
        limits=limits.and_also(meter.limits) if meter else limits,
        meter=meter.reading() if meter else None,
        pending_w=sum(battery.pending_w for battery in others),
    )
