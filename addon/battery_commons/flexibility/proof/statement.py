"""A proof as a statement: a table (CSV, RFC 4180) that is the same whenever it is made, and its signature.

docs/proof.md describes the columns, and how to check the signature. Pure.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from battery_commons.domain.activation import Activation
from battery_commons.domain.csv_rows import Cell, both_times, lines
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.flexibility.proof.baselines import Method
from battery_commons.flexibility.proof.delivered import Proof, ProofSlot

PUBLIC_KEY_FILE = "battery-commons.pem"
"""What the file of the public key is called."""
_HEADS = (
    *("village", "event_id", "part_of_grid", "kind", "received_utc", "accepted_utc", "withdrawn_utc"),
    *("start_utc", "start_local", "highest_w", "lowest_w", "ceiling_w"),
    *("load_w", "batteries_w", "batteries_spread_w", "batteries_silent", "missed_w", "kept"),
)
"""The file begins with these, and so is no message to a home, which the same key signs (wire/envelope.py)."""
_HEADS_OF_METHOD = ("baseline_w", "delivered_w", "spread_w", "data_age_s")


@dataclass(frozen=True, slots=True)
class Statement:
    """A proof as it is handed over."""

    content: bytes
    """The table."""
    signature: bytes
    """Of its very bytes (Ed25519, RFC 8032): 64 bytes."""
    public_key: bytes
    """What checks the signature, as OpenSSL reads it (PEM, RFC 8410)."""


def signed(proof: Proof, key: Ed25519PrivateKey) -> Statement:
    """Return the statement of a proof, signed with the village's key."""
    content = table(proof)
    return Statement(content, key.sign(content), public_key_pem(key.public_key()))


def table(proof: Proof) -> bytes:
    """Return a row per quarter hour; what is not known is empty, and never zero."""
    heads = [*_HEADS, *(f"{method.value}_{head}" for method in Method for head in _HEADS_OF_METHOD)]
    rows = ([*_of_activation(proof), *_of_slot(slot)] for slot in proof.slots)
    return lines([heads, *rows]).encode()


def public_key_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def file_name(activation: Activation) -> str:
    """Return what an activation's files are called, without an ending, whatever its event is called."""
    ask = activation.ask
    digest = hashlib.sha256(f"{ask.event_id}\n{ask.subject}".encode()).hexdigest()
    return f"proof-{ask.start.astimezone(MARKET_ZONE):%Y-%m-%d-%H%M}-{digest[:12]}"


def _of_activation(proof: Proof) -> Iterable[Cell]:
    activation = proof.activation
    ask = activation.ask
    moments = (activation.received_at, activation.accepted_at, activation.withdrawn_at)
    utc = (both_times(at, MARKET_ZONE)[0] for at in moments)
    return (proof.village, ask.event_id, ask.subject, ask.kind.value, *utc)


def _of_slot(slot: ProofSlot) -> Iterable[Cell]:
    asked, batteries = slot.asked, slot.batteries
    yield from both_times(asked.start, MARKET_ZONE)
    yield from (asked.highest_w, asked.lowest_w, asked.ceiling_w, slot.load_w)
    if batteries is None:
        yield from (None, None, None)
    else:
        yield from (batteries.power_w, batteries.spread_w, batteries.silent)
    yield slot.missed_w
    yield None if slot.kept is None else "yes" if slot.kept else "no"
    for method in Method:
        of_method = slot.delivered.get(method)
        if of_method is None:
            yield from (None,) * len(_HEADS_OF_METHOD)
        else:
            yield from (of_method.baseline_w, of_method.delivered_w, of_method.spread_w)
            yield None if of_method.age is None else of_method.age.total_seconds()
