"""Who may connect to the members' listener: so many connections from one address, and no more."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import override

from multidict import CIMultiDictProxy

type Network = IPv4Network | IPv6Network

MOST_CONNECTIONS = 2000
"""From one address: a thousand homes behind one router or proxy, each with a call and a stream."""
FORWARDED_FOR = "X-Forwarded-For"
_HOUSEHOLD = 64
"""The bits of an IPv6 address that a provider gives out: whoever has them has all the addresses below."""


class Door:
    """Lets connections in, and says from where a call really comes."""

    def __init__(self, trusted_proxies: Sequence[Network] = (), most: int = MOST_CONNECTIONS) -> None:
        """Believe what `trusted_proxies` say of where their calls come from, and let them in without end."""
        self._trusted_proxies = trusted_proxies
        self._most = most
        self._open: Counter[str] = Counter()

    def guarding(self, protocol: asyncio.Protocol) -> asyncio.Protocol:
        """Return `protocol` as it is, for a connection that is let in."""
        return _GuardedProtocol(self, protocol)

    def enter(self, peer: str) -> bool:
        """Take note of a connection from `peer`; return whether it is let in."""
        where = place(peer)
        if self._open[where] >= self._most and not self._is_trusted(peer):
            return False
        self._open[where] += 1
        return True

    def leave(self, peer: str) -> None:
        """Take note that a connection which was let in has ended."""
        where = place(peer)
        self._open[where] -= 1
        if self._open[where] <= 0:
            del self._open[where]

    def origin(self, peer: str | None, headers: CIMultiDictProxy[str]) -> str | None:
        """Return from where a call comes: its peer, or what a trusted proxy says of it.

        Each proxy adds the address that it was called from at the end, so they are believed from the end on,
        up to the first that is no trusted proxy's. None for a call of a proxy's own.
        """
        if peer is None or not self._is_trusted(peer):
            return None if peer is None else place(peer)
        told = ",".join(headers.getall(FORWARDED_FOR, [])).split(",")
        for address in map(str.strip, reversed(told)):
            if not _is_address(address):
                return None
            if not self._is_trusted(address):
                return place(address)
        return None

    def trusts(self, peer: str | None) -> bool:
        """Return whether what `peer` says of its calls is believed."""
        return peer is not None and self._is_trusted(peer)

    def _is_trusted(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted_proxies)


class _GuardedProtocol(asyncio.Protocol):
    """Stands between a connection and what serves it, until it is known whether it is let in."""

    def __init__(self, door: Door, serving: asyncio.Protocol) -> None:
        self._door = door
        self._serving = serving
        self._peer: str | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = str(transport.get_extra_info("peername")[0])
        if not self._door.enter(peer):
            # Whoever takes all connections is owed no answer; `connection_lost` follows.
            assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a server's are
            transport.abort()
            return
        self._peer = peer
        self._serving.connection_made(transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._peer is not None:
            self._door.leave(self._peer)
            self._serving.connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        if self._peer is not None:
            self._serving.data_received(data)

    @override
    def eof_received(self) -> bool | None:
        return self._serving.eof_received() if self._peer is not None else None

    @override
    def pause_writing(self) -> None:
        self._serving.pause_writing()

    @override
    def resume_writing(self) -> None:
        self._serving.resume_writing()


def proxy_network(text: str) -> Network:
    """Return the address or network (10.0.0.0/8) of a proxy. Raises ValueError for anything else."""
    return ip_network(text)


def place(address: str) -> str:
    """Return what is counted as one caller: an IPv4 address, or the IPv6 network of one household."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _HOUSEHOLD), strict=False))
    return address if parsed is None else str(parsed)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # A socket for both kinds shows IPv4 callers as IPv6.
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _is_address(text: str) -> bool:
    return _parsed(text) is not None
