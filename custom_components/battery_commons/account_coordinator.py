"""This home's account in its village: it changes once a month, and is asked for now and then."""

from datetime import timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .community.account import AccountCalls, OwnAccount
from .community.client import CommunityClient, CommunityError, NotOfferedError
from .const import DOMAIN, LOGGER

ACCOUNT_INTERVAL = timedelta(hours=1)


class AccountCoordinator(DataUpdateCoordinator[OwnAccount | None]):
    """Hears how this home stands with its community; None where the village keeps no accounts."""

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, client: CommunityClient) -> None:
        """Ask for the home of `entry`."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} account",
            update_interval=ACCOUNT_INTERVAL,
        )
        self.calls = AccountCalls(client)

    @override
    async def _async_update_data(self) -> OwnAccount | None:
        try:
            return await self.calls.account()
        except NotOfferedError:
            return None
        except CommunityError as error:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="cannot_connect",
                translation_placeholders={"error": str(error)},
            ) from error
