"""Blind signatures: who signs a ballot does not see it, and cannot tell it from others later.

RSABSSA-SHA384-PSS-Deterministic of RFC 9474: the signer's part, and the check that anybody can make. A
ballot holds a random number of 256 bits, so that nothing more has to be added to it before it is blinded. The
voter's part is in the home, and in the browser (web/members/page/static/ballot.js).
"""

import secrets
from dataclasses import dataclass
from math import gcd
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

BITS = 2048
EXPONENT = 65537
SALT_BYTES = 48
_PSS = padding.PSS(padding.MGF1(SHA384()), SALT_BYTES)


class BlindedMessageError(ValueError):
    """What is to be signed is no blinded message of this key's."""


@dataclass(frozen=True, slots=True)
class VoteKey:
    """The public part of the key that signs the ballots of one vote."""

    modulus: int
    exponent: int = EXPONENT

    @property
    def size(self) -> int:
        """How many bytes a signature has."""
        return (self.modulus.bit_length() + 7) // 8

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Return whether `signature` is this key's, of `message`: RSASSA-PSS-VERIFY of RFC 8017."""
        try:
            public = rsa.RSAPublicNumbers(self.exponent, self.modulus).public_key()
            public.verify(signature, message, _PSS, SHA384())
        except InvalidSignature, ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Both parts of the key: made when a vote opens, thrown away when it closes."""

    public: VoteKey
    prime: int
    """One of the modulus' two."""

    @classmethod
    def generate(cls) -> Self:
        """Return a fresh key. Takes up to some seconds on a small machine."""
        numbers = rsa.generate_private_key(EXPONENT, BITS).private_numbers()
        return cls(VoteKey(numbers.public_numbers.n), numbers.p)

    def sign(self, blinded: bytes) -> bytes:
        """Return the blind signature of a blinded message: BlindSign of RFC 9474, section 4.3.

        Raises BlindedMessageError for what is none.
        """
        key = self.public
        message = int.from_bytes(blinded)
        if len(blinded) != key.size or not 0 < message < key.modulus or gcd(message, key.modulus) != 1:
            raise BlindedMessageError(f"a blinded ballot has {key.size} bytes and is below the key's modulus")
        # Blinded once more, so that how long it takes says nothing of the key.
        mask = secrets.randbelow(key.modulus - 2) + 2
        masked = message * pow(mask, key.exponent, key.modulus) % key.modulus
        signature = self._power(masked) * pow(mask, -1, key.modulus) % key.modulus
        if pow(signature, key.exponent, key.modulus) != message:
            raise ArithmeticError("the signature came out wrong: given away, it could betray the key")
        return signature.to_bytes(key.size)

    def _power(self, base: int) -> int:
        """Return RSASP1 of RFC 8017, by the Chinese remainder theorem: three times as fast."""
        p, q = self.prime, self.public.modulus // self.prime
        of_p, of_q = (pow(base, pow(self.public.exponent, -1, prime - 1), prime) for prime in (p, q))
        return of_q + (of_p - of_q) * pow(q, -1, p) % p * q
