"""A real Home Assistant joins over TLS, by an invitation that pins the coordinator's own certificate.

The tests share one coordinator and one home, and run in this order.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from ssl import create_default_context
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from demo.home_assistant import HomeAssistant
from demo.process import Child, DemoError, free_port, run_to_end
from tests.end_to_end.test_two_homes import eventually

COMMAND = Path(sys.executable).with_name("battery-commons")
CERTIFICATE = "members-certificate.pem"


@dataclass
class EncryptedVillage:
    """A coordinator whose members' API speaks TLS, and a home that has joined it."""

    data_dir: Path
    url: str
    coordinator: Child
    assistant: HomeAssistant
    session: ClientSession

    async def command(self, *arguments: str) -> str:
        """Run one of the coordinator's commands and return what it printed."""
        return await run_to_end([COMMAND, "--data-dir", self.data_dir, *arguments])

    async def answers(self) -> bool:
        """Return whether the members' API answers over TLS."""
        try:
            async with self.session.get(f"{self.url}/health", ssl=False) as response:
                return response.ok
        except ClientError:
            return False

    async def entry(self) -> dict[str, Any]:
        """Return what the home has heard of its village last."""
        path = f"/api/diagnostics/config_entry/{self.assistant.entry_id}"
        found: dict[str, Any] = await self.assistant._get(path)
        return found["data"]  # type: ignore[no-any-return]

    async def tells(self) -> bool:
        """Return whether the home can be asked: it learns how some time after it has joined."""
        try:
            return bool(await self.entry())
        except DemoError:
            return False

    async def hears(self) -> bool:
        """Return whether the home reaches its village."""
        return bool((await self.entry())["village"]["reachable"])

    async def believes(self) -> str:
        """Return the fingerprint that the home believes."""
        return str((await self.entry())["entry"]["certificate"])


@pytest.fixture(scope="module")
async def village(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EncryptedVillage]:
    folder = tmp_path_factory.mktemp("village")
    data_dir, members, pages = folder / "coordinator", free_port(28_600), free_port(28_601)
    # A clock of its own, at the wall's time and speed: such a village fetches no prices.
    now = datetime.now(UTC).isoformat()
    clock = ["--speed", "1", "--wall-origin", now, "--village-origin", now]
    run = ["run", "--members-host", "127.0.0.1", "--members-port", str(members), "--pages-port", str(pages)]
    coordinator = Child(
        "The coordinator",
        [COMMAND, "--data-dir", data_dir, *run, "--tls", "self", *clock],
        folder / "coordinator.log",
    )
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        assistant = HomeAssistant(
            session,
            folder / "home-assistant",
            free_port(28_602),
            "Brinkweg 4",
            extra_configuration="diagnostics:\n",
        )
        village = EncryptedVillage(data_dir, f"https://127.0.0.1:{members}", coordinator, assistant, session)
        await village.command("transformer", "t1", "--name", "Dorpsstraat", "--limit-kw", "250")
        stack.push_async_callback(coordinator.stop)
        await coordinator.start()
        await coordinator.wait_until("its members' API answers", village.answers, 60)
        (folder / "home-assistant").mkdir()
        await stack.enter_async_context(assistant)
        said = await village.command("invite", "--transformer", "t1", "--url", village.url, *clock)
        await assistant.join(said.split()[-1])
        await eventually("the home tells how it stands", village.tells)
        yield village


async def test_a_real_home_joins_and_reports_over_tls_by_the_pin_of_its_invitation(
    village: EncryptedVillage,
) -> None:
    await eventually("the village answers this home", village.hears)

    assert len(await village.believes()) == 43
    with pytest.raises(ClientError):  # No authority vouches for it.
        await village.session.get(f"{village.url}/health", ssl=create_default_context())


async def test_a_certificate_that_is_made_anew_is_believed_by_the_villages_signature(
    village: EncryptedVillage,
) -> None:
    before = await village.believes()
    await village.command("new-certificate")

    await village.coordinator.stop()
    await village.coordinator.start()

    async def believes_the_new_one() -> bool:
        return await village.believes() != before

    await eventually("the home believes the new certificate", believes_the_new_one, 60)
    await eventually("the village answers this home", village.hears)


async def test_somebody_elses_coordinator_at_the_same_address_is_not_believed(
    village: EncryptedVillage,
) -> None:
    before = await village.believes()
    await village.coordinator.stop()
    kept = {name: (village.data_dir / name).read_bytes() for name in (CERTIFICATE, "village-key.pem")}
    for name in kept:  # Another village's key and certificate are made at the start.
        (village.data_dir / name).unlink()
    await village.coordinator.start()
    await village.coordinator.wait_until("the other one answers", village.answers, 60)

    async def says_so() -> bool:
        told = (await village.entry())["village"]
        return not told["reachable"] and "another certificate" in str(told["problem"])

    await eventually("the home says that the certificate was replaced", says_so)
    assert await village.believes() == before

    await village.coordinator.stop()
    for name, content in kept.items():
        (village.data_dir / name).write_bytes(content)
    await village.coordinator.start()
    await eventually("the village answers this home again", village.hears, 60)
