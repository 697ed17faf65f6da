"""Payments for the treasurer's bank, and as a table. Pure.

Nothing is paid by making a list: the treasurer looks at it, and gives it to the bank (account/sepa.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from battery_commons.domain.csv_rows import lines
from battery_commons.domain.iban import BankAccount

_ID = re.compile(r"[A-Za-z0-9-]{1,35}", re.ASCII)
"""Of a message or a payment: less than SEPA allows, and enough (EPC217-08)."""
MOST_CENTS = 99_999_999_999
"""A credit transfer within SEPA is of at most EUR 999,999,999.99 (EPC125-05)."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What is to be paid to one home."""

    account: str
    to: BankAccount
    cents: int
    remark: str

    def __post_init__(self) -> None:
        """Refuse what no bank takes."""
        if not 0 < self.cents <= MOST_CENTS:
            raise ValueError(f"a payment is of more than nothing, not of {self.cents} cents")


@dataclass(frozen=True, slots=True)
class PaymentList:
    """Payments that are made together."""

    id: str
    """The same for the same payments: a bank that has had it refuses it the second time."""
    made_at: datetime
    on: date
    """The day on which they are to be made."""
    payer: BankAccount
    payments: Sequence[Payment]

    def __post_init__(self) -> None:
        """Refuse a list of nothing, and ids that no bank takes: cut short, two could be the same."""
        if not self.payments:
            raise ValueError("there is nothing to pay")
        if not all(_ID.fullmatch(each) for each in (self.id, *map(self.id_of, self.payments))):
            raise ValueError(f"an id of a payment is of 1 to 35 letters, digits and hyphens, not {self.id}")

    def id_of(self, payment: Payment) -> str:
        """Return what one of its payments is called, from end to end."""
        return f"{self.id}-{payment.account}"


def as_csv(told: PaymentList) -> str:
    """Return a list as a table, for banks and treasurers that type payments in."""
    rows = [
        (each.to.holder, each.to.iban, euros(each.cents), told.on.isoformat(), each.remark, each.account)
        for each in told.payments
    ]
    return lines([("name", "iban", "eur", "on", "remark", "account"), *rows])


def euros(cents: int) -> str:
    """Return an amount as banks and tables write it."""
    return f"{cents // 100}.{cents % 100:02}"
