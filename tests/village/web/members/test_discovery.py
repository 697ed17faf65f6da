"""The members' API is announced on the network, by real multicast DNS on the loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest
from structlog.testing import capture_logs
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from battery_commons.store.records import Village
from battery_commons.web.members.discovery import SERVICE_TYPE, announced, service_of

VILLAGE = Village("0123456789abcdef", "Ansen")
NAME = f"battery-commons-{VILLAGE.id}.{SERVICE_TYPE}"
PORT = 8477


@pytest.fixture
async def neighbour() -> AsyncIterator[AsyncZeroconf]:
    """Return somebody else on the same network."""
    zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"])
    yield zeroconf
    await zeroconf.async_close()


async def found(neighbour: AsyncZeroconf, wait_ms: int = 3000) -> AsyncServiceInfo | None:
    info = AsyncServiceInfo(SERVICE_TYPE, NAME)
    return info if await info.async_request(neighbour.zeroconf, wait_ms) else None


async def test_a_neighbour_finds_the_village_while_it_runs(neighbour: AsyncZeroconf) -> None:
    async with announced(VILLAGE, "127.0.0.1", PORT, announce=True):
        service = await found(neighbour)

    assert service is not None
    assert service.port == PORT
    assert service.parsed_addresses() == ["127.0.0.1"]
    assert service.decoded_properties == {
        "id": VILLAGE.id,
        "name": "Ansen",
        "url": f"http://127.0.0.1:{PORT}",
        "api": "1",
    }


async def test_a_village_that_has_stopped_is_not_found(neighbour: AsyncZeroconf) -> None:
    async with announced(VILLAGE, "127.0.0.1", PORT, announce=True):
        pass

    assert await found(neighbour, wait_ms=1000) is None


@pytest.mark.parametrize(
    ("host", "announce"), [("127.0.0.1", None), ("localhost", None), ("127.0.0.1", False)]
)
async def test_what_only_this_machine_can_reach_is_not_announced(
    neighbour: AsyncZeroconf, host: str, *, announce: bool | None
) -> None:
    async with announced(VILLAGE, host, PORT, announce=announce):
        assert await found(neighbour, wait_ms=1000) is None


async def test_what_others_can_reach_is_announced_unless_told_not_to(
    neighbour: AsyncZeroconf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.web.address._towards_others", lambda: ip_address("192.168.1.20"))
    for announce, expected in ((None, "http://192.168.1.20:8477"), (False, None)):
        async with announced(VILLAGE, "0.0.0.0", PORT, announce=announce):
            service = await found(neighbour, wait_ms=3000 if expected else 1000)
        assert (service.decoded_properties["url"] if service else None) == expected


async def test_a_second_village_of_the_same_name_and_id_is_a_warning_and_not_a_stop() -> None:
    async with announced(VILLAGE, "127.0.0.1", PORT, announce=True):
        with capture_logs() as logs:
            async with announced(VILLAGE, "127.0.0.1", PORT + 1, announce=True):
                pass

    assert [(log["log_level"], log["event"]) for log in logs] == [
        ("warning", "not announced on the local network")
    ]


@pytest.mark.parametrize("problem", [OSError("no network"), RuntimeError("no adapter")])
async def test_a_network_that_cannot_be_used_is_a_warning_and_not_a_stop(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fails(**_: object) -> None:
        raise problem

    monkeypatch.setattr("battery_commons.web.members.discovery.AsyncZeroconf", fails)
    ran = False
    with capture_logs() as logs:
        async with announced(VILLAGE, "127.0.0.1", PORT, announce=True):
            ran = True

    assert ran
    assert [log["log_level"] for log in logs] == ["warning"]


async def test_a_host_that_does_not_exist_is_a_warning_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fails)
    with capture_logs() as logs:
        async with announced(VILLAGE, "nowhere.example", PORT):
            pass

    assert [log["log_level"] for log in logs] == ["warning"]


def test_a_long_name_is_cut_to_what_a_record_can_hold() -> None:
    name = "Ënergiecoöperatie " * 20

    text = service_of(Village("v1", name), ip_address("192.168.1.20"), PORT).text

    entry = next(part for part in _entries(text) if part.startswith(b"name="))
    assert 252 <= len(entry) <= 255
    assert name.startswith(entry.removeprefix(b"name=").decode())


def test_an_address_of_version_6_stands_in_brackets() -> None:
    service = service_of(VILLAGE, ip_address("fd00::20"), PORT)

    assert service.decoded_properties["url"] == "http://[fd00::20]:8477"


def _entries(text: bytes) -> list[bytes]:
    """Return the entries of a TXT record, each after its length."""
    entries = []
    while text:
        entries.append(text[1 : 1 + text[0]])
        text = text[1 + text[0] :]
    return entries
