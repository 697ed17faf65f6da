"""The voter's part of RFC 9474, as a home or a browser has it: blinding, and unblinding."""

import secrets
from dataclasses import dataclass
from hashlib import sha384
from math import gcd

from battery_commons.voting.ballot import Ballot, to_text
from battery_commons.voting.blind import SALT_BYTES, VoteKey


def _masked(seed: bytes, length: int) -> bytes:
    """Return MGF1 with SHA-384 (RFC 8017, B.2.1)."""
    blocks = (sha384(seed + counter.to_bytes(4)).digest() for counter in range(length // 48 + 1))
    return b"".join(blocks)[:length]


def pss_encoded(message: bytes, bits: int, salt: bytes) -> int:
    """Return EMSA-PSS-ENCODE (RFC 8017, 9.1.1) as a whole number."""
    length = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - len(digest) - 2) + b"\x01" + salt
    mask = _masked(digest, len(block))
    masked = int.from_bytes(bytes(a ^ b for a, b in zip(block, mask, strict=True)))
    masked &= (1 << (8 * len(block) - (8 * length - bits))) - 1
    return int.from_bytes(masked.to_bytes(len(block)) + digest + b"\xbc")


def blinded(key: VoteKey, message: bytes, salt: bytes, factor: int) -> bytes:
    """Return Blind of RFC 9474, section 4.2, with the blinding factor given."""
    encoded = pss_encoded(message, key.modulus.bit_length() - 1, salt)
    assert gcd(encoded, key.modulus) == 1
    return (encoded * pow(factor, key.exponent, key.modulus) % key.modulus).to_bytes(key.size)


def unblinded(key: VoteKey, blind_signature: bytes, factor: int) -> bytes:
    """Return the signature: Finalize of RFC 9474, section 4.4, without its check."""
    signature = int.from_bytes(blind_signature) * pow(factor, -1, key.modulus) % key.modulus
    return signature.to_bytes(key.size)


@dataclass
class Voter:
    """Somebody with one ballot."""

    vote_id: str
    key: VoteKey
    choice: str

    def __post_init__(self) -> None:
        """Draw what is random of the ballot."""
        self.number = to_text(secrets.token_bytes(32))
        self._factor = secrets.randbelow(self.key.modulus - 2) + 2
        unsigned = Ballot(self.choice, self.number, b"").message(self.vote_id)
        self.blinded = blinded(self.key, unsigned, secrets.token_bytes(SALT_BYTES), self._factor)

    def ballot(self, blind_signature: bytes) -> Ballot:
        """Return the ballot with its signature."""
        return Ballot(self.choice, self.number, unblinded(self.key, blind_signature, self._factor))
