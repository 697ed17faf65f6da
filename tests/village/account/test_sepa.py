"""A list of payments is what a bank's reader of pain.001.001.09 accepts, whatever homes are called.

The rules are written down here once more, by themselves: the order and number of elements in ISO 20022, and
what the guidelines for customers within SEPA (EPC132-08, EPC217-08) say about texts and amounts.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.account.payment_list import MOST_CENTS, Payment, PaymentList
from battery_commons.account.sepa import as_sepa
from battery_commons.domain.iban import BankAccount

NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
OURS = BankAccount("Coöperatie Ansen u.a.", "NL91ABNA0417164300")
EIK = Payment("ABC234", BankAccount("J. Müller & Zn", "DE89370400440532013000"), 1_234, "Ansen: ABC234 <x>")
ES = Payment("ABC235", BankAccount('=cmd|"x"', "NL20INGB0001234567"), 5, "Ansen")
NOON = datetime(2026, 6, 10, 9, tzinfo=UTC)
TOLD = PaymentList("ansen-17-260612", NOON, date(2026, 6, 12), OURS, [EIK, ES])

PARTS = {
    "Document": "CstmrCdtTrfInitn",
    "CstmrCdtTrfInitn": "GrpHdr PmtInf+",
    "GrpHdr": "MsgId CreDtTm NbOfTxs CtrlSum InitgPty",
    "InitgPty": "Nm",
    "PmtInf": "PmtInfId PmtMtd BtchBookg? NbOfTxs CtrlSum PmtTpInf ReqdExctnDt Dbtr DbtrAcct DbtrAgt "
    "UltmtDbtr? ChrgBr CdtTrfTxInf+",
    "PmtTpInf": "InstrPrty? SvcLvl LclInstrm? CtgyPurp?",
    "SvcLvl": "Cd",
    "ReqdExctnDt": "Dt",
    "Dbtr": "Nm PstlAdr? Id?",
    "DbtrAcct": "Id Ccy?",
    "DbtrAgt": "FinInstnId",
    "FinInstnId": "(BICFI|Othr)",
    "Othr": "Id",
    "CdtTrfTxInf": "PmtId PmtTpInf? Amt ChrgBr? UltmtDbtr? CdtrAgt? Cdtr CdtrAcct UltmtCdtr? Purp? RmtInf?",
    "PmtId": "InstrId? EndToEndId",
    "Amt": "InstdAmt",
    "Cdtr": "Nm PstlAdr? Id?",
    "CdtrAcct": "Id Ccy?",
    "RmtInf": "Ustrd",
    "DbtrAcct/Id": "IBAN",
    "CdtrAcct/Id": "IBAN",
}
"""What each element holds, in this order: `?` at most once, `+` at least once."""
_LATIN = r"[A-Za-z0-9/\-?:().,'+ ]"
_REFERENCE = rf"(?!/)(?!.*//){_LATIN}{{1,35}}(?<!/)"
_SUM = r"\d{1,16}\.\d\d"
TEXTS = {
    "MsgId": _REFERENCE,
    "PmtInfId": _REFERENCE,
    "EndToEndId": _REFERENCE,
    "CreDtTm": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "NbOfTxs": r"[1-9]\d{0,14}",
    "CtrlSum": _SUM,
    "PmtMtd": "TRF",
    "BtchBookg": "true|false",
    "Cd": "SEPA",
    "Dt": r"\d{4}-\d\d-\d\d",
    "Nm": rf"(?=.*\S){_LATIN}{{1,70}}",
    "IBAN": r"[A-Z]{2}\d{2}[A-Z0-9]{1,30}",
    "Othr/Id": "NOTPROVIDED",
    "ChrgBr": "SLEV",
    "InstdAmt": r"(?!0\.00)\d{1,9}\.\d\d",
    "Ustrd": rf"(?=.*\S){_LATIN}{{1,140}}",
}
"""What the text of each element is like."""

printed = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=69)
holders = printed.map(lambda name: f"{name}a").filter(str.isprintable)
accounts = st.builds(
    BankAccount, holders, st.sampled_from([OURS.iban, EIK.to.iban, ES.to.iban, "BE68539007547034"])
)
payments = st.builds(
    Payment, st.from_regex("[2-9BCDF]{6}", fullmatch=True), accounts, st.integers(1, MOST_CENTS), st.text()
)
lists = st.builds(
    PaymentList,
    st.from_regex("[0-9a-f]{8}-[0-9]{1,6}-[0-9]{6}", fullmatch=True),
    st.datetimes(datetime(2026, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.dates(date(2026, 1, 1), date(2099, 1, 1)),
    accounts,
    st.lists(payments, min_size=1, max_size=4, unique_by=lambda payment: payment.account),
)


def faults(element: ET.Element, path: str = "") -> list[str]:
    """Return what a reader would refuse about an element and all that it holds."""
    if not element.tag.startswith(NAMESPACE):
        return [f"{path}: {element.tag} is of no such message"]
    name = element.tag.removeprefix(NAMESPACE)
    path = f"{path}/{name}"
    two = "/".join(path.split("/")[-2:])
    attributes = {"Ccy": "EUR"} if name == "InstdAmt" else {}
    wrong = [] if element.attrib == attributes else [f"{path} has {element.attrib}"]
    if (order := PARTS.get(two, PARTS.get(name))) and len(element):
        held = "".join(f"{each.tag.removeprefix(NAMESPACE)} " for each in element)
        pattern = re.sub(r"(\w+|\([\w|]+\))([?+]?)(?: |$)", r"(?:\1 )\2", order)
        if not re.fullmatch(pattern, held):
            wrong.append(f"{path} holds {held}")
        return wrong + [fault for each in element for fault in faults(each, path)]
    pattern = TEXTS.get(two) or TEXTS[name]
    if not re.fullmatch(pattern, element.text or ""):
        wrong.append(f"{path} says {element.text!r}")
    return wrong


def texts(told: PaymentList, name: str) -> list[str]:
    document = ET.fromstring(as_sepa(told))  # noqa: S314 - our own
    return [each.text or "" for each in document.iter(NAMESPACE + name)]


@given(lists)
def test_whatever_homes_are_called_a_bank_can_read_it(told: PaymentList) -> None:
    assert faults(ET.fromstring(as_sepa(told))) == []  # noqa: S314 - our own
    transactions = len(told.payments)
    amounts = [Decimal(amount) for amount in texts(told, "InstdAmt")]
    assert texts(told, "NbOfTxs") == [str(transactions)] * 2
    assert {Decimal(each) for each in texts(told, "CtrlSum")} == {sum(amounts)}
    assert amounts == [Decimal(each.cents) / 100 for each in told.payments]
    assert len(set(texts(told, "EndToEndId"))) == transactions
    assert texts(told, "IBAN") == [told.payer.iban, *(each.to.iban for each in told.payments)]


def test_it_is_utf_8_and_says_so() -> None:
    assert as_sepa(TOLD).startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<Document ")


def test_amounts_count_and_sum() -> None:
    assert texts(TOLD, "InstdAmt") == ["12.34", "0.05"]
    assert texts(TOLD, "CtrlSum") == ["12.39", "12.39"]


def test_names_and_remarks_are_in_the_characters_that_banks_take() -> None:
    [_, payer, *payees] = texts(TOLD, "Nm")
    assert (payer, payees) == ("Cooperatie Ansen u.a.", ["J. Muller + Zn", ".cmd..x."])
    assert texts(TOLD, "Ustrd") == ["Ansen: ABC234 .x.", "Ansen"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("TRF", "CHK", "says 'CHK'"),
        (' Ccy="EUR"', "", "has {}"),
        ("<ChrgBr>SLEV</ChrgBr>", "", "holds"),
        ("CdtrAcct>", "DbtrAcct>", "holds"),
        ("12.34", "0.00", "says '0.00'"),
        ("ansen-17", "ansen//17", "says"),
        (".09", ".03", "no such message"),
    ],
)
def test_what_a_bank_refuses_is_seen_here(old: str, new: str, fault: str) -> None:
    changed = as_sepa(TOLD).decode().replace(old, new)

    assert fault in str(faults(ET.fromstring(changed)))  # noqa: S314 - our own


@pytest.mark.parametrize("id_", ["x" * 29, "", "a/", "a_b"])
def test_an_id_that_no_bank_takes_is_refused_and_not_cut(id_: str) -> None:
    with pytest.raises(ValueError, match="id"):
        PaymentList(id_, NOON, TOLD.on, OURS, [EIK])
