"""EANs are those that the grid operators' own validator takes for ones."""

from hypothesis import given
from hypothesis import strategies as st
from openadr3_client_nlflex_compliance.nlflex10 import _common as judge

from battery_commons.domain.ean import GRID_OPERATORS, is_ean13, is_ean18

DIGITS = st.text("0123456789", min_size=13, max_size=18)


@given(DIGITS | st.text(max_size=20) | st.integers() | st.none())
def test_an_ean_is_what_the_validator_takes_for_one(text: object) -> None:
    assert (is_ean13(text), is_ean18(text)) == (judge.is_ean13(text), judge.is_ean18(text))


@given(st.text("0123456789", min_size=17, max_size=17))
def test_one_digit_in_ten_makes_an_ean_of_seventeen(body: str) -> None:
    eans = [f"{body}{digit}" for digit in range(10) if is_ean18(f"{body}{digit}")]
    assert len(eans) == 1
    assert judge.is_ean18(eans[0])


def test_the_grid_operators_are_the_validators() -> None:
    assert set(GRID_OPERATORS) == judge.KNOWN_DSO_IDENTIFIERS
