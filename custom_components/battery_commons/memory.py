"""What a home must not forget in a restart: plan and decisions at once, its account within minutes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .battery.account import BatteryAccount
from .battery.driver import BatteryLimits
from .battery.settings import Preference, Settings
from .community.announcements import KnownCode, KnownCodes
from .community.inbox import Inbox
from .const import DOMAIN

STORAGE_VERSION = 1
ACCOUNT_LOST_AT_MOST_S = 15 * 60
"""What a crash may cost of the account: every look changes it, and flash wears with every write."""
CODES_LOST_AT_MOST_S = 1


class HomeMemory:
    """What one home remembers.

    The inbox and the settings are on disk before anything acts on them. The accounts of the batteries and the
    codes that have been told about are written a while later, to a file of their own.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str, key: Ed25519PublicKey) -> None:
        """Remember for the config entry `entry_id`, whose village signs with `key`."""
        self._store: Store[dict[str, Any]] = Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}")
        self._account_store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.account"
        )
        self._is_account_waiting = False
        self._key = key
        self._first_settings: dict[str, Settings] = {}
        self._settings: dict[str, Settings] = {}
        self._accounts: dict[str, BatteryAccount] = {}
        self._known_codes: KnownCodes = {}
        self._listeners: list[Callable[[], None]] = []
        self._one_at_a_time = asyncio.Lock()
        self.inbox = Inbox()

    async def async_load(self) -> None:
        """Recall what was stored. The plan is verified again."""
        if (stored := await self._store.async_load()) is not None:
            self.inbox = Inbox.restored(stored["inbox"], self._key)
            self._settings = {battery: _settings(kept) for battery, kept in stored["settings"].items()}
        if (stored := await self._account_store.async_load()) is not None:
            accounts = stored["accounts"].items()
            self._accounts = {battery: BatteryAccount.restored(kept) for battery, kept in accounts}
            codes = (KnownCode.restored(kept) for kept in stored["codes"])
            self._known_codes = {code.window.code_id: code for code in codes}

    @callback
    def async_meet(self, battery_id: str, first: Settings) -> None:
        """Let `first` count for a battery until the resident decides something about it."""
        self._first_settings[battery_id] = first

    def settings(self, battery_id: str) -> Settings:
        """Return what the resident has decided about a battery."""
        return self._settings.get(battery_id) or self._first_settings.get(battery_id, Settings())

    def account(self, battery_id: str) -> BatteryAccount:
        """Return what is known of a battery's work."""
        return self._accounts.get(battery_id, BatteryAccount())

    @property
    def accounts(self) -> Mapping[str, BatteryAccount]:
        """The accounts of all batteries, also of those that are gone: what they have done stays done."""
        return self._accounts

    @callback
    def async_put_account(self, battery_id: str, account: BatteryAccount) -> None:
        """Remember a battery's account, on disk within a quarter of an hour."""
        self._accounts[battery_id] = account
        # Asking again would put off what is waiting.
        if not self._is_account_waiting:
            self._write_account_within(ACCOUNT_LOST_AT_MOST_S)

    @property
    def known_codes(self) -> KnownCodes:
        """The codes that have been told about."""
        return self._known_codes

    @callback
    def async_put_known_codes(self, codes: KnownCodes) -> None:
        """Remember which codes have been told about, on disk within a second."""
        if codes != self._known_codes:
            self._known_codes = codes
            self._write_account_within(CODES_LOST_AT_MOST_S)

    async def async_write_account(self) -> None:
        """Write what waits to be written, as before nobody is there to do it."""
        if self._is_account_waiting:
            await self._account_store.async_save(self._account_data())

    async def async_admit(
        self, envelope: object, *, home_id: str, batteries: Mapping[str, BatteryLimits], now: datetime
    ) -> None:
        """Put the plan in `envelope` in force. Raises RefusedError, and then nothing has changed."""
        async with self._one_at_a_time:
            inbox = self.inbox.admit(envelope, key=self._key, home_id=home_id, batteries=batteries, now=now)
            await self._async_save(inbox, self._settings)
            self.inbox = inbox
        self._notify()

    async def async_forget_plan(self) -> None:
        """Forget the plan and its number, and keep what the resident has decided."""
        async with self._one_at_a_time:
            await self._async_save(Inbox(), self._settings)
            self.inbox = Inbox()
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
        await self._account_store.async_remove()

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

    def _write_account_within(self, seconds: float) -> None:
        self._is_account_waiting = True
        self._account_store.async_delay_save(self._account_data, seconds)

    def _account_data(self) -> dict[str, Any]:
        self._is_account_waiting = False
        return {
            "accounts": {battery: account.stored() for battery, account in self._accounts.items()},
            "codes": [code.stored() for code in self._known_codes.values()],
        }

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
