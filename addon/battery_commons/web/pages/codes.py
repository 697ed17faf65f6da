"""The pages on which a volunteer announces code red and code green, and sees how homes answer."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as fields
from datetime import datetime
from http import HTTPStatus
from typing import Self

from aiohttp import web

from battery_commons.domain.grid import CongestionSignal
from battery_commons.mob.reason import sentence
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.web.pages.code_rules import RulesForm
from battery_commons.web.pages.code_view import mob_view
from battery_commons.web.pages.dutch_moment import read_moment
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to, words_for
from battery_commons.web.server import VillageServer
from battery_commons.wire.code_rules import Announcement, Wrong

_FIELDS = ("code", "start", "end", "reason", "effect_kw")
_FIELD_OF = {
    Wrong.ENDS_FIRST: "end",
    Wrong.LENGTH: "end",
    Wrong.IN_THE_PAST: "start",
    Wrong.FAR_AHEAD: "start",
    Wrong.LONG_REASON: "reason",
    Wrong.LARGE_EFFECT: "effect_kw",
    Wrong.EFFECT_SIGN: "effect_kw",
}


@dataclass(frozen=True, slots=True)
class CodeForm:
    """What stands in the form, as it was typed."""

    code: str = "red"
    start: str = ""
    """Dutch time, as a browser writes it."""
    end: str = ""
    reason: str = ""
    effect_kw: str = ""
    """May be left open."""
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/steering.py)."""
    announcement: Announcement | None = None
    """What the form says; None while that makes no sense."""

    @classmethod
    async def filled_in(cls, request: web.Request, now: datetime) -> Self:
        """Return the form that was sent at `now`."""
        code, start, end, reason, effect_kw = [await field(request, each) for each in _FIELDS]
        reason = " ".join(reason.split())
        errors = {}
        starts, ends = read_moment(start), read_moment(end)
        if starts is None:
            errors["start"] = "code_time_wrong"
        if ends is None:
            errors["end"] = "code_time_wrong"
        if code not in {"red", "green"}:
            errors["code"] = "code_wrong"
        effect_w = None
        if effect_kw and (effect_w := _watts(effect_kw)) is None:
            errors["effect_kw"] = "code_effect_wrong"
        announcement = None
        if not errors and starts and ends:
            announcement = Announcement(CongestionSignal(code), starts, ends, reason, effect_w)
            errors = {_FIELD_OF[wrong]: f"code_{wrong}" for wrong in announcement.problems(now)}
        return cls(code, start, end, reason, effect_kw, errors, None if errors else announcement)


def _watts(kilowatts: str) -> float | None:
    try:
        return 1000 * float(kilowatts.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return None


class CodePages:
    """The list, the form, and what residents will see before it is sent."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Announce in `village`, by whom `author` says it is."""
        self._store = village.store
        self._clock = village.clock
        self._renderer = renderer
        self._author = author

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/codes", self.codes),
            web.post("/codes", self.preview),
            web.get("/codes/announce", self._back),
            web.post("/codes/announce", self.announce),
            web.get("/codes/{code_id}/withdraw", self._back),
            web.post("/codes/{code_id}/withdraw", self.withdraw),
        ]

    async def codes(self, request: web.Request) -> web.Response:
        """Show what is announced, how many homes join, and the form for another."""
        return await self.show(request, CodeForm())

    async def preview(self, request: web.Request) -> web.Response:
        """Show what residents will see, and ask whether it should be announced."""
        form = await CodeForm.filled_in(request, self._clock.now())
        if form.announcement is None or await field(request, "action") == "change":
            return await self.show(request, form)
        homes = await asyncio.to_thread(self._store.homes)
        return self._renderer.page(
            request, "code_preview.html", form=form, announced=form.announcement, homes=len(homes)
        )

    async def announce(self, request: web.Request) -> web.Response:
        """Announce a window to all homes."""
        author = self._author(request)
        form = await CodeForm.filled_in(request, author.at)
        if (announced := form.announcement) is None:
            return await self.show(request, form)
        try:
            await asyncio.to_thread(
                self._store.announce_code,
                announced.code,
                announced.start,
                announced.end,
                author.at,
                reason=announced.reason,
                expected_effect_w=announced.expected_effect_w,
                by=author,
            )
        except ValueError:
            overlapping = {"start": "code_overlaps"}
            return await self.show(
                request, CodeForm(form.code, form.start, form.end, form.reason, form.effect_kw, overlapping)
            )
        return go_to(request, "codes", told="code_announced")

    async def withdraw(self, request: web.Request) -> web.Response:
        """Take a window back."""
        author = self._author(request)
        try:
            await asyncio.to_thread(
                self._store.withdraw_code, request.match_info["code_id"], author.at, author
            )
        except NotFoundError:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="window")
        return go_to(request, "codes", told="code_withdrawn")

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "codes")

    async def show(
        self, request: web.Request, form: CodeForm, rules: RulesForm | None = None
    ) -> web.Response:
        """Show the page with these forms; the rules as they are where none are given."""
        now = self._clock.now()
        view = await asyncio.to_thread(mob_view, self._store, now)
        words = words_for(request)
        rules = rules or RulesForm.of(view.settings.codes)
        return self._renderer.page(
            request,
            "codes.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or rules.errors else HTTPStatus.OK,
            form=form,
            rules=rules,
            view=view,
            reason=lambda each: sentence(each.because, each.code, words.language),
            told_of=lambda each: getattr(each.result().told(), words.language),
            codes=await asyncio.to_thread(self._store.announced_codes, now),
            homes=len(await asyncio.to_thread(self._store.homes)),
            now=now,
        )
