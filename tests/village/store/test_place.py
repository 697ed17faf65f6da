"""Where the database is, by its URL, which never gives a password away."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.store.place import DatabaseUrl, Encryption

WHOLE = "postgresql://els:s%40fe@db.example.org:5433/ansen?sslmode=require&sslrootcert=/etc/ca.pem"


def test_every_part_of_a_url_counts() -> None:
    assert DatabaseUrl.parse(WHOLE) == DatabaseUrl(
        "db.example.org", 5433, "ansen", "els", "s@fe", Encryption.REQUIRE, Path("/etc/ca.pem")
    )


@pytest.mark.parametrize(
    ("text", "encryption"),
    [
        ("postgresql://els@db.example.org/ansen", Encryption.VERIFY_FULL),
        ("postgresql://els@192.0.2.7/ansen", Encryption.VERIFY_FULL),
        ("postgresql://els@localhost/ansen", Encryption.DISABLE),
        ("postgresql://els@[::1]/ansen", Encryption.DISABLE),
        ("postgresql://els@/ansen?host=/run/postgresql", Encryption.DISABLE),
        ("postgresql://els@db.example.org/ansen?sslmode=disable", Encryption.DISABLE),
    ],
)
def test_only_on_this_machine_nothing_is_encrypted_unasked(text: str, encryption: Encryption) -> None:
    url = DatabaseUrl.parse(text)
    assert url.encryption is encryption
    assert (url.tls() is None) == (encryption is Encryption.DISABLE)


def test_a_certificate_is_checked_unless_it_is_said_not_to_be() -> None:
    url = DatabaseUrl.parse("postgresql://els@db.example.org/ansen")
    checking, believing = url.tls(), replace(url, encryption=Encryption.REQUIRE).tls()
    assert checking is not None
    assert checking.check_hostname
    assert checking.verify_mode is ssl.CERT_REQUIRED
    assert believing is not None
    assert believing.verify_mode is ssl.CERT_NONE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mysql://els:hush@db/ansen", "none like"),
        ("hush", "none like"),
        ("", "none like"),
        ("postgresql://els:hush@db:port/ansen", "none like"),
        ("postgresql://els:hush@db/", "no user, or no database"),
        ("postgresql://db/ansen?password=hush", "unknown part: password"),
        ("postgresql://els:hush@db/ansen?sslmode=prefer", "none of disable, require, verify-full"),
        ("postgresql://els:hush@db/ansen\n", "none like"),
        ("postgresql://els:hush@db/" + "a" * 3000, "none like"),
    ],
)
def test_a_wrong_url_is_said_to_be_wrong_and_not_repeated(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        DatabaseUrl.parse(text)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_in_words_there_is_neither_user_nor_password() -> None:
    url = DatabaseUrl.parse(WHOLE)
    assert str(url) == "ansen on db.example.org:5433"
    assert "s@fe" not in repr(url)


@given(st.text() | st.text().map(lambda rest: f"postgresql://{rest}"))
def test_whatever_it_is_given_it_says_what_is_wrong(text: str) -> None:
    try:
        url = DatabaseUrl.parse(text)
    except ValueError as error:
        assert "database's URL" in str(error)  # noqa: PT017 - either is right
    else:
        assert 0 < url.port < 65_536
