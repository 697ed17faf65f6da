"""Invitations, joining, describing and leaving."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading
from battery_commons.store import (
    InvitationExpiredError,
    InvitationUnknownError,
    InvitationUsedError,
    NotFoundError,
    Store,
)
from battery_commons.store.place import Place
from battery_commons.store.records import Invitation, NewHome
from tests.village.store.conftest import NOON, battery, everything_in, joined

URLS = ["http://127.0.0.1:8123/api/webhook/x"]


def test_a_transformer_can_be_changed_by_its_id(store: Store) -> None:
    changed = Transformer(id="t1", name="Hoofdstraat", limit_w=400_000)
    store.put_transformer(changed)
    assert store.transformers() == [changed]


def test_a_new_meter_token_replaces_the_old_one(store: Store) -> None:
    old, new = store.new_meter_token("t1"), store.new_meter_token("t1")
    assert store.meter_of_token(new) == "t1"
    assert store.meter_of_token(old) is None
    with pytest.raises(NotFoundError):
        store.new_meter_token("t9")


def test_an_invitation_lets_one_home_in(store: Store) -> None:
    expires_at = NOON + timedelta(days=1)
    store.add_invitation("t1", "welcome-1", expires_at)
    assert store.invitation("welcome-1") == Invitation("t1", expires_at, used=False)
    new = store.join("welcome-1", "De Eik", URLS, NOON)
    assert store.invitation("welcome-1") == Invitation("t1", expires_at, used=True)
    with pytest.raises(InvitationUsedError):
        store.join("welcome-1", "De Beuk", URLS, NOON)
    [home] = store.homes()
    assert (home.id, home.name, home.transformer_id, home.webhook_urls) == (
        new.home_id,
        "De Eik",
        "t1",
        tuple(URLS),
    )
    assert store.homes_of_tokens([new.token]).get(new.token) == home


def test_many_tokens_are_looked_up_at_once(store: Store) -> None:
    for code in ("one", "two"):
        store.add_invitation("t1", code, NOON + timedelta(days=1))
    one, two = (store.join(code, f"Home {code}", URLS, NOON) for code in ("one", "two"))

    homes = store.homes_of_tokens([one.token, "made-up", two.token])

    assert {token: home.id for token, home in homes.items()} == {
        one.token: one.home_id,
        two.token: two.home_id,
    }


def test_an_unknown_invitation_lets_nobody_in(store: Store) -> None:
    assert store.invitation("made-up-code") is None
    with pytest.raises(InvitationUnknownError):
        store.join("made-up-code", "De Eik", URLS, NOON)


def test_an_invitation_ends_at_the_moment_it_expires(store: Store) -> None:
    store.add_invitation("t1", "welcome-1", NOON)
    with pytest.raises(InvitationExpiredError):
        store.join("welcome-1", "De Eik", URLS, NOON)
    assert store.homes() == []


def test_an_invitation_needs_a_transformer_and_a_code_of_its_own(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.add_invitation("t9", "welcome-1", NOON)
    store.add_invitation("t1", "welcome-1", NOON)
    with pytest.raises(ValueError, match="given before"):
        store.add_invitation("t1", "welcome-1", NOON)


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        store.add_invitation("t1", "welcome-1", datetime(2026, 6, 21))  # noqa: DTZ001 - that is the point


def test_of_homes_that_join_at_once_one_gets_in(store: Store) -> None:
    store.add_invitation("t1", "welcome-1", NOON + timedelta(days=1))

    def attempt(number: int) -> bool:
        try:
            store.join("welcome-1", f"Home {number}", URLS, NOON)
        except InvitationUsedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert outcomes.count(True) == 1
    assert len(store.homes()) == 1


def test_a_home_replaces_its_description(store: Store, home: NewHome) -> None:
    store.describe_home(home.home_id, ["https://example.org/hook"], [battery(home.home_id, "b2")])
    assert store.batteries() == [battery(home.home_id, "b2")]
    assert store.homes()[0].webhook_urls == ("https://example.org/hook",)
    store.describe_home(home.home_id, URLS, [])
    assert store.batteries() == []


def test_a_home_that_leaves_is_erased_and_its_invitation_stays_used(store: Store, home: NewHome) -> None:
    stays = joined(store, "second-home")
    for each in (home, stays):
        reading = BatteryReading(f"{each.home_id}/b1", NOON, 0.5, 0.0, None, "village", "hold", 1)
        store.add_battery_readings(each.home_id, [reading])
        number = store.next_sequence(each.home_id)
        store.record_dispatch(each.home_id, number, "{}", NOON, NOON + timedelta(hours=1))
    store.leave(home.home_id)
    assert store.homes_of_tokens([home.token]).get(home.token) is None
    assert [each.id for each in store.homes()] == [stays.home_id]
    assert list(store.latest_dispatches()) == [stays.home_id]
    with store._read() as connection:
        for table in ("battery", "battery_reading", "dispatch"):
            owners = connection.exec_driver_sql(f"SELECT home_id FROM {table}").scalars().all()  # noqa: S608 - our own table names
            assert owners == [stays.home_id]
    with pytest.raises(InvitationUsedError):
        store.join("first-home", "Again", URLS, NOON)
    with pytest.raises(NotFoundError):
        store.leave(home.home_id)
    with pytest.raises(NotFoundError):
        store.describe_home(home.home_id, URLS, [])


def test_no_secret_is_kept_as_it_was_told(store: Store, place: Place) -> None:
    home, meter = joined(store, "welcome-code-1"), store.new_meter_token("t1")
    kept = everything_in(store, place)
    assert home.home_id.encode() in kept
    for secret in (home.token, meter, "welcome-code-1"):
        assert secret.encode() not in kept.replace(b"Home of welcome-code-1", b"")
