"""Administering homes and invitations, and what the audit log keeps of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.reading import BatteryReading
from battery_commons.store import InvitationExpiredError, NotFoundError, Store, StoreError, schema
from battery_commons.store.audit import Act, Author
from battery_commons.store.members import INVITATIONS_SHOWN_FOR, invitation_id
from battery_commons.store.records import NewHome
from tests.village.store.conftest import NOON, joined

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
ANNA = Author("Anna", NOON)


def at(later: timedelta) -> Author:
    return Author("Anna", NOON + later)


def acts(store: Store) -> list[tuple[str, Act, str]]:
    return [(entry.administrator, entry.act, entry.about) for entry in store.audit()]


def sent(store: Store, home: NewHome, at_hour: float) -> None:
    """Keep a plan as sent to a home, some hours after noon, on a lease of 45 minutes."""
    issued_at = NOON + at_hour * HOUR
    number = store.next_sequence(home.home_id)
    store.record_dispatch(home.home_id, number, "{}", issued_at, issued_at + timedelta(minutes=45))


# --- Suspending and resuming ------------------------------------------------------------------


def test_a_suspended_home_stays_a_member(store: Store, home: NewHome) -> None:
    store.suspend(home.home_id, ANNA)

    kept = store.homes_of_tokens([home.token]).get(home.token)
    assert kept is not None
    assert kept.suspended_at == NOON
    reading = BatteryReading(f"{home.home_id}/b1", NOON, 0.5, 0.0, None, "self_consumption", "no_plan", None)
    assert store.add_battery_readings(home.home_id, [reading]) == [True]
    store.leave(home.home_id)
    assert store.homes() == []


def test_a_resumed_home_takes_part_again(store: Store, home: NewHome) -> None:
    store.suspend(home.home_id, ANNA)
    store.resume(home.home_id, at(HOUR))

    assert store.homes()[0].suspended_at is None
    assert [each.id for each in store.recipients(NOON + HOUR)] == [home.home_id]
    assert acts(store) == [
        ("Anna", Act.HOME_RESUMED, home.home_id),
        ("Anna", Act.HOME_SUSPENDED, home.home_id),
    ]


def test_suspending_twice_is_one_act_and_keeps_its_moment(store: Store, home: NewHome) -> None:
    store.suspend(home.home_id, ANNA)
    store.suspend(home.home_id, at(HOUR))

    assert store.homes()[0].suspended_at == NOON
    assert len(store.audit()) == 1


def test_a_suspended_home_without_a_running_lease_is_sent_nothing(store: Store, home: NewHome) -> None:
    sent(store, home, at_hour=-1)
    store.suspend(home.home_id, ANNA)

    assert store.recipients(NOON) == []


def test_a_suspended_home_that_holds_a_plan_is_sent_one_more_and_then_nothing(
    store: Store, home: NewHome
) -> None:
    sent(store, home, at_hour=-0.25)
    store.suspend(home.home_id, ANNA)
    assert [each.id for each in store.recipients(NOON)] == [home.home_id]

    sent(store, home, at_hour=0)

    assert store.recipients(NOON + timedelta(minutes=1)) == []


# --- Removing and moving ----------------------------------------------------------------------


def test_a_removed_home_is_erased_and_only_its_id_is_left_in_the_log(store: Store, home: NewHome) -> None:
    sent(store, home, at_hour=0)
    store.remove(home.home_id, ANNA)

    assert store.homes_of_tokens([home.token]).get(home.token) is None
    assert (store.homes(), store.batteries()) == ([], [])
    assert acts(store) == [("Anna", Act.HOME_REMOVED, home.home_id)]
    with store._read() as connection:
        log = str(connection.execute(select(schema.audit)).all())
    assert "Home of first-home" not in log


def test_a_moved_home_brings_its_batteries(store: Store, home: NewHome) -> None:
    store.put_transformer(Transformer("t2", "Kerkweg", 160_000))
    store.move(home.home_id, "t2", ANNA)

    assert store.homes()[0].transformer_id == "t2"
    assert [each.battery.transformer_id for each in store.batteries()] == ["t2"]
    [entry] = store.audit()
    assert (entry.act, entry.about, entry.detail) == (Act.HOME_MOVED, home.home_id, "t1 > t2")


def test_a_home_cannot_be_moved_to_nowhere(store: Store, home: NewHome) -> None:
    with pytest.raises(NotFoundError):
        store.move(home.home_id, "t9", ANNA)

    assert store.homes()[0].transformer_id == "t1"
    assert store.audit() == []


@pytest.mark.parametrize("act", ["suspend", "resume", "remove", "move"])
def test_nothing_can_be_done_to_a_home_that_has_left(store: Store, home: NewHome, act: str) -> None:
    store.leave(home.home_id)
    arguments = ("t1", ANNA) if act == "move" else (ANNA,)

    with pytest.raises(NotFoundError):
        getattr(store, act)(home.home_id, *arguments)

    assert store.audit() == []


# --- Invitations ------------------------------------------------------------------------------


def test_invitations_are_listed_by_what_their_code_does_not_give_away(store: Store) -> None:
    store.add_invitation("t1", "welcome-1", NOON + WEEK, ANNA)

    [listed] = store.invitations(NOON)
    assert (listed.id, listed.transformer_id) == (invitation_id("welcome-1"), "t1")
    assert (listed.expires_at, listed.used_at, listed.revoked_at) == (NOON + WEEK, None, None)
    assert acts(store) == [("Anna", Act.INVITATION_MADE, listed.id)]


def test_an_invitation_that_ended_is_listed_for_a_month(store: Store) -> None:
    joined(store, "used-at-noon")
    store.add_invitation("t1", "expires-at-noon", NOON)

    month_later = NOON + INVITATIONS_SHOWN_FOR - HOUR
    assert len(store.invitations(month_later)) == 2
    assert store.invitations(month_later + WEEK + HOUR) == []


def test_a_revoked_invitation_lets_nobody_in(store: Store) -> None:
    store.add_invitation("t1", "welcome-1", NOON + WEEK)
    store.revoke_invitation(invitation_id("welcome-1"), at(HOUR))

    with pytest.raises(InvitationExpiredError):
        store.join("welcome-1", "De Eik", [], NOON + HOUR)
    [listed] = store.invitations(NOON + HOUR)
    assert listed.revoked_at == NOON + HOUR


@pytest.mark.parametrize("which", ["unknown", "used", "expired", "revoked"])
def test_only_an_invitation_that_counts_can_be_revoked(store: Store, which: str) -> None:
    joined(store, "used")
    store.add_invitation("t1", "expired", NOON - HOUR)
    store.add_invitation("t1", "revoked", NOON + WEEK)
    store.revoke_invitation(invitation_id("revoked"), ANNA)

    with pytest.raises(NotFoundError):
        store.revoke_invitation(invitation_id(which), ANNA)

    assert len(store.audit()) == 1


# --- The audit log ----------------------------------------------------------------------------


def test_every_other_act_of_an_administrator_is_in_the_log(store: Store) -> None:
    store.rename_village("Ansen", ANNA)
    store.put_transformer(Transformer("t2", "Kerkweg", 160_000), ANNA)
    store.put_transformer(Transformer("t2", "Kerkweg", 250_000), ANNA)
    store.new_meter_token("t2", ANNA)
    code = store.announce_code(CongestionSignal.RED, NOON + HOUR, NOON + 2 * HOUR, NOON, by=ANNA)
    store.withdraw_code(code, NOON, ANNA)

    log = [(entry.act, entry.about, entry.detail) for entry in reversed(store.audit())]
    assert log == [
        (Act.VILLAGE_RENAMED, store.village().id, "Ansen"),
        (Act.TRANSFORMER_ADDED, "t2", "Kerkweg, 160 kW"),
        (Act.TRANSFORMER_CHANGED, "t2", "Kerkweg, 250 kW"),
        (Act.METER_TOKEN_RENEWED, "t2", ""),
        (Act.CODE_ANNOUNCED, code, "red, 2026-06-21T13:00:00+00:00 - 2026-06-21T14:00:00+00:00"),
        (Act.CODE_WITHDRAWN, code, ""),
    ]


def test_the_log_can_be_read_in_part_newest_first(store: Store) -> None:
    for name in ("Ansen", "Ruinen", "Dwingeloo"):
        store.rename_village(name, ANNA)

    assert [entry.detail for entry in store.audit(most=2)] == ["Dwingeloo", "Ruinen"]


def test_an_act_that_cannot_be_logged_is_not_done(store: Store, home: NewHome) -> None:
    with store._write() as connection:
        connection.exec_driver_sql("ALTER TABLE audit RENAME TO away")

    with pytest.raises(StoreError, match="audit"):
        store.remove(home.home_id, ANNA)

    assert store.homes_of_tokens([home.token]).get(home.token) is not None


@pytest.mark.parametrize("change", ["UPDATE audit SET administrator = 'Bob'", "DELETE FROM audit"])
def test_what_is_in_the_log_stays_as_it_is(store: Store, change: str) -> None:
    store.rename_village("Ansen", ANNA)
    before = store.audit()

    with pytest.raises(IntegrityError, match="only added to"), store._write() as connection:
        connection.exec_driver_sql(change)

    assert store.audit() == before


def test_no_code_or_token_is_in_the_log(store: Store) -> None:
    store.add_invitation("t1", "welcome-1", NOON + WEEK, ANNA)
    token = store.new_meter_token("t1", ANNA)

    log = str(store.audit())
    assert "welcome-1" not in log
    assert token not in log
