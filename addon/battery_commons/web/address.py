"""Where others on this network find what listens here."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

_ELSEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): asking for the way there sends nothing."""

type Address = IPv4Address | IPv6Address


async def members_url(host: str, port: int, *, tls: bool) -> str | None:
    """Return where this machine's neighbours reach the members' API; None where it has no address."""
    try:
        return url_of(await own_address(host), port, tls=tls)
    except OSError:
        return None


def url_of(address: Address, port: int, *, tls: bool) -> str:
    """Return the URL of what listens there."""
    host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - that is its name
    return f"{'https' if tls else 'http'}://{host}:{port}"


async def own_address(host: str) -> Address:
    """Return the address at which others reach what listens at `host`. Raises OSError where there is none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    address = ip_address(found[0][4][0])
    return await asyncio.to_thread(_towards_others) if address.is_unspecified else address


def _towards_others() -> Address:
    """Return this machine's address on the way to other machines. Raises OSError where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect(_ELSEWHERE)
        return ip_address(way.getsockname()[0])
