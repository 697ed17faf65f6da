"""The page of what the village did together, and its yearly report."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from http import HTTPStatus

from aiohttp import hdrs, web

from battery_commons.account.keeping.gathering import day_of
from battery_commons.community.keeping.told import told
from battery_commons.community.period import Length, Period, period_with
from battery_commons.store import Store
from battery_commons.web.pages.community_view import CommunityView, community_view
from battery_commons.web.pages.paper_desk import Paper, PaperDesk
from battery_commons.web.pages.rendering import Renderer, download, words_for
from battery_commons.web.pages.report_content import Report
from battery_commons.web.pages.report_files import (
    KINDS,
    report_html,
    report_name,
    report_of,
    report_on_paper,
)
from battery_commons.web.pages.words.words import TEXTS, Words
from battery_commons.web.server import VillageServer

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A period that is asked for, and where to go from there."""

    view: CommunityView
    is_wrong: bool
    """Whether what was asked for is no period: this month is shown then."""
    choices: Sequence[tuple[str, str]]
    """Other periods, each by its word."""
    language: str | None
    """That the address asks for."""
    years: Sequence[int]
    """Of which there is a report."""


class CommunityPages:
    """The page, and the reports."""

    def __init__(self, village: VillageServer, renderer: Renderer) -> None:
        """Tell of `village`."""
        self._village = village
        self._renderer = renderer
        self._desk = PaperDesk()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/community", self.page),
            web.get(r"/community/report/{year:\d{4}}", self.paper),
            web.get(r"/community/report/{year:\d{4}}.{kind:pdf|html}", self.report),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show a period: the one asked for, or this month."""
        return self._renderer.page(request, "community.html", asked=await asked_for(self._village, request))

    async def paper(self, request: web.Request) -> web.Response:
        """Have a year's report drawn on paper, and show how far that is."""
        words, year = words_for(request), request.match_info["year"]
        return self._renderer.page(
            request,
            "paper.html",
            paper=await asked_paper(self._village, self._desk, request),
            part="community",
            name=words("community_report"),
            again=f"community/report/{year}",
            file=f"community/report/{year}.pdf",
            label=words("community_report_pdf", year=year),
            back="community",
            query={},
        )

    async def report(self, request: web.Request) -> web.Response:
        """Give a year's report as a file."""
        return await report_answer(self._village, self._desk, request)


async def asked_for(village: VillageServer, request: web.Request) -> Asked:
    """Return what both pages show of the period that is asked for."""
    store, now = village.store, village.clock.now()
    today = day_of(now)
    period = asked_period(request.query.get("period"), today)
    shown = period or this_month(today)
    view = await asyncio.to_thread(_view, store, shown, now, words_for(request))
    chosen = request.query.get("lang")
    return Asked(
        view,
        is_wrong=period is None,
        choices=choices(shown, today),
        language=chosen if chosen in TEXTS else None,
        years=await asyncio.to_thread(years, store),
    )


async def asked_paper(village: VillageServer, desk: PaperDesk, request: web.Request) -> Paper:
    """Return a year's report on paper, or how far it is; 404 for a year of which nothing is kept."""
    words = words_for(request)
    report = await _report(village, request, words)
    return await asyncio.to_thread(
        desk.ask, (report, words.language), partial(report_on_paper, report, words)
    )


async def report_answer(village: VillageServer, desk: PaperDesk, request: web.Request) -> web.Response:
    """Return a year's report as a file; 404 for a year of which nothing is kept.

    As long as it is not drawn on paper, leads to where that is shown.
    """
    year, kind = request.match_info["year"], request.match_info["kind"]
    words = words_for(request)
    if kind == "html":
        content = report_html(await _report(village, request, words), words).encode()
    else:
        drawn = (await asked_paper(village, desk, request)).content
        if drawn is None:
            there = f"{year}?{request.query_string}".rstrip("?")
            return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: there})
        content = drawn
    return download(content, f"{report_name(words, year)}.{kind}", KINDS[kind])


async def _report(village: VillageServer, request: web.Request, words: Words) -> Report:
    year = request.match_info["year"]
    if int(year) not in await asyncio.to_thread(years, village.store):
        raise web.HTTPNotFound(text=f"nothing is kept of {year}")
    now = village.clock.now()
    return await asyncio.to_thread(report_of, village.store, village.books, year, now, words)


def asked_period(text: str | None, today: date) -> Period | None:
    """Return the period that is asked for, this month where none is; None for what is none."""
    try:
        return this_month(today) if text is None else Period.read(text.strip())
    except ValueError:
        return None


def this_month(today: date) -> Period:
    """Return the month of the last day that is over."""
    return period_with(today - _DAY, Length.MONTH)


def choices(period: Period, today: date) -> list[tuple[str, str]]:
    """Return which periods can be gone to from this one, each by its word."""
    anchor = max(period.first, min(period.last, today - _DAY))
    found = [("before", period.before.text)]
    found += [(length.value, period_with(anchor, length).text) for length in Length]
    if period.after.first < today:
        found.append(("after", period.after.text))
    return found


def years(store: Store) -> Sequence[int]:
    """Return the years of which anything is kept, the newest first. Raises StoreError."""
    span = store.community_span()
    return [] if span is None else range(span[1].year, span[0].year - 1, -1)


def _view(store: Store, period: Period, now: datetime, words: Words) -> CommunityView:
    return community_view(told(store, period, now), words)
