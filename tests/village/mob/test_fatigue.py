"""Residents are not asked more often than they accept."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from battery_commons.domain.flash_mob import Change
from battery_commons.domain.grid import CongestionSignal
from battery_commons.mob.fatigue import LEAST_WILLING, WEEK, AskedBefore, willingness

RED, GREEN = CongestionSignal.RED, CongestionSignal.GREEN
START = datetime(2026, 1, 1, 16, tzinfo=UTC)


def asked(*joining: int, done_w: tuple[float, ...] = ()) -> list[AskedBefore]:
    """Return codes that so many of ten homes joined, in which the village did so much."""
    return [
        AskedBefore(
            CongestionSignal.RED,
            START + n * WEEK,
            10,
            each,
            Change(-done_w[n], -done_w[n] - 200, -done_w[n] + 200, 100.0) if done_w else None,
        )
        for n, each in enumerate(joining)
    ]


def opposite(change: Change | None) -> Change | None:
    assert change is not None
    return Change(-change.change_w, -change.high_w, -change.low_w, change.error_w)


def test_before_the_first_code_the_rules_alone_count() -> None:
    found = willingness([])

    assert (found.share, found.joined_lately, found.joined_before) == (1.0, None, None)
    assert found.span() == WEEK


def test_as_long_as_as_many_join_as_before_the_rules_alone_count() -> None:
    assert willingness(asked(6, 6, 6, 6, 7, 6)).share == 1.0


def test_when_half_as_many_join_codes_become_half_as_frequent() -> None:
    found = willingness(asked(8, 8, 8, 4, 4, 4))

    assert found.share == pytest.approx(0.5)
    assert found.joined_lately == pytest.approx(0.4)
    assert found.joined_before == pytest.approx(0.8)
    assert found.span() == 2 * WEEK


def test_silence_from_the_start_makes_codes_rare_and_never_ends_them() -> None:
    assert willingness(asked(0, 0)).share == 1.0
    assert willingness(asked(0, 0, 0)).share == LEAST_WILLING
    assert willingness(asked(9, 9, 9, 0, 0, 0)).share == LEAST_WILLING


def test_people_who_join_again_are_asked_again() -> None:
    assert willingness(asked(8, 8, 8, 2, 2, 2)).share == LEAST_WILLING
    assert willingness(asked(8, 8, 8, 2, 2, 2, 6, 6, 6)).share == 1.0


def test_a_response_that_falls_beyond_its_uncertainty_counts_even_where_all_say_that_they_join() -> None:
    found = willingness(asked(8, 8, 8, 8, 8, 8, done_w=(2e3, 2e3, 2e3, 1e3, 1e3, 1e3)))

    assert found.did_less
    assert found.share == pytest.approx(0.5)


def test_a_response_that_may_be_as_it_was_does_not_count() -> None:
    assert not willingness(asked(8, 8, 8, 8, 8, 8, done_w=(2e3, 2e3, 2e3, 1.9e3, 1.9e3, 1.9e3))).did_less


def test_codes_red_and_green_are_held_each_against_its_own() -> None:
    before = asked(8, 8, 8, 8, 8, 8, done_w=(9e3, 2e3, 9e3, 2e3, 9e3, 2e3))
    lately = asked(8, 8, 8, done_w=(2e3, 2e3, 2e3))

    def colours(codes: list[AskedBefore], *colour: CongestionSignal) -> list[AskedBefore]:
        return [
            replace(each, code=one, change=each.change if one is RED else opposite(each.change))
            for each, one in zip(codes, colour, strict=True)
        ]

    # At noon people did far more, and are not asked for that lately.
    noon_and_evening = colours(before, GREEN, RED, GREEN, RED, GREEN, RED)
    assert not willingness(noon_and_evening + lately).did_less
    # Codes red alone tell that less is done.
    less = asked(8, 8, 8, done_w=(1e3, 1e3, 1e3))
    found = willingness(noon_and_evening + less)
    assert found.did_less
    assert found.share == pytest.approx(0.5)


def test_a_village_without_homes_is_asked_nothing_of() -> None:
    assert AskedBefore(CongestionSignal.RED, START, 0, 0, None).joined == 0.0
