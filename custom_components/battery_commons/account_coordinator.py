"""This home's account in its village: it changes once a month, and is asked for now and then."""

from datetime import timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .community.account import AccountCalls, OwnAccount
from .community.client import (
    CommunityClient,
    CommunityError,
    NotOfferedError,
    TooManyCallsError,
    UnauthorizedError,
)
from .const import DOMAIN, LOGGER

ACCOUNT_INTERVAL = timedelta(hours=1)
AGAIN_AFTER_S = 60.0
"""How soon a village is asked again that did not answer: it may only have started later than the home."""


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
                retry_after=_again_after_s(error),
            ) from error


def _again_after_s(error: CommunityError) -> float | None:
    """Return how soon to ask again; None for as usual: a home that is not known is not better known soon."""
    match error:
        case TooManyCallsError():
            return error.retry_after_s
        case UnauthorizedError():
            return None
    return AGAIN_AFTER_S
