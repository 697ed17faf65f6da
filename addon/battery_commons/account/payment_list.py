"""Payments for the treasurer's bank: SEPA credit transfers (ISO 20022 pain.001.001.09), and CSV. Pure.

Nothing is paid by making one: the treasurer looks at it, and gives it to the bank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from battery_commons.domain.csv_rows import lines
from battery_commons.domain.iban import LONGEST_NAME, BankAccount, sepa_text

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_LONGEST_ID, _LONGEST_REMARK = 35, 140
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
        """Refuse a list of nothing."""
        if not self.payments:
            raise ValueError("there is nothing to pay")


def as_sepa(told: PaymentList) -> bytes:
    """Return a list as XML, which banks within SEPA read: one batch, a transaction for each home."""
    document = ET.Element("Document", xmlns=_NAMESPACE)
    whole = ET.SubElement(document, "CstmrCdtTrfInitn")
    head = ET.SubElement(whole, "GrpHdr")
    _put(head, "MsgId", told.id[:_LONGEST_ID])
    _put(head, "CreDtTm", told.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(head, told)
    _put(head, "InitgPty/Nm", sepa_text(told.payer.holder)[:LONGEST_NAME])
    batch = ET.SubElement(whole, "PmtInf")
    _put(batch, "PmtInfId", told.id[:_LONGEST_ID])
    _put(batch, "PmtMtd", "TRF")
    _put(batch, "BtchBookg", "true")
    _sums(batch, told)
    _put(batch, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _put(batch, "ReqdExctnDt/Dt", told.on.isoformat())
    _party(batch, "Dbtr", told.payer)
    # Within SEPA the IBAN alone says which bank it is.
    _put(batch, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    _put(batch, "ChrgBr", "SLEV")
    for payment in told.payments:
        transaction = ET.SubElement(batch, "CdtTrfTxInf")
        _put(transaction, "PmtId/EndToEndId", f"{told.id[: _LONGEST_ID - 8]}-{payment.account}"[:_LONGEST_ID])
        _put(transaction, "Amt/InstdAmt", _euros(payment.cents)).set("Ccy", "EUR")
        _party(transaction, "Cdtr", payment.to)
        _put(transaction, "RmtInf/Ustrd", sepa_text(payment.remark)[:_LONGEST_REMARK])
    ET.indent(document)
    text: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def as_csv(told: PaymentList) -> str:
    """Return a list as a table, for banks and treasurers that type payments in."""
    rows = [
        (each.to.holder, each.to.iban, _euros(each.cents), told.on.isoformat(), each.remark, each.account)
        for each in told.payments
    ]
    return lines([("name", "iban", "eur", "on", "remark", "account"), *rows])


def _sums(parent: ET.Element, told: PaymentList) -> None:
    _put(parent, "NbOfTxs", str(len(told.payments)))
    _put(parent, "CtrlSum", _euros(sum(each.cents for each in told.payments)))


def _party(parent: ET.Element, role: str, party: BankAccount) -> None:
    _put(parent, f"{role}/Nm", sepa_text(party.holder)[:LONGEST_NAME])
    _put(parent, f"{role}Acct/Id/IBAN", party.iban)


def _put(parent: ET.Element, path: str, text: str) -> ET.Element:
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
