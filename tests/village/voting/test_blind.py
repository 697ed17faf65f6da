"""Blind signatures against the test vectors of RFC 9474, and what is refused."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import rsa_recover_prime_factors
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.voting.ballot import Ballot, from_text, to_text
from battery_commons.voting.blind import BlindedMessageError, SigningKey, VoteKey
from tests.village.voting.voter import Voter, blinded, unblinded

VECTOR = {
    name: bytes.fromhex(value)
    for name, value in json.loads((Path(__file__).parent / "rfc9474.json").read_text()).items()
}
PUBLIC = VoteKey(int.from_bytes(VECTOR["n"]))
PRIME, _ = rsa_recover_prime_factors(PUBLIC.modulus, PUBLIC.exponent, int.from_bytes(VECTOR["d"]))
OF_RFC = SigningKey(PUBLIC, PRIME)
FACTOR = pow(int.from_bytes(VECTOR["inv"]), -1, PUBLIC.modulus)
KEY = SigningKey.generate()


def test_the_voter_blinds_as_the_rfc_does() -> None:
    assert blinded(PUBLIC, VECTOR["msg"], VECTOR["salt"], FACTOR) == VECTOR["blinded_msg"]


def test_the_village_signs_as_the_rfc_does() -> None:
    assert OF_RFC.sign(VECTOR["blinded_msg"]) == VECTOR["blind_sig"]


def test_without_its_blinding_the_signature_is_that_of_the_rfc() -> None:
    signature = unblinded(PUBLIC, VECTOR["blind_sig"], FACTOR)

    assert signature == VECTOR["sig"]
    assert PUBLIC.signed(VECTOR["msg"], signature)
    assert not PUBLIC.signed(VECTOR["msg"] + b"!", signature)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"short",
        bytes(256),
        bytes(255) + b"\x00",
        KEY.public.modulus.to_bytes(256),
        b"\xff" * 256,
        bytes(512),
    ],
    ids=["empty", "short", "zero", "too short a zero", "the modulus", "above it", "too long"],
)
def test_what_is_no_blinded_message_is_not_signed(message: bytes) -> None:
    with pytest.raises(BlindedMessageError, match="256 bytes"):
        KEY.sign(message)


def test_a_ballot_is_signed_unseen() -> None:
    voter = Voter("v1", KEY.public, "a")

    ballot = voter.ballot(KEY.sign(voter.blinded))

    assert ballot.is_signed("v1", KEY.public)
    assert ballot.signature not in voter.blinded


def test_a_signature_counts_for_its_choice_its_number_and_its_vote_alone() -> None:
    voter, other = Voter("v1", KEY.public, "a"), Voter("v1", KEY.public, "a")
    signature = voter.ballot(KEY.sign(voter.blinded)).signature

    assert not Ballot("b", voter.number, signature).is_signed("v1", KEY.public)
    assert not Ballot("a", other.number, signature).is_signed("v1", KEY.public)
    assert not Ballot("a", voter.number, signature).is_signed("v2", KEY.public)
    assert not Ballot("a", voter.number, signature).is_signed("v1", SigningKey.generate().public)


@given(st.text(max_size=60), st.binary(max_size=300))
def test_whatever_is_shown_as_a_ballot_is_checked_without_failing(number: str, signature: bytes) -> None:
    assert not Ballot("a", number, signature).is_signed("v1", KEY.public)


@given(st.binary(max_size=300))
def test_bytes_are_read_as_they_were_written(value: bytes) -> None:
    assert from_text(to_text(value)) == value


@given(st.text(max_size=60))
def test_whatever_is_no_base64url_is_refused(text: str) -> None:
    try:
        value = from_text(text)
    except ValueError:
        return
    assert to_text(value) == text
