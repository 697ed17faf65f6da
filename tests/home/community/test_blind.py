"""The voter's part of RFC 9474: as in its test vector, and nothing that is tampered with gets through."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.community.blind import (
    NotSignedError,
    VoteKey,
    blind,
    from_text,
    read_key,
    to_text,
    unblinded,
)

TESTS = Path(__file__).parents[2]
VECTOR = {
    name: bytes.fromhex(digits)
    for name, digits in json.loads((TESTS / "village" / "voting" / "rfc9474.json").read_text()).items()
}
KEY = VoteKey(int.from_bytes(VECTOR["n"]))
PRIVATE = rsa.generate_private_key(65537, 2048).private_numbers()
OURS = VoteKey(PRIVATE.public_numbers.n)


def signed_unseen(blinded: bytes) -> bytes:
    return pow(int.from_bytes(blinded), PRIVATE.d, OURS.modulus).to_bytes(OURS.size)


def test_a_message_is_blinded_as_the_rfc_does_it() -> None:
    factor = pow(int.from_bytes(VECTOR["inv"]), -1, KEY.modulus)

    hidden = blind(KEY, VECTOR["msg"], VECTOR["salt"], factor)

    assert hidden.message == VECTOR["blinded_msg"]
    assert hidden.inverse == int.from_bytes(VECTOR["inv"])


def test_the_blinding_is_taken_off_as_the_rfc_does_it() -> None:
    inverse = int.from_bytes(VECTOR["inv"])

    assert unblinded(KEY, VECTOR["msg"], VECTOR["blind_sig"], inverse) == VECTOR["sig"]


@pytest.mark.parametrize(
    "tampered", [b"", bytes(512), b"\xff" * 512, VECTOR["sig"], VECTOR["blind_sig"][:-1]]
)
def test_what_is_no_signature_of_the_message_is_refused(tampered: bytes) -> None:
    with pytest.raises(NotSignedError):
        unblinded(KEY, VECTOR["msg"], tampered, int.from_bytes(VECTOR["inv"]))


def test_a_signature_of_another_message_is_refused() -> None:
    with pytest.raises(NotSignedError):
        unblinded(KEY, b"another", VECTOR["blind_sig"], int.from_bytes(VECTOR["inv"]))


def test_the_same_message_looks_another_each_time_and_is_signed_all_the_same() -> None:
    first, second = blind(OURS, b"a ballot"), blind(OURS, b"a ballot")

    assert first.message != second.message
    for hidden in (first, second):
        assert OURS.signed(
            b"a ballot", unblinded(OURS, b"a ballot", signed_unseen(hidden.message), hidden.inverse)
        )


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [
        (to_text(VECTOR["n"]), 65537),  # 4096 bits: none of this protocol's.
        (to_text(PRIVATE.public_numbers.n.to_bytes(256)), 3),
        (to_text((PRIVATE.public_numbers.n - 1).to_bytes(256)), 65537),
        (to_text(b"\x01"), 65537),
        ("not base64!", 65537),
        (None, 65537),
    ],
    # The key is another each time; names of tests are not.
    ids=["larger", "small exponent", "even", "tiny", "no base64", "none"],
)
def test_a_key_of_another_kind_is_refused(modulus: object, exponent: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_key(modulus, exponent)


def test_a_key_with_a_small_factor_is_refused_before_anything_is_blinded_with_it() -> None:
    with pytest.raises(ValueError, match="small factor"):
        blind(VoteKey(3 * 2**2046 + 3), b"a ballot", factor=3)


@given(st.binary(min_size=1, max_size=300))
def test_bytes_come_back_from_their_text(data: bytes) -> None:
    assert from_text(to_text(data)) == data


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        from_text(text)
    except ValueError:
        return
