"""A ledger that is only added to, and in which nothing can be changed unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from battery_commons.account.ledger import (
    BANK,
    Draft,
    EntryKind,
    LedgerError,
    append,
    balances,
    signed_bytes,
    verify,
)

NOW = datetime(2027, 3, 4, tzinfo=UTC)
PAID = [
    Draft("2027-02", "h1", EntryKind.PAYMENT, -500),
    Draft("2027-02", BANK, EntryKind.PAYMENT, 500, "list 1"),
]
FIRST = append(None, NOW, PAID)
ENTRIES = FIRST + append(FIRST[-1], NOW + timedelta(days=1), PAID)


def test_entries_are_numbered_and_each_holds_the_hash_of_the_one_before() -> None:
    assert [entry.number for entry in ENTRIES] == [1, 2, 3, 4]
    assert [entry.previous for entry in ENTRIES[1:]] == [entry.hash for entry in ENTRIES[:-1]]
    verify(ENTRIES)
    assert balances(ENTRIES) == {"h1": -1_000, BANK: 1_000}


@pytest.mark.parametrize(
    "change",
    [
        {"cents": 499},
        {"account": "h2"},
        {"detail": "list 2"},
        {"period": "2027-01"},
        {"kind": EntryKind.SHARE},
        {"corrects": 1},
        {"at": NOW},
        {"hash": "0" * 64},
    ],
)
def test_a_changed_entry_is_named(change: dict[str, Any]) -> None:
    changed = (*ENTRIES[:2], replace(ENTRIES[2], **change), ENTRIES[3])
    with pytest.raises(LedgerError, match="entry 3"):
        verify(changed)


def test_a_missing_or_moved_entry_is_named() -> None:
    with pytest.raises(LedgerError, match="entry 2 is missing"):
        verify((ENTRIES[0], *ENTRIES[2:]))
    with pytest.raises(LedgerError, match="does not follow"):
        verify((*ENTRIES[:2], *append(None, NOW, PAID[:0]), replace(ENTRIES[2], previous="0" * 64)))


def test_what_does_not_sum_to_zero_is_not_booked() -> None:
    with pytest.raises(LedgerError, match="not to -500 cents"):
        append(None, NOW, PAID[:1])


def test_nothing_is_dated_before_what_stands_already() -> None:
    with pytest.raises(LedgerError, match="cannot follow"):
        append(ENTRIES[-1], NOW, PAID)


def test_what_is_signed_means_nothing_elsewhere() -> None:
    assert signed_bytes(ENTRIES[-1]) == b"battery-commons-account/1\n" + ENTRIES[-1].hash.encode()
