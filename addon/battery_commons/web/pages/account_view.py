"""What the account's pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from battery_commons.account.closing import closed_periods
from battery_commons.account.keeping.books import GRACE, Books, MonthState, state_of
from battery_commons.account.keeping.gathering import MonthTerms, day_of
from battery_commons.account.keeping.keeper import CLOSES_AFTER
from battery_commons.account.ledger import BANK, FUND, GRID, SETTLED, Entry, balances
from battery_commons.account.period import month_grid, next_period
from battery_commons.account.settle import HomeSettlement, MonthSettlement
from battery_commons.account.tables import QUARTER_HOURS
from battery_commons.store import Store
from battery_commons.store.account_months import KeptRevenue
from battery_commons.web.pages.naming import in_order


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in the list of all."""

    period: str
    state: MonthState
    revenue_cents: int
    homes_cents: int | None
    """None until it was closed."""
    fund_cents: int | None


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account as a whole."""

    months: Sequence[MonthRow]
    """The newest first."""
    fund_cents: int
    owed_cents: int
    """What the community still owes homes to make them whole."""
    due_cents: int
    """To homes."""
    owing_cents: int
    """By homes."""
    paid_cents: int


@dataclass(frozen=True, slots=True)
class HomeRow:
    """What a month comes to for one home."""

    settled: HomeSettlement
    name: str | None
    """None once the home has left."""


@dataclass(frozen=True, slots=True)
class MonthView:
    """One month."""

    period: str
    state: MonthState
    can_close: bool
    is_next: bool
    closable_from: date
    closes_on: date
    settlement: MonthSettlement
    homes: Sequence[HomeRow]
    former: Mapping[str, int]
    """By account of a home that was no member any more, what was owed to it and is received now."""
    terms: MonthTerms
    can_change: bool
    """Whether what is typed for it can still be booked."""
    revenues: Sequence[KeptRevenue]
    changed: Sequence[str]
    """What it rests on by now that it was not closed by, by kind of table."""

    @property
    def homes_cents(self) -> int:
        """What all homes get together."""
        return self.sums["account_total"]

    @property
    def sums(self) -> dict[str, int]:
        """What each column of amounts comes to, by its heading (web/pages/words/account.py)."""
        homes, former = [each.settled for each in self.homes], sum(self.former.values())
        return {
            "account_made_whole": sum(each.made_whole_cents for each in homes),
            "account_claim": sum(each.claim_cents + each.shortage_cents for each in homes) + former,
            "account_share": sum(each.share_cents for each in homes),
            "account_total": sum(each.total_cents for each in homes) + former,
        }


def account_view(store: Store, books: Books, now: datetime) -> AccountView:
    """Return the whole account. Raises StoreError."""
    entries = books.entries()
    closed, due, dues = closed_periods(entries), balances(entries), books.dues()
    typed: dict[str, int] = {}
    for each in store.revenues():
        typed[each.period] = typed.get(each.period, 0) + each.cents
    months = []
    for period in reversed(store.account_months()):
        state = MonthState.CORRECTABLE if period in books.proposed else state_of(period, closed, now)
        months.append(_month_row(period, state, typed.get(period, 0), entries))
    return AccountView(
        months,
        due.get(FUND, 0),
        sum(each.claim_cents for each in dues),
        sum(max(each.cents, 0) for each in dues),
        -sum(min(each.cents, 0) for each in dues),
        due.get(BANK, 0),
    )


def month_view(store: Store, books: Books, period: str, now: datetime) -> MonthView:
    """Return one month. Raises KeyError for one that the account does not know, and StoreError."""
    terms = books.terms(period)
    closed = closed_periods(books.entries())
    state = state_of(period, closed, now)
    changed = books.changed_tables(period) if state is MonthState.CLOSED else []
    settlement = books.settlement(period)
    names = home_names(store)
    end = month_grid(period).end
    first = next(iter(store.account_months()))
    is_next = period == (next_period(closed[-1]) if closed else first)
    return MonthView(
        period,
        MonthState.CORRECTABLE if changed else state,
        is_next and state is MonthState.DRAFT,
        is_next,
        day_of(end + GRACE),
        day_of(end + CLOSES_AFTER),
        settlement,
        sorted(
            (HomeRow(each, names.get(each.account)) for each in settlement.homes),
            key=lambda row: (row.name is None, in_order(row.name or row.settled.account)),
        ),
        settlement.former_claims,
        terms,
        books.can_change(period),
        store.revenues(period),
        sorted({"quarter_hours" if each.startswith(QUARTER_HOURS) else each for each in changed}),
    )


def home_names(store: Store) -> dict[str, str]:
    """Return by account what its home is called; those of homes that have left are not there."""
    names = {home.id: home.name for home in store.homes()}
    return {each.account: names[each.home_id] for each in store.memberships() if each.home_id in names}


def _month_row(period: str, state: MonthState, typed_cents: int, entries: Sequence[Entry]) -> MonthRow:
    """Return a month with what was booked, or as long as it is open with what was typed."""
    if state not in {MonthState.CLOSED, MonthState.CORRECTABLE}:
        return MonthRow(period, state, typed_cents, None, None)
    settled = [each for each in entries if each.period == period and each.kind in SETTLED]
    of_grid = sum(each.cents for each in settled if each.account == GRID)
    of_fund = sum(each.cents for each in settled if each.account == FUND)
    return MonthRow(period, state, -of_grid, -of_grid - of_fund, of_fund)
