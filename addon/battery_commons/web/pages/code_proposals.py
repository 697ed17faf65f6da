"""What a volunteer does with the village's proposals, and the rules that they keep to."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from battery_commons.domain.flash_mob import Proposal
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.mob.proposals import promised_w
from battery_commons.mob.reason import in_both_languages
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.web.pages.code_rules import RulesForm
from battery_commons.web.pages.codes import CodeForm, CodePages
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.server import VillageServer


class ProposalPages:
    """Announce a proposal as it is, change it first, or dismiss it; and the rules."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        author: Callable[[web.Request], Author],
        codes: CodePages,
    ) -> None:
        """Decide for `village`, by whom `author` says it is; `codes` shows the page that all this is on."""
        self._village = village
        self._store = village.store
        self._clock = village.clock
        self._renderer = renderer
        self._author = author
        self._codes = codes

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        acts = {"announce": self.announce, "change": self.change, "dismiss": self.dismiss}
        return [
            web.get("/codes/rules", self._back),
            web.post("/codes/rules", self.rules),
            *(web.post(f"/codes/proposals/{{id}}/{name}", act) for name, act in acts.items()),
            *(web.get(f"/codes/proposals/{{id}}/{name}", self._back) for name in acts),
        ]

    async def announce(self, request: web.Request) -> web.Response:
        """Announce a proposal to all homes as it is."""
        if (proposal := await self._proposal(request)) is None:
            return self._gone(request)
        author = self._author(request)
        try:
            await asyncio.to_thread(
                self._store.announce_code,
                proposal.code,
                proposal.start,
                proposal.end,
                author.at,
                reason=in_both_languages(proposal.because, proposal.code),
                expected_effect_w=promised_w(proposal),
                by=author,
                proposal_id=proposal.id,
            )
        except ValueError:
            overlapping = replace(_form(proposal), errors={"start": "code_overlaps"})
            return await self._codes.show(request, overlapping)
        return go_to(request, "codes", told="code_announced")

    async def change(self, request: web.Request) -> web.Response:
        """Put a proposal in the form, to be changed before it is announced."""
        if (proposal := await self._proposal(request)) is None:
            return self._gone(request)
        return await self._codes.show(request, _form(proposal))

    async def dismiss(self, request: web.Request) -> web.Response:
        """Have a proposal not be made again."""
        try:
            await asyncio.to_thread(
                self._store.dismiss_proposal, request.match_info["id"], self._author(request)
            )
        except NotFoundError:
            return self._gone(request)
        return go_to(request, "codes", told="code_dismissed")

    async def rules(self, request: web.Request) -> web.Response:
        """Write down how often, and when, residents may be asked."""
        form = await RulesForm.filled_in(request)
        if (rules := form.rules) is None:
            return await self._codes.show(request, CodeForm(), form)
        await asyncio.to_thread(
            self._store.change_settings, lambda former: replace(former, codes=rules), self._author(request)
        )
        self._village.settings_changed()
        return go_to(request, "codes", told="rules_changed")

    async def _proposal(self, request: web.Request) -> Proposal | None:
        proposals = await asyncio.to_thread(self._store.proposals, self._clock.now())
        return next((each for each in proposals if each.id == request.match_info["id"]), None)

    def _gone(self, request: web.Request) -> web.Response:
        return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="proposal")

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "codes")


def _form(proposal: Proposal) -> CodeForm:
    start, end = (each.astimezone(MARKET_ZONE) for each in (proposal.start, proposal.end))
    effect_w = promised_w(proposal)
    return CodeForm(
        proposal.code.value,
        f"{start:%Y-%m-%dT%H:%M}",
        f"{end:%Y-%m-%dT%H:%M}",
        in_both_languages(proposal.because, proposal.code),
        "" if effect_w is None else f"{effect_w / 1000:.1f}",
    )
