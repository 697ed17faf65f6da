"""The page about backups."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from battery_commons.store import Store
from battery_commons.store.audit import Act
from battery_commons.store.backup_folder import BackupFolder, Kind
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.restoring import Outcome, Restoring
from battery_commons.web.pages.app import pages_app
from battery_commons.web.pages.backups import Care
from battery_commons.web.server import VillageServer
from tests.village.web.conftest import Client
from tests.village.web.page_reader import Shown, opened

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def care(tmp_path: Path) -> Care:
    load_or_create_key(tmp_path / "village-key.pem")
    return Care(BackupFolder(tmp_path / "village.db", tmp_path / "village-key.pem"))


@pytest.fixture
def folder(care: Care) -> BackupFolder:
    assert care.folder is not None
    return care.folder


@pytest.fixture
async def pages(village: VillageServer, care: Care) -> AsyncIterator[Client]:
    async with TestClient(TestServer(pages_app(village, care=care))) as client:
        yield client


async def sent_file(pages: Client, content: bytes, token: str | None = None) -> Shown:
    """Send a file as the page's form does."""
    page = await opened(pages, "/backups")
    form = FormData()
    form.add_field("token", page.text.partition('name="token" value="')[2][:64] if token is None else token)
    form.add_field("file", content, filename="village.zip")
    answer = await pages.post("/backups/upload", data=form, headers=OWN)
    return Shown(pages, str(answer.url.relative()), answer.status, await answer.text())


async def test_a_backup_is_made_downloaded_and_deleted(
    pages: Client, folder: BackupFolder, store: Store
) -> None:
    shown = await (await opened(pages, "/backups")).send("backups/make")
    assert "The backup is made." in shown.text
    [backup] = folder.all()
    answer = await shown.post("/download", {}, OWN)
    assert await answer.read() == backup.path.read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]
    await (await opened(pages, f"/backups/{backup.name}/delete")).send("/delete")
    assert folder.all() == []
    assert [each.act for each in store.audit()[:3]] == [
        Act.BACKUP_DELETED,
        Act.BACKUP_DOWNLOADED,
        Act.BACKUP_MADE,
    ]


async def test_a_backup_that_is_brought_in_is_asked_about_and_changes_nothing(
    pages: Client, folder: BackupFolder, store: Store
) -> None:
    made = folder.make(Kind.MANUAL, datetime.now(UTC))
    content = made.path.read_bytes()
    folder.delete(made.name)
    store.rename_village("Westerbork")
    shown = await sent_file(pages, content)
    assert shown.path.endswith("/restore")
    assert "It is of Ansen, with 0 homes" in shown.text
    assert "The key that signs plans is in it" in shown.text
    assert [each.kind for each in folder.all()] == [Kind.UPLOADED]
    assert store.village().name == "Westerbork"
    assert store.audit()[0].act is Act.BACKUP_UPLOADED


@pytest.mark.parametrize("content", [b"", b"Dear village", b"PK\x03\x04 and no more", b"SQLite format 3\0"])
async def test_a_file_that_is_none_is_refused_in_words_and_not_kept(
    pages: Client, folder: BackupFolder, content: bytes
) -> None:
    shown = await sent_file(pages, content)
    assert shown.status == 422
    assert "nothing has changed" in shown.text
    assert "/tmp" not in shown.text  # noqa: S108 - no path of this machine is told
    assert ".upload" not in shown.text
    assert [*(folder.database.parent / "backups").iterdir()] == []


async def test_a_file_from_elsewhere_is_not_even_read(pages: Client, folder: BackupFolder) -> None:
    assert (await sent_file(pages, b"x", token="guess")).status == 403
    answer = await pages.post("/backups/upload", data=b"x", headers=OWN)
    assert answer.status == 403
    assert not (folder.database.parent / "backups").exists()


async def test_putting_back_is_asked_of_the_coordinator(
    pages: Client, care: Care, folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("battery_commons.web.pages.backups.ANSWER_FIRST_S", 0)
    backup = folder.make(Kind.MANUAL, datetime.now(UTC))
    shown = await (await opened(pages, f"/backups/{backup.name}/restore")).send("/restore")
    assert "is being put back" in shown.text
    await care.restoring.asked.wait()


@pytest.mark.parametrize(
    ("problem", "told"), [(None, "is back. What was here before"), ("It is damaged.", "was not put back")]
)
async def test_what_came_of_it_is_told(
    pages: Client, care: Care, folder: BackupFolder, problem: str | None, told: str
) -> None:
    care.restoring.outcome = Outcome(folder.make(Kind.MANUAL, datetime.now(UTC)), problem)
    assert told in (await opened(pages, "/backups")).text


@pytest.mark.parametrize("name", ["village.db", "..%2Fvillage-key.pem", "20260101T000000Z-manual.zip"])
async def test_nothing_but_a_backup_is_handed_out(pages: Client, name: str) -> None:
    page = await opened(pages, "/backups")
    token = page.text.partition('name="token" value="')[2][:64]
    answer = await pages.post(f"/backups/{name}/download", data={"token": token}, headers=OWN)
    assert answer.status == 404


async def test_a_village_on_a_server_is_told_who_makes_its_backups(village: VillageServer) -> None:
    async with TestClient(TestServer(pages_app(village, care=Care(None, Restoring())))) as pages:
        page = await opened(pages, "/backups")
    assert "pg_dump" in page.text
    assert "backups/make" not in page.text
