"""The volunteer's pages about the account: its months, what came in, the ledger, and statements."""

import asyncio
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from aiohttp import web

from battery_commons.account.export import write_export
from battery_commons.account.keeping.gathering import begin
from battery_commons.account.ledger import BANK, FUND, GRID, Entry, stamp
from battery_commons.domain.csv_rows import lines
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.store.errors import KeptAlreadyError
from battery_commons.web.pages.account_forms import read_cents
from battery_commons.web.pages.account_view import account_view, home_names, month_view
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.money_pages import MoneyPages
from battery_commons.web.pages.paper_desk import Paper, PaperDesk
from battery_commons.web.pages.rendering import Renderer, download, go_to, words_for
from battery_commons.web.pages.statement_files import KINDS, statement_csv, statement_on_paper
from battery_commons.web.pages.statement_sheet import Sheet, heading, sheet_of
from battery_commons.web.pages.words.account_sentences import rule_of
from battery_commons.web.pages.words.words import Words
from battery_commons.web.server import VillageServer

PATH = "/account"
OTHER = "other"
"""What revenue is of that no signed contract brought in."""
MOST_LISTED = 500
_LONGEST_EVIDENCE = 200
_TOO_LATE = {"period": "account_too_late"}


class AccountPages(MoneyPages):
    """One method per page or form."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Have statements drawn on paper too."""
        super().__init__(village, renderer, author)
        self._desk = PaperDesk()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get(PATH, self.page),
            web.get(f"{PATH}/month", self.month),
            web.get(f"{PATH}/fairness", self.fairness),
            web.get(f"{PATH}/{{part:begin|close|correct|revenue}}", self._back),
            web.post(f"{PATH}/begin", self.begin),
            web.post(f"{PATH}/close", partial(self.close, again=False)),
            web.post(f"{PATH}/correct", partial(self.close, again=True)),
            web.post(f"{PATH}/revenue", self.add_revenue),
            web.post(f"{PATH}/revenue/remove", self.remove_revenue),
            web.get(f"{PATH}/statement/{{kind:{'|'.join(KINDS)}}}", self.statement),
            web.get(f"{PATH}/statement/paper", self.paper),
            web.get(f"{PATH}/ledger", self.ledger),
            web.get(f"{PATH}/ledger.csv", self.ledger_csv),
            web.get(f"{PATH}/export.zip", self.export),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show all months, and how the account stands."""
        view = await asyncio.to_thread(account_view, self._store, self._books, self._clock.now())
        return self._shown(request, "account.html", view=view)

    async def begin(self, request: web.Request) -> web.Response:
        """Begin the account, once a volunteer says that the members know."""
        if await field(request, "told") != "yes":
            return go_to(request, "account", told="account_members_first")
        await asyncio.to_thread(begin, self._store, self._author(request))
        return go_to(request, "account", told="account_begun")

    async def month(self, request: web.Request) -> web.Response:
        """Show one month."""
        return await self._month(request, typed={}, errors={})

    async def fairness(self, request: web.Request) -> web.Response:
        """Hold a month's sharing against what each home took off the peaks."""
        period = request.query.get("period", "")
        try:
            audits = await asyncio.to_thread(self._books.peak_audits, period)
            settlement = await asyncio.to_thread(self._books.settlement, period)
        except KeyError:
            return go_to(request, "account")
        places = {each.id: each.name for each in await asyncio.to_thread(self._store.transformers)}
        return self._shown(
            request,
            "account_fairness.html",
            period=period,
            audits=audits,
            shares={each.account: each.share_cents for each in settlement.homes},
            names=await asyncio.to_thread(home_names, self._store),
            places=places,
        )

    async def close(self, request: web.Request, *, again: bool) -> web.Response:
        """Close a month, or close it again."""
        period = request.query.get("period", "")
        work = self._books.correct if again else self._books.close
        try:
            await asyncio.to_thread(work, period, self._author(request))
        except KeyError, ValueError:
            return go_to(request, "account/month", period=period, told="month_not_closed")
        told = "month_corrected" if again else "month_closed"
        return go_to(request, "account/month", period=period, told=told)

    async def add_revenue(self, request: web.Request) -> web.Response:
        """Keep what a contract brought in."""
        period = request.query.get("period", "")
        typed = {name: await field(request, name) for name in ("contract", "eur", "evidence")}
        if not await asyncio.to_thread(self._books.can_change, period):
            return await self._month(request, typed, _TOO_LATE)
        errors, cents = {}, 0
        known = {OTHER, *(each.id for each in await asyncio.to_thread(self._store.contracts))}
        if typed["contract"] not in known:
            errors["contract"] = "account_wrong_contract"
        try:
            cents = read_cents(typed["eur"])
        except ValueError:
            errors["eur"] = "account_wrong_amount"
        if not 0 < len(typed["evidence"]) <= _LONGEST_EVIDENCE or not typed["evidence"].isprintable():
            errors["evidence"] = "account_wrong_evidence"
        if errors or period not in await asyncio.to_thread(self._store.account_months):
            return await self._month(request, typed, errors)
        what = period, typed["contract"], cents, typed["evidence"]
        try:
            await asyncio.to_thread(self._store.add_revenue, *what, self._author(request))
        except KeptAlreadyError:
            return await self._month(request, typed, {"evidence": "account_wrong_again"})
        return go_to(request, "account/month", period=period, told="revenue_added")

    async def remove_revenue(self, request: web.Request) -> web.Response:
        """Have an amount count no longer."""
        period, revenue_id = request.query.get("period", ""), request.query.get("id", "")
        kept = {each.id: each.period for each in await asyncio.to_thread(self._store.revenues)}
        if not await asyncio.to_thread(self._books.can_change, kept.get(revenue_id, period)):
            return await self._month(request, {}, _TOO_LATE)
        try:
            await asyncio.to_thread(self._store.remove_revenue, revenue_id, self._author(request))
        except NotFoundError:
            return go_to(request, "account/month", period=period)
        return go_to(request, "account/month", period=period, told="revenue_removed")

    async def statement(self, request: web.Request) -> web.Response:
        """Give a home's statement of a month.

        As long as it is not drawn on paper, leads to where that is shown.
        """
        kind, words = request.match_info["kind"], words_for(request)
        asked = _statement_asked(request)
        try:
            sheet = await asyncio.to_thread(sheet_of, self._store, self._books, *asked.values())
        except KeyError:
            return go_to(request, "account")
        if kind == "csv":
            body = statement_csv(sheet, words).encode()
        else:
            drawn = (await self._paper(sheet, words)).content
            if drawn is None:
                return go_to(request, "account/statement/paper", **asked)
            body = drawn
        return download(body, f"{sheet.file_name}.{kind}", KINDS[kind])

    async def paper(self, request: web.Request) -> web.Response:
        """Have a statement drawn on paper, and show how far that is."""
        asked, words = _statement_asked(request), words_for(request)
        try:
            sheet = await asyncio.to_thread(sheet_of, self._store, self._books, *asked.values())
        except KeyError:
            return go_to(request, "account")
        return self._renderer.page(
            request,
            "paper.html",
            paper=await self._paper(sheet, words),
            part="account",
            name=heading(sheet, words),
            again="account/statement/paper",
            file="account/statement/pdf",
            label=words("statement_pdf"),
            back="account/month",
            query=asked,
        )

    async def _paper(self, sheet: Sheet, words: Words) -> Paper:
        work = partial(statement_on_paper, sheet, words)
        return await asyncio.to_thread(self._desk.ask, (sheet, words.language), work)

    async def ledger(self, request: web.Request) -> web.Response:
        """Show the newest entries."""
        entries = await asyncio.to_thread(self._books.entries)
        names = await asyncio.to_thread(home_names, self._store)
        return self._shown(
            request,
            "account_ledger.html",
            entries=entries[: -MOST_LISTED - 1 : -1],
            all=len(entries),
            contracts=await self._contracts(),
            names=names | _own_accounts(request),
        )

    async def ledger_csv(self, _request: web.Request) -> web.Response:
        """Give all entries as a table, as they are hashed."""
        entries = await asyncio.to_thread(self._books.entries)
        return download(_csv(entries).encode(), "ledger.csv", "text/csv")

    async def export(self, _request: web.Request) -> web.Response:
        """Give everything, to be checked."""
        body = await asyncio.to_thread(self._exported)
        return download(body, "account.zip", "application/zip")

    def _exported(self) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "account.zip")
            write_export(file, self._books.export())
            return file.read_bytes()

    async def _month(
        self, request: web.Request, typed: dict[str, str], errors: dict[str, str]
    ) -> web.Response:
        period, now = request.query.get("period", ""), self._clock.now()
        try:
            view = await asyncio.to_thread(month_view, self._store, self._books, period, now)
        except KeyError:
            return go_to(request, "account")
        return self._shown(
            request,
            "account_month.html",
            is_wrong=bool(errors),
            view=view,
            typed={"contract": "", "eur": "", "evidence": ""} | typed,
            errors=errors,
            contracts=await self._contracts(),
            other=OTHER,
            rule=rule_of(words_for(request), view.terms.rules),
        )

    async def _contracts(self) -> dict[str, str]:
        """Return what each contract is called, by its id, without its kind."""
        contracts = await asyncio.to_thread(self._store.contracts)
        return {
            each.id: f"{each.contract.kind.value.upper()}, {each.contract.operator}" for each in contracts
        }

    async def _back(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, "account")


def _statement_asked(request: web.Request) -> dict[str, str]:
    return {name: request.query.get(name, "") for name in ("period", "account")}


def _own_accounts(request: web.Request) -> dict[str, str]:
    words = words_for(request)
    return {GRID: words("account_grid"), FUND: words("account_of_fund"), BANK: words("account_of_bank")}


def _csv(entries: list[Entry]) -> str:
    heads = ("number", "at", "period", "account", "kind", "cents", "detail", "corrects", "previous", "hash")
    rows = [
        (
            each.number,
            stamp(each.at),
            each.period,
            each.account,
            each.kind.value,
            each.cents,
            each.detail,
            each.corrects,
            each.previous,
            each.hash,
        )
        for each in entries
    ]
    return lines([heads, *rows])
