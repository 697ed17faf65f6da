"""IBANs: where money would go within SEPA. Nothing here says an IBAN in an error, which may be logged."""

import re
import unicodedata
from dataclasses import dataclass

_BANK_ACCOUNTS = {
    "AD": "8n12c", "AL": "8n16c", "AT": "16n", "BE": "12n", "BG": "4a6n8c", "CH": "5n12c", "CY": "8n16c",
    "CZ": "20n", "DE": "18n", "DK": "14n", "EE": "16n", "ES": "20n", "FI": "14n", "FR": "10n11c2n",
    "GB": "4a14n", "GI": "4a15c", "GR": "7n16c", "HR": "17n", "HU": "24n", "IE": "4a14n", "IS": "22n",
    "IT": "1a10n12c", "LI": "5n12c", "LT": "16n", "LU": "3n13c", "LV": "4a13c", "MC": "10n11c2n",
    "MD": "20c", "ME": "18n", "MK": "3n10c2n", "MT": "4a5n18c", "NL": "4a10n", "NO": "11n", "PL": "24n",
    "PT": "21n", "RO": "4a16c", "RS": "18n", "SE": "20n", "SI": "15n", "SK": "20n", "SM": "1a10n12c",
    "VA": "18n",
}  # fmt: skip
"""What follows the check digits, by country of SEPA: so many digits (n), capitals (a) or either (c).

SWIFT's IBAN registry; EPC409-09, with those that joined in 2024 and 2025 (AL, MD, ME, MK and RS). The check
digits alone would miss some letters in the place of a digit.
"""
_CHECK = "(?:0[2-9]|[1-8][0-9]|9[0-8])"
"""98 less a remainder of 97 (ISO 13616): 00, 01 and 99 would fit where 97, 98 and 02 are meant."""
_OF_KIND = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
_PART = re.compile(r"(\d+)([nac])")
_IBAN = re.compile(
    "|".join(
        country + _CHECK + _PART.sub(lambda part: f"{_OF_KIND[part[2]]}{{{part[1]}}}", account)
        for country, account in _BANK_ACCOUNTS.items()
    )
)
LONGEST_NAME = 70
"""Of whoever holds an account, in a payment within SEPA (EPC132-08)."""
_ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]+", re.ASCII)
"""What every bank in SEPA takes (EPC217-08)."""
_INSTEAD = str.maketrans(
    {"ß": "ss", "Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Æ": "AE", "æ": "ae", "&": "+"}
)
"""Of what is more than a letter with an accent (EPC217-08)."""


def read_iban(text: str) -> str:
    """Return an IBAN as it was typed, without spaces and in capitals. Raises ValueError for what is none."""
    iban = "".join(text.split()).upper()
    if not _IBAN.fullmatch(iban):
        raise ValueError("this is no IBAN of a country within SEPA")
    # ISO 13616: the first four characters last, letters as 10 to 35, leave 1 when divided by 97.
    if int("".join(str(int(each, 36)) for each in iban[4:] + iban[:4])) % 97 != 1:
        raise ValueError("a character of this IBAN is wrong: its check digits do not fit")
    return iban


def read_holder(text: str) -> str:
    """Return the name of who holds a bank account. Raises ValueError for one that no bank can read."""
    if not (0 < len(text) <= LONGEST_NAME and text.isprintable()):
        raise ValueError(f"a name has 1 to {LONGEST_NAME} characters")
    if not any(each.isalnum() for each in sepa_text(text)):
        raise ValueError("a bank reads Latin letters")
    return text


def sepa_text(text: str) -> str:
    """Return a text in the characters that every bank in SEPA takes: no accents, and dots for the rest."""
    plain = unicodedata.normalize("NFKD", text.translate(_INSTEAD))
    letters = (each for each in plain if not unicodedata.combining(each))
    return "".join(each if _ALLOWED.fullmatch(each) else "." for each in letters).strip()


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where money would go: a household's own, erased with it."""

    holder: str
    iban: str

    def __post_init__(self) -> None:
        """Refuse what no payment can be made to."""
        read_holder(self.holder)
        if read_iban(self.iban) != self.iban:
            raise ValueError("an IBAN is kept without spaces, in capitals")

    def __repr__(self) -> str:
        """Tell nothing of it: this may end up in a log."""
        return "BankAccount(...)"
