"""How the village takes part in flexibility is kept, and a household's EAN no longer than its home."""

from dataclasses import replace
from datetime import timedelta

import pytest

from battery_commons.domain.dutch_flex import (
    CongestionPoint,
    DutchParticipation,
    FlexGroup,
    MaxDuration,
    TakenCall,
)
from battery_commons.domain.meter_source import Secret
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.operator_events import ArrivedEvent
from battery_commons.store.place import Place
from battery_commons.store.records import NewHome
from tests.village.store.conftest import NOON, everything_in, joined

PROVIDER, ENEXIS = "8712345678906", "8712423014022"
EAN = "871687120052345672"
POINT = CongestionPoint("MSR-1234", MaxDuration.FOUR_HOURS)
BY = Author("Anna", NOON)
SECRET: Secret = "secret"


@pytest.fixture
def taking_part(store: Store, home: NewHome) -> NewHome:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": POINT}, BY)
    store.give_connection(home.home_id, EAN, BY)
    return home


def test_a_village_takes_no_part_of_itself(store: Store) -> None:
    assert store.dutch_participation() is None


def test_what_was_agreed_is_kept(store: Store, taking_part: NewHome) -> None:
    kept = DutchParticipation(PROVIDER, ENEXIS, {"t1": POINT}, {taking_part.home_id: EAN})
    assert store.dutch_participation() == kept


def test_other_points_leave_connections_as_they_are(store: Store, taking_part: NewHome) -> None:
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"feeder": POINT}, BY)
    kept = store.dutch_participation()
    assert kept is not None
    assert (set(kept.points), set(kept.connections)) == ({"feeder"}, {taking_part.home_id})


def test_an_ean_is_replaced_and_withdrawn(store: Store, taking_part: NewHome) -> None:
    store.give_connection(taking_part.home_id, "871687120052345689", BY)
    store.withdraw_connection(taking_part.home_id, BY)
    store.withdraw_connection(taking_part.home_id, BY)
    kept = store.dutch_participation()
    assert kept is not None
    assert kept.connections == {}


def test_a_description_of_its_batteries_leaves_a_home_its_ean(store: Store, taking_part: NewHome) -> None:
    store.describe_home(taking_part.home_id, ["http://127.0.0.1:8123/api/webhook/x"], [])
    kept = store.dutch_participation()
    assert kept is not None
    assert kept.connections == {taking_part.home_id: EAN}


def test_a_home_that_leaves_takes_its_ean_along(store: Store, taking_part: NewHome, place: Place) -> None:
    joined(store, "second-home")
    store.leave(taking_part.home_id)
    kept = store.dutch_participation()
    assert kept is not None
    assert kept.connections == {}
    store.close()
    reopened = Store.open(place)
    assert EAN.encode() not in everything_in(reopened, place)
    reopened.close()


def test_only_a_home_that_there_is_has_a_connection(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.give_connection("gone", EAN)


def test_who_takes_part_no_longer_is_forgotten(store: Store, taking_part: NewHome) -> None:
    store.end_dutch_flex(BY)
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {}, BY)
    assert store.dutch_participation() == DutchParticipation(PROVIDER, ENEXIS)


def test_the_log_tells_of_every_act_and_of_no_ean(store: Store, taking_part: NewHome) -> None:
    store.withdraw_connection(taking_part.home_id, BY)
    store.end_dutch_flex(BY)
    log = store.audit()
    assert [each.act for each in log if "dutch" in each.act or "connection" in each.act] == [
        Act.DUTCH_FLEX_ENDED,
        Act.CONNECTION_WITHDRAWN,
        Act.CONNECTION_GIVEN,
        Act.DUTCH_FLEX_CHANGED,
    ]
    assert EAN not in str(log)


def test_what_a_call_rests_on_stays_as_it_was_taken_on(store: Store) -> None:
    line = store.add_operator_line(OperatorLine("Enexis", "https://vtn.example", "village", PROVIDER, SECRET))
    store.take_on_calls(line, {"flex": TakenCall("t1", 4000.0)})
    store.take_on_calls(line, {"flex": TakenCall("t1", 9000.0), "next": TakenCall("t1", 5000.0)})
    assert store.taken_calls(line) == {"flex": TakenCall("t1", 4000.0), "next": TakenCall("t1", 5000.0)}


def test_calls_of_two_operators_that_number_alike_are_told_apart(store: Store) -> None:
    first, second = (
        store.add_operator_line(OperatorLine(name, "https://vtn.example", "village", PROVIDER, SECRET))
        for name in ("Enexis", "Stedin")
    )
    for n, line in enumerate((first, second)):
        store.keep_operator_events(line, [ArrivedEvent("1", "v", "p", None, "{}")], NOON + timedelta(hours=n))
    store.take_on_calls(second, {"1": TakenCall("t1", 4000.0)})

    assert store.taken_call("1") is None
    assert store.taken_call(f"1 ({second})") == TakenCall("t1", 4000.0)


def test_groups_are_those_that_the_operator_showed_last(store: Store) -> None:
    line = store.add_operator_line(
        OperatorLine("Enexis", "https://vtn.example", "village", PROVIDER, SECRET), BY
    )
    group = FlexGroup("1", "group-1", ENEXIS, PROVIDER, POINT, ["r1", "r2"], 12_500.0)
    store.keep_dutch_groups(line, [group, replace(group, name="group-2", available_w=None)])
    store.keep_dutch_groups(line, [group])
    assert store.dutch_groups(line) == [group]
    assert store.dutch_groups("another") == []
