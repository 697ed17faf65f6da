"""The key that the village signs with: a file of its own, readable by the village alone."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from battery_commons.store.errors import StoreError
from battery_commons.store.secret_file import write_secret

_RESTORE = "Homes trust this key only: put back a copy of it, or move it away and invite every home again."


def load_or_create_key(path: Path) -> Ed25519PrivateKey:
    """Return the village's signing key, made on first use (PEM, PKCS #8, mode 0600).

    A file that exists is never written to: a lost key means that every home must join again.

    Raises:
        StoreError: When the file cannot be read or written, or holds no Ed25519 key.
    """
    try:
        if not path.exists():
            _create(path)
        pem = path.read_bytes()
    except OSError as error:
        msg = f"The signing key {path} cannot be used: {error.strerror}. Check the folder's permissions."
        raise StoreError(msg) from error
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        msg = f"{path} holds no readable signing key. {_RESTORE}"
        raise StoreError(msg) from error
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"{path} holds a key of another kind than Ed25519. {_RESTORE}"
        raise StoreError(msg)
    return key


def copy_key(key: Path, copy: Path) -> None:
    """Copy the signing key to a file that is not there yet (mode 0600). Raises StoreError."""
    if not key.exists():
        raise StoreError(f"There is no signing key {key} yet: it is made when the coordinator first starts.")
    load_or_create_key(key)
    try:
        # Not by write_secret: a stick or share to keep it on may know no second names for a file.
        descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.read_bytes())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise StoreError(f"{copy} is there already, and is left as it is. Name another file.") from error
    except OSError as error:
        raise StoreError(f"The signing key cannot be copied to {copy}: {error.strerror}.") from error


def put_key_back(copy: Path, key: Path, now: datetime) -> Path | None:
    """Put a copy of the signing key in its place; return where another one that stood there is kept.

    Raises StoreError, with the former key still in its place.
    """
    if key.exists() and key.read_bytes() == copy.read_bytes():
        return None
    draft = key.with_name(f".{key.name}.restored")
    draft.unlink(missing_ok=True)
    copy_key(copy, draft)
    former = None
    if key.exists():
        former = key.with_name(f"{key.stem}-before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.pem")
        # A second name for it: were this cut short here, there would still be a key to start with.
        former.hardlink_to(key)
    draft.replace(key)
    return former


def _create(path: Path) -> None:
    """Write a new key; one that another process put there first stays."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with suppress(FileExistsError):
        write_secret(path, pem, over=False)
