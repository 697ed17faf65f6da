"""The signed envelope in which the village speaks; docs/protocol.md describes it."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNING_CONTEXT = b"battery-commons/1\n"
PROTOCOL_VERSION = 1


class Refusal(StrEnum):
    """Why a message from the village is refused, in the order in which it is looked at."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    WRONG_HOME = "wrong_home"
    FROM_THE_FUTURE = "from_the_future"
    EXPIRED = "expired"
    LEASE_TOO_LONG = "lease_too_long"
    STALE_SEQUENCE = "stale_sequence"
    UNKNOWN_BATTERY = "unknown_battery"
    OUT_OF_BOUNDS = "out_of_bounds"


class RefusedError(Exception):
    """A message that is not believed."""

    def __init__(self, refusal: Refusal, sequence: int | None = None) -> None:
        """Say why, and which plan it was where that is known."""
        super().__init__(refusal.value)
        self.refusal = refusal
        self.sequence = sequence


def key_id(key: Ed25519PublicKey) -> str:
    """Return the short name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope whose signature holds."""

    envelope: Mapping[str, Any]
    payload: dict[str, Any]
    digest: str
    """The SHA-256 of the payload, by which the very same message is known again."""


def read_json(message: bytes | str) -> object:
    """Return what was sent. Raises RefusedError for what is no JSON."""
    try:
        return json.loads(message)
    except (ValueError, RecursionError) as error:
        raise RefusedError(Refusal.MALFORMED) from error


def open_envelope(envelope: object, key: Ed25519PublicKey) -> Opened:
    """Return what the owner of `key` has put into `envelope`.

    Raises RefusedError for anything else.
    """
    match envelope:
        case {"version": 1, "key_id": str(signer), "payload": str(text), "signature": str(signature_text)}:
            sealed = {
                "version": PROTOCOL_VERSION,
                "key_id": signer,
                "payload": text,
                "signature": signature_text,
            }
        case _:
            raise RefusedError(Refusal.MALFORMED)
    if signer != key_id(key):
        raise RefusedError(Refusal.UNKNOWN_KEY)
    try:
        signature = base64.b64decode(signature_text, validate=True)
        key.verify(signature, SIGNING_CONTEXT + text.encode())  # Raises ValueError on lone surrogates too.
    except (binascii.Error, InvalidSignature, ValueError) as error:
        raise RefusedError(Refusal.BAD_SIGNATURE) from error
    payload = read_json(text)
    if not isinstance(payload, dict) or payload.get("version") != PROTOCOL_VERSION:
        raise RefusedError(Refusal.MALFORMED)
    return Opened(sealed, payload, hashlib.sha256(text.encode()).hexdigest())
