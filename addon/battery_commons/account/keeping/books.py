"""The account's books: months as they stand, closed and corrected, and what was paid."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from battery_commons.account.basis import MonthBasis
from battery_commons.account.closing import (
    CARRIED,
    close,
    closed_periods,
    named_tables,
    opening,
    table_digests,
)
from battery_commons.account.export import Export
from battery_commons.account.fairness import PeakAudit, peak_audits
from battery_commons.account.keeping.basis import basis_stamp, month_basis, month_terms
from battery_commons.account.keeping.gathering import MonthTerms, period_of
from battery_commons.account.keeping.kept import KeptTexts, ReadTables
from battery_commons.account.ledger import (
    BANK,
    FUND,
    Draft,
    Entry,
    EntryKind,
    Signature,
    append,
    balances,
    signed_bytes,
)
from battery_commons.account.own_months import LedgerSums, OwnMonth
from battery_commons.account.period import month_grid, next_period
from battery_commons.account.settle import MonthSettlement, settle
from battery_commons.account.statement import Statement, statement
from battery_commons.account.table import Table, TableError
from battery_commons.account.tables import QUARTER_HOURS, basis_of, each_table
from battery_commons.store import Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.ledger import MeanwhileError, TableKey

GRACE = timedelta(days=5)
"""After a month's end: until then readings may still come, and it cannot be closed."""
_KEPT_SETTLEMENTS = 2


class MonthState(StrEnum):
    """How far a month is."""

    RUNNING = "running"
    """It is not over, or readings may still come."""
    DRAFT = "draft"
    """It can be looked at and closed."""
    CLOSED = "closed"
    CORRECTABLE = "correctable"
    """It was closed, and now rests on other figures than it was closed by."""


@dataclass(frozen=True, slots=True)
class Due:
    """What an account is due, all months together."""

    account: str
    home_id: str | None
    """None once the home has left."""
    cents: int
    """Positive: to be paid to the home; negative: the home owes it."""
    claim_cents: int
    """What the community still owes the home to make it whole, in no balance yet."""


