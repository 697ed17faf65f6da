"""What a home must not forget in a restart: the plan in force, and what its resident has decided."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .battery.driver import BatteryLimits
from .battery.settings import Preference, Settings
from .community.inbox import Inbox
from .const import DOMAIN

STORAGE_VERSION = 1


class HomeMemory:
    """The inbox and the settings of one home, kept on disk before anything acts on them."""

    def __init__(self, hass: HomeAssistant, entry_id: str, key: Ed25519PublicKey) -> None:
        """Remember for the config entry `entry_id`, whose village signs with `key`."""
        self._store: Store[dict[str, Any]] = Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}")
        self._key = key
        self._settings: dict[str, Settings] = {}
        self._listeners: list[Callable[[], None]] = []
        self._one_at_a_time = asyncio.Lock()
        self.inbox = Inbox()

    async def async_load(self) -> None:
        """Recall what was stored. The plan is verified again."""
        if (stored := await self._store.async_load()) is None:
            return
        self.inbox = Inbox.restored(stored["inbox"], self._key)
        self._settings = {battery: _settings(kept) for battery, kept in stored["settings"].items()}

    def settings(self, battery_id: str) -> Settings:
        """Return what the resident has decided about a battery."""
        return self._settings.get(battery_id, Settings())

    async def async_admit(
        self, envelope: object, *, home_id: str, batteries: Mapping[str, BatteryLimits], now: datetime
    ) -> None:
        """Put the plan in `envelope` in force. Raises RefusedError, and then nothing has changed."""
        async with self._one_at_a_time:
            inbox = self.inbox.admit(envelope, key=self._key, home_id=home_id, batteries=batteries, now=now)
            await self._async_save(inbox, self._settings)
            self.inbox = inbox
        self._notify()

    async def async_put_settings(self, battery_id: str, change: Callable[[Settings], Settings]) -> None:
        """Change what the resident has decided about a battery."""
        async with self._one_at_a_time:
            changed = self._settings | {battery_id: change(self.settings(battery_id))}
            await self._async_save(self.inbox, changed)
            self._settings = changed
        self._notify()

    async def async_forget(self) -> None:
        """Remove everything from disk."""
        await self._store.async_remove()

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def _async_save(self, inbox: Inbox, settings: dict[str, Settings]) -> None:
        await self._store.async_save(
            {
                "inbox": inbox.stored(),
                "settings": {battery: _stored(decided) for battery, decided in settings.items()},
            }
        )

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()


def _stored(settings: Settings) -> dict[str, Any]:
    until = settings.paused_until
    return asdict(settings) | {"paused_until": until.isoformat() if until else None}


def _settings(stored: Mapping[str, Any]) -> Settings:
    until = stored.get("paused_until")
    return Settings(
        **{
            **stored,
            "paused_until": datetime.fromisoformat(until) if until else None,
            "preference": Preference(stored.get("preference", Preference.BALANCED)),
        }
    )
