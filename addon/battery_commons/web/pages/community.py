"""The page of what the village did together, and its yearly report."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from aiohttp import hdrs, web

from battery_commons.account_gathering import day_of
from battery_commons.community.period import Length, Period, period_with
from battery_commons.community_told import told
from battery_commons.store import Store
from battery_commons.web.pages.community_view import CommunityView, community_view
from battery_commons.web.pages.rendering import Renderer, words_for
from battery_commons.web.pages.report_files import KINDS, report_file, report_name, year_of
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

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/community", self.page),
            web.get(r"/community/report/{year:\d{4}}.{kind:pdf|html}", self.report),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show a period: the one asked for, or this month."""
        return self._renderer.page(request, "community.html", asked=await asked_for(self._village, request))

    async def report(self, request: web.Request) -> web.Response:
        """Give a year's report as a file."""
        return await report_answer(self._village, request)


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


async def report_answer(village: VillageServer, request: web.Request) -> web.Response:
    """Return a year's report as a file; 404 for a year of which nothing is kept."""
    year, kind = request.match_info["year"], request.match_info["kind"]
    if int(year) not in await asyncio.to_thread(years, village.store):
        raise web.HTTPNotFound(text=f"nothing is kept of {year}")
    words = words_for(request)
    content = await asyncio.to_thread(_file, village, year, kind, words)
    return web.Response(
        body=content,
        content_type=KINDS[kind],
        charset="utf-8" if kind == "html" else None,
        status=HTTPStatus.OK,
        headers={
            "Cache-Control": "no-store",
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{report_name(words, year)}.{kind}"',
        },
    )


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


def _file(village: VillageServer, year: str, kind: str, words: Words) -> bytes:
    return report_file(year_of(village.store, village.books, year, village.clock.now()), kind, words)


def _view(store: Store, period: Period, now: datetime, words: Words) -> CommunityView:
    return community_view(told(store, period, now), words)
