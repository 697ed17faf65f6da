"""What those below were asked and told is kept as long as books are, and not for good."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, override

import pytest

from battery_commons.coordinator.upkeep import tidy
from battery_commons.domain.time import WallClock
from battery_commons.domain.vtn import Kind, Role, VtnObject
from battery_commons.store import Store

NOW = datetime(2034, 3, 1, tzinfo=UTC)
OLD, NEW = datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
LIMIT = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}]
AN_HOUR = {"duration": "PT1H"}


class Then(WallClock):
    """The clock of years later."""

    @override
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def client_id(store: Store) -> str:
    """Return a client that has a program and a VEN from long ago, and a resource of today."""
    client_id, _ = store.add_vtn_client("Brinkdorp", Role.VEN, OLD)
    for kind in (Kind.PROGRAM, Kind.VEN):
        keep(store, client_id, kind, kind.value, None, OLD)
    keep(store, client_id, Kind.RESOURCE, "today", "VEN", NOW)
    return client_id


def keep(
    store: Store, client_id: str, kind: Kind, id_: str, parent: str | None, at: datetime, **body: Any
) -> None:
    store.add_vtn_object(VtnObject(kind, id_, client_id, parent, id_, json.dumps(body), at, at))


def ask(store: Store, client_id: str, id_: str, start: datetime, at: datetime = OLD, **more: Any) -> None:
    """Keep an event that was made at a moment, for an hour unless `more` says otherwise."""
    period = {"start": start.isoformat(), **(AN_HOUR if "period" not in more else more.pop("period"))}
    body = {"programID": "PROGRAM", "intervalPeriod": period, "intervals": LIMIT, **more}
    keep(store, client_id, Kind.EVENT, id_, "PROGRAM", at, **body)


def ids(store: Store, kind: Kind) -> list[str]:
    return sorted(each.id for each in store.vtn_objects(kind))


async def test_an_event_that_was_over_more_than_seven_calendar_years_ago_goes_with_its_reports(
    store: Store, client_id: str
) -> None:
    for id_, start in (("old", OLD), ("new", NEW)):
        ask(store, client_id, id_, start)
        keep(store, client_id, Kind.REPORT, f"on {id_}", id_, NEW)

    await tidy(store, Then())

    assert ids(store, Kind.EVENT) == ["new"]
    assert ids(store, Kind.REPORT) == ["on new"]
    assert ids(store, Kind.PROGRAM) + ids(store, Kind.VEN) == ["PROGRAM", "VEN"]


async def test_what_may_still_count_stays_whatever_its_age_without_its_old_reports(
    store: Store, client_id: str
) -> None:
    ask(store, client_id, "open", OLD, period={})
    ask(store, client_id, "far ahead", NOW + timedelta(days=3_000))
    ask(store, client_id, "repeated", OLD, duration="P9999Y")
    keep(store, client_id, Kind.REPORT, "old report", "open", OLD)
    keep(store, client_id, Kind.REPORT, "new report", "open", NEW)

    await tidy(store, Then())

    assert ids(store, Kind.EVENT) == ["far ahead", "open", "repeated"]
    assert ids(store, Kind.REPORT) == ["new report"]


async def test_one_that_was_changed_since_stays(store: Store, client_id: str) -> None:
    ask(store, client_id, "changed", OLD)
    changed = store.vtn_objects(Kind.EVENT)[0]
    store.change_vtn_object(replace(changed, modified_at=NEW))

    await tidy(store, Then())

    assert ids(store, Kind.EVENT) == ["changed"]


async def test_a_clock_that_has_run_ahead_throws_nothing_away(store: Store, client_id: str) -> None:
    ask(store, client_id, "old", OLD)
    store.delete_vtn_object("today")

    await tidy(store, Then())

    assert ids(store, Kind.EVENT) == ["old"]


async def test_however_many_are_old_all_of_them_go(store: Store, client_id: str) -> None:
    for number in range(120):
        ask(store, client_id, f"{number}", OLD if number % 5 else NEW)

    await tidy(store, Then())

    assert len(ids(store, Kind.EVENT)) == 24
