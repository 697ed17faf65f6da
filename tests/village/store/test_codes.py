"""Code red and code green: announced, answered, withdrawn, and gone with a home that leaves."""

from datetime import datetime, timedelta

import pytest

from battery_commons.domain.grid import CongestionSignal
from battery_commons.store import NotFoundError, NotOfferedError, Store
from battery_commons.store.records import NewHome, OfferedCode

from .conftest import NOON, joined

HOUR = timedelta(hours=1)
RED, GREEN = CongestionSignal.RED, CongestionSignal.GREEN


def announced(store: Store, start: datetime = NOON + HOUR, hours: float = 2) -> str:
    return store.announce_code(RED, start, start + hours * HOUR, NOON)


def ids(store: Store, home: NewHome, now: datetime = NOON) -> list[str]:
    return [code.id for code in store.codes_for(home.home_id, now)]


def test_a_code_is_offered_as_it_was_announced(store: Store, home: NewHome) -> None:
    code_id = store.announce_code(
        GREEN, NOON, NOON + HOUR, NOON, reason="The sun is out", expected_effect_w=20_000.0
    )

    assert store.codes_for(home.home_id, NOON) == [
        OfferedCode(code_id, GREEN, NOON, NOON + HOUR, "The sun is out", 20_000.0, joins=None)
    ]


def test_codes_are_listed_by_their_start_until_a_day_after_their_end(store: Store, home: NewHome) -> None:
    later, sooner = announced(store, NOON + 5 * HOUR), announced(store, NOON + HOUR)

    assert ids(store, home) == [sooner, later]
    assert ids(store, home, NOON + 27 * HOUR - timedelta(seconds=1)) == [sooner, later]
    assert ids(store, home, NOON + 27 * HOUR) == [later]


@pytest.mark.parametrize("start", [0, 0.5, 1, 1.5, 2.9])
def test_two_codes_do_not_overlap(store: Store, start: float) -> None:
    announced(store, NOON + HOUR)

    with pytest.raises(ValueError, match="already"):
        announced(store, NOON + start * HOUR, hours=1.1)


def test_codes_may_touch_and_take_the_place_of_a_withdrawn_one(store: Store, home: NewHome) -> None:
    first = announced(store, NOON + HOUR)
    before, after = announced(store, NOON, hours=1), announced(store, NOON + 3 * HOUR)
    store.withdraw_code(first, NOON)

    second = announced(store, NOON + HOUR)

    assert ids(store, home) == [before, second, after]


def test_each_home_sees_its_own_answer_and_the_last_one_counts(store: Store, home: NewHome) -> None:
    other = joined(store, "second-home")
    code_id = announced(store)
    store.answer_code(code_id, home.home_id, NOON, joins=True)
    store.answer_code(code_id, home.home_id, NOON + HOUR, joins=False)

    assert [code.joins for code in store.codes_for(home.home_id, NOON)] == [False]
    assert [code.joins for code in store.codes_for(other.home_id, NOON)] == [None]


def test_the_volunteer_sees_how_many_join(store: Store, home: NewHome) -> None:
    others = [joined(store, f"home-{number}") for number in range(3)]
    code_id, unanswered = announced(store), announced(store, NOON + 5 * HOUR)
    for each, joins in zip((home, *others), (True, True, False, True), strict=True):
        store.answer_code(code_id, each.home_id, NOON, joins=joins)

    codes = store.announced_codes(NOON)

    assert [(each.window.id, each.joining, each.declining) for each in codes] == [
        (code_id, 3, 1),
        (unanswered, 0, 0),
    ]
    assert [each.announced_at for each in codes] == [NOON, NOON]


def test_a_withdrawn_code_is_offered_to_nobody_and_still_known(store: Store, home: NewHome) -> None:
    code_id = announced(store)
    store.withdraw_code(code_id, NOON + HOUR)

    assert ids(store, home) == []
    assert [each.withdrawn_at for each in store.announced_codes(NOON)] == [NOON + HOUR]
    with pytest.raises(NotOfferedError):
        store.answer_code(code_id, home.home_id, NOON, joins=True)


@pytest.mark.parametrize("moment", [NOON + 3 * HOUR, NOON + 30 * HOUR])
def test_what_is_over_is_neither_answered_nor_withdrawn(
    store: Store, home: NewHome, moment: datetime
) -> None:
    code_id = announced(store)
    store.answer_code(code_id, home.home_id, NOON + 3 * HOUR - timedelta(seconds=1), joins=True)

    with pytest.raises(NotOfferedError):
        store.answer_code(code_id, home.home_id, moment, joins=False)
    with pytest.raises(NotFoundError):
        store.withdraw_code(code_id, moment)


def test_what_was_never_announced_is_neither_answered_nor_withdrawn(store: Store, home: NewHome) -> None:
    with pytest.raises(NotOfferedError):
        store.answer_code("nothing", home.home_id, NOON, joins=True)
    with pytest.raises(NotFoundError):
        store.withdraw_code("nothing", NOON)


def test_a_home_that_has_left_cannot_answer_and_leaves_no_answer(store: Store, home: NewHome) -> None:
    stays = joined(store, "second-home")
    code_id = announced(store)
    for each in (home, stays):
        store.answer_code(code_id, each.home_id, NOON, joins=True)

    store.leave(home.home_id)

    assert [(each.joining, each.declining) for each in store.announced_codes(NOON)] == [(1, 0)]
    assert store.code_answers(home.home_id) == []
    with pytest.raises(NotFoundError):
        store.answer_code(code_id, home.home_id, NOON, joins=True)
