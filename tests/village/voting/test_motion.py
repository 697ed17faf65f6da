"""What may be put to the vote, and what a result changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.bylaws import Bylaws, SharingRule
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.voting.motion import Motion, Subject, Value, Wrong, in_force, present

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LAST = datetime.max.replace(tzinfo=UTC)
MODELS = {ControlModel.M1, ControlModel.M2, ControlModel.M4}
RESERVE = Motion(
    Subject.MINIMUM_RESERVE, "More for ourselves", "", [0.0, 0.2], NOW, NOW + 7 * DAY, NOW + 8 * DAY
)


def wrong(motion: Motion, bylaws: Bylaws | None = None) -> set[Wrong]:
    return {wrong for wrong, _ in motion.problems(bylaws or Bylaws(), MODELS, NOW)}


def test_a_motion_within_the_bylaws_may_be_voted_on() -> None:
    assert wrong(RESERVE) == set()


@pytest.mark.parametrize(
    ("subject", "values", "problem"),
    [
        (Subject.MINIMUM_RESERVE, [0.0, 0.6], Wrong.OUT_OF_BOUNDS),
        (Subject.MINIMUM_RESERVE, [0.0, -0.1], Wrong.OUT_OF_BOUNDS),
        (Subject.MINIMUM_RESERVE, [0.0, float("nan")], Wrong.VALUE),
        (Subject.MINIMUM_RESERVE, [0.0, "much"], Wrong.VALUE),
        (Subject.CONGESTION_WEIGHT, [1.0, 5.0], Wrong.OUT_OF_BOUNDS),
        (Subject.FUND_SHARE, [0.0, 0.9], Wrong.OUT_OF_BOUNDS),
        (Subject.CODES_PER_WEEK, [1.0, 2.5], Wrong.VALUE),
        (Subject.CODES_PER_WEEK, [1.0, 8.0], Wrong.OUT_OF_BOUNDS),
        (Subject.CONTROL_MODEL, ["M4", "M5"], Wrong.MODEL),
        (Subject.CONTROL_MODEL, ["M4", "best"], Wrong.MODEL),
        (Subject.CONTROL_MODEL, ["M4", 2.0], Wrong.VALUE),
        (Subject.SHARING, ["equal", "to me"], Wrong.VALUE),
        (Subject.FUND_USE, ["A bench", ""], Wrong.VALUE),
        (Subject.FUND_USE, ["A bench", "x" * 81], Wrong.VALUE),
        (Subject.FUND_USE, ["A bench", " "], Wrong.VALUE),
        (Subject.FUND_USE, ["A bench", "A tree\0"], Wrong.VALUE),
        (Subject.FUND_USE, ["A bench", "a  bench "], Wrong.SAME_OPTIONS),
        (Subject.MINIMUM_RESERVE, [0.0], Wrong.OPTIONS),
        (Subject.MINIMUM_RESERVE, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5], Wrong.OPTIONS),
        (Subject.MINIMUM_RESERVE, [0.1, 0.1], Wrong.SAME_OPTIONS),
    ],
)
def test_what_the_bylaws_do_not_allow_is_not_voted_on(
    subject: Subject, values: Sequence[Value], problem: Wrong
) -> None:
    assert wrong(replace(RESERVE, subject=subject, values=values)) == {problem}


@pytest.mark.parametrize(
    ("motion", "problem"),
    [
        (replace(RESERVE, title=""), Wrong.TITLE),
        (replace(RESERVE, title="x" * 81), Wrong.TITLE),
        (replace(RESERVE, title="What no database takes: \0"), Wrong.TITLE),
        (replace(RESERVE, explanation="\0"), Wrong.EXPLANATION),
        (replace(RESERVE, explanation="x" * 1001), Wrong.EXPLANATION),
        (replace(RESERVE, opens_at=NOW - timedelta(seconds=1)), Wrong.OPENS_IN_PAST),
        (replace(RESERVE, closes_at=NOW + 6 * DAY), Wrong.TOO_SHORT),
        (replace(RESERVE, takes_effect_at=NOW + 6 * DAY), Wrong.TAKES_EFFECT_FIRST),
        (replace(RESERVE, takes_effect_at=NOW + 91 * DAY), Wrong.FAR_AHEAD),
        (replace(RESERVE, opens_at=LAST, closes_at=LAST, takes_effect_at=LAST), Wrong.FAR_AHEAD),
    ],
)
def test_each_wrong_time_and_text_is_told(motion: Motion, problem: Wrong) -> None:
    assert wrong(motion) == {problem}


@pytest.mark.parametrize("opens", ["2027-03-27T20:00", "2026-10-24T20:00", "2027-01-02T20:00"])
def test_days_are_those_of_the_clock_on_the_wall_or_of_24_hours(opens: str) -> None:
    """In the week in which summer time begins, seven days have an hour less."""
    evening = datetime.fromisoformat(opens).replace(tzinfo=MARKET_ZONE)
    a_week_later = (evening + 7 * DAY).astimezone(UTC)
    opens_at = evening.astimezone(UTC)

    for closes_at, is_enough in (
        (a_week_later, True),
        (opens_at + 7 * DAY, True),
        (min(a_week_later, opens_at + 7 * DAY) - timedelta(minutes=1), False),
    ):
        motion = replace(RESERVE, opens_at=opens_at, closes_at=closes_at, takes_effect_at=opens_at + 8 * DAY)
        found = {wrong for wrong, _ in motion.problems(Bylaws(), MODELS, opens_at)}
        assert (found == set()) is is_enough


@given(st.lists(st.floats() | st.text(max_size=90), max_size=6), st.sampled_from(Subject))
def test_whatever_is_proposed_is_refused_or_can_be_put_in_force(
    values: list[Value], subject: Subject
) -> None:
    motion = replace(RESERVE, subject=subject, values=values)

    if not wrong(motion):
        for value in values:
            assert present(in_force(VillageSettings(), subject, value), subject) in {value, None}


@pytest.mark.parametrize(
    ("subject", "value"),
    [
        (Subject.CONTROL_MODEL, "M2"),
        (Subject.CONGESTION_WEIGHT, 2.5),
        (Subject.MINIMUM_RESERVE, 0.3),
        (Subject.SHARING, SharingRule.CONTRIBUTION.value),
        (Subject.FUND_SHARE, 0.25),
        (Subject.CODES_PER_WEEK, 3.0),
    ],
)
def test_a_result_changes_its_own_setting_and_no_other(subject: Subject, value: Value) -> None:
    before = VillageSettings()

    after = in_force(before, subject, value)

    assert present(after, subject) == value
    assert all(present(after, each) == present(before, each) for each in Subject if each is not subject)


def test_what_the_fund_is_used_for_changes_no_setting() -> None:
    assert in_force(VillageSettings(), Subject.FUND_USE, "A bench") == VillageSettings()
