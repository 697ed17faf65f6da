"""What stands on a home's statement of a month, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from battery_commons.account.basis import MonthRules
from battery_commons.account.closing import closed_periods
from battery_commons.account.keeping.books import Books
from battery_commons.account.ledger import balances
from battery_commons.account.statement import Statement
from battery_commons.store import Store
from battery_commons.web.pages.words.account_sentences import meaning, money, month_name
from battery_commons.web.pages.words.words import Words


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on a statement."""

    village: str
    home: str | None
    """What the home is called; None once it has left."""
    statement: Statement
    rules: MonthRules
    is_draft: bool
    balance_cents: int
    """Of all that is booked, the day the sheet is made."""

    @property
    def file_name(self) -> str:
        """What a file of it is called, but for its kind."""
        return f"statement-{self.statement.period}-{self.statement.account}"


def sheet_of(store: Store, books: Books, period: str, account: str) -> Sheet:
    """Return a home's statement. Raises KeyError for a month or member that there is not, and StoreError."""
    entries = books.entries()
    homes = {home.id: home.name for home in store.homes()}
    names = {each.account: homes.get(each.home_id or "") for each in store.memberships()}
    return Sheet(
        store.village().name,
        names.get(account),
        books.statement(period, account),
        books.terms(period).rules,
        is_draft=period not in closed_periods(entries),
        balance_cents=balances(entries).get(account, 0),
    )


def told_lines(sheet: Sheet, words: Words) -> Iterator[tuple[str, int | None, str]]:
    """Yield each line: what it is called, its amount in cents where it has one, and what it means."""
    for line in sheet.statement.lines:
        yield words(f"line_{line.key.value}"), line.cents, meaning(words, line, sheet.rules)


def heading(sheet: Sheet, words: Words) -> str:
    """Return what a statement is called."""
    return words("statement_title", period=month_name(words, sheet.statement.period))


def about(sheet: Sheet, words: Words) -> str:
    """Return whose statement it is."""
    home = sheet.home or words("account_home_left")
    return words("statement_for", village=sheet.village, home=home, account=sheet.statement.account)


def balance(sheet: Sheet, words: Words) -> str:
    """Return what the account stands at."""
    return words("statement_balance", amount=money(words, sheet.balance_cents))
