"""A database of an earlier version is brought to the present one with all that is in it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.place import Place
from tests.village.store.conftest import former

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
STAMP = int(NOON.timestamp()) * 1_000_000
KEPT: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("village", ("0123456789abcdef", "Ansen")),
    ("transformer", ("t1", "Dorpsstraat", 250_000, None)),
    ("invitation", ("ab" * 32, "t1", STAMP + 1, None)),
    ("home", ("h1", "De Eik", "t1", "[]", "hash", 7, STAMP)),
    ("battery", ("h1", "b1", "Garage", 10_000, 5000, 5000, 0.95, 0.95, 0.1)),
    ("battery_reading", ("h1", "b1", STAMP, 0.5, 100, None, "village", "hold", 7)),
    ("dispatch", ("h1", 7, "{}", STAMP, STAMP, 1, None, None, 1, STAMP, None)),
    ("code_window", ("c1", "red", STAMP, STAMP + 1, "", None, STAMP, None)),
    ("code_answer", ("c1", "h1", 1, STAMP)),
)
SUSPENDED_OR_REVOKED = {"home": (None,), "invitation": (None,)}
"""Which columns version 4 added: nobody is."""


@pytest.mark.parametrize(("version", "added"), [("0002", {}), ("0004", SUSPENDED_OR_REVOKED)])
def test_a_former_version_keeps_homes_invitations_readings_plans_and_answers(
    blank: Place, version: str, added: Mapping[str, tuple[object, ...]]
) -> None:
    with former(blank, version) as connection:
        for table, row in KEPT:
            values = {f"v{number}": value for number, value in enumerate([*row, *added.get(table, ())])}
            names = ", ".join(f":{name}" for name in values)
            connection.execute(
                text(f"INSERT INTO {table} VALUES ({names})"),  # noqa: S608 - our own table names
                values,
            )

    store = Store.open(blank)

    [home] = store.homes()
    assert (home.name, home.suspended_at, store.consented_at("h1")) == ("De Eik", None, NOON)
    [invitation] = store.invitations(NOON)
    assert (invitation.id, invitation.revoked_at) == ("abababababababab", None)
    assert store.invitation("another") is None
    assert store.latest_battery_readings()["h1/b1"].state_of_charge == 0.5
    assert store.last_accepted(NOON) == {"h1": (7, NOON)}
    assert [answer.window.id for answer in store.code_answers("h1")] == ["c1"]
    assert store.audit() == []
    store.suspend("h1", Author("Anna", NOON))
    assert len(store.audit()) == 1
    store.close()


def test_a_line_to_an_operator_is_kept_and_its_names_are_asked_for_again(blank: Place) -> None:
    with former(blank, "0023") as connection:
        connection.execute(
            text(
                "INSERT INTO operator_line (id, settings_json, secret, webhook_key, webhook_token, ven_id) "
                "VALUES ('line', :settings, 'hush', 'key', 'token', 'ven-1')"
            ),
            {
                "settings": json.dumps(
                    {"name": "Enexis", "url": "https://vtn.example", "client_id": "c", "ven_name": "v"}
                )
            },
        )

    store = Store.open(blank)

    [kept] = store.operator_lines()
    assert (kept.line.name, kept.ven_id, kept.resource_names) == ("Enexis", "ven-1", {})
    store.close()
