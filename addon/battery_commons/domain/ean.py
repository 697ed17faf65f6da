"""EAN codes of the Dutch energy market: 13 digits for a party, 18 for a connection to the grid."""

from typing import Annotated

from pydantic import AfterValidator

_PARTY, _CONNECTION = 13, 18

GRID_OPERATORS = {
    "8716916000004": "Coteq",
    "8712423014022": "Enexis",
    "8716871000002": "Liander",
    "8716912000008": "Rendo",
    "8716892000005": "Stedin",
    "8716878999996": "Westland Infra",
}
"""The Dutch grid operators, by their EAN13 (OpenADR DER profile v1.0.0, "DSO identifiers")."""


def is_ean13(text: object) -> bool:
    """Return whether this is the EAN of a party: 13 digits, of which the last fits the others."""
    return _is_ean(text, _PARTY)


def is_ean18(text: object) -> bool:
    """Return whether this is the EAN of a connection: 18 digits, of which the last fits the others."""
    return _is_ean(text, _CONNECTION)


def _is_ean(text: object, length: int) -> bool:
    if not isinstance(text, str) or len(text) != length or not (text.isascii() and text.isdigit()):
        return False
    # From the right, the check digit first, digits weigh 1, 3, 1, 3...; together they are a number of tens.
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text))) % 10 == 0


def _ean13(text: str) -> str:
    if not is_ean13(text):
        raise ValueError("this is no EAN of 13 digits")
    return text


def _ean18(text: str) -> str:
    if not is_ean18(text):
        raise ValueError("this is no EAN of 18 digits")
    return text


def _operator(text: str) -> str:
    if text not in GRID_OPERATORS:
        raise ValueError("this is the EAN of no Dutch grid operator")
    return text


type Ean13 = Annotated[str, AfterValidator(_ean13)]
type Ean18 = Annotated[str, AfterValidator(_ean18)]
type OperatorEan = Annotated[str, AfterValidator(_operator)]