class Books:
    """The books of one village. Its methods read and write the store, and may take seconds."""

    def __init__(self, store: Store, key: Ed25519PrivateKey) -> None:
        """Keep the books in `store`, under the village's signature."""
        self._store = store
        self._key = key
        self._kept: dict[object, tuple[MonthBasis, MonthSettlement]] = {}
        """Months that were looked at lately, by what they rest on."""
        self._settling = Lock()
        self._kept_sums: tuple[int, LedgerSums] | None = None
        """By the newest entry that they count."""
        self._present: dict[str, tuple[str, Mapping[str, str]]] = {}
        """By closed month, the stamp of what it rested on at the last look, and the digests of its tables."""
        self.proposed: set[str] = set()
        """Closed months that rest on other figures by now, as of the last look."""

    # --- Looking --------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """Return the ledger. Raises StoreError, as every method here does."""
        return self._store.ledger()

    def settlement(self, period: str) -> MonthSettlement:
        """Return a month as it was last closed, or as it would be closed now.

        Raises KeyError for a month that the account does not know.
        """
        return self._settled(period)[1]

    def peak_audits(self, period: str) -> tuple[PeakAudit, ...]:
        """Return what homes took off each transformer's peak in a month (Shapley): a minute for 500 homes.

        Raises KeyError for a month that the account does not know.
        """
        return peak_audits(*self._settled(period))

    def statement(self, period: str, account: str) -> Statement:
        """Return a home's statement. Raises KeyError for a month or a member that there is not."""
        return statement(self.settlement(period), account, self.entries())

    def terms(self, period: str) -> MonthTerms:
        """Return what a month is settled by. Raises KeyError for a month that the account does not know."""
        return month_terms(self._store, period)

    def changed_tables(self, period: str) -> list[str]:
        """Return, by name, the tables of a closed month that are other now than it was closed by.

        None of a month so long ago that what was gathered for it is not kept any more: it stays as it is.
        """
        closed_by = table_digests(period, self.entries())
        present = self._present_digests(period) if self._is_gathered(period, closed_by) else closed_by
        # What the month before leaves follows from that month's own correction.
        names = (closed_by.keys() | present.keys()) - {CARRIED}
        changed = sorted(name for name in names if closed_by.get(name) != present.get(name))
        (self.proposed.add if changed else self.proposed.discard)(period)
        return changed

    def can_change(self, period: str) -> bool:
        """Return whether what comes in for a month can still be booked: it is open, or can be corrected."""
        entries = self.entries()
        return period not in closed_periods(entries) or self._is_gathered(
            period, table_digests(period, entries)
        )

    def _is_gathered(self, period: str, closed_by: Iterable[str]) -> bool:
        """Return whether what was gathered is still there of each home in the tables of a closed month."""
        homes = {name for name in closed_by if name.startswith(QUARTER_HOURS)}
        return homes <= {QUARTER_HOURS + account for account in self._store.gathered_until(period)}

    def _present_digests(self, period: str) -> Mapping[str, str]:
        """Return by name the digests of the tables on which a month rests now.

        They are worked out again only where something is other: hundreds of homes take seconds.
        """
        stamp = basis_stamp(self._store, period)
        if (kept := self._present.get(period)) is not None and kept[0] == stamp:
            return kept[1]
        digests = {table.name: table.digest for table in each_table(month_basis(self._store, period))}
        self._present[period] = stamp, digests
        return digests

    def dues(self) -> list[Due]:
        """Return what each account is due, those of homes that have left too."""
        sums = self._sums()
        return [
            Due(each.account, each.home_id, sums.due.get(each.account, 0), sums.claims.get(each.account, 0))
            for each in self._store.memberships()
        ]

    def fund_cents(self) -> int:
        """Return what the community fund holds."""
        return self._sums().due.get(FUND, 0)

    def own_months(self, account: str) -> Sequence[OwnMonth]:
        """Return the months in which anything was booked for an account, in order."""
        return self._sums().months.get(account, ())

    def last_month(self) -> Mapping[str, OwnMonth]:
        """Return, by home, what the month that was closed last comes to, corrections included."""
        sums = self._sums()
        return {
            each.home_id: sums.last_month[each.account]
            for each in self._store.memberships()
            if each.home_id is not None and each.account in sums.last_month
        }

    def _sums(self) -> LedgerSums:
        """Return what the ledger comes to, read again once something is booked: homes ask every hour."""
        newest = self._store.last_entry_number()
        if self._kept_sums is None or self._kept_sums[0] != newest:
            self._kept_sums = newest, LedgerSums.of(self.entries())
        return self._kept_sums[1]

    def export(self) -> Export:
        """Return the whole account, for anybody to check."""
        entries = self.entries()
        # What is booked meanwhile is signed, and has tables, too: of those, none is in this export.
        signatures = [each for each in self._store.ledger_signatures() if each.number <= len(entries)]
        return Export(
            self._store.village().name,
            base64.b64encode(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(),
            tuple(entries),
            tuple(signatures),
            KeptTexts(self._store, named_tables(entries)),
        )

    # --- Booking --------------------------------------------------------------------------------

    def close(self, period: str, by: Author) -> None:
        """Close the month that is next, once late readings are in.

        Raises ValueError for another, or where somebody booked meanwhile; KeyError for one that is not known.
        """
        basis, entries = month_basis(self._store, period), self.entries()
        match state_of(period, closed_periods(entries), by.at):
            case MonthState.CLOSED:
                raise ValueError(f"{period} is closed already")
            case MonthState.RUNNING:
                raise ValueError(f"{period} cannot be closed yet: readings may still come")
        self._close([basis], entries, Act.MONTH_CLOSED, by)

    def correct(self, period: str, by: Author) -> None:
        """Close a month again by what is known now, and those closed after it with what follows from that.

        Those rest on what they were closed by, but for what the corrected month leaves. Raises ValueError.
        """
        entries = self.entries()
        if period not in closed_periods(entries):
            raise ValueError(f"{period} is not closed")
        if not self._is_gathered(period, table_digests(period, entries)):
            raise ValueError(f"{period} is too long ago: what was gathered for it is not kept any more")
        later = [each for each in closed_periods(entries) if each > period]
        again = [basis_of(each, self._tables(each, table_digests(each, entries))) for each in later]
        self._close([month_basis(self._store, period), *again], entries, Act.MONTH_CORRECTED, by)
        self.proposed.discard(period)

    def pay(self, amounts: Mapping[str, int], day: date, by: Author, *, seen: int | None = None) -> None:
        """Book what was paid to homes, in cents by account; below zero, what was paid by them.

        `seen` is the last entry that whoever says so knew of: the same said twice is booked once. Raises
        MeanwhileError where there are others since, and ValueError for more than an account is due, or owes.
        """
        entries = self._entries_as_seen(seen)
        due = balances(entries)
        if not amounts or not all(_settles(cents, due.get(account, 0)) for account, cents in amounts.items()):
            raise ValueError("what is paid is more than nothing, and at most what an account is due")
        period, detail = period_of(by.at), day.isoformat()
        drafts = [
            Draft(period, account, EntryKind.PAYMENT, -cents, detail) for account, cents in amounts.items()
        ]
        drafts.append(Draft(period, BANK, EntryKind.PAYMENT, sum(amounts.values()), detail))
        self._book(entries, drafts, Act.PAYMENTS_BOOKED, day.isoformat(), by)

    def use_fund(self, cents: int, purpose: str, by: Author, *, seen: int | None = None) -> None:
        """Book that the fund was used, paid from the bank, as members decided.

        Raises MeanwhileError as `pay` does, and ValueError for more than the fund holds.
        """
        entries = self._entries_as_seen(seen)
        if not 0 < cents <= balances(entries).get(FUND, 0):
            raise ValueError("the fund does not hold that much")
        # Of the first month that is not closed: its closing must not spend the same money again.
        period = next_period(closed_periods(entries)[-1])
        drafts = [
            Draft(period, FUND, EntryKind.FUND_USE, -cents, purpose),
            Draft(period, BANK, EntryKind.FUND_USE, cents, purpose),
        ]
        self._book(entries, drafts, Act.FUND_USED, period, by)

    def _entries_as_seen(self, seen: int | None) -> list[Entry]:
        entries = self.entries()
        if seen is not None and seen != (entries[-1].number if entries else 0):
            raise MeanwhileError("something was booked meanwhile: look at the account again")
        return entries

    def _close(self, months: Sequence[MonthBasis], entries: Sequence[Entry], act: Act, by: Author) -> None:
        period = months[0].period
        closed = close(months, entries, self._carried_before(period, entries), _not_before(by.at, entries))
        tables: dict[TableKey, str] = {
            (month.basis.period, name, table.digest): table.text
            for month in closed.months
            for name, table in month.tables.items()
        }
        self._add(closed.entries, act, period, by, tables)

    def _book(
        self, entries: Sequence[Entry], drafts: Iterable[Draft], act: Act, about: str, by: Author
    ) -> None:
        last = entries[-1] if entries else None
        self._add(append(last, _not_before(by.at, entries), drafts), act, about, by)

    def _add(
        self,
        entries: Sequence[Entry],
        act: Act,
        about: str,
        by: Author,
        tables: Mapping[TableKey, str] | None = None,
    ) -> None:
        last = entries[-1]
        signature = base64.b64encode(self._key.sign(signed_bytes(last))).decode()
        signed = Signature(last.number, last.hash, signature)
        self._store.add_to_ledger(entries, signed, act, about, by, tables=tables)

    def _settled(self, period: str) -> tuple[MonthBasis, MonthSettlement]:
        """Return what a month was last closed by, or rests on now, and what it comes to."""
        entries = self.entries()
        is_closed = period in closed_periods(entries)
        stamp = None if is_closed else basis_stamp(self._store, period)
        # What months before leave may be other after any entry, though a month's own tables are the same.
        key = period, entries[-1].number if entries else 0, stamp
        with self._settling:
            if key not in self._kept:
                while len(self._kept) >= _KEPT_SETTLEMENTS:
                    self._kept.pop(next(iter(self._kept)))
                if is_closed:
                    basis = basis_of(period, self._tables(period, table_digests(period, entries)))
                else:
                    basis = month_basis(self._store, period)
                self._kept[key] = self._settle(basis, entries)
            return self._kept[key]

    def _settle(self, basis: MonthBasis, entries: Sequence[Entry]) -> tuple[MonthBasis, MonthSettlement]:
        carried = self._carried_before(basis.period, entries)
        return basis, settle(basis, opening(basis.period, entries, carried))

    def _carried_before(self, period: str, entries: Sequence[Entry]) -> Table | None:
        before = [each for each in closed_periods(entries) if each < period]
        if not before:
            return None
        digest = table_digests(before[-1], entries)[CARRIED]
        text = self._store.basis_text((before[-1], CARRIED, digest))
        if text is None:
            raise TableError(f"{before[-1]}: how its batteries stood at the end is not kept any more")
        return Table.read(CARRIED, text)

    def _tables(self, period: str, digests: Mapping[str, str]) -> Mapping[str, Table]:
        return ReadTables(self._store.basis_texts(period, digests))


def state_of(period: str, closed: list[str], now: datetime) -> MonthState:
    """Return how far a month is, whatever it rests on."""
    if period in closed:
        return MonthState.CLOSED
    return MonthState.DRAFT if now >= month_grid(period).end + GRACE else MonthState.RUNNING


def _settles(cents: int, due_cents: int) -> bool:
    return 0 < cents <= due_cents or due_cents <= cents < 0


def _not_before(at: datetime, entries: Sequence[Entry]) -> datetime:
    """Return the moment to book at: a clock that was set back does not keep anything from being booked."""
    return max(at, entries[-1].at) if entries else at
