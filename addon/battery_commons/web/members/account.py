"""A home's own account: its months, its statements, and the tariff that it pays."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus

import structlog
from aiohttp import web

from battery_commons.account.closing import closed_periods
from battery_commons.account.keeping.books import Due
from battery_commons.account.keeping.gathering import day_of
from battery_commons.store.records import Home
from battery_commons.web.members import calls
from battery_commons.web.members.body import message
from battery_commons.web.members.errors import ApiError
from battery_commons.web.pages.paper_desk import PaperDesk
from battery_commons.web.pages.statement_files import statement_csv, statement_on_paper
from battery_commons.web.pages.statement_sheet import Sheet, sheet_of, told_lines
from battery_commons.web.pages.words.words import TEXTS, Words
from battery_commons.web.server import VillageServer
from battery_commons.wire import account as wire

BACK = timedelta(days=31)
"""So far back a home may say itself what it paid; a volunteer may further, and months are then corrected."""
AHEAD = timedelta(days=366)
PATIENCE_S = 5.0
"""So long a statement's answer waits for its paper: a home waits for ten seconds."""
_LOOK_EVERY_S = 0.2

_LOGGER = structlog.get_logger(__name__)


class AccountCalls:
    """One method per call."""

    def __init__(self, village: VillageServer, caller: Callable[[web.Request], Awaitable[Home]]) -> None:
        """Answer from the books of `village`; `caller` says which home calls, or raises ApiError."""
        self._store = village.store
        self._books = village.books
        self._clock = village.clock
        self._caller = caller
        self._desk = PaperDesk()

    def served(self) -> Mapping[calls.Call, calls.Answering]:
        """Return what is answered, by call."""
        return {
            calls.OWN_ACCOUNT: self.account,
            calls.OWN_STATEMENT: self.statement,
            calls.TELL_TARIFF: self.tariff,
        }

    async def account(self, request: web.Request) -> web.Response:
        """Tell a home its months and its balance."""
        home = await self._caller(request)
        told = await asyncio.to_thread(self._account, home)
        return web.json_response(told.model_dump(mode="json"))

    async def statement(self, request: web.Request) -> web.Response:
        """Give a home its statement of a closed month, in lines, as a table and on paper."""
        home = await self._caller(request)
        period, language = request.match_info["period"], request.match_info["language"]
        if language not in TEXTS:
            raise ApiError(HTTPStatus.NOT_FOUND, "not_found", "Statements are in English (en) or Dutch (nl).")
        words = Words(language)
        sheet = await asyncio.to_thread(self._sheet, home, period)
        if sheet is None:
            raise ApiError(HTTPStatus.NOT_FOUND, "not_found", "Ask for a month that is closed, as 2026-11.")
        pdf = await self._on_paper(sheet, words)
        told = wire.OwnStatement(
            account=sheet.statement.account,
            period=period,
            lines=[
                wire.StatementLine(name=name, cents=cents, meaning=what)
                for name, cents, what in told_lines(sheet, words)
            ],
            csv=statement_csv(sheet, words),
            pdf=None if pdf is None else base64.b64encode(pdf).decode(),
        )
        return web.json_response(told.model_dump(mode="json"))

    async def tariff(self, request: web.Request) -> web.Response:
        """Take note of what a home pays for energy, from a day on."""
        home = await self._caller(request)
        told = await message(request, calls.TELL_TARIFF)
        today = day_of(self._clock.now())
        first_day = self._village_day(told.first_day)
        if first_day is None or not today - BACK <= first_day <= today + AHEAD:
            days = f"from {BACK.days} days ago to a year ahead"
            raise ApiError(HTTPStatus.BAD_REQUEST, "malformed", f"first_day: a day {days}")
        await asyncio.to_thread(self._store.put_home_tariff, home.id, first_day, told.tariff())
        _LOGGER.info("home_tariff_told", home_id=home.id)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    def _village_day(self, wall: date) -> date | None:
        """Return which day it is in the village when it is `wall` outside: another in a demonstration."""
        today = day_of(self._clock.to_wall(self._clock.now()))
        try:
            return day_of(self._clock.now()) + (wall - today)
        except OverflowError:
            return None

    def _due(self, home: Home) -> Due | None:
        return next((each for each in self._books.dues() if each.home_id == home.id), None)

    def _account(self, home: Home) -> wire.OwnAccount:
        due = self._due(home)
        return wire.OwnAccount(
            account=due.account if due else None,
            balance_cents=due.cents if due else 0,
            owed_cents=due.claim_cents if due else 0,
            fund_cents=self._books.fund_cents(),
            months=[
                wire.AccountMonth(
                    period=each.period,
                    made_whole_cents=each.made_whole_cents,
                    claim_cents=each.claim_cents,
                    shortage_cents=each.shortage_cents,
                    share_cents=each.share_cents,
                    total_cents=each.total_cents,
                    paid_cents=each.paid_cents,
                    is_closed=each.is_closed,
                    is_corrected=each.is_corrected,
                )
                for each in (self._books.own_months(due.account) if due else [])
            ],
        )

    def _sheet(self, home: Home, period: str) -> Sheet | None:
        due = self._due(home)
        if due is None or period not in closed_periods(self._books.entries()):
            return None
        try:
            return sheet_of(self._store, self._books, period, due.account)
        except KeyError:
            return None

    async def _on_paper(self, sheet: Sheet, words: Words) -> bytes | None:
        """Return a statement on paper, drawn beside the coordinator; None where that fails or takes long."""
        work, clock = partial(statement_on_paper, sheet, words), asyncio.get_running_loop()
        until = clock.time() + PATIENCE_S
        while True:
            paper = await asyncio.to_thread(self._desk.ask, (sheet, words.language), work)
            if paper.share is None or clock.time() >= until:
                return paper.content
            await asyncio.sleep(_LOOK_EVERY_S)
