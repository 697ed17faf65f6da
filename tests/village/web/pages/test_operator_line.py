"""The volunteer's pages about the lines to grid operators."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.domain.operator_line import OperatorLine
from battery_commons.openadr.errors import Reason
from battery_commons.openadr.trial import TrialStep
from battery_commons.openadr.trouble import LineTrouble
from battery_commons.openadr.ven import OperatorLines
from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.store.operator_events import ArrivedEvent
from battery_commons.store.operator_reports import KeptReport
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.words.words import TEXTS
from battery_commons.web.server import VillageServer
from tests.village.openadr.vtn_peer import CLIENT_ID, SECRET, self_signed, vtn
from tests.village.web.conftest import VILLAGE_NOW, Client
from tests.village.web.page_reader import Shown, opened

LINE = OperatorLine("Enexis", "https://vtn.example/openadr3", "ven-1", "Ansen", "hush hush")
FILLED_IN = {
    "name": "Enexis",
    "url": "https://vtn.example/openadr3/",
    "client_id": "ven-1",
    "secret": "hush hush",
    "ven_name": "Ansen",
}


@pytest.fixture
async def pages(village: VillageServer) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village))) as client:
        yield client


async def ended(pages: Client, shown: Shown) -> Shown:
    """Look again, as the page has the browser do, until trying has ended."""
    async with asyncio.timeout(10):
        while 'http-equiv="refresh"' in shown.text:
            await asyncio.sleep(0.02)
            shown = await opened(pages, shown.path)
    return shown


async def test_a_village_without_a_line_is_told_what_one_is_for(pages: Client) -> None:
    page = await opened(pages, "/operator")
    assert page.status == 200
    assert "no line to a grid operator" in page.text


async def test_a_line_is_added_changed_and_removed_and_each_is_in_the_audit_log(
    pages: Client, store: Store
) -> None:
    form = await opened(pages, "/operator/line")
    assert form.fields("operator/line")["ven_name"] == "Ansen"
    added = await form.send("operator/line", do="save", **FILLED_IN)
    assert "The line is saved" in added.text
    [kept] = store.operator_lines()
    assert kept.line == LINE

    form = await opened(pages, f"/operator/line?id={kept.id}")
    await form.send("operator/line", do="save", programs="Limits,  Prices ,")
    assert store.operator_lines()[0].line == replace(LINE, programs=("Limits", "Prices"))

    asked = await opened(pages, f"/operator/line/remove?id={kept.id}")
    removed = await asked.send("operator/line/remove")
    assert "The line is removed." in removed.text
    assert store.operator_lines() == []
    assert [(each.act, each.about, each.detail) for each in store.audit()] == [
        (Act.OPERATOR_LINE_REMOVED, kept.id, ""),
        (Act.OPERATOR_LINE_CHANGED, kept.id, "Enexis, https://vtn.example/openadr3"),
        (Act.OPERATOR_LINE_ADDED, kept.id, "Enexis, https://vtn.example/openadr3"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("url", "http://vtn.example"),
        ("url", "https://name:secret@vtn.example"),
        ("client_id", "x" * 129),
        ("secret", ""),
        ("ven_name", ""),
        ("programs", "x" * 129),
        ("token_url", "http://vtn.example/token"),
        ("callback_url", "not an address"),
        ("certificates", "-----BEGIN"),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_nothing_is_saved(
    pages: Client, store: Store, field: str, value: str
) -> None:
    form = await opened(pages, "/operator/line")
    again = await form.send("operator/line", do="save", **FILLED_IN | {field: value})
    assert again.status == 422
    assert TEXTS["en"][f"operator_wrong_{field}"].partition("-----")[0] in again.text
    assert f'id="{field}-wrong"' in again.text
    assert store.operator_lines() == []


async def test_a_secret_is_shown_nowhere_and_goes_to_no_other_address(pages: Client, store: Store) -> None:
    line_id = store.add_operator_line(LINE)
    [kept] = store.operator_lines()
    form = await opened(pages, f"/operator/line?id={line_id}")
    same = await form.send("operator/line", do="save", name="Enexis Netbeheer")
    assert store.operator_lines()[0].line == replace(LINE, name="Enexis Netbeheer")
    elsewhere = await form.send("operator/line", do="save", url="https://collector.example")
    assert elsewhere.status == 422
    assert store.operator_lines()[0].line.url == LINE.url
    overview = await opened(pages, "/operator")
    for shown in (form, same, elsewhere, overview, await opened(pages, "/audit")):
        for secret in ("hush hush", kept.webhook_token, kept.webhook_key):
            assert secret not in shown.text


async def test_a_line_is_tried_step_by_step_and_then_saved_with_its_secret(
    pages: Client, store: Store
) -> None:
    async with vtn() as fake:
        fake.add_event()
        given = FILLED_IN | {"url": fake.url, "client_id": CLIENT_ID, "secret": SECRET}
        form = await opened(pages, "/operator/line")
        tried = await ended(pages, await form.send("operator/line", do="try", **given))
        assert "The line works. Nothing has been saved yet." in tried.text
        assert "Limits" in tried.text
        assert store.operator_lines() == []
        await tried.send("operator/line", do="save")
    assert store.operator_lines()[0].line.secret == SECRET


async def test_what_fails_is_said_in_words_with_what_to_do(pages: Client) -> None:
    async with vtn() as fake:
        given = FILLED_IN | {"url": fake.url, "client_id": CLIENT_ID, "secret": "guessed"}
        form = await opened(pages, "/operator/line")
        tried = await ended(pages, await form.send("operator/line", do="try", **given))
    assert "The line does not work yet." in tried.text
    assert "does not believe the client id or secret" in tried.text
    given["url"] = fake.url
    tried = await ended(pages, await tried.send("operator/line", do="try", **given))
    assert "It cannot be reached." in tried.text


async def test_a_line_shows_how_it_does_and_what_came_over_it(village: VillageServer, store: Store) -> None:
    line_id = store.add_operator_line(LINE)
    store.note_heard(line_id, VILLAGE_NOW - timedelta(hours=20))
    store.keep_operator_events(
        line_id,
        [
            ArrivedEvent("good", "v1", "p", None, "{}"),
            ArrivedEvent("bad <b>", "v1", "p", None, "{}", "no_interval"),
        ],
        VILLAGE_NOW,
    )
    store.withdraw_operator_events(line_id, ["good"], VILLAGE_NOW)
    lines = OperatorLines(store, village.clock)
    async with TestClient(TestServer(pages_app(village, operators=lines))) as pages:
        shown = await opened(pages, "/operator")
    assert 'class="state old"' in shown.text
    assert "not at present" in shown.text
    assert "Withdrawn" in shown.text
    assert "It has no interval" in shown.text
    assert "bad &lt;b&gt;" in shown.text


async def test_a_line_shows_its_newest_reports_and_what_became_of_them(
    village: VillageServer, store: Store
) -> None:
    line_id = store.add_operator_line(LINE)
    waiting = KeptReport(line_id, "e <b>", "USAGE 0 x", VILLAGE_NOW, "{}")
    sent = replace(waiting, name="USAGE 1 x", report_id="r1", sent_at=VILLAGE_NOW)
    corrected = replace(sent, name="USAGE 2 x", corrections=1)
    refused = replace(waiting, name="USAGE 3 x", refusal="refused")
    store.keep_operator_reports([waiting, sent, corrected, refused])
    lines = OperatorLines(store, village.clock)
    async with TestClient(TestServer(pages_app(village, operators=lines))) as pages:
        shown = await opened(pages, "/operator")
    for state in ("Waiting to be sent", "Sent</span>", "Corrected", "The operator did not take it"):
        assert state in shown.text
    assert "e &lt;b&gt;" in shown.text


async def test_a_line_that_is_gone_is_said_to_be(pages: Client) -> None:
    for path in ("/operator/line?id=nothing", "/operator/line/remove?id=nothing"):
        shown = await opened(pages, path)
        assert shown.status == 404
        assert "There is no such line" in shown.text


async def test_a_long_certificate_fits_in_the_form(pages: Client, store: Store, tmp_path: Path) -> None:
    one = self_signed(tmp_path).read_text().partition("-----BEGIN CERT")
    chain = (one[1] + one[2]) * 20
    form = await opened(pages, "/operator/line")
    await form.send("operator/line", do="save", certificates=chain, **FILLED_IN)
    assert store.operator_lines()[0].line.certificates.split() == chain.split()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_trouble_step_and_reason_has_words(language: str) -> None:
    texts = TEXTS[language]
    assert all(f"operator_trouble_{each}" in texts for each in LineTrouble)
    assert all(f"operator_step_{each}" in texts for each in TrialStep)
    assert all(f"operator_refusal_{each}" in texts for each in Reason)
