"""The volunteer's pages about invitations."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import segno
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.store.members import INVITATION_LASTS, invitation_id
from battery_commons.web.pages.app import pages_app
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.page_reader import opened

ADDRESS = "http://192.0.2.7:8477"


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village, members_url=ADDRESS))) as client:
        yield client


def link_on(page: str) -> str:
    found = re.search(r'name="link" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def test_an_invitation_is_made_for_the_address_that_is_proposed(pages: Client, store: Store) -> None:
    made = await (await opened(pages, "/invitations")).send("invitations")

    link = link_on(made.text)
    assert link.startswith(f"{ADDRESS}/join#")
    code = link.partition("#")[2]
    assert f'name="code" value="{code}"' in made.text
    invitation = store.invitation(code.partition(".")[0])
    assert invitation is not None
    assert (invitation.transformer_id, invitation.used) == ("t1", False)
    assert invitation.expires_at == VILLAGE_NOW + INVITATION_LASTS
    assert [(entry.administrator, entry.act) for entry in store.audit()] == [
        ("volunteer", Act.INVITATION_MADE)
    ]


async def test_the_link_is_drawn_as_a_qr_code(pages: Client) -> None:
    made = await (await opened(pages, "/invitations")).send("invitations")

    code = segno.make(link_on(made.text), error="m")
    drawn = code.svg_inline(svgclass="qr", lineclass="modules", omitsize=True, border=4)
    assert drawn in made.text


async def test_the_address_that_was_used_last_is_proposed_again(pages: Client) -> None:
    await (await opened(pages, "/invitations")).send("invitations", address="https://village.example")
    assert 'value="https://village.example"' in (await opened(pages, "/invitations")).text


@pytest.mark.parametrize(
    "address", ["village.example", "ftp://village.example", "", "https://x/" + "y" * 200]
)
async def test_an_address_that_homes_cannot_call_is_said_beside_it(
    pages: Client, store: Store, address: str
) -> None:
    again = await (await opened(pages, "/invitations")).send("invitations", address=address)

    assert again.status == 422
    assert 'aria-invalid="true" aria-describedby="address-wrong"' in again.text
    assert f'value="{address}"' in again.text
    assert store.invitations(VILLAGE_NOW) == []


async def test_a_transformer_that_is_gone_is_said_beside_it(pages: Client, store: Store) -> None:
    again = await (await opened(pages, "/invitations")).send("invitations", transformer="t9")

    assert again.status == 422
    assert 'id="transformer-wrong"' in again.text
    assert store.audit() == []


async def test_a_link_is_shown_by_its_own_page_and_nowhere_else(pages: Client) -> None:
    made = await (await opened(pages, "/invitations")).send("invitations")
    code = link_on(made.text).partition("#")[2].partition(".")[0]
    assert code in (await opened(pages, made.path)).text
    for path in ("/invitations", "/audit", "/", "/api/state"):
        assert code not in (await opened(pages, path)).text
    assert code not in made.path
    assert (await opened(pages, "/invitations/made/guess")).status == 404


async def test_invitations_are_listed_with_how_they_ended(pages: Client, store: Store) -> None:
    later = VILLAGE_NOW + timedelta(days=7)
    for code in ("open-one", "used-one", "revoked-one"):
        store.add_invitation("t1", code, later)
    store.add_invitation("t1", "expired-one", VILLAGE_NOW)
    store.join("used-one", "De Eik", [], VILLAGE_NOW)

    page = await opened(pages, "/invitations")
    done = await page.send(f"{invitation_id('revoked-one')}/revoke")

    assert "The invitation no longer counts." in done.text
    for code, state in (
        ("open-one", "open"),
        ("used-one", "used on"),
        ("revoked-one", "revoked on"),
        ("expired-one", "expired"),
    ):
        row = done.text.partition(f">{invitation_id(code)}<")[2].partition("</tr>")[0]
        assert state in row
    assert done.text.count("/revoke") == 1


async def test_an_invitation_that_was_just_used_cannot_be_revoked(pages: Client, store: Store) -> None:
    store.add_invitation("t1", "welcome-1", VILLAGE_NOW + timedelta(days=7))
    page = await opened(pages, "/invitations")
    store.join("welcome-1", "De Eik", [], VILLAGE_NOW)

    late = await page.send("/revoke")

    assert late.status == 404
    assert "it was used or revoked, or has expired" in late.text
