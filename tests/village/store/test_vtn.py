"""Those below, and the objects of the VTN, on each kind of database."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from battery_commons.domain.vtn import Kind, Role, VtnObject
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act, Author
from tests.village.store.conftest import NOON

AUTHOR = Author("Ada", NOON)


def kept(kind: Kind, id_: str, client_id: str, parent: str | None = None, at: datetime = NOON) -> VtnObject:
    return VtnObject(kind, id_, client_id, parent, f"name of {id_}", "{}", at, at)


@pytest.fixture
def client_id(store: Store) -> str:
    """Return a village below, with a program of an event of three reports, an hour apart."""
    client_id, _ = store.add_vtn_client("Brinkdorp", Role.VEN, NOON)
    store.add_vtn_object(kept(Kind.PROGRAM, "program", client_id))
    store.add_vtn_object(kept(Kind.EVENT, "event", client_id, "program"))
    for k in range(3):
        at = NOON + timedelta(hours=k)
        store.add_vtn_object(kept(Kind.REPORT, f"r{k}", client_id, "event", at))
    return client_id


def ids(found: list[VtnObject]) -> list[str]:
    return [each.id for each in found]


def test_lists_are_read_in_parts_by_name_and_by_age(store: Store, client_id: str) -> None:
    assert ids(store.vtn_objects(Kind.REPORT, skip=1, most=1)) == ["r1"]
    assert ids(store.vtn_objects(Kind.REPORT, skip=2)) == ["r2"]
    assert ids(store.vtn_objects(Kind.REPORT, name="name of r1", client_ids=[client_id])) == ["r1"]
    assert ids(store.vtn_objects(Kind.REPORT, made_since=NOON + timedelta(hours=1))) == ["r1", "r2"]


def test_old_reports_are_dropped_and_the_others_counted(store: Store, client_id: str) -> None:
    assert store.count_vtn_reports(["event"]) == {("event", client_id): 3}
    store.drop_vtn_reports("event", NOON + timedelta(hours=2))
    assert ids(store.vtn_objects(Kind.REPORT)) == ["r2"]
    assert ids(store.vtn_objects(Kind.EVENT)) == ["event"]


def test_it_is_known_who_reported_on_an_event_as_it_is(store: Store, client_id: str) -> None:
    assert store.first_vtn_reports(["event"]) == {("event", client_id): NOON}
    assert store.first_vtn_reports(["another"]) == {}
    changed = replace(store.vtn_objects(Kind.EVENT)[0], modified_at=NOON + timedelta(minutes=90))
    store.change_vtn_object(changed)
    assert store.first_vtn_reports(["event"]) == {("event", client_id): NOON + timedelta(hours=2)}
    store.drop_vtn_reports("event", NOON + timedelta(hours=3))
    assert store.first_vtn_reports(["event"]) == {}


def test_the_coordinators_own_client_is_one_that_nobody_sees(store: Store, client_id: str) -> None:
    own = store.own_vtn_client(NOON)
    assert store.own_vtn_client(NOON + timedelta(days=1)) == own
    assert [each.client_id for each in store.vtn_clients()] == [client_id]
    with pytest.raises(ValueError, match="already"):
        store.add_vtn_client(own.name, Role.VEN, NOON)


def test_a_client_is_renamed_to_what_no_other_is_called(store: Store, client_id: str) -> None:
    store.add_vtn_client("Ansen", Role.VEN, NOON)
    with pytest.raises(ValueError, match="already"):
        store.rename_vtn_client(client_id, "Ansen", AUTHOR)
    with pytest.raises(NotFoundError):
        store.rename_vtn_client("nobody", "Zandveen", AUTHOR)
    store.rename_vtn_client(client_id, "Brinkdorp", AUTHOR)
    store.rename_vtn_client(client_id, "Brink", AUTHOR)
    assert [(each.act, each.detail) for each in store.audit()] == [
        (Act.VTN_CLIENT_RENAMED, "Brink"),
        (Act.VTN_CLIENT_RENAMED, "Brinkdorp"),
    ]


def test_an_administrators_event_is_in_the_audit_log_with_its_act_and_not_without(
    store: Store, client_id: str
) -> None:
    store.add_vtn_object(kept(Kind.EVENT, "asked", client_id, "program"), AUTHOR)
    store.delete_vtn_object("asked", AUTHOR)
    with pytest.raises(NotFoundError):
        store.delete_vtn_object("asked", AUTHOR)
    with pytest.raises(NotFoundError):
        store.add_vtn_object(kept(Kind.EVENT, "lost", client_id, "nowhere"), AUTHOR)
    assert [each.act for each in store.audit()] == [Act.VTN_EVENT_WITHDRAWN, Act.VTN_EVENT_PUBLISHED]
