"""IBANs: where money would go within SEPA. Nothing here says an IBAN in an error, which may be logged."""

import re
import unicodedata
from dataclasses import dataclass

_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]+", re.ASCII)
COUNTRIES = {
    15: frozenset({"NO"}),
    16: frozenset({"BE"}),
    18: frozenset({"DK", "FI", "NL"}),
    19: frozenset({"SI"}),
    20: frozenset({"AT", "EE", "LT", "LU"}),
    21: frozenset({"CH", "HR", "LI", "LV"}),
    22: frozenset({"BG", "DE", "GB", "IE", "VA"}),
    23: frozenset({"GI"}),
    24: frozenset({"AD", "CZ", "ES", "RO", "SE", "SK"}),
    25: frozenset({"PT"}),
    26: frozenset({"IS"}),
    27: frozenset({"FR", "GR", "IT", "MC", "SM"}),
    28: frozenset({"CY", "HU", "PL"}),
    31: frozenset({"MT"}),
}
"""By the length of their IBANs, the countries that take part in SEPA (SWIFT's IBAN registry; EPC409-09)."""
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
    if not _SHAPE.fullmatch(iban) or iban[:2] not in COUNTRIES.get(len(iban), ()):
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
