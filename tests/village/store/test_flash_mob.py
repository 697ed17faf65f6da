"""Proposals, baselines, responses, and what homes say they did: kept, and gone with a home that leaves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from battery_commons.domain.flash_mob import (
    VILLAGE,
    Baseline,
    Because,
    Change,
    CodeBaseline,
    Deed,
    MeasuredResponse,
    Need,
    Proposal,
    of_home,
)
from battery_commons.domain.grid import CongestionSignal
from battery_commons.store import NotFoundError, NotOfferedError, Store
from battery_commons.store.audit import Act, Author
from battery_commons.store.records import NewHome

from .conftest import NOON

HOUR = timedelta(hours=1)
RED = CongestionSignal.RED
ANNA = Author("Anna", NOON)
CHANGE = Change(-14_000.0, -20_000.0, -8_000.0, 3_000.0)
PART = Baseline((1.0, 2.0), 0.5, 10.0, 20.5, 30, (date(2026, 6, 20),))
BASELINE = CodeBaseline(PART, None)
RESPONSE = MeasuredResponse(CHANGE, None, (1.0, 2.0))


def proposal(hours: float = 6, effect: Change | None = CHANGE) -> Proposal:
    start = NOON + hours * HOUR
    because = Because(Need.LIMIT, "Brink", 0.94)
    return Proposal(f"{start.date()}-{start.hour}-red", RED, start, start + 2 * HOUR, because, effect)


def announced(store: Store, start: datetime = NOON + HOUR) -> str:
    return store.announce_code(RED, start, start + 2 * HOUR, NOON)


def open_ids(store: Store) -> Sequence[str]:
    return [each.id for each in store.proposals(NOON)]


def test_proposals_are_kept_as_they_were_made(store: Store) -> None:
    store.propose_codes([proposal(8, effect=None), proposal()], NOON)

    assert store.proposals(NOON) == [proposal(), proposal(8, effect=None)]
    assert store.proposals(NOON + 6 * HOUR) == [proposal(8, effect=None)]


def test_what_is_not_wanted_any_more_lapses_and_may_come_back(store: Store) -> None:
    store.propose_codes([proposal()], NOON)
    store.propose_codes([], NOON)
    assert open_ids(store) == []

    moved = replace(proposal(), end=NOON + 9 * HOUR)
    store.propose_codes([moved], NOON)
    assert store.proposals(NOON) == [moved]


def test_what_was_dismissed_or_announced_is_not_proposed_again(store: Store) -> None:
    store.propose_codes([proposal(), proposal(9)], NOON)
    store.dismiss_proposal(proposal().id, ANNA)
    store.announce_code(RED, NOON + 9 * HOUR, NOON + 11 * HOUR, NOON, by=ANNA, proposal_id=proposal(9).id)

    store.propose_codes([proposal(), proposal(9)], NOON)

    assert open_ids(store) == []
    assert store.decided_proposals(NOON) == {proposal().id, proposal(9).id}
    assert store.decided_proposals(NOON + 9 * HOUR) == set()
    assert [each.act for each in store.audit()] == [Act.CODE_ANNOUNCED, Act.CODE_DISMISSED]
    with pytest.raises(NotFoundError):
        store.dismiss_proposal(proposal().id, ANNA)


def test_a_proposal_whose_time_is_taken_stays_open(store: Store) -> None:
    store.propose_codes([proposal()], NOON)
    announced(store, NOON + 5 * HOUR)

    with pytest.raises(ValueError, match="announced for a part"):
        store.announce_code(RED, NOON + 6 * HOUR, NOON + 8 * HOUR, NOON, proposal_id=proposal().id)
    assert open_ids(store) == [proposal().id]


def test_baselines_are_fixed_once(store: Store, home: NewHome) -> None:
    code = announced(store)
    fixed = {VILLAGE: BASELINE, of_home(home.home_id): BASELINE, of_home("gone"): BASELINE}

    store.fix_baselines(code, fixed, 7, NOON)

    assert store.baselines(code) == {VILLAGE: BASELINE, of_home(home.home_id): BASELINE}
    with pytest.raises(NotFoundError):
        store.fix_baselines(code, {}, 7, NOON)
    with pytest.raises(NotFoundError):
        store.fix_baselines("no code", {}, 7, NOON)
    [listed] = store.codes_since(NOON)
    assert (listed.homes, listed.closed) == (7, False)


def test_responses_are_kept_by_whose_they_are(store: Store, home: NewHome) -> None:
    code, other = announced(store), announced(store, NOON + 5 * HOUR)
    for each in (code, other):
        store.fix_baselines(each, {}, 1, NOON)
    store.keep_responses(code, {VILLAGE: RESPONSE, of_home(home.home_id): RESPONSE}, NOON, closed=False)
    better = replace(RESPONSE, after=CHANGE)
    store.keep_responses(code, {VILLAGE: better}, NOON, closed=True)

    assert store.responses(code) == {VILLAGE: better, of_home(home.home_id): RESPONSE}
    assert store.responses_of(VILLAGE, [code, other]) == {code: better}
    assert store.responses_of(VILLAGE) == {code: better}
    assert [each.closed for each in store.codes_since(NOON)] == [True, False]


def test_codes_are_listed_with_their_answers_and_when_they_really_ended(store: Store, home: NewHome) -> None:
    code, cut, never = (announced(store, NOON + n * HOUR) for n in (1, 4, 8))
    store.answer_code(code, home.home_id, NOON, joins=True)
    store.answer_code(cut, home.home_id, NOON, joins=False)
    store.withdraw_code(cut, NOON + 5 * HOUR)
    store.withdraw_code(never, NOON)

    first, second = store.codes_since(NOON)

    assert (first.id, first.joining, first.declining, first.homes) == (code, 1, 0, None)
    assert (second.id, second.joining, second.declining) == (cut, 0, 1)
    assert (second.withdrawn, second.end) == (True, NOON + 5 * HOUR)


def test_a_home_says_what_it_did_from_the_beginning_until_a_day_after_the_end(
    store: Store, home: NewHome
) -> None:
    code = announced(store)
    for wrong in (NOON, NOON + 27 * HOUR):
        with pytest.raises(NotOfferedError):
            store.say_deeds(code, home.home_id, [Deed.CAR], wrong)

    store.say_deeds(code, home.home_id, [Deed.CAR, Deed.WASHING, Deed.CAR], NOON + HOUR)
    assert store.deeds(code) == {home.home_id: [Deed.CAR, Deed.WASHING]}
    assert store.deeds_of(home.home_id) == {code: [Deed.CAR, Deed.WASHING]}

    store.say_deeds(code, home.home_id, [], NOON + 26 * HOUR)
    assert store.deeds(code) == {}
    with pytest.raises(NotFoundError):
        store.say_deeds(code, "gone", [Deed.CAR], NOON + HOUR)


def test_what_is_a_homes_goes_with_it_and_the_villages_stays(store: Store, home: NewHome) -> None:
    code = announced(store)
    own = of_home(home.home_id)
    store.fix_baselines(code, {VILLAGE: BASELINE, own: BASELINE}, 1, NOON)
    store.keep_responses(code, {VILLAGE: RESPONSE, own: RESPONSE}, NOON, closed=True)
    store.say_deeds(code, home.home_id, [Deed.CAR], NOON + HOUR)

    store.leave(home.home_id)

    assert (set(store.baselines(code)), set(store.responses(code))) == ({VILLAGE}, {VILLAGE})
    assert store.deeds(code) == {}
