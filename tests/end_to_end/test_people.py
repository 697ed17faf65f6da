"""What people do together, in a real Home Assistant without a battery: they answer a code, and they vote.

The members' API and the keeper of votes are real, on a clock of which a day lasts 24 seconds. What the
village drew in the weeks before and in the code is written into its database, as meters would have told it.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.domain.bylaws import Bylaws
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import ScaledClock
from battery_commons.store import Store
from battery_commons.store.tokens import new_token
from battery_commons.voting.keeping.keeper import VoteKeeper
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer, listening
from battery_commons.wire.invitation import invitation_link
from demo.home_assistant import HomeAssistant
from demo.process import free_port
from tests.village.mob.lived import LivedVillage

ROOT = Path(__file__).parents[2]
DAYS = 40
SPEED = 3600.0
"""An hour lasts a second."""
AHEAD_H = 16.0
"""Between a code's announcement and its start: a home asks how the village stands every ten seconds."""
WITHIN_S = 45.0
CODE, VOTE, REPORT = "event.ansen_code", "event.ansen_vote", "sensor.ansen_last_code_change_together"
AUTOMATION = """
automation:
  - id: code
    alias: Code
    use_blueprint:
      path: battery_commons/code_notify.yaml
      input:
        code_event: event.ansen_code
        language: en
"""


@dataclass
class Street:
    """A village and one of its homes."""

    assistant: HomeAssistant
    lived: LivedVillage
    clock: ScaledClock

    async def shown(self, entity_id: str) -> dict[str, Any]:
        """Return an entity's state and attributes."""
        states: list[dict[str, Any]] = await self.assistant.command("get_states")
        return next(
            (each for each in states if each["entity_id"] == entity_id), {"state": "", "attributes": {}}
        )

    async def act(self, action: str, **data: object) -> dict[str, Any]:
        """Perform an action of ours, and return its answer."""
        path = f"/api/services/battery_commons/{action}?return_response"
        answer: dict[str, Any] = (await self.assistant.post(path, data))["service_response"]
        return answer

    async def do(self, action: str, **data: object) -> None:
        """Perform an action of ours that answers nothing."""
        await self.assistant.call_service("battery_commons", action, **data)

    async def until(self, what: str, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not await holds():
                    await asyncio.sleep(0.3)
        except TimeoutError:
            pytest.fail(f"not within {WITHIN_S:.0f} s: {what}")

    async def until_told(self, entity_id: str, event_type: str) -> dict[str, Any]:
        """Wait until an event entity tells something, and return what with."""

        async def told() -> bool:
            return bool((await self.shown(entity_id))["attributes"].get("event_type") == event_type)

        await self.until(f"{entity_id} tells {event_type}", told)
        attributes: dict[str, Any] = (await self.shown(entity_id))["attributes"]
        return attributes


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    blueprints = folder / "home" / "blueprints" / "automation"
    shutil.copytree(ROOT / "blueprints" / "automation", blueprints)
    async with AsyncExitStack() as stack:
        store = Store.open(folder / "village.db")
        stack.callback(store.close)
        store.rename_village("Ansen")
        lived = LivedVillage(store)
        await asyncio.to_thread(lived.live_through, range(DAYS))
        rules = Bylaws(quorum=0.2, vote_days=1)
        store.change_settings(lambda settings: replace(settings, bylaws=rules))
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=30)))
        assistant = HomeAssistant(
            session, folder / "home", free_port(), "De Brink", extra_configuration=AUTOMATION
        )
        await stack.enter_async_context(assistant)

        # Only now, when everything that is slow has started, does its time begin to run.
        clock = ScaledClock(SPEED, datetime.now(UTC), lived.evening(DAYS) - timedelta(hours=AHEAD_H + 2))
        keeper = VoteKeeper(store, clock, folder)
        key = Ed25519PrivateKey.generate()
        village = VillageServer(
            store=store,
            key=key,
            clock=clock,
            control_model=lambda: ControlModel.M4,
            current_plan=lambda: None,
            forecast_scores=dict,
            readings_taken=lambda _readings: None,
            members_changed=lambda: None,
            settings_changed=lambda: None,
            peaks_shaved_w=dict,
            votes_changed=keeper.changed,
            vote_reckoned=keeper.share_done,
        )
        url = await stack.enter_async_context(listening(members_app(village), "127.0.0.1", 0))
        code = new_token()
        store.add_invitation("t1", code, clock.now() + timedelta(days=1))
        await assistant.join(invitation_link(url, code, key.public_key(), None))
        work = asyncio.create_task(keeper.run())
        stack.callback(work.cancel)
        yield Street(assistant, lived, clock)


