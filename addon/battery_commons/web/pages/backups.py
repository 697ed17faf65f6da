"""The page about backups: made, downloaded, brought in, put back and thrown away."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from aiohttp import BodyPartReader, hdrs, web

from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.archive import LARGEST_DATABASE, contents
from battery_commons.store.audit import Act, Author
from battery_commons.store.backup_folder import NIGHTLY_KEPT, Backup, BackupFolder, Kind
from battery_commons.store.restoring import Restoring
from battery_commons.web.pages.forms import TOKEN, FormGuard
from battery_commons.web.pages.rendering import Renderer, go_to

UPLOAD_PATH = "/backups/upload"
"""Its form is read part by part, here: a backup does not fit in memory."""
ANSWER_FIRST_S = 1.0
"""How long the page that says what is about to happen has to reach its reader."""
_AT_ONCE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Care:
    """Where backups are kept, and by whom they are put back."""

    folder: BackupFolder | None = None
    """None for a village whose database is on a server."""
    restoring: Restoring = field(default_factory=Restoring)
    nightly: bool = True
    """Whether one is made each night."""


class BackupPages:
    """One method per page or form."""

    def __init__(
        self,
        store: Store,
        care: Care,
        renderer: Renderer,
        guard: FormGuard,
        author: Callable[[web.Request], Author],
    ) -> None:
        """Show what `care` keeps; what is done with it is in the audit log of `store`."""
        self._store = store
        self._kept = care.folder
        self._restoring = care.restoring
        self._nightly = care.nightly
        self._renderer = renderer
        self._guard = guard
        self._author = author

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        if self._kept is None:
            return [web.get("/backups", self.page)]
        return [
            web.get("/backups", self.page),
            web.get("/backups/make", self.back),
            web.post("/backups/make", self.make),
            web.get(UPLOAD_PATH, self.back),
            web.post(UPLOAD_PATH, self.upload),
            web.get("/backups/{name}/download", self.back),
            web.post("/backups/{name}/download", self.download),
            web.get("/backups/{name}/restore", self.confirm_restore),
            web.post("/backups/{name}/restore", self.restore),
            web.get("/backups/{name}/delete", self.confirm_deletion),
            web.post("/backups/{name}/delete", self.delete),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show what is kept, and what came of the last restore."""
        return await self._page(request)

    async def make(self, request: web.Request) -> web.Response:
        """Make a backup now."""
        try:
            made = await asyncio.to_thread(self._folder.make, Kind.MANUAL, datetime.now(UTC))
        except StoreError as error:
            return await self._page(request, failed=str(error))
        await self._note(request, Act.BACKUP_MADE, made)
        return go_to(request, "backups", told="backup_made")

    async def upload(self, request: web.Request) -> web.Response:
        """Take a backup in, if it is one."""
        parts = _parts(request)
        async with aclosing(parts):
            first = await anext(parts, None)
            token = await first.text() if first is not None and first.name == TOKEN else ""
            if not self._guard.is_ours(request, token):
                return self._renderer.page(request, "refused.html", status=HTTPStatus.FORBIDDEN)
            draft = await asyncio.to_thread(self._folder.draft)
            try:
                file = await anext(parts, None)
                await _save(file, draft)
                await asyncio.to_thread(contents, draft, self._folder.database)
                taken = await asyncio.to_thread(self._folder.take_in, draft, datetime.now(UTC))
            except (StoreError, OSError, ValueError) as error:
                # The draft's own name means nothing to whoever sent it.
                problem = str(error).replace(str(draft), draft.name).replace(draft.name, "This file")
                return await self._page(request, broken=problem)
            finally:
                await asyncio.to_thread(draft.unlink, missing_ok=True)
        await self._note(request, Act.BACKUP_UPLOADED, taken)
        return go_to(request, f"backups/{taken.name}/restore")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Hand a backup out. It is a form, since it is written down who did."""
        try:
            backup = await self._asked(request)
        except NotFoundError:
            return self._gone(request)
        await self._note(request, Act.BACKUP_DOWNLOADED, backup)
        headers = {
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="battery-commons-{backup.name}"',
            hdrs.CACHE_CONTROL: "no-store",
        }
        return web.FileResponse(backup.path, headers=headers)

    async def confirm_restore(self, request: web.Request) -> web.Response:
        """Say what is in a backup and what putting it back does, and ask whether it should be."""
        try:
            backup = await self._asked(request)
            holds = await asyncio.to_thread(contents, backup.path, self._folder.database)
        except NotFoundError:
            return self._gone(request)
        except StoreError as error:
            return await self._page(request, broken=str(error))
        return self._renderer.page(request, "backup_restore.html", backup=backup, holds=holds)

    async def restore(self, request: web.Request) -> web.Response:
        """Have a backup put back, as soon as the answer has been sent."""
        try:
            backup = await self._asked(request)
        except NotFoundError:
            return self._gone(request)
        author = self._author(request)
        asyncio.get_running_loop().call_later(ANSWER_FIRST_S, self._restoring.ask, backup, author)
        return self._renderer.page(request, "restoring.html")

    async def confirm_deletion(self, request: web.Request) -> web.Response:
        """Ask whether a backup should be thrown away."""
        try:
            backup = await self._asked(request)
        except NotFoundError:
            return self._gone(request)
        return self._renderer.page(request, "backup_delete.html", backup=backup)

    async def delete(self, request: web.Request) -> web.Response:
        """Throw a backup away."""
        try:
            backup = await self._asked(request)
            await asyncio.to_thread(self._folder.delete, backup.name)
        except NotFoundError:
            return self._gone(request)
        await self._note(request, Act.BACKUP_DELETED, backup)
        return go_to(request, "backups", told="backup_deleted")

    async def back(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, "backups")

    @property
    def _folder(self) -> BackupFolder:
        assert self._kept is not None  # noqa: S101 - without one there is no route to what needs it
        return self._kept

    async def _asked(self, request: web.Request) -> Backup:
        return await asyncio.to_thread(self._folder.named, request.match_info["name"])

    async def _note(self, request: web.Request, act: Act, backup: Backup) -> None:
        await asyncio.to_thread(self._store.note, act, backup.name, self._author(request))

    async def _page(
        self, request: web.Request, *, broken: str | None = None, failed: str | None = None
    ) -> web.Response:
        return self._renderer.page(
            request,
            "backups.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if broken or failed else HTTPStatus.OK,
            backups=None if self._kept is None else await asyncio.to_thread(self._kept.all),
            nightly_kept=NIGHTLY_KEPT if self._nightly else None,
            outcome=self._restoring.outcome,
            broken=broken,
            failed=failed,
        )

    def _gone(self, request: web.Request) -> web.Response:
        return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="backup")


async def _parts(request: web.Request) -> AsyncGenerator[BodyPartReader]:
    """Read a form part by part; there are none in what is no such form."""
    if request.content_type != "multipart/form-data":
        return
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader):
                yield part
    except ValueError:
        return


def _opened(draft: Path) -> BinaryIO:
    return os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


async def _save(file: BodyPartReader | None, draft: Path) -> None:
    """Write what is sent to `draft`. Raises ValueError for nothing, StoreError for too much, OSError."""
    written = 0
    with await asyncio.to_thread(_opened, draft) as target:
        while file is not None and (part := await file.read_chunk(_AT_ONCE)):
            written += len(part)
            if written > LARGEST_DATABASE:
                raise StoreError("It is larger than any village's.")
            await asyncio.to_thread(target.write, part)
    if not written:
        raise ValueError("No file was chosen.")
