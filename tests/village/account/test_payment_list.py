"""A list of payments as banks within SEPA read it: ISO 20022, pain.001.001.09."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest

from battery_commons.account.payment_list import Payment, PaymentList, as_csv, as_sepa
from battery_commons.domain.iban import BankAccount

OURS = BankAccount("Coöperatie Ansen u.a.", "NL91ABNA0417164300")
EIK = Payment("ABC234", BankAccount("J. Müller & Zn", "DE89370400440532013000"), 1_234, "Ansen: ABC234 <x>")
ES = Payment("ABC235", BankAccount('=cmd|"x"', "NL20INGB0001234567"), 5, "Ansen")
TOLD = PaymentList(
    "ansen-17-260612", datetime(2026, 6, 10, 9, tzinfo=UTC), date(2026, 6, 12), OURS, [EIK, ES]
)
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def told(path: str) -> list[str | None]:
    return [each.text for each in ET.fromstring(as_sepa(TOLD)).iterfind(f".//p:{path}", NS)]  # noqa: S314


def test_amounts_count_and_sum() -> None:
    assert told("InstdAmt") == ["12.34", "0.05"]
    assert told("NbOfTxs") == ["2", "2"]
    assert told("CtrlSum") == ["12.39", "12.39"]


def test_names_are_in_the_characters_that_banks_take() -> None:
    assert told("Cdtr/p:Nm") == ["J. Muller + Zn", ".cmd..x."]
    assert told("Dbtr/p:Nm") == ["Cooperatie Ansen u.a."]
    assert told("Ustrd") == ["Ansen: ABC234 .x.", "Ansen"]


def test_parts_stand_in_the_order_that_the_schema_asks() -> None:
    [batch] = ET.fromstring(as_sepa(TOLD)).iterfind(".//p:PmtInf", NS)  # noqa: S314

    names = [each.tag.partition("}")[2] for each in batch]

    assert names == [
        "PmtInfId",
        "PmtMtd",
        "BtchBookg",
        "NbOfTxs",
        "CtrlSum",
        "PmtTpInf",
        "ReqdExctnDt",
        "Dbtr",
        "DbtrAcct",
        "DbtrAgt",
        "ChrgBr",
        "CdtTrfTxInf",
        "CdtTrfTxInf",
    ]


def test_each_payment_has_an_id_of_its_own_and_none_is_too_long() -> None:
    ids = [*told("MsgId"), *told("PmtInfId"), *told("EndToEndId")]

    assert all(each and len(each) <= 35 for each in ids)
    assert len(set(told("EndToEndId"))) == 2


def test_no_cell_of_the_table_is_a_formula() -> None:
    assert "'=cmd" in as_csv(TOLD)
    assert "12.34" in as_csv(TOLD)


@pytest.mark.parametrize("cents", [0, -1, 100_000_000_000])
def test_what_no_bank_takes_is_no_payment(cents: int) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        Payment("ABC234", OURS, cents, "x")
    with pytest.raises(ValueError, match="nothing to pay"):
        PaymentList("x", TOLD.made_at, TOLD.on, OURS, [])