async def test_a_code_is_announced_answered_and_reported_and_a_vote_ends_in_the_tally(street: Street) -> None:
    """Both at once: each is mostly waiting."""
    async with asyncio.TaskGroup() as together:
        together.create_task(a_code(street))
        together.create_task(a_vote(street))


async def a_code(street: Street) -> None:
    lived, clock = street.lived, street.clock
    ahead_h = (lived.evening(DAYS) - clock.now()) / timedelta(hours=1)
    code_id = await asyncio.to_thread(lived.announce, DAYS, ahead_h)
    assert (await street.until_told(CODE, "announced"))["id"] == code_id
    calendar = await street.shown("calendar.ansen_codes_red_and_green")
    assert calendar["attributes"]["message"] == "Code red: use less power"
    await street.do("respond_to_code", code_id=code_id, joins=True)
    await street.until_told(CODE, "ended")
    await street.do("tell_code_deeds", code_id=code_id, did=["washing"])

    lived.live(DAYS, change_w=-600.0)
    await asyncio.to_thread(lived.look_after, DAYS, 2.5)

    told = await street.until_told(CODE, "reported")
    assert told["report"].startswith("Together 0.")
    assert told["village_change_w"] == pytest.approx(-600, abs=600)
    assert float((await street.shown(REPORT))["state"]) == pytest.approx(
        told["village_change_w"] / 1000, abs=0.006
    )

    async def is_sent() -> bool:
        return told["report"] in await messages(street)

    await street.until("the blueprint sends the report", is_sent)
    titles = await messages(street)
    assert any(each.startswith("Code red announced") for each in titles)


async def messages(street: Street) -> list[str]:
    """Return what the blueprint's automation would have sent, title and message."""
    runs = await street.assistant.command("trace/list", domain="automation", item_id="code")
    said: list[str] = []
    for run in runs:
        trace = await street.assistant.command(
            "trace/get", domain="automation", item_id="code", run_id=run["run_id"]
        )
        for steps in trace["trace"].values():
            for step in steps:
                variables = step.get("changed_variables", {})
                said += [str(variables[name]) for name in ("title", "message") if name in variables]
    return said


async def a_vote(street: Street) -> None:
    store, closes = street.lived.store, datetime.now(UTC) + timedelta(seconds=27)
    question = {"subject": "codes_per_week", "title": "How often may we ask?", "values": ["2", "4"]}
    times = {"closes_at": closes.isoformat(), "takes_effect_at": (closes + timedelta(seconds=2)).isoformat()}
    vote_id = (await street.act("propose_vote", **question, **times))["vote_id"]

    async def is_open() -> bool:
        return bool((await street.act("get_votes"))["votes"][0]["state"] == "open")

    await street.until("the vote is open", is_open)
    await street.do("vote", vote_id=vote_id, choice="b")

    told = await street.until_told(VOTE, "counted")
    assert told["outcome"] == "chosen"
    [ballots, signatures] = store.ballots(vote_id)
    assert ([ballot.choice for ballot in ballots], signatures) == (["b"], 1)

    async def is_in_force() -> bool:
        return store.settings().codes.most_per_week == 4

    await street.until("the answer is in force", is_in_force)
