"""The members' pages: entered by a one-time link, bound to one home, and for votes.

The ballot is made, blinded and unblinded in the browser (static/ballot.js); it is cast at the members' API
without the cookie of these pages, whose path does not reach that far.
"""

import asyncio
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from battery_commons.store.audit import Author
from battery_commons.store.records import Home
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.vote import Refusal, VoteRefusedError
from battery_commons.voting.words import option_text, subject_text
from battery_commons.web.members.errors import ApiError
from battery_commons.web.members.page.sessions import SESSION_LASTS, PageSessions
from battery_commons.web.members.votes import MEMBER, VoteCalls
from battery_commons.web.pages import rendering
from battery_commons.web.pages.community import asked_for, asked_paper, report_answer
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.motion_form import MotionForm, checked_form, form_look, refused, subject_of
from battery_commons.web.pages.paper_desk import PaperDesk
from battery_commons.web.pages.words.words import TEXTS
from battery_commons.web.server import VillageServer
from battery_commons.web.told_votes import as_it_is, homes_votes
from battery_commons.wire.votes import PageLink

COOKIE = "battery_commons_page"
_PATH = "/page"
_HERE = Path(__file__).parent
_SHARED = Path(rendering.__file__).parent
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Without a referrer at all, browsers do not say either from which site a form comes.
    "Referrer-Policy": "same-origin",
}


