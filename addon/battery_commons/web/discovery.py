"""Tells the local network where homes connect, so that a Home Assistant there can propose its village."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address

import structlog
from zeroconf import Error as ZeroconfError
from zeroconf import InterfaceChoice
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from battery_commons.store.records import Village

SERVICE_TYPE = "_battery-commons._tcp.local."
API_VERSION = "1"
_MOST_BYTES = 255
"""What fits in one entry of a TXT record (RFC 6763)."""
_ELSEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): asking for the way there sends nothing."""

type Address = IPv4Address | IPv6Address

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
        address = await _address(host)
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
        "url": _url(address, port, tls=tls),
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


async def members_url(host: str, port: int, *, tls: bool) -> str | None:
    """Return where this machine's neighbours reach the members' API; None where it has no address."""
    try:
        return _url(await _address(host), port, tls=tls)
    except OSError:
        return None


def _url(address: Address, port: int, *, tls: bool) -> str:
    host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - that is its name
    return f"{'https' if tls else 'http'}://{host}:{port}"


def _fitting(text: str, most_bytes: int) -> str:
    """Return as much of `text` as fits, without half a character at its end."""
    return text.encode()[:most_bytes].decode(errors="ignore")


async def _address(host: str) -> Address:
    """Return the address at which others reach what listens at `host`. Raises OSError where there is none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    address = ip_address(found[0][4][0])
    return await asyncio.to_thread(_towards_others) if address.is_unspecified else address


def _towards_others() -> Address:
    """Return this machine's address on the way to other machines. Raises OSError where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect(_ELSEWHERE)
        return ip_address(way.getsockname()[0])
