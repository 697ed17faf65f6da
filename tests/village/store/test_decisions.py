"""Decisions on record: kept small, gone with their homes and after their time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.store import Store
from battery_commons.store.decisions import Correction, KeptDecision, _packed, _unpacked
from battery_commons.store.retention import DECISIONS
from tests.village.store.conftest import joined

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


def test_the_newest_decision_by_a_moment_is_found(store: Store) -> None:
    home = joined(store, "first-home").home_id
    for minutes in (0, 15):
        store.keep_decision(
            KeptDecision(NOON + timedelta(minutes=minutes), f'{{"n": {minutes}}}', {home: f"[{minutes}]"})
        )

    assert store.decision_at(NOON - timedelta(seconds=1)) is None
    assert store.decision_at(NOON + timedelta(minutes=14)) == KeptDecision(NOON, '{"n": 0}', {home: "[0]"})
    assert store.decision_times(NOON, NOON + timedelta(hours=1)) == [NOON + timedelta(minutes=15), NOON]


def test_what_is_a_homes_goes_with_it(store: Store) -> None:
    stays, goes = (joined(store, code).home_id for code in ("first-home", "second-home"))
    store.keep_decision(KeptDecision(NOON, "{}", {stays: "[1]", goes: "[2]"}))
    store.keep_corrections([Correction(f"{home}/b1", NOON, -500.0) for home in (stays, goes)])

    store.leave(goes)

    assert store.decision_at(NOON) == KeptDecision(NOON, "{}", {stays: "[1]"})
    assert [each.battery_id for each in store.corrections(NOON, NOON + timedelta(1))] == [f"{stays}/b1"]


def test_a_home_that_left_while_the_plan_was_made_is_not_kept(store: Store) -> None:
    store.keep_decision(KeptDecision(NOON, "{}", {"gone": "[1]"}))
    store.keep_corrections([Correction("gone/b1", NOON, 1.0)])

    assert store.decision_at(NOON) == KeptDecision(NOON, "{}", {})


def test_decisions_are_thrown_away_after_their_time(store: Store) -> None:
    home = joined(store, "first-home").home_id
    for at in (NOON, NOON + DECISIONS):
        store.keep_decision(KeptDecision(at, "{}", {home: "[]"}))
        store.keep_corrections([Correction(f"{home}/b1", at, 1.0)])

    for _ in store.discard_old(NOON + DECISIONS + timedelta(seconds=1)):
        pass

    assert store.decision_times(NOON, NOON + 2 * DECISIONS) == [NOON + DECISIONS]
    assert len(store.corrections(NOON, NOON + 2 * DECISIONS)) == 1


@given(st.text(max_size=300))
def test_what_is_packed_comes_out_the_same(text: str) -> None:
    text = text.encode(errors="replace").decode()
    assert _unpacked(_packed(text)) == text


@given(st.binary(max_size=60))
def test_a_damaged_row_is_called_damaged(content: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        _unpacked(content)


def test_a_row_that_is_cut_off_is_called_damaged() -> None:
    with pytest.raises(ValueError, match="damaged"):
        _unpacked(_packed("[1, 2, 3]" * 30)[:-6])
