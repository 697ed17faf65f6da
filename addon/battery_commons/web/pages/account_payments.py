"""The treasurer's page: what is to be paid, as a file for the bank, and what was paid or used."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module

from aiohttp import web

from battery_commons.account.closing import closed_periods
from battery_commons.account.keeping.books import Books, Due
from battery_commons.account.keeping.gathering import day_of
from battery_commons.account.ledger import FUND, balances
from battery_commons.account.payment_list import Payment, PaymentList, as_csv
from battery_commons.domain.iban import BankAccount
from battery_commons.store import Store
from battery_commons.store.ledger import MeanwhileError
from battery_commons.store.records import Village
from battery_commons.web.pages.account_forms import BankForm, read_cents, read_day
from battery_commons.web.pages.account_view import home_names
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.money_pages import MoneyPages
from battery_commons.web.pages.naming import in_order
from battery_commons.web.pages.rendering import download, go_to, words_for
from battery_commons.web.pages.words.words import Words

PATH = "/account/payments"
_USUALLY_AHEAD = timedelta(days=2)
_LONGEST_PURPOSE = 200
_MOST_DIGITS = 16
_FILES = {"xml": "application/xml", "csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class PaymentsView:
    """What is due, and to whom."""

    payable: Sequence[tuple[Due, BankAccount]]
    """Due to homes whose bank account is known."""
    others: Sequence[Due]
    """What is due to others, or by homes."""
    names: Mapping[str, str]
    """Of homes, by account."""
    own: BankAccount | None
    fund_cents: int
    last_entry: int
    until: str
    """The last month that is closed; empty before there is one."""

    @property
    def sum_cents(self) -> int:
        """What is payable together."""
        return sum(due.cents for due, _ in self.payable)


def payments_view(store: Store, books: Books) -> PaymentsView:
    """Return what is due. Raises StoreError."""
    entries = books.entries()
    accounts = store.bank_accounts()
    payable, others = [], []
    names = home_names(store)
    for due in sorted(books.dues(), key=lambda due: in_order(names.get(due.account, due.account))):
        account = accounts.get(due.home_id or "")
        if due.cents > 0 and account is not None:
            payable.append((due, account))
        elif due.cents:
            others.append(due)
    return PaymentsView(
        payable,
        others,
        names,
        store.own_bank_account(),
        balances(entries).get(FUND, 0),
        entries[-1].number if entries else 0,
        next(reversed(closed_periods(entries)), ""),
    )


def payment_list(view: PaymentsView, village: Village, on: date, at: datetime, words: Words) -> PaymentList:
    """Return the payments of a view, for a bank.

    Raises ValueError where there is nothing to pay, or nobody has said from where.
    """
    if view.own is None:
        raise ValueError("nobody has said from which bank account is paid")
    payments = [
        Payment(
            due.account,
            account,
            due.cents,
            words("payments_remark", village=village.name, account=due.account, period=view.until),
        )
        for due, account in view.payable
    ]
    # Of the same balances and for the same day it has the same id: no bank takes that twice.
    return PaymentList(f"{village.id[:8]}-{view.last_entry}-{on:%y%m%d}", at, on, view.own, payments)


class PaymentPages(MoneyPages):
    """One method per page or form."""

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get(PATH, self.page),
            web.get(f"{PATH}/list.{{kind:{'|'.join(_FILES)}}}", self.download),
            web.get(f"{PATH}/{{part:own|book|one|fund}}", self._back),
            web.post(f"{PATH}/own", self.keep_own),
            web.post(f"{PATH}/book", self.book),
            web.post(f"{PATH}/one", self.book_one),
            web.post(f"{PATH}/fund", self.use_fund),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show what is due, and the forms."""
        return await self._page(request)

    async def download(self, request: web.Request) -> web.Response:
        """Give the list as a file."""
        kind = request.match_info["kind"]
        view = await asyncio.to_thread(payments_view, self._store, self._books)
        village = await asyncio.to_thread(self._store.village)
        on = self._day(request.query.get("on", ""))
        try:
            told = payment_list(view, village, on, self._clock.now(), words_for(request))
        except ValueError:
            return go_to(request, PATH[1:])
        body = await asyncio.to_thread(_as_sepa, told) if kind == "xml" else as_csv(told).encode()
        return download(body, f"payments-{on}.{kind}", _FILES[kind])

    async def keep_own(self, request: web.Request) -> web.Response:
        """Keep from where the community pays."""
        form = await BankForm.filled_in(request)
        if form.given is None:
            return await self._page(request, own=form)
        await asyncio.to_thread(self._store.put_own_bank_account, form.given, self._author(request))
        return go_to(request, PATH[1:], told="bank_account_kept")

    async def book(self, request: web.Request) -> web.Response:
        """Book that the whole list was paid, as it was shown."""
        view = await asyncio.to_thread(payments_view, self._store, self._books)
        amounts = {due.account: due.cents for due, _ in view.payable}
        try:
            on, seen = read_day(await field(request, "on")), await _seen(request)
            await asyncio.to_thread(self._books.pay, amounts, on, self._author(request), seen=seen)
        except ValueError:
            return go_to(request, PATH[1:], told="payments_not_booked")
        return go_to(request, PATH[1:], told="payments_booked")

    async def book_one(self, request: web.Request) -> web.Response:
        """Book what was paid by hand."""
        typed = {name: await field(request, name) for name in ("account", "eur", "on")}
        errors, cents, on = {}, 0, date.min
        try:
            cents = read_cents(typed["eur"])
        except ValueError:
            errors["eur"] = "account_wrong_amount"
        try:
            on = read_day(typed["on"])
        except ValueError:
            errors["on"] = "account_wrong_day"
        if errors:
            return await self._page(request, one=typed, errors=errors)
        amounts = {typed["account"]: cents}
        try:
            seen = await _seen(request)
            await asyncio.to_thread(self._books.pay, amounts, on, self._author(request), seen=seen)
        except MeanwhileError:
            return go_to(request, PATH[1:], told="payments_not_booked")
        except ValueError:
            return await self._page(request, one=typed, errors={"eur": "account_wrong_due"})
        return go_to(request, PATH[1:], told="payments_booked")

    async def use_fund(self, request: web.Request) -> web.Response:
        """Book what the fund was used for."""
        typed = {name: await field(request, name) for name in ("fund_eur", "purpose")}
        purpose = typed["purpose"]
        if not 0 < len(purpose) <= _LONGEST_PURPOSE or not purpose.isprintable():
            return await self._page(request, fund=typed, errors={"purpose": "account_wrong_evidence"})
        try:
            cents = read_cents(typed["fund_eur"])
            by, seen = self._author(request), await _seen(request)
            await asyncio.to_thread(self._books.use_fund, cents, purpose, by, seen=seen)
        except MeanwhileError:
            return go_to(request, PATH[1:], told="payments_not_booked")
        except ValueError:
            return await self._page(request, fund=typed, errors={"fund_eur": "account_wrong_fund"})
        return go_to(request, PATH[1:], told="fund_used")

    async def _page(
        self,
        request: web.Request,
        own: BankForm | None = None,
        one: Mapping[str, str] | None = None,
        fund: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> web.Response:
        view = await asyncio.to_thread(payments_view, self._store, self._books)
        on = self._day(request.query.get("on", ""))
        return self._shown(
            request,
            "account_payments.html",
            is_wrong=bool(errors) or bool(own and own.errors),
            view=view,
            on=on,
            own=own or BankForm.of(view.own),
            one=one or {"account": "", "eur": "", "on": day_of(self._clock.now()).isoformat()},
            fund=fund or {"fund_eur": "", "purpose": ""},
            errors=errors or {},
        )

    def _day(self, typed: str) -> date:
        """Return the day on which is to be paid: what was asked for, or one that banks can still do."""
        usual = day_of(self._clock.now() + _USUALLY_AHEAD)
        try:
            return max(read_day(typed), day_of(self._clock.now()))
        except ValueError:
            return usual

    async def _back(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, PATH[1:])


async def _seen(request: web.Request) -> int:
    """Return the last entry of the ledger as the page showed it: what is sent twice is booked once."""
    typed = await field(request, "last_entry")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < _MOST_DIGITS else -1


def _as_sepa(told: PaymentList) -> bytes:
    # Writing XML takes memory that a coordinator needs a few times a year.
    xml: bytes = import_module("battery_commons.account.sepa").as_sepa(told)
    return xml
