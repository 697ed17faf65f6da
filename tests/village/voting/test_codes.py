"""What a vote on how often codes come is told of the codes before."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.domain.flash_mob import VILLAGE, Change, MeasuredResponse
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.store import Store
from battery_commons.voting.keeping.codes import moved_by_codes
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.vote import EffectSource

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OFTEN = Motion(
    Subject.CODES_PER_WEEK, "How often?", "", [0.0, 2.0, 4.0], NOON, NOON + 7 * DAY, NOON + 7 * DAY
)
RED, GREEN = CongestionSignal.RED, CongestionSignal.GREEN


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "village.db")) as store:
        store.put_transformer(Transformer("t1", "Dorpsstraat", 250_000))
        yield store


def measured(store: Store, code: CongestionSignal, days_ago: int, change_w: float) -> None:
    """Keep a code of two hours with what the village did in it, measured to 1 kW."""
    start = NOON - days_ago * DAY
    code_id = store.announce_code(code, start, start + timedelta(hours=2), start - DAY)
    store.fix_baselines(code_id, {}, 3, start - DAY)
    change = Change(change_w, change_w - 1960, change_w + 1960, 1000.0)
    store.keep_responses(code_id, {VILLAGE: MeasuredResponse(change, None, ())}, NOON, closed=True)


def test_before_a_code_was_measured_nothing_is_told(store: Store) -> None:
    assert moved_by_codes(OFTEN, store, NOON) is None


def test_less_in_codes_red_and_more_in_codes_green_is_moved_as_often_as_an_option_says(store: Store) -> None:
    for days_ago, (code, change_w) in enumerate([(RED, -10_000.0), (GREEN, 10_000.0)] * 6, start=1):
        measured(store, code, days_ago, change_w)

    reckoned = moved_by_codes(OFTEN, store, NOON)

    assert reckoned is not None
    effects, homes = reckoned
    assert (effects.source, effects.codes, homes) == (EffectSource.CODES, 12, {})
    assert effects.start == NOON - 12 * DAY
    moved = [effects.options[choice].moved_kwh_per_week for choice in "abc"]
    within = [effects.options[choice].moved_within_kwh for choice in "abc"]
    assert moved[0] == within[0] == 0
    assert moved[1] is not None
    assert within[1] is not None
    assert moved[2] == pytest.approx(2 * moved[1])
    # Two codes of two hours and 10 kW would be 40 kWh: less is promised while codes are few.
    assert 25 < moved[1] < 40
    assert within[1] == pytest.approx(2 * 2 * 1.96 / 12**0.5)


def test_what_residents_did_the_other_way_is_told_as_less_than_nothing(store: Store) -> None:
    for days_ago in range(1, 9):
        measured(store, RED, days_ago, 5_000.0)

    reckoned = moved_by_codes(OFTEN, store, NOON)

    assert reckoned is not None
    moved = reckoned[0].options["b"].moved_kwh_per_week
    assert moved is not None
    assert moved < 0


def test_a_vote_on_something_else_is_told_nothing_of_codes(store: Store) -> None:
    measured(store, RED, 1, -10_000.0)
    fund = Motion(
        Subject.FUND_USE, "A bench?", "", ["A bench", "A tree"], NOON, NOON + 7 * DAY, NOON + 7 * DAY
    )

    assert moved_by_codes(fund, store, NOON) is None
