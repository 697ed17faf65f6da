"""The signing key: made once, private, never overwritten."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from battery_commons.store import StoreError
from battery_commons.store.keys import load_or_create_key


def test_a_key_is_made_once_and_for_the_village_alone(tmp_path: Path) -> None:
    path = tmp_path / "signing-key.pem"
    key = load_or_create_key(path)
    assert load_or_create_key(path).private_bytes_raw() == key.private_bytes_raw()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nMC4CAQ\n"])
def test_a_damaged_key_is_refused_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "signing-key.pem"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="no readable signing key"):
        load_or_create_key(path)
    assert path.read_bytes() == content


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing-key.pem"
    other = X25519PrivateKey.generate()
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(StoreError, match="another kind"):
        load_or_create_key(path)


def test_a_folder_that_cannot_be_used_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        load_or_create_key(tmp_path / "nowhere" / "signing-key.pem")
