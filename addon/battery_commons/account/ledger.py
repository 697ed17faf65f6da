"""The community's ledger: entries that are only added, each holding the hash of the one before.

Nothing is paid out here: entries say what is due, and the treasurer pays.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

GRID, FUND, BANK = "grid", "fund", "bank"
"""Accounts beside the homes': what contracts bring in, the community fund, and what was really paid."""
NOTHING_BEFORE = "0" * 64
SIGNING_CONTEXT = b"battery-commons-account/1\n"
"""Put before the hash that is signed, so that a signature made here means nothing elsewhere."""


class EntryKind(StrEnum):
    """What an entry is for."""

    CLOSING = "closing"
    """A month is closed, or closed again: no money; its detail names the tables that it rests on."""
    REVENUE = "revenue"
    """Of a contract, which its detail names; negative on the grid's account, since it comes from there."""
    MADE_WHOLE = "made_whole"
    """Puts a home at its M1 cost."""
    CLAIM = "claim"
    """Negative: a home's due is put off. Positive: it is paid after all."""
    SHORTAGE = "shortage"
    """Negative: a home bears a shortage, where the bylaws say so."""
    SHARE = "share"
    """A home's share of what the month brought."""
    FUND = "fund"
    """What the fund gets of a month; negative where it pays."""
    FUND_USE = "fund_use"
    """The fund is used as the members decided."""
    PAYMENT = "payment"
    """Something was paid to a home, or by it."""


SETTLED = frozenset(
    {
        EntryKind.REVENUE,
        EntryKind.MADE_WHOLE,
        EntryKind.CLAIM,
        EntryKind.SHORTAGE,
        EntryKind.SHARE,
        EntryKind.FUND,
    }
)
"""What a month's closing books."""


class LedgerError(ValueError):
    """The ledger is not what was written, or would not be in balance."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place in the ledger."""

    period: str
    """The month that it is about."""
    account: str
    kind: EntryKind
    cents: int
    """Positive where the account receives."""
    detail: str = ""
    corrects: int | None = None
    """The number of the entry that this one adds its difference to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger."""

    number: int
    """From 1 on, without a gap."""
    at: datetime
    period: str
    account: str
    kind: EntryKind
    cents: int
    detail: str
    corrects: int | None
    previous: str
    """The hash of the entry before."""
    hash: str
    """SHA-256 of all of the above as a JSON list, in this order, in UTF-8, without spaces."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The village's word that the ledger up to an entry is its own."""

    number: int
    hash: str
    signature: str
    """Ed25519 over SIGNING_CONTEXT and the entry's hash in ASCII, in base64."""


def append(last: Entry | None, at: datetime, drafts: Iterable[Draft]) -> tuple[Entry, ...]:
    """Return the entries that `drafts` become after `last`.

    Raises LedgerError where they do not sum to zero, or are dated before the last entry.
    """
    drafts = list(drafts)
    if balance := sum(draft.cents for draft in drafts):
        raise LedgerError(f"what is booked together sums to zero, not to {balance} cents")
    if last and at < last.at:
        raise LedgerError(f"an entry of {at.isoformat()} cannot follow one of {last.at.isoformat()}")
    first, previous = (last.number + 1, last.hash) if last else (1, NOTHING_BEFORE)
    entries = []
    for number, draft in enumerate(drafts, start=first):
        digest = _hash(number, at, draft, previous)
        entries.append(
            Entry(
                number,
                at,
                draft.period,
                draft.account,
                draft.kind,
                draft.cents,
                draft.detail,
                draft.corrects,
                previous,
                digest,
            )
        )
        previous = digest
    return tuple(entries)


def verify(entries: Sequence[Entry]) -> None:
    """Raise LedgerError where entries are not, from the first on, those that were written."""
    previous = NOTHING_BEFORE
    for number, entry in enumerate(entries, start=1):
        draft = Draft(entry.period, entry.account, entry.kind, entry.cents, entry.detail, entry.corrects)
        if entry.number != number:
            raise LedgerError(f"entry {number} is missing: number {entry.number} stands in its place")
        if entry.previous != previous:
            raise LedgerError(f"entry {number} does not follow the one before it")
        if entry.hash != _hash(number, entry.at, draft, previous):
            raise LedgerError(f"entry {number} is not what was written")
        previous = entry.hash


def signed_bytes(entry: Entry) -> bytes:
    """Return what the village signs to vouch for the ledger up to `entry`."""
    return SIGNING_CONTEXT + entry.hash.encode()


def balances(entries: Iterable[Entry]) -> dict[str, int]:
    """Return by account what it is due, in cents; all together are zero."""
    due: dict[str, int] = {}
    for entry in entries:
        due[entry.account] = due.get(entry.account, 0) + entry.cents
    return due


def stamp(at: datetime) -> str:
    """Return a moment as the ledger writes it: ISO 8601, in UTC."""
    return at.astimezone(UTC).isoformat()


def _hash(number: int, at: datetime, draft: Draft, previous: str) -> str:
    fields = [
        number,
        stamp(at),
        draft.period,
        draft.account,
        draft.kind.value,
        draft.cents,
        draft.detail,
        draft.corrects,
        previous,
    ]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
