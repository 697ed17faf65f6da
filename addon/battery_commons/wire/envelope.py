"""The signed envelope that carries every message from the village to a home."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel

SIGNING_CONTEXT = b"battery-commons/1\n"
"""Put before what is signed, so that a signature made here means nothing elsewhere."""


def public_key_text(key: Ed25519PublicKey) -> str:
    """Return a public key as base64 of its 32 raw bytes."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def key_id(key: Ed25519PublicKey) -> str:
    """Return the short name of a public key: the first 16 hex digits of its SHA-256."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def seal(message: BaseModel, key: Ed25519PrivateKey) -> dict[str, object]:
    """Return the envelope of `message`, signed with `key` (Ed25519, RFC 8032).

    The payload travels as text, so that what is verified is byte for byte what was signed.
    """
    payload = json.dumps(
        message.model_dump(mode="json", exclude_none=False), separators=(",", ":"), allow_nan=False
    )
    signature = key.sign(SIGNING_CONTEXT + payload.encode())
    return {
        "version": 1,
        "key_id": key_id(key.public_key()),
        "payload": payload,
        "signature": base64.b64encode(signature).decode(),
    }
