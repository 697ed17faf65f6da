"""What Home Assistant is told of the village, and when."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from battery_commons.domain.grid import Transformer
from battery_commons.store import Store
from battery_commons.store.members import INVITATION_LASTS
from battery_commons.supervisor.api import Supervisor
from battery_commons.supervisor.discovery import Discovery, discovered
from battery_commons.web.server import VillageServer
from battery_commons.web.tls import MembersTls
from tests.village.supervisor.conftest import PORT, SetClock
from tests.village.supervisor.fake import FakeSupervisor

GOLDEN = json.loads((Path(__file__).parents[2] / "golden_app" / "discovery.json").read_text())
"""What the integration's tests take in (tests/home/config_flow/test_golden_app.py)."""
ONE = Transformer("t1", "Dorpsstraat", 250_000)
OTHER = Transformer("t2", "Brink", 250_000)


def code_in(message: dict[str, dict[str, str]]) -> str:
    """Return the code of the invitation in a message."""
    return message["config"]["invitation"].rpartition("#")[2].partition(".")[0]


async def test_a_village_that_cannot_be_joined_yet_is_not_told_of(
    discovery: Discovery, fake: FakeSupervisor
) -> None:
    await discovery.look()
    assert not fake.asked


async def test_a_new_village_invites_the_home_assistant_that_it_runs_on(
    discovery: Discovery, fake: FakeSupervisor, store: Store, clock: SetClock
) -> None:
    store.put_transformer(ONE)
    await discovery.look()

    [message] = fake.messages
    invitation = store.invitation(code_in(message))
    assert invitation is not None
    assert (invitation.transformer_id, invitation.used) == ("t1", False)
    assert invitation.expires_at == clock.now() + INVITATION_LASTS


async def test_the_message_is_as_the_home_reads_it(
    discovery: Discovery,
    fake: FakeSupervisor,
    store: Store,
    tls: MembersTls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "one-time-code")
    tls.fingerprint = GOLDEN["config"]["invitation"].rpartition(".")[2]
    store.put_transformer(ONE)
    await discovery.look()

    assert fake.messages == [GOLDEN]


async def test_without_tls_nothing_is_pinned(
    supervisor: Supervisor, fake: FakeSupervisor, store: Store, village: VillageServer
) -> None:
    store.put_transformer(ONE)
    await Discovery(supervisor, replace(village, tls=None), PORT).look()

    config = fake.messages[0]["config"]
    assert not config["ssl"]
    assert config["invitation"].startswith("http://local-battery-commons:8477/join#")
    assert config["invitation"].count(".") == 1


async def test_nothing_new_is_not_told_again(
    discovery: Discovery, fake: FakeSupervisor, store: Store
) -> None:
    store.put_transformer(ONE)
    for _ in range(3):
        await discovery.look()
    assert fake.asked == ["GET /addons/self/info", "POST /discovery"]


async def test_an_invitation_that_has_run_out_is_made_again(
    discovery: Discovery, fake: FakeSupervisor, store: Store, clock: SetClock
) -> None:
    store.put_transformer(ONE)
    await discovery.look()
    clock.moment += INVITATION_LASTS - timedelta(seconds=1)
    await discovery.look()
    assert len(fake.messages) == 1

    clock.moment += timedelta(seconds=1)
    await discovery.look()
    assert code_in(fake.messages[0]) != code_in(fake.messages[1])


async def test_a_village_that_was_joined_tells_its_address_alone(
    discovery: Discovery, fake: FakeSupervisor, store: Store, clock: SetClock
) -> None:
    store.put_transformer(ONE)
    await discovery.look()
    store.join(code_in(fake.messages[0]), "De Eik", ["http://192.0.2.2/api/webhook/x"], clock.now())
    await discovery.look()
    assert fake.messages[-1]["config"] == {"host": "local-battery-commons", "port": 8477, "ssl": True}


async def test_where_there_is_a_choice_of_transformers_the_volunteer_makes_it(
    discovery: Discovery, fake: FakeSupervisor, store: Store
) -> None:
    store.put_transformer(ONE)
    store.put_transformer(OTHER)
    await discovery.look()
    assert "invitation" not in fake.messages[-1]["config"]


async def test_what_could_not_be_told_is_told_later_with_the_same_invitation(
    discovery: Discovery, fake: FakeSupervisor, store: Store
) -> None:
    store.put_transformer(ONE)
    await discovery.look()
    first = fake.messages.pop()
    discovery._told = None
    await discovery.look()
    assert fake.messages == [first]


async def test_a_supervisor_that_is_away_stops_nothing(
    discovery: Discovery, fake: FakeSupervisor, store: Store
) -> None:
    store.put_transformer(ONE)
    fake.broken = True
    async with discovered(discovery):
        while not fake.asked:
            await asyncio.sleep(0.01)
    assert not fake.messages
