"""IBANs are read as they are typed, and one wrong character is seen."""

from contextlib import suppress
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.iban import BankAccount, read_holder, read_iban, sepa_text

GOOD = ["NL91ABNA0417164300", "DE89370400440532013000", "BE68539007547034", "GB29NWBK60161331926819"]
"""Examples of SWIFT's IBAN registry."""

JOINED_LATELY = [
    "AL47212110090000000235698741",
    "MD24AG000225100013104168",
    "ME25505000012345678951",
    "MK07250120000058984",
    "RS35260005601001611379",
]
"""Examples of the registry, of countries that joined SEPA in 2024 and 2025."""


@pytest.mark.parametrize("iban", GOOD + JOINED_LATELY)
def test_an_iban_is_read_with_spaces_and_in_small_letters(iban: str) -> None:
    grouped = " ".join(iban[n : n + 4] for n in range(0, len(iban), 4))

    assert read_iban(f" {grouped.lower()} ") == iban


@pytest.mark.parametrize("iban", GOOD)
def test_one_wrong_character_is_seen(iban: str) -> None:
    for place, right in enumerate(iban):
        for wrong in (digits + ascii_uppercase).replace(right, ""):
            with pytest.raises(ValueError, match="IBAN"):
                read_iban(iban[:place] + wrong + iban[place + 1 :])


@pytest.mark.parametrize("iban", JOINED_LATELY)
def test_a_figure_too_few_too_many_or_other_is_seen_of_countries_that_joined_lately(iban: str) -> None:
    others = [
        iban[:place] + str((int(of) + 1) % 10) + iban[place + 1 :]
        for place, of in enumerate(iban)
        if of in digits
    ]

    for wrong in (iban[:-1], iban + "0", *others):
        with pytest.raises(ValueError, match="IBAN"):
            read_iban(wrong)


@pytest.mark.parametrize(
    ("right", "wrong", "account"),
    [("97", "00", "ABNA0000000075"), ("98", "01", "ABNA0000000057"), ("02", "99", "ABNA0000000039")],
)
def test_check_digits_that_are_never_given_out_are_refused(right: str, wrong: str, account: str) -> None:
    assert read_iban(f"NL{right}{account}")
    with pytest.raises(ValueError, match="IBAN"):
        read_iban(f"NL{wrong}{account}")


@given(st.text())
def test_whatever_is_typed_is_an_iban_or_refused(typed: str) -> None:
    with suppress(ValueError):
        assert read_iban(typed).isalnum()


def test_what_was_typed_is_not_repeated_in_an_error_which_may_be_logged() -> None:
    wrong = "NL91ABNA0417164301"

    with pytest.raises(ValueError, match="wrong") as raised:
        read_iban(wrong)

    assert wrong not in str(raised.value)


@pytest.mark.parametrize(
    "iban", ["US64SVBKUS6S3300958879", "NL91ABNA041716430", "", "NL", "NL91ABNA04171643 00X"]
)
def test_what_is_no_iban_within_sepa_is_refused(iban: str) -> None:
    with pytest.raises(ValueError, match="no IBAN"):
        read_iban(iban)


@given(st.text())
def test_what_a_bank_reads_is_in_its_own_characters(text: str) -> None:
    plain = sepa_text(text)

    assert plain.isascii()
    assert sepa_text(plain) == plain


def test_names_keep_their_letters_without_accents() -> None:
    assert sepa_text("Łukasz Müller & Zn. <x>") == "Lukasz Muller + Zn. .x."


@pytest.mark.parametrize("name", ["", "x" * 71, "a\nb", "李", "\u200b"])
def test_a_name_that_no_bank_can_read_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"name|letters"):
        read_holder(name)


def test_a_bank_account_says_nothing_where_it_is_logged() -> None:
    kept = BankAccount("J. de Vries", GOOD[0])

    assert "Vries" not in f"{kept!r} {kept}"
    assert GOOD[0] not in repr([kept])
