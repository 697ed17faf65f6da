"""What the ledger says of each account: what is due, and month by month. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from battery_commons.account.closing import closed_periods
from battery_commons.account.ledger import SETTLED, Entry, EntryKind, balances


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """What was booked for an account in a month, corrections included; positive where it receives."""

    period: str
    made_whole_cents: int
    claim_cents: int
    shortage_cents: int
    share_cents: int
    is_closed: bool
    """Whether the month was settled; else it holds payments alone."""
    is_corrected: bool
    paid_cents: int
    """What was paid to the home in this month; below zero what it paid."""

    @property
    def total_cents(self) -> int:
        """What the month's settlement comes to."""
        return self.made_whole_cents + self.claim_cents + self.shortage_cents + self.share_cents


def own_months(entries: Iterable[Entry], account: str) -> list[OwnMonth]:
    """Return the months in which anything was booked for an account, in order.

    A month with a settlement of nothing at all is left out.
    """
    sums: dict[str, dict[EntryKind, int]] = {}
    corrected = set()
    for entry in entries:
        if entry.account == account:
            of_month = sums.setdefault(entry.period, {})
            of_month[entry.kind] = of_month.get(entry.kind, 0) + entry.cents
            if entry.corrects is not None:
                corrected.add(entry.period)
    return [
        OwnMonth(
            period,
            of_month.get(EntryKind.MADE_WHOLE, 0),
            of_month.get(EntryKind.CLAIM, 0),
            of_month.get(EntryKind.SHORTAGE, 0),
            of_month.get(EntryKind.SHARE, 0),
            is_closed=not SETTLED.isdisjoint(of_month),
            is_corrected=period in corrected,
            paid_cents=-of_month.get(EntryKind.PAYMENT, 0),
        )
        for period, of_month in sorted(sums.items())
    ]


@dataclass(frozen=True, slots=True)
class LedgerSums:
    """What the ledger comes to, by account."""

    due: Mapping[str, int]
    """In cents."""
    claims: Mapping[str, int]
    """What the community still owes it to make it whole, in no balance yet."""
    months: Mapping[str, Sequence[OwnMonth]]
    last_month: Mapping[str, OwnMonth]
    """The month that was closed last."""

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Self:
        """Return what these entries come to."""
        claims: dict[str, int] = {}
        by_account: dict[str, list[Entry]] = {}
        for entry in entries:
            by_account.setdefault(entry.account, []).append(entry)
            if entry.kind is EntryKind.CLAIM:
                claims[entry.account] = claims.get(entry.account, 0) - entry.cents
        months = {account: own_months(own, account) for account, own in by_account.items()}
        last = max(closed_periods(entries), default="")
        last_month = {
            account: month for account, own in months.items() for month in own if month.period == last
        }
        return cls(balances(entries), claims, months, last_month)
