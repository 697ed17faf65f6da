"""Codes in the built-in village: what is measured is what was truly done, within what is stated."""

import pytest

from tests.village.mob.trial import Found, Trial, highest

LEAST_COVERED = 0.90
"""Of intervals that are to hold the truth 95 times of 100."""


@pytest.fixture(scope="module")
def responding() -> tuple[Found, Found]:
    return Trial(shift_share=0.5, homes_watched=1).run(100)


@pytest.fixture(scope="module")
def nobody() -> tuple[Found, Found]:
    """Return what is found where nobody responds, of a code on every day of most of a year."""
    trials = [Trial(0.0, n, n, homes_watched=int(n == 62)).run(100, highest) for n in (62, 63, 64)]
    of_village, of_homes = ([each[n] for each in trials] for n in (0, 1))
    return Found([miss for each in of_village for miss in each.misses]), Found(
        [miss for each in of_homes for miss in each.misses]
    )


@pytest.mark.parametrize("subject", [0, 1], ids=["the village", "single homes"])
def test_the_true_response_lies_within_the_stated_interval(
    responding: tuple[Found, Found], subject: int
) -> None:
    assert responding[subject].covered >= LEAST_COVERED


@pytest.mark.parametrize("subject", [0, 1], ids=["the village", "single homes"])
def test_nothing_is_measured_where_nobody_responds(nobody: tuple[Found, Found], subject: int) -> None:
    found = nobody[subject]

    assert found.covered >= LEAST_COVERED
    assert abs(found.mean_error_w) <= 2 * found.standard_error_w


def test_who_draws_more_from_the_announcement_on_gains_nothing() -> None:
    honest = Trial(shift_share=0.0, homes_watched=1).run(20)
    gaming = Trial(shift_share=0.0, homes_watched=1, gamed_w=500.0).run(20)

    assert gaming == honest
