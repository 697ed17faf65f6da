"""The account in sums: what all homes got and gave together, never one alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from battery_commons.account.ledger import BANK, FUND, GRID, Entry, EntryKind
from battery_commons.domain.privacy import LEAST_HOMES

_NOT_HOMES = frozenset({GRID, FUND, BANK})


@dataclass(frozen=True, slots=True)
class HomesMoney:
    """What homes got together, in cents; below zero they gave it."""

    made_whole: int
    shared: int
    shortage: int
    """Below zero: borne by homes."""
    paid: int
    """What the treasurer said was paid."""
    owed: int
    """What is still owed to owners to make them whole, at the end."""


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """A year of the account, in cents, by the months that its entries are about."""

    months: int
    """How many were closed."""
    revenue: int
    to_fund: int
    """Below zero, the fund paid."""
    fund_used: int
    fund: int
    """What the fund holds at the end."""
    homes: HomesMoney | None
    """None where fewer than LEAST_HOMES homes were settled: a sum would tell about each."""


def money_facts(entries: Iterable[Entry], year: str) -> MoneyFacts | None:
    """Return what a year came to, of the whole ledger; None where nothing is booked in it."""
    until = [each for each in entries if each.period[:4] <= year]
    of_year = [each for each in until if each.period[:4] == year]
    if not of_year:
        return None
    accounts = {each.account for each in of_year} - _NOT_HOMES

    def of_homes(kind: EntryKind) -> int:
        return sum(each.cents for each in of_year if each.kind is kind and each.account not in _NOT_HOMES)

    def of_fund(kind: EntryKind) -> int:
        return sum(each.cents for each in of_year if each.kind is kind and each.account == FUND)

    homes = HomesMoney(
        of_homes(EntryKind.MADE_WHOLE),
        of_homes(EntryKind.SHARE),
        of_homes(EntryKind.SHORTAGE),
        -of_homes(EntryKind.PAYMENT),
        -sum(each.cents for each in until if each.kind is EntryKind.CLAIM),
    )
    return MoneyFacts(
        months=len({each.period for each in of_year if each.kind is EntryKind.CLOSING}),
        revenue=-sum(each.cents for each in of_year if each.account == GRID),
        to_fund=of_fund(EntryKind.FUND),
        fund_used=-of_fund(EntryKind.FUND_USE),
        fund=sum(each.cents for each in until if each.account == FUND),
        homes=homes if len(accounts) >= LEAST_HOMES else None,
    )
