"""Who may come in, and for how long."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.store import NotFoundError, Store
from battery_commons.store.administrators import (
    CODE_LASTS,
    IDLE,
    LONGEST_SESSION,
    Account,
    LastAdministratorError,
    NameTakenError,
    Passkey,
)
from battery_commons.store.audit import Author
from battery_commons.store.passwords import hashed, is_password

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BY = Author("Anna", NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "village.db")) as store:
        yield store


@pytest.fixture
def anna(store: Store) -> Account:
    return store.add_administrator("Anna", "kept", NOW, BY)


def test_a_password_is_known_again_and_cannot_be_read() -> None:
    kept = hashed("korrekt paard batterij")
    assert kept.startswith("$argon2id$")
    assert kept != hashed("korrekt paard batterij")
    assert is_password("korrekt paard batterij", kept)
    assert not is_password("korrekt paard", kept)
    assert not is_password("", None)


def test_a_code_makes_one_administrator_within_a_day(store: Store) -> None:
    code = store.new_administrator_code(NOW)
    assert store.redeem_administrator_code(code, "Anna", "kept", NOW, NOW).name == "Anna"
    with pytest.raises(NotFoundError):
        store.redeem_administrator_code(code, "Bert", "kept", NOW, NOW)
    late = store.new_administrator_code(NOW, BY)
    with pytest.raises(NotFoundError):
        store.redeem_administrator_code(late, "Bert", "kept", NOW + CODE_LASTS, NOW)
    assert [each.name for each in store.administrators()] == ["Anna"]


def test_the_code_of_a_first_start_takes_the_place_of_the_one_before(store: Store) -> None:
    former = store.new_administrator_code(NOW)
    store.new_administrator_code(NOW)
    with pytest.raises(NotFoundError):
        store.redeem_administrator_code(former, "Anna", "kept", NOW, NOW)


def test_a_name_that_is_taken_leaves_the_code(store: Store, anna: Account) -> None:
    code = store.new_administrator_code(NOW, BY)
    with pytest.raises(NameTakenError):
        store.redeem_administrator_code(code, anna.name.upper(), "kept", NOW, NOW)
    assert store.redeem_administrator_code(code, "Bert", "kept", NOW, NOW).name == "Bert"


def test_a_session_ends_when_idle_and_at_last_also_in_use(store: Store, anna: Account) -> None:
    token = store.begin_session(anna, NOW)
    assert store.session(token, NOW + IDLE - MINUTE) == anna
    assert store.session(token, NOW + 2 * IDLE - 2 * MINUTE) == anna
    assert store.session(token, NOW + 3 * IDLE) is None

    at, token = NOW, store.begin_session(anna, NOW)
    while at + IDLE / 2 < NOW + LONGEST_SESSION:
        at += IDLE / 2
        assert store.session(token, at) == anna
    assert store.session(token, NOW + LONGEST_SESSION) is None


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(store: Store, anna: Account) -> None:
    token = store.begin_session(anna, NOW)
    assert store.session(token, NOW + IDLE - MINUTE, in_use=False) == anna
    assert store.session(token, NOW + IDLE) is None


def test_another_password_signs_out_everywhere(store: Store, anna: Account) -> None:
    tokens = [store.begin_session(anna, NOW) for _ in range(2)]
    store.change_password("Anna", "other", BY)
    assert [store.session(token, NOW) for token in tokens] == [None, None]


def test_who_is_removed_is_signed_out_with_passkeys_gone(store: Store, anna: Account) -> None:
    bert = store.add_administrator("Bert", "kept", NOW, BY)
    token = store.begin_session(bert, NOW)
    store.add_passkey(Passkey("id", bert, "key", 0, NOW), BY)
    store.remove_administrator("Bert", BY)
    assert store.session(token, NOW) is None
    with pytest.raises(NotFoundError):
        store.passkey("id")
    assert store.administrators() == [anna]


def test_the_last_administrator_stays_unless_that_is_meant(store: Store, anna: Account) -> None:
    with pytest.raises(LastAdministratorError):
        store.remove_administrator(anna.name, BY)
    store.remove_administrator(anna.name, BY, also_last=True)
    assert not store.has_administrators()


def test_nobody_removes_the_passkey_of_another(store: Store, anna: Account) -> None:
    bert = store.add_administrator("Bert", "kept", NOW, BY)
    store.add_passkey(Passkey("id", bert, "key", 3, NOW), BY)
    with pytest.raises(NotFoundError):
        store.remove_passkey(anna, "id", BY)
    assert store.passkey("id") == Passkey("id", bert, "key", 3, NOW)


def test_no_code_and_no_session_is_kept_as_it_was_told(store: Store, anna: Account, tmp_path: Path) -> None:
    secrets = [store.new_administrator_code(NOW, BY), store.begin_session(anna, NOW)]
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [secret for secret in secrets if secret.encode() in kept]


def test_every_act_is_in_the_audit_log(store: Store, anna: Account) -> None:
    store.change_password(anna.name, "other", BY)
    store.add_passkey(Passkey("id", anna, "key", 0, NOW), BY)
    store.remove_passkey(anna, "id", BY)
    code = store.new_administrator_code(NOW, BY)
    store.redeem_administrator_code(code, "Bert", "kept", NOW, NOW)
    store.remove_administrator("Bert", BY)
    assert [(each.administrator, each.act.value) for each in reversed(store.audit())] == [
        ("Anna", "administrator_added"),
        ("Anna", "password_changed"),
        ("Anna", "passkey_added"),
        ("Anna", "passkey_removed"),
        ("Anna", "administrator_invited"),
        ("Bert", "administrator_added"),
        ("Anna", "administrator_removed"),
    ]
