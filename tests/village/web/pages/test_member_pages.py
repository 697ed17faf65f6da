"""The volunteer's pages about homes: what they show, and what can be done there."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.grid import Transformer
from battery_commons.store import Store
from battery_commons.store.audit import Act, Author
from battery_commons.web.members.app import members_app
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Member, joined, reading
from tests.village.web.page_reader import opened


@pytest.fixture
def changes() -> list[str]:
    """Return what the running village has been told of changes among its members."""
    return []


@pytest.fixture
async def pages(village: VillageServer, changes: list[str]) -> AsyncIterator[Client]:
    told = replace(village, members_changed=lambda: changes.append("changed"))
    async with TestClient(TestServer(pages_app(told, members_url="http://192.0.2.7:8477"))) as client:
        yield client


def accept_plan(
    store: Store, village: VillageServer, home_id: str, at: datetime, power_w: float | None, reason: str
) -> None:
    """Keep that a home accepted, at a moment, a plan whose next four quarter hours are all the same."""
    sequence = store.next_sequence(home_id)
    to_wall = village.clock.to_wall
    start = at.replace(minute=at.minute // 15 * 15)
    plan = {
        "home_id": home_id,
        "sequence": sequence,
        "issued_at": to_wall(at).isoformat(),
        "lease_until": to_wall(at + timedelta(minutes=45)).isoformat(),
        "control_model": "M4",
        "start": to_wall(start).isoformat(),
        "slot_seconds": 15,
        "batteries": [{"battery_id": "b1", "power_w": [power_w] * 4, "reasons": [reason] * 4}],
    }
    store.record_dispatch(home_id, sequence, json.dumps(plan), at, at + timedelta(minutes=45))
    store.record_answer(home_id, sequence, at, accepted=True, reason=None)


async def test_the_first_page_leads_to_all_others(pages: Client) -> None:
    page = await opened(pages, "/")
    for path in ("./homes", "./invitations", "./transformers", "./audit"):
        assert f'<a href="{path}"' in page.text


async def test_homes_are_listed_with_what_was_last_heard_of_them(
    pages: Client, member: Member, store: Store, village: VillageServer
) -> None:
    await member.send(reading())
    accept_plan(store, village, member.home_id, VILLAGE_NOW - timedelta(minutes=5), 1000, "low_price")

    page = await opened(pages, "/homes")

    for said in ("De Eik", "Dorpsstraat", "1, 10.0 kWh", "up to date", "5 min ago", "Steered by the village"):
        assert said in page.text


async def test_a_village_without_homes_is_told_where_to_invite_one(pages: Client) -> None:
    assert '<a href="./invitations">Invite one</a>' in (await opened(pages, "/homes")).text


async def test_a_home_shows_its_limits_and_offers_nothing_to_change_them(
    pages: Client, member: Member
) -> None:
    page = await opened(pages, f"/homes/{member.home_id}")
    for said in ("10.0 kWh", "5.0 kW", "10 %", "They cannot be changed here"):
        assert said in page.text
    assert "<input type=" not in page.text.replace('<input type="hidden" name="token"', "")


async def test_why_a_battery_discharged_at_a_time_of_day_is_told_by_its_home_s_page(
    pages: Client, member: Member, store: Store, village: VillageServer
) -> None:
    quarter_past_two = VILLAGE_NOW + timedelta(minutes=-105)  # 12:15 in the Netherlands
    accept_plan(store, village, member.home_id, quarter_past_two, -2300, "relieve_import")
    await member.send(reading(-100, power_w=-2250.0, reason="limited_by_battery"))  # 12:20

    page = await opened(pages, f"/homes/{member.home_id}")

    row = page.text.partition(">12:15<")[2].partition("</tr>")[0]
    for said in (
        "discharging 2.3 kW",
        "Relieves the transformer: much is being drawn",
        "discharging 2.2 kW",
        "Does what the battery can",
        "plan 1",
    ):
        assert said in row


async def test_a_suspension_is_asked_about_told_and_can_be_undone(
    pages: Client, member: Member, store: Store, changes: list[str]
) -> None:
    question = await opened(pages, f"/homes/{member.home_id}/suspend")
    assert "Suspend De Eik?" in question.text
    assert store.homes()[0].suspended_at is None

    done = await question.send("/suspend")
    assert "The home is suspended." in done.text
    assert "Suspended since" in done.text
    assert store.homes()[0].suspended_at == VILLAGE_NOW
    assert changes == ["changed"]

    undone = await (await opened(pages, f"/homes/{member.home_id}")).send("/resume")
    assert "The home takes part again." in undone.text
    assert store.homes()[0].suspended_at is None
    assert [(entry.administrator, entry.act) for entry in store.audit()] == [
        ("volunteer", Act.HOME_RESUMED),
        ("volunteer", Act.HOME_SUSPENDED),
    ]


async def test_a_suspended_home_reports_on_and_can_read_that_it_is_suspended(
    village: VillageServer, store: Store
) -> None:
    taken: list[object] = []
    watched = replace(village, readings_taken=taken.append)
    async with TestClient(TestServer(members_app(watched))) as client:
        member = await joined(client, store, "welcome-1")
        store.suspend(member.home_id, Author("Anna", VILLAGE_NOW))
        receipt = await member.send(reading())
        told = json.loads(await (await member.call("GET", "/api/v1/home/data")).text())
    assert receipt["accepted"] == 1
    assert receipt["village"]["transformer"]["name"] == "Dorpsstraat"
    assert taken == []
    assert datetime.fromisoformat(told["home"]["suspended_at"]) == WALL_NOW


async def test_a_removed_home_is_gone_with_its_token(
    pages: Client, member: Member, store: Store, changes: list[str]
) -> None:
    question = await opened(pages, f"/homes/{member.home_id}/remove")
    assert "This cannot be undone." in question.text

    done = await question.send("/remove")

    assert "The home has been removed and its data erased." in done.text
    assert store.homes() == []
    assert (await member.call("GET", "/api/v1/home/data")).status == 401
    assert changes == ["changed"]
    gone = await opened(pages, f"/homes/{member.home_id}")
    assert (gone.status, "it has left, or was removed" in gone.text) == (404, True)


async def test_a_home_is_moved_where_there_is_another_transformer(
    pages: Client, member: Member, store: Store
) -> None:
    assert "/move" not in (await opened(pages, f"/homes/{member.home_id}")).text
    store.put_transformer(Transformer("t2", "Kerkweg", 160_000))

    done = await (await opened(pages, f"/homes/{member.home_id}/move")).send("/move", transformer="t2")

    assert "The home has been moved." in done.text
    assert store.homes()[0].transformer_id == "t2"


async def test_the_log_shows_who_did_what_about_whom(pages: Client, member: Member, store: Store) -> None:
    await (await opened(pages, f"/homes/{member.home_id}/suspend")).send("/suspend")

    log = (await opened(pages, "/audit")).text

    for said in ("volunteer", "suspended a home", "De Eik", member.home_id):
        assert said in log


@pytest.mark.parametrize("path", ["/homes", "/invitations", "/transformers", "/audit"])
async def test_every_page_keeps_the_language_that_was_chosen(
    pages: Client, member: Member, path: str
) -> None:
    page = await (await pages.get(f"{path}?lang=nl")).text()
    assert '<html lang="nl">' in page
    assert '<a href="./homes?lang=nl"' in page


async def test_no_link_starts_at_the_root_on_any_page(pages: Client, member: Member) -> None:
    for path in ("/", "/homes", f"/homes/{member.home_id}", f"/homes/{member.home_id}/remove", "/audit"):
        page = (await opened(pages, path)).text
        assert 'href="/' not in page
        assert 'action="/' not in page
        assert 'src="/' not in page


async def test_a_home_s_name_cannot_put_markup_on_a_page(
    pages: Client, members: Client, store: Store
) -> None:
    member = await joined(members, store, "welcome-1", "<script>alert(1)</script>")
    for path in ("/homes", f"/homes/{member.home_id}", f"/homes/{member.home_id}/suspend"):
        assert "<script>alert" not in (await opened(pages, path)).text
