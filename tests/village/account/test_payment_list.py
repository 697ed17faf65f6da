"""Payments, and the table of them."""

from datetime import UTC, date, datetime

import pytest

from battery_commons.account.payment_list import Payment, PaymentList, as_csv
from battery_commons.domain.iban import BankAccount

OURS = BankAccount("Coöperatie Ansen u.a.", "NL91ABNA0417164300")
ES = Payment("ABC235", BankAccount('=cmd|"x"', "NL20INGB0001234567"), 1_234, "Ansen")
TOLD = PaymentList("ansen-17-260612", datetime(2026, 6, 10, 9, tzinfo=UTC), date(2026, 6, 12), OURS, [ES])


def test_no_cell_of_the_table_is_a_formula() -> None:
    assert "'=cmd" in as_csv(TOLD)
    assert "12.34" in as_csv(TOLD)


@pytest.mark.parametrize("cents", [0, -1, 100_000_000_000])
def test_what_no_bank_takes_is_no_payment(cents: int) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        Payment("ABC234", OURS, cents, "x")


def test_a_list_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to pay"):
        PaymentList("x", TOLD.made_at, TOLD.on, OURS, [])
