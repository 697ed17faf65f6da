"""The voter's part of a blind signature: the village signs a ballot without seeing it. Pure.

RSABSSA-SHA384-PSS-Deterministic of RFC 9474. A ballot holds a random number of 256 bits, so that nothing more
has to be added to it before it is blinded.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from hashlib import sha384
from math import gcd

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

SALT_BYTES = 48
_HASH_BYTES = 48
_KEY_BITS = 2048
_EXPONENT = 65537


class NotSignedError(ValueError):
    """What came back is no signature of what was blinded."""


@dataclass(frozen=True, slots=True)
class VoteKey:
    """The public key that signs the ballots of one vote."""

    modulus: int
    exponent: int = _EXPONENT

    @property
    def size(self) -> int:
        """How many bytes a signature has."""
        return (self.modulus.bit_length() + 7) // 8

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Return whether `signature` is this key's, of `message`: RSASSA-PSS-VERIFY of RFC 8017, 8.1.2."""
        scheme = padding.PSS(padding.MGF1(SHA384()), SALT_BYTES)
        try:
            public = rsa.RSAPublicNumbers(self.exponent, self.modulus).public_key()
            public.verify(signature, message, scheme, SHA384())
        except InvalidSignature, ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Blinded:
    """A message that was blinded, and what takes the blinding off again."""

    message: bytes
    inverse: int
    """Whoever has it can tell whose ballot it is: it stays at home."""


def blind(key: VoteKey, message: bytes, salt: bytes | None = None, factor: int | None = None) -> Blinded:
    """Return `message` as the village may see it: Blind of RFC 9474, section 4.2.

    `salt` and `factor` are drawn at random, but for the RFC's test vectors. Raises ValueError for a key that
    is none.
    """
    encoded = _encoded(message, key.modulus.bit_length() - 1, salt or secrets.token_bytes(SALT_BYTES))
    factor = factor or secrets.randbelow(key.modulus - 2) + 2
    if gcd(encoded, key.modulus) != 1 or gcd(factor, key.modulus) != 1:
        raise ValueError("the modulus has a small factor: it is no key")
    blinded = encoded * pow(factor, key.exponent, key.modulus) % key.modulus
    return Blinded(blinded.to_bytes(key.size), pow(factor, -1, key.modulus))


def unblinded(key: VoteKey, message: bytes, blind_signature: bytes, inverse: int) -> bytes:
    """Return the signature of `message`: Finalize of RFC 9474, section 4.4. Raises NotSignedError."""
    if len(blind_signature) == key.size:
        signature = (int.from_bytes(blind_signature) * inverse % key.modulus).to_bytes(key.size)
        if key.signed(message, signature):
            return signature
    raise NotSignedError("this is no signature of the ballot")


def read_key(modulus: object, exponent: object) -> VoteKey:
    """Return the key of a vote as the village tells it. Raises ValueError for one that hides nothing."""
    key = VoteKey(int.from_bytes(from_text(modulus)))
    if exponent != _EXPONENT or key.modulus.bit_length() != _KEY_BITS or key.modulus % 2 == 0:
        raise ValueError("a vote's key is RSA with 2048 bits and the exponent 65537")
    return key


def to_text(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: object) -> bytes:
    """Return the bytes that a text in base64url says. Raises ValueError for another text."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,1000}", text):
        raise ValueError("no base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(message: bytes, bits: int, salt: bytes) -> int:
    """Return EMSA-PSS-ENCODE of RFC 8017, section 9.1.1, as a whole number."""
    length = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - _HASH_BYTES - 2) + b"\x01" + salt
    hidden = int.from_bytes(block) ^ int.from_bytes(_mask(digest, len(block)))
    hidden &= (1 << (bits - 8 * (_HASH_BYTES + 1))) - 1
    return int.from_bytes(hidden.to_bytes(len(block)) + digest + b"\xbc")


def _mask(seed: bytes, length: int) -> bytes:
    """Return MGF1 of RFC 8017, section B.2.1."""
    blocks = (sha384(seed + counter.to_bytes(4)).digest() for counter in range(length // _HASH_BYTES + 1))
    return b"".join(blocks)[:length]
