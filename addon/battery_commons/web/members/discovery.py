"""Tells the local network where homes connect, so that a Home Assistant there can propose its village."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from zeroconf import Error as ZeroconfError
from zeroconf import InterfaceChoice
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from battery_commons.store.records import Village
from battery_commons.web.address import Address, own_address, url_of

SERVICE_TYPE = "_battery-commons._tcp.local."
API_VERSION = "1"
_MOST_BYTES = 255
"""What fits in one entry of a TXT record (RFC 6763)."""

_LOGGER = structlog.get_logger(__name__)


@asynccontextmanager
async def announced(
    village: Village, host: str, port: int, *, tls: bool = False, announce: bool | None = None
) -> AsyncIterator[None]:
    """Announce the members' API at `host` and `port` while the block runs; `tls` says that it is encrypted.

    With `announce` None it is announced unless only this machine can reach it. What cannot be announced is
    a warning: homes can still be invited by link.
    """
    zeroconf = None
    try:
        address = await own_address(host)
        if announce is None:
            announce = not address.is_loopback
        if announce:
            # On the loopback there is nobody but the loopback to tell.
            zeroconf = AsyncZeroconf(
                interfaces=[str(address)] if address.is_loopback else InterfaceChoice.All
            )
            await (await zeroconf.async_register_service(service_of(village, address, port, tls=tls)))
            _LOGGER.info("announced on the local network", address=str(address), port=port)
    except (OSError, ZeroconfError, RuntimeError) as error:
        _LOGGER.warning("not announced on the local network", error=f"{type(error).__name__}: {error}")
    try:
        yield
    finally:
        if zeroconf is not None:
            await zeroconf.async_close()


def service_of(village: Village, address: Address, port: int, *, tls: bool = False) -> AsyncServiceInfo:
    """Return how a village's members' API is announced; docs/protocol.md describes it."""
    properties = {
        "id": village.id,
        "name": village.name,
        "url": url_of(address, port, tls=tls),
        "api": API_VERSION,
    }
    name = f"battery-commons-{village.id}"
    return AsyncServiceInfo(
        SERVICE_TYPE,
        f"{name}.{SERVICE_TYPE}",
        port=port,
        properties={key: _fitting(value, _MOST_BYTES - len(f"{key}=")) for key, value in properties.items()},
        server=f"{name}.local.",
        parsed_addresses=[str(address)],
    )


def _fitting(text: str, most_bytes: int) -> str:
    """Return as much of `text` as fits, without half a character at its end."""
    return text.encode()[:most_bytes].decode(errors="ignore")
