"""What was kept of operators' events is what the planner is told, in the village's own time."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import FlexCall
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.time import SLOT, Clock, ScaledClock, WallClock
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.store import Store
from battery_commons.store.operator_events import ArrivedEvent

NOW = datetime(2026, 6, 21, 8, 3, tzinfo=UTC)
SOON = NOW.replace(minute=30)


@pytest.fixture
def line_id(store: Store) -> str:
    line = OperatorLine("Enexis", "https://vtn.example", "client", "ven-1", "a secret")
    return store.add_operator_line(line)


@pytest.fixture
def other(store: Store) -> str:
    """Another operator, who numbers events as the first does."""
    line = OperatorLine("Region", "https://region.example", "client", "ven-1", "a secret")
    return store.add_operator_line(line)


def limit(event_id: str = "event-1", **changes: Any) -> dict[str, Any]:
    return {
        "id": event_id,
        "objectType": "EVENT",
        "programID": "p",
        "createdDateTime": NOW.isoformat(),
        "targets": ["t1"],
        "intervalPeriod": {"start": SOON.isoformat(), "duration": "PT2H"},
        "intervals": [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [20]}]}],
    } | changes


def keep(store: Store, line_id: str, *events: dict[str, Any], at: datetime = NOW) -> None:
    arrived = [
        ArrivedEvent(each["id"], json.dumps(each), each["programID"], None, json.dumps(each))
        for each in events
    ]
    store.keep_operator_events(line_id, arrived, at)


def in_force(store: Store, clock: Clock | None = None) -> EventsInForce:
    return EventsInForce(store, clock or WallClock())


def test_an_event_that_is_kept_is_asked_until_it_is_withdrawn(store: Store, line_id: str) -> None:
    events = in_force(store)
    keep(store, line_id, limit())

    [asked] = events.signals(NOW).limits
    store.withdraw_operator_events(line_id, ["event-1"], NOW)

    assert (asked.event_id, asked.subject, asked.import_w) == ("event-1", "t1", 20_000)
    assert (asked.start, asked.end) == (SOON, SOON + timedelta(hours=2))
    assert not events.signals(NOW).limits
    assert not events.received()


def test_an_update_takes_the_place_of_what_was_asked(store: Store, line_id: str) -> None:
    events = in_force(store)
    keep(store, line_id, limit())
    events.signals(NOW)

    lower = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [5]}]}]
    keep(store, line_id, limit(intervals=lower), at=NOW + SLOT)

    assert [each.import_w for each in events.signals(NOW).limits] == [5_000]
    assert events.received() == {"event-1": NOW + SLOT}


def test_what_targets_nothing_that_the_village_knows_is_for_all_of_it(store: Store, line_id: str) -> None:
    keep(store, line_id, limit(targets=["group-7"]), limit("event-2", targets=None))

    assert {each.subject for each in in_force(store).signals(NOW).limits} == {FEEDER_ID}


def test_what_cannot_be_obeyed_after_all_keeps_the_others_from_nothing(store: Store, line_id: str) -> None:
    contradiction = [
        {"id": n, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [n]}]} for n in (0, 1)
    ]
    period = {"intervalPeriod": {"start": SOON.isoformat(), "duration": "PT1H"}}
    twice = limit("event-2", intervals=[each | period for each in contradiction], intervalPeriod=None)
    keep(store, line_id, twice, limit(), limit("event-3", intervals="none"))

    assert [each.event_id for each in in_force(store).signals(NOW).limits] == ["event-1"]


def test_what_contradicts_itself_only_later_keeps_the_others_from_nothing_then(
    store: Store, line_id: str
) -> None:
    """An hour, and one thirty days on, again and again: after thirty days they meet."""
    values = [{"type": "IMPORT_CAPACITY_LIMIT", "values": [5]}]
    periods = [{"start": (SOON + k * timedelta(days=30)).isoformat(), "duration": "PT1H"} for k in (0, 1)]
    apart = [{"id": k, "intervalPeriod": each, "payloads": values} for k, each in enumerate(periods)]
    repeated = {"intervals": apart, "intervalPeriod": None, "duration": "P9999Y", "targets": ["feeder"]}
    keep(store, line_id, limit("event-2", **repeated))
    keep(store, line_id, limit(intervalPeriod={"start": SOON.isoformat()}))
    events = in_force(store)

    assert {each.event_id for each in events.signals(NOW).limits} == {"event-1", "event-2"}
    assert {each.event_id for each in events.signals(NOW + timedelta(days=29)).limits} == {"event-1"}


def test_calls_in_another_form_are_among_them(store: Store) -> None:
    call = FlexCall("event-1", "t1", NOW, [0.0])

    assert EventsInForce(store, WallClock(), lambda: [call]).signals(NOW).calls == [call]


def test_in_a_village_whose_time_runs_fast_an_event_lasts_as_long_on_the_wall(
    store: Store, line_id: str
) -> None:
    clock = ScaledClock(speed=60, wall_origin=NOW, village_origin=NOW)
    keep(store, line_id, limit(intervalPeriod={"start": NOW.isoformat(), "duration": "PT2M"}))

    [asked] = in_force(store, clock).signals(NOW).limits

    assert asked.end is not None
    assert asked.end - asked.start == timedelta(hours=2)


def test_events_of_two_lines_that_are_numbered_alike_are_told_apart(
    store: Store, line_id: str, other: str
) -> None:
    events = in_force(store)
    keep(store, line_id, limit("1"))
    keep(store, other, limit("1", targets=["feeder"]), at=NOW + SLOT)

    asked = {each.event_id: each.subject for each in events.signals(NOW).limits}

    assert asked == {"1": "t1", f"1 ({other})": FEEDER_ID}
    assert events.received() == {"1": NOW, f"1 ({other})": NOW + SLOT}


def test_what_one_operator_asks_takes_nothing_from_what_another_asks(
    store: Store, line_id: str, other: str
) -> None:
    keep(store, line_id, limit("1", priority=0))
    lower = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [5]}]}]
    keep(store, other, limit("2", intervals=lower))

    assert {each.import_w for each in in_force(store).signals(NOW).limits} == {20_000, 5_000}


def test_a_price_is_one_whoever_tells_it(store: Store, line_id: str, other: str) -> None:
    for line, price, priority in ((other, 0.1, 1), (line_id, 0.3, 0)):
        told = [{"id": 0, "payloads": [{"type": "PRICE", "values": [price]}]}]
        keep(store, line, limit(str(price), intervals=told, priority=priority, targets=None))

    assert set(in_force(store).signals(NOW).prices.values()) == {0.3}


def test_what_an_event_is_called_stays_when_the_other_lines_is_gone(
    store: Store, line_id: str, other: str
) -> None:
    keep(store, line_id, limit("1"))
    keep(store, other, limit("1"), at=NOW + SLOT)
    store.withdraw_operator_events(line_id, ["1"], NOW + SLOT)
    store.remove_operator_line(line_id, NOW + SLOT)

    assert [each.event_id for each in in_force(store).signals(NOW).limits] == [f"1 ({other})"]


def test_a_start_is_moved_by_the_operators_own_id(store: Store, line_id: str, other: str) -> None:
    period = {"start": SOON.isoformat(), "duration": "PT2H", "randomizeStart": "PT1H"}
    for number, line in enumerate((line_id, other)):
        keep(store, line, limit("1", intervalPeriod=period, targets=[("t1", FEEDER_ID)[number]]))

    starts = {each.start for each in in_force(store).signals(NOW).limits}

    assert len(starts) == 1
    assert starts != {SOON}
