"""The volunteer's pages of votes: what runs, what came of others, and putting something to the vote."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from battery_commons.store.audit import Author
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.vote import State, Vote, VoteRefusedError
from battery_commons.voting.words import option_text, subject_text
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.motion_form import (
    FormLook,
    MotionForm,
    checked_form,
    form_look,
    refused,
    subject_of,
)
from battery_commons.web.pages.rendering import Renderer, go_to, words_for
from battery_commons.web.server import VillageServer
from battery_commons.web.told_votes import SHOWN_FOR, as_it_is, effects_basis, published, vote_options
from battery_commons.wire.votes import EffectsBasis, VoteOption


@dataclass(frozen=True, slots=True)
class VoteView:
    """A vote as the volunteer sees it: sums only."""

    vote: Vote
    options: list[VoteOption]
    basis: EffectsBasis
    turnout: tuple[int, int, int]
    """How many ballots were signed and how many are in the box, of how many votes."""


class VotePages:
    """One method per page or form."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Show the votes of `village`, and propose as whom `author` says it is."""
        self._village = village
        self._store = village.store
        self._clock = village.clock
        self._renderer = renderer
        self._author = author

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/votes", self.votes),
            web.get("/votes/new/{subject}", self.form),
            web.post("/votes/new/{subject}", self.preview),
            web.get("/votes/propose/{subject}", self._back),
            web.post("/votes/propose/{subject}", self.propose),
            web.get("/votes/{vote_id}/withdraw", self._back),
            web.post("/votes/{vote_id}/withdraw", self.withdraw),
            web.get("/votes/{vote_id}/ballots.json", self.ballots),
        ]

    async def votes(self, request: web.Request) -> web.Response:
        """Show every vote of the last year, those that run first."""
        shown = await asyncio.to_thread(self._views, self._clock.now())
        language = words_for(request).language
        return self._renderer.page(
            request,
            "votes.html",
            running=[each for each in shown if each.vote.state in {State.OPEN, State.COMING}],
            past=[each for each in shown if each.vote.state not in {State.OPEN, State.COMING}],
            subjects={subject.value: subject_text(subject, language) for subject in Subject},
        )

    async def form(self, request: web.Request) -> web.Response:
        """Show the form for a question about one subject."""
        if (subject := subject_of(request)) is None:
            return go_to(request, "votes")
        settings = await asyncio.to_thread(self._store.settings)
        return await self._form(request, MotionForm.empty(subject, settings, self._clock.now()))

    async def preview(self, request: web.Request) -> web.Response:
        """Show what members will be asked, and ask whether it should be."""
        if (subject := subject_of(request)) is None:
            return go_to(request, "votes")
        form, motion = await self._sent(request, subject, self._clock.now())
        if motion is None or await field(request, "action") == "change":
            return await self._form(request, form)
        language = words_for(request).language
        return self._renderer.page(
            request,
            "vote_preview.html",
            form=form,
            motion=motion,
            look=await self._look(request, subject),
            labels=[option_text(subject, value, language) for value in motion.values],
        )

    async def propose(self, request: web.Request) -> web.Response:
        """Put a question to all homes."""
        if (subject := subject_of(request)) is None:
            return go_to(request, "votes")
        author = self._author(request)
        form, motion = await self._sent(request, subject, author.at)
        if motion is None:
            return await self._form(request, form)
        try:
            await asyncio.to_thread(self._store.propose, motion, author)
        except VoteRefusedError as error:
            return await self._form(request, refused(form, error.refusal))
        self._village.votes_changed()
        return go_to(request, "votes", told="vote_proposed")

    async def withdraw(self, request: web.Request) -> web.Response:
        """Take back what has not opened yet."""
        author = self._author(request)
        try:
            await asyncio.to_thread(self._store.withdraw_vote, request.match_info["vote_id"], author)
        except VoteRefusedError:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="vote")
        return go_to(request, "votes", told="vote_withdrawn")

    async def ballots(self, request: web.Request) -> web.Response:
        """Hand out all ballots of a vote that is over, as anybody may count them again."""
        vote_id = request.match_info["vote_id"]
        try:
            told = await asyncio.to_thread(published, self._village, vote_id)
        except VoteRefusedError:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="vote")
        disposition = f'attachment; filename="ballots-{vote_id}.json"'
        return web.Response(
            text=told.model_dump_json(indent=2),
            content_type="application/json",
            headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
        )

    def _views(self, now: datetime) -> list[VoteView]:
        return [
            VoteView(
                vote,
                vote_options(vote),
                effects_basis(self._village, vote, as_it_is),
                self._store.turnout(vote.id),
            )
            for vote in self._store.votes(now - SHOWN_FOR)
        ]

    async def _sent(
        self, request: web.Request, subject: Subject, now: datetime
    ) -> tuple[MotionForm, Motion | None]:
        return await checked_form(request, self._store, self._village.current_plan(), subject, now)

    async def _look(self, request: web.Request, subject: Subject) -> FormLook:
        language = words_for(request).language
        return await asyncio.to_thread(
            form_look, self._store, self._village.current_plan(), subject, language
        )

    async def _form(self, request: web.Request, form: MotionForm) -> web.Response:
        return self._renderer.page(
            request,
            "vote_form.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            form=form,
            look=await self._look(request, form.subject),
        )

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "votes")
