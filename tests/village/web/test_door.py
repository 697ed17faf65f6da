"""From where a call really comes, and how many connections one address may hold."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from battery_commons.web.door import Door, proxy_network
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer, listening

PROXY = "192.0.2.1"
HEALTH = b"GET /health HTTP/1.1\r\nHost: village\r\n\r\n"


def origin(door: Door, peer: str, *forwarded_for: str) -> str | None:
    headers = CIMultiDict([("X-Forwarded-For", text) for text in forwarded_for])
    return door.origin(peer, CIMultiDictProxy(headers))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "comes_from"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # Anybody can write a header.
        (PROXY, ["203.0.113.9"], "203.0.113.9"),
        (PROXY, ["10.0.0.1, 203.0.113.9"], "203.0.113.9"),  # What the caller wrote, and what the proxy added.
        (PROXY, ["203.0.113.9, 10.9.9.9"], "203.0.113.9"),  # Two proxies in a row.
        (PROXY, ["10.0.0.1", "203.0.113.9"], "203.0.113.9"),
        (PROXY, ["203.0.113.9, unknown"], None),
        (PROXY, ["10.9.9.9"], None),
        (PROXY, [], None),
        ("2001:db8:1:2:aaaa::1", [], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", [], "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", [], "198.51.100.7"),
        (f"::ffff:{PROXY}", ["203.0.113.9"], "203.0.113.9"),
    ],
)
def test_only_proxies_that_are_trusted_are_believed_about_where_a_call_comes_from(
    peer: str, forwarded_for: list[str], comes_from: str | None
) -> None:
    door = Door([proxy_network(PROXY), proxy_network("10.9.0.0/16")])

    assert origin(door, peer, *forwarded_for) == comes_from


@pytest.mark.parametrize("text", ["", "proxy.example", "10.0.0.1/8", "10.0.0.0/33"])
def test_a_proxy_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|has host bits"):
        proxy_network(text)


class Visitor:
    """Somebody who connects and speaks HTTP by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def is_answered(self) -> bool:
        """Ask something; return whether it is answered."""
        with suppress(ConnectionError):
            self._writer.write(HEALTH)
            async with asyncio.timeout(5):
                return (await self._reader.readline()).startswith(b"HTTP/1.1 200")
        return False

    async def go(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


@pytest.fixture
async def visit() -> AsyncIterator[Callable[[str], Awaitable[Visitor]]]:
    """Return how to connect to an address; whoever is still there at the end goes."""
    visitors = []

    async def connect(address: str) -> Visitor:
        parts = urlsplit(address)
        visitors.append(Visitor(*await asyncio.open_connection(parts.hostname, parts.port)))
        return visitors[-1]

    yield connect
    for visitor in visitors:
        await visitor.go()


async def test_one_address_holds_so_many_connections_and_gets_another_when_one_has_ended(
    village: VillageServer, visit: Callable[[str], Awaitable[Visitor]]
) -> None:
    door = Door(most=3)
    async with listening(members_app(village), "127.0.0.1", 0, door=door) as address:
        visitors = [await visit(address) for _ in range(5)]
        answered = [await visitor.is_answered() for visitor in visitors]
        assert answered == [True, True, True, False, False]

        await visitors[0].go()
        await asyncio.sleep(0.05)
        assert await (await visit(address)).is_answered()


async def test_a_trusted_proxy_holds_as_many_connections_as_it_likes(
    village: VillageServer, visit: Callable[[str], Awaitable[Visitor]]
) -> None:
    door = Door([proxy_network("127.0.0.0/8")], most=1)
    async with listening(members_app(village), "127.0.0.1", 0, door=door) as address:
        visitors = [await visit(address) for _ in range(5)]

        assert all([await visitor.is_answered() for visitor in visitors])
