"""Lines to grid operators, and every event that came over them, in every version."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from battery_commons.domain.operator_line import OperatorLine
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.operator_events import ArrivedEvent
from battery_commons.store.schema_operators import operator_line
from tests.village.store.conftest import NOON

LINE = OperatorLine("Enexis", "https://vtn.example/openadr3", "ven-1", "Ansen", "hush hush")
AUTHOR = Author("Ada", NOON)
MORNING = datetime(2026, 6, 21, 8, tzinfo=UTC)


def version(number: int, event_id: str = "e1", refusal: str | None = None) -> ArrivedEvent:
    """Return the version of an event that was made so many minutes after the first."""
    modified = MORNING + timedelta(minutes=number)
    return ArrivedEvent(event_id, f"v{number}", "p1", modified, f'{{"number": {number}}}', refusal)


@pytest.fixture
def line_id(store: Store) -> str:
    return store.add_operator_line(LINE)


def in_force(store: Store) -> dict[str, str]:
    return {each.event_id: each.raw for each in store.operator_events()}


def keep(store: Store, line_id: str, *arrived: ArrivedEvent, since: int | None = None) -> int:
    """Keep what arrived, and return how much of it was new."""
    return len(store.keep_operator_events(line_id, arrived, NOON, listed_since=since))


def test_a_line_is_kept_with_its_secrets_and_its_acts_without(store: Store) -> None:
    line_id = store.add_operator_line(LINE, AUTHOR)
    [kept] = store.operator_lines()
    assert (kept.id, kept.line) == (line_id, LINE)
    assert kept.webhook_key != kept.webhook_token
    store.change_operator_line(line_id, replace(LINE, name="Liander", secret="other"), AUTHOR)
    store.remove_operator_line(line_id, NOON, AUTHOR)
    acts = store.audit()
    assert [each.act for each in acts] == [
        Act.OPERATOR_LINE_REMOVED,
        Act.OPERATOR_LINE_CHANGED,
        Act.OPERATOR_LINE_ADDED,
    ]
    assert not any(secret in repr((acts, kept)) for secret in ("hush", "other", kept.webhook_token))


def test_what_the_operator_calls_parts_of_the_village_is_kept_while_the_line_is_the_same(
    store: Store, line_id: str
) -> None:
    store.note_resource_names(line_id, {"t1": ["west", "été"], "feeder": []})
    assert store.operator_lines()[0].resource_names == {"t1": ["west", "été"], "feeder": []}
    store.change_operator_line(line_id, replace(LINE, name="Liander"))
    assert store.operator_lines()[0].resource_names == {"t1": ["west", "été"], "feeder": []}
    store.change_operator_line(line_id, replace(LINE, client_id="another"))
    assert store.operator_lines()[0].resource_names == {}


def test_names_that_cannot_be_read_are_not_known(store: Store, line_id: str) -> None:
    for kept in ("{", "[]", '{"t1": "west"}', None):
        with store._write() as connection:
            is_it = operator_line.c.id == line_id
            connection.execute(update(operator_line).where(is_it).values(resource_names_json=kept))
        assert store.operator_lines()[0].resource_names == {}


def test_of_a_removed_line_the_secrets_are_erased_and_the_events_kept(store: Store, line_id: str) -> None:
    keep(store, line_id, version(1))
    store.remove_operator_line(line_id, NOON)
    assert store.operator_lines() == []
    assert in_force(store) == {}
    assert [each.event_id for each in store.newest_operator_events(line_id, 5)] == ["e1"]
    with store._read() as connection:
        [row] = connection.exec_driver_sql("SELECT secret, webhook_token FROM operator_line").all()
    assert tuple(row) == ("", "")
    with pytest.raises(NotFoundError):
        store.change_operator_line(line_id, LINE)


def test_the_ven_is_forgotten_with_another_name_and_not_with_another_secret(
    store: Store, line_id: str
) -> None:
    store.note_ven(line_id, "v-7")
    store.change_operator_line(line_id, replace(LINE, secret="other"))
    assert store.operator_lines()[0].ven_id == "v-7"
    store.change_operator_line(line_id, replace(LINE, ven_name="Elsewhere"))
    assert store.operator_lines()[0].ven_id is None


def test_the_newest_version_counts_whatever_the_order_and_however_often_it_comes(
    store: Store, line_id: str
) -> None:
    assert keep(store, line_id, version(2), version(1), version(3), version(2)) == 3
    assert keep(store, line_id, version(1), version(3)) == 0
    assert in_force(store) == {"e1": '{"number": 3}'}
    assert len(store.newest_operator_events(line_id, 10)) == 3


def test_a_refused_version_leaves_the_former_one(store: Store, line_id: str) -> None:
    keep(store, line_id, version(1), version(2, refusal="no_interval"))
    assert in_force(store) == {"e1": '{"number": 1}'}
    assert keep(store, line_id, version(2, refusal="no_interval"), since=9) == 0


def test_what_is_withdrawn_comes_back_by_a_listing_only(store: Store, line_id: str) -> None:
    keep(store, line_id, version(1))
    assert store.withdraw_operator_events(line_id, ["e1", "unknown"], NOON) == ["e1"]
    assert store.withdraw_operator_events(line_id, ["e1"], NOON) == []
    [kept] = store.keep_operator_events(line_id, [version(2)], NOON)
    assert kept.is_after_withdrawal
    assert in_force(store) == {}
    since = store.newest_operator_rank(line_id)
    assert keep(store, line_id, version(2), since=since) == 1
    assert in_force(store) == {"e1": '{"number": 2}'}


def test_what_is_shown_again_came_in_again(store: Store, line_id: str) -> None:
    """From then on homes are asked, so by then is told how fast they answered."""
    keep(store, line_id, version(1))
    store.withdraw_operator_events(line_id, ["e1"], NOON)
    later = NOON + timedelta(hours=5)
    since = store.newest_operator_rank(line_id)
    store.keep_operator_events(line_id, [version(1)], later, listed_since=since)
    [again] = store.operator_events()
    assert again.received_at == later


def test_what_is_shown_again_is_called_as_before(store: Store, line_id: str) -> None:
    other = store.add_operator_line(replace(LINE, name="Region"))
    keep(store, line_id, version(1))
    store.keep_operator_events(other, [version(1)], NOON + timedelta(hours=1))
    called = store.event_references([(line_id, "e1"), (other, "e1")])
    store.withdraw_operator_events(line_id, ["e1"], NOON)
    since = store.newest_operator_rank(line_id)
    store.keep_operator_events(line_id, [version(1)], NOON + timedelta(hours=5), listed_since=since)
    assert store.event_references([(line_id, "e1"), (other, "e1")]) == called


def test_of_many_versions_the_newest_is_known(store: Store, line_id: str) -> None:
    keep(store, line_id, *(version(number) for number in range(30)), version(5), version(1, "e2"))
    assert store.newest_operator_versions(line_id) == {"e1": "v29", "e2": "v1"}


def test_a_listing_that_was_on_its_way_undoes_nothing_that_came_meanwhile(store: Store, line_id: str) -> None:
    keep(store, line_id, version(1), version(1, "e2"))
    since = store.newest_operator_rank(line_id)
    keep(store, line_id, version(2))
    store.withdraw_operator_events(line_id, ["e2"], NOON)
    keep(store, line_id, version(3, "e3"))
    assert keep(store, line_id, version(1), version(1, "e2"), since=since) == 0
    assert in_force(store) == {"e1": '{"number": 2}', "e3": '{"number": 3}'}
    assert store.held_operator_events(line_id, since) == []


def test_a_listing_is_believed_where_the_operators_clock_went_back(store: Store, line_id: str) -> None:
    keep(store, line_id, version(5))
    since = store.newest_operator_rank(line_id)
    assert keep(store, line_id, version(4), since=since) == 1
    assert in_force(store) == {"e1": '{"number": 4}'}


def test_what_is_over_is_left_out_where_that_is_asked(store: Store, line_id: str) -> None:
    over, lasting = (replace(version(each, f"e{each}"), ends_at=MORNING) for each in (1, 2))
    keep(store, line_id, over, replace(lasting, ends_at=NOON), version(3, "e3"))
    keep(store, line_id, replace(version(4, "e2"), ends_at=MORNING))
    assert [each.event_id for each in store.operator_events(MORNING)] == ["e3"]
    assert len(store.operator_events()) == 3


def test_two_lines_may_use_the_same_id(store: Store, line_id: str) -> None:
    other = store.add_operator_line(replace(LINE, name="Liander"))
    keep(store, line_id, version(1))
    keep(store, other, version(2))
    store.withdraw_operator_events(other, ["e1"], NOON)
    assert in_force(store) == {"e1": '{"number": 1}'}