class MemberPages:
    """One method per page or form, and one for the link that leads to them."""

    def __init__(self, village: VillageServer, sessions: PageSessions | None = None) -> None:
        """Show `village` to its homes."""
        self._village = village
        self._store = village.store
        self._sessions = sessions or PageSessions()
        self._desk = PaperDesk()
        self._votes = VoteCalls(village, self._visitor)
        self._environment = Environment(
            loader=FileSystemLoader([_HERE / "templates", _SHARED / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        """Return what is served."""
        return [
            web.get("/page/enter/{code}", self.ask),
            web.post("/page/enter/{code}", self.enter),
            web.post("/page/leave", self.leave),
            web.get("/page/", self.votes),
            web.get("/page/community", self.community),
            web.post("/page/shown", self.show),
            web.get(r"/page/report/{year:\d{4}}", self.paper),
            web.get(r"/page/report/{year:\d{4}}.{kind:pdf|html}", self.report),
            web.post("/page/votes/{vote_id}/sign", self.sign),
            web.get("/page/propose/{subject}", self.form),
            web.post("/page/propose/{subject}", self.propose),
            web.get("/page/votes/{vote_id}/ballots", self._votes.ballots),
            web.static("/page/static", _HERE / "static"),
            web.static("/page/shared", _SHARED / "static"),
        ]

    def link(self, home: Home) -> PageLink:
        """Return a way to a home's page, for its resident's browser."""
        code, until = self._sessions.new_link(home.id)
        return PageLink(path=f"{_PATH}/enter/{code}", expires_at=until)

    async def ask(self, request: web.Request) -> web.Response:
        """Ask whether to go on: what looks links up beforehand does not press buttons."""
        if not self._sessions.is_link(request.match_info["code"]):
            return self._page(request, "page_over.html", HTTPStatus.GONE)
        return self._page(request, "page_enter.html")

    async def enter(self, request: web.Request) -> web.Response:
        """Let a browser in, and use the link up."""
        if not _is_own(request):
            return self._page(request, "page_over.html", HTTPStatus.FORBIDDEN)
        session = self._sessions.enter(request.match_info["code"])
        if session is None:
            return self._page(request, "page_over.html", HTTPStatus.GONE)
        answer = _see("../", request)
        answer.set_cookie(
            COOKIE,
            session,
            path=_PATH,
            max_age=int(SESSION_LASTS.total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )
        return answer

    async def leave(self, request: web.Request) -> web.Response:
        """End a browser's visit."""
        self._sessions.leave(request.cookies.get(COOKIE, ""))
        answer = self._page(request, "page_over.html")
        answer.del_cookie(COOKIE, path=_PATH)
        return answer

    async def votes(self, request: web.Request) -> web.Response:
        """Show the votes, what they would do to this home, and the ballot."""
        if (home := await self._seen(request)) is None:
            return self._page(request, "page_over.html", HTTPStatus.UNAUTHORIZED)
        language = rendering.words_for(request).language
        return self._page(
            request,
            "page_votes.html",
            home=home,
            village=await asyncio.to_thread(self._store.village),
            subjects={each.value: subject_text(each, language) for each in Subject},
            votes=await asyncio.to_thread(homes_votes, self._village, home, as_it_is),
        )

    async def form(self, request: web.Request) -> web.Response:
        """Show the form that puts a question about one subject to all homes."""
        if (subject := subject_of(request)) is None or await self._seen(request) is None:
            return self._page(request, "page_over.html", HTTPStatus.NOT_FOUND)
        settings = await asyncio.to_thread(self._store.settings)
        return await self._form(request, MotionForm.empty(subject, settings, self._village.clock.now()))

    async def propose(self, request: web.Request) -> web.Response:
        """Look at a question first, then put it to all homes as this home's."""
        home = await self._seen(request)
        if (subject := subject_of(request)) is None or home is None or not _is_own(request):
            return self._page(request, "page_over.html", HTTPStatus.FORBIDDEN)
        now = self._village.clock.now()
        plan = self._village.current_plan()
        form, motion = await checked_form(request, self._store, plan, subject, now)
        if motion is None:
            return await self._form(request, form)
        if await field(request, "action") != "propose":
            return await self._form(request, form, motion)
        if home.suspended_at is not None:
            return await self._form(request, refused(form, Refusal.SUSPENDED))
        try:
            await asyncio.to_thread(self._store.propose, motion, Author(MEMBER, now), home.id)
        except VoteRefusedError as error:
            return await self._form(request, refused(form, error.refusal))
        self._village.votes_changed()
        return _see("../", request)

    async def _form(
        self, request: web.Request, form: MotionForm, motion: Motion | None = None
    ) -> web.Response:
        """Show the form, or what it says where that may be put to the vote."""
        language = rendering.words_for(request).language
        look = await asyncio.to_thread(
            form_look, self._store, self._village.current_plan(), form.subject, language
        )
        values = motion.values if motion else []
        return self._page(
            request,
            "page_propose.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            form=form,
            look=look,
            motion=motion,
            labels=[option_text(form.subject, value, language) for value in values],
        )

    async def _seen(self, request: web.Request) -> Home | None:
        try:
            return await self._visitor(request)
        except ApiError:
            return None

    async def community(self, request: web.Request) -> web.Response:
        """Show what the village did together, and whether this home is shown by name."""
        try:
            home = await self._visitor(request)
        except ApiError:
            return self._page(request, "page_over.html", HTTPStatus.UNAUTHORIZED)
        asked = await asked_for(self._village, request)
        is_shown = home.id in await asyncio.to_thread(self._store.shown_homes)
        return self._page(request, "page_community.html", home=home, is_shown=is_shown, asked=asked)

    async def show(self, request: web.Request) -> web.Response:
        """Have this page's home be shown by name, or not any more."""
        if not _is_own(request):
            raise ApiError(HTTPStatus.FORBIDDEN, "not_own_page", "Only the home's own page may ask this.")
        home = await self._visitor(request)
        shown = (await request.post()).get("shown") == "yes"
        now = self._village.clock.now()
        await asyncio.to_thread(self._store.show_home, home.id, now, shown=shown)
        return _see("community", request)

    async def paper(self, request: web.Request) -> web.Response:
        """Have a year's report drawn on paper, and show how far that is."""
        await self._visitor(request)
        paper = await asked_paper(self._village, self._desk, request)
        chosen = request.query.get("lang")
        return self._page(
            request,
            "page_paper.html",
            paper=paper,
            year=request.match_info["year"],
            language=chosen if chosen in TEXTS else None,
        )

    async def report(self, request: web.Request) -> web.Response:
        """Give a year's report as a file."""
        await self._visitor(request)
        return await report_answer(self._village, self._desk, request)

    async def sign(self, request: web.Request) -> web.Response:
        """Sign the ballot of this page's home, as the members' API does."""
        if not _is_own(request):
            raise ApiError(HTTPStatus.FORBIDDEN, "not_own_page", "Only the home's own page may ask this.")
        return await self._votes.sign(request)

    async def _visitor(self, request: web.Request) -> Home:
        """Return whose page is looked at. Raises ApiError where it is nobody's (any more)."""
        home_id = self._sessions.home_of(request.cookies.get(COOKIE, ""))
        home = None if home_id is None else await asyncio.to_thread(self._store.home, home_id)
        if home is None:
            raise ApiError(
                HTTPStatus.UNAUTHORIZED, "page_over", "This page is over. Open it again from Home Assistant."
            )
        return home

    def _page(
        self, request: web.Request, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object
    ) -> web.Response:
        words = rendering.words_for(request)
        text = self._environment.get_template(template).render(
            words=words,
            root="../" * (request.path.count("/") - 2) or "./",
            subject_text=lambda subject: subject_text(subject, words.language),
            **values,
        )
        return web.Response(text=text, content_type="text/html", status=status, headers=_HEADERS)


def _is_own(request: web.Request) -> bool:
    """Return whether a page of this address asks: cookies alone would come with other sites' forms too."""
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get(hdrs.ORIGIN, "")).netloc.lower() == request.host.lower()


def _see(path: str, request: web.Request) -> web.Response:
    language = request.query.get("lang")
    where = f"{path}?lang={language}" if language in {"en", "nl"} else path
    return web.Response(status=HTTPStatus.SEE_OTHER, headers=_HEADERS | {"Location": where})
