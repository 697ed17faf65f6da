"""Codes red and green: each thing is told once, at its moment."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.community.announcements import (
    KnownCode,
    KnownCodes,
    News,
    at_moment,
    heard,
    next_moment,
)
from custom_components.battery_commons.community.status import (
    Change,
    CodeResult,
    CodeWindow,
    CongestionSignal,
)
from tests.home.village import NOW

HOUR = timedelta(hours=1)
RED = CodeWindow("c1", CongestionSignal.RED, NOW + HOUR, NOW + 2 * HOUR, "Everybody cooks", None, None)
NOTHING: KnownCodes = {}
RESULT = CodeResult(
    is_measured=True, village=Change(-14_000, -20_000, -8_000), own=None, sentences={"en": "14 kW less."}
)


def after_hearing(
    known: KnownCodes, codes: Iterable[CodeWindow], now: datetime
) -> tuple[list[News], KnownCodes]:
    told, known = heard(known, codes, now)
    return [news for news, _ in told], known


def announced(code: CodeWindow = RED) -> KnownCodes:
    return after_hearing(NOTHING, [code], NOW)[1]


def test_a_new_code_is_announced_once() -> None:
    told, known = heard(NOTHING, [RED], NOW)

    assert told == [(News.ANNOUNCED, RED)]
    assert after_hearing(known, [RED], NOW + timedelta(seconds=10))[0] == []


def test_a_code_starts_and_ends_at_its_moments_each_once() -> None:
    known = announced()
    assert next_moment(known, NOW) == RED.start

    told, known = at_moment(known, RED.start)
    assert told == [(News.STARTED, RED)]
    assert next_moment(known, RED.start) == RED.end
    assert after_hearing(known, [RED], RED.start + timedelta(seconds=1))[0] == []

    told, known = at_moment(known, RED.end)
    assert told == [(News.ENDED, RED)]
    assert next_moment(known, RED.end) is None
    assert after_hearing(known, [RED], RED.end)[0] == []


def test_a_code_that_is_on_already_is_announced_and_starts() -> None:
    assert after_hearing(NOTHING, [RED], RED.start)[0] == [News.ANNOUNCED, News.STARTED]


def test_a_code_that_was_over_before_it_was_heard_of_is_no_news() -> None:
    assert after_hearing(NOTHING, [RED], RED.end) == ([], {})


def test_a_code_that_the_village_takes_back_is_withdrawn_once() -> None:
    told, known = after_hearing(announced(), [], NOW)

    assert told == [News.WITHDRAWN]
    assert after_hearing(known, [], NOW) == ([], {})


def test_a_code_that_is_taken_back_while_it_is_on_is_withdrawn() -> None:
    on = at_moment(announced(), RED.start)[1]

    assert after_hearing(on, [], RED.start + timedelta(minutes=5))[0] == [News.WITHDRAWN]


def test_a_village_whose_clock_is_ahead_does_not_withdraw_a_code_at_its_end() -> None:
    on = at_moment(announced(), RED.start)[1]

    told, known = after_hearing(on, [], RED.end - timedelta(seconds=5))
    assert told == []
    assert [news for news, _ in at_moment(known, RED.end)[0]] == [News.ENDED]


def test_a_code_that_has_moved_is_announced_again() -> None:
    later = replace(RED, start=RED.start + HOUR, end=RED.end + HOUR)

    told, known = heard(announced(), [later], NOW)

    assert told == [(News.ANNOUNCED, later)]
    assert next_moment(known, NOW) == later.start


def test_a_code_with_another_reason_or_answer_is_no_news() -> None:
    assert after_hearing(announced(), [replace(RED, reason="Sports", joins=True)], NOW)[0] == []


def test_a_code_that_is_cut_short_ends() -> None:
    on = at_moment(announced(), RED.start)[1]
    now = RED.start + timedelta(minutes=30)

    assert after_hearing(on, [replace(RED, end=now - timedelta(minutes=1))], now)[0] == [News.ENDED]


def test_after_a_restart_nothing_is_repeated_and_what_was_missed_ends() -> None:
    on = at_moment(announced(), RED.start)[1]
    restored = {id_: KnownCode.restored(json.loads(json.dumps(code.stored()))) for id_, code in on.items()}

    assert after_hearing(restored, [RED], RED.start + timedelta(minutes=5))[0] == []
    assert [news for news, _ in at_moment(restored, RED.end + HOUR)[0]] == [News.ENDED]


def test_a_code_that_was_slept_through_is_not_told_afterwards() -> None:
    assert at_moment(announced(), RED.end + HOUR) == ([], {})


def over(known: KnownCodes) -> KnownCodes:
    return at_moment(at_moment(known, RED.start)[1], RED.end)[1]


def test_what_a_code_came_to_is_reported_once() -> None:
    waiting = replace(RED, result=replace(RESULT, is_measured=False))
    told, known = after_hearing(over(announced()), [waiting], RED.end)
    assert told == []

    measured = replace(RED, result=RESULT)
    told, known = after_hearing(known, [measured], RED.end + timedelta(minutes=20))
    assert told == [News.REPORTED]
    assert after_hearing(known, [measured], RED.end + timedelta(minutes=21)) == ([], {})


def test_a_report_is_waited_for_over_a_restart_and_no_longer_than_the_village_lists_the_code() -> None:
    known = over(announced())
    restored = {id_: KnownCode.restored(json.loads(json.dumps(code.stored()))) for id_, code in known.items()}

    assert after_hearing(restored, [replace(RED, result=RESULT)], RED.end + HOUR)[0] == [News.REPORTED]
    assert after_hearing(restored, [], RED.end + HOUR) == ([], {})
    assert at_moment(restored, RED.end + timedelta(days=3)) == ([], {})


def test_what_an_older_version_knew_of_a_code_is_read() -> None:
    stored = KnownCode(RED, has_started=True).stored()
    del stored["has_ended"]

    assert KnownCode.restored(stored) == KnownCode(RED, has_started=True)


offsets = st.integers(-300, 300)
windows = st.builds(
    lambda id_, start, length, result: CodeWindow(
        id_,
        CongestionSignal.GREEN,
        NOW + timedelta(minutes=start),
        NOW + timedelta(minutes=start + length),
        "",
        None,
        None,
        result=result,
    ),
    st.sampled_from("abc"),
    offsets,
    st.integers(1, 200),
    st.sampled_from([None, RESULT]),
)


@given(st.lists(st.tuples(st.integers(0, 90), st.lists(windows, max_size=3)), max_size=20))
def test_whatever_a_village_says_the_story_of_each_code_makes_sense(
    looks: list[tuple[int, list[CodeWindow]]],
) -> None:
    may_follow = {
        None: {News.ANNOUNCED},
        News.ANNOUNCED: {News.ANNOUNCED, News.STARTED, News.WITHDRAWN},
        News.STARTED: {News.ANNOUNCED, News.ENDED, News.WITHDRAWN},
        News.ENDED: {News.ANNOUNCED, News.REPORTED},
        News.REPORTED: {News.ANNOUNCED},
        News.WITHDRAWN: {News.ANNOUNCED},
    }
    last: dict[str, News] = {}
    now, known = NOW, NOTHING
    for minutes, codes in looks:
        now += timedelta(minutes=minutes)
        told, known = heard(known, codes, now)
        for news, code in told:
            assert news in may_follow[last.get(code.code_id)]
            last[code.code_id] = news
        coming = [code for code in known.values() if not code.has_ended]
        assert all(code.window.end > now for code in coming)
        assert all(code.has_started == (code.window.start <= now) for code in coming)
