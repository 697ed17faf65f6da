"""When a home holds a stream open, and how soon it tries again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.battery_commons.community.stream import (
    LASTING_S,
    LONGEST_WAIT_S,
    Backoff,
    is_wanted,
)


@pytest.mark.parametrize("webhook_reached", [None, False, True])
def test_a_home_without_an_address_always_wants_a_stream(*, webhook_reached: bool | None) -> None:
    assert is_wanted(has_address=False, webhook_reached=webhook_reached, so_far=False)


@pytest.mark.parametrize("so_far", [False, True])
def test_a_home_with_an_address_wants_one_while_nobody_answers_there(*, so_far: bool) -> None:
    assert is_wanted(has_address=True, webhook_reached=False, so_far=so_far)
    assert not is_wanted(has_address=True, webhook_reached=True, so_far=so_far)


@pytest.mark.parametrize("so_far", [False, True])
def test_a_village_that_has_not_tried_changes_nothing(*, so_far: bool) -> None:
    assert is_wanted(has_address=True, webhook_reached=None, so_far=so_far) is so_far


def test_a_stream_that_held_is_opened_again_soon() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.wait_s(0.1, 1.0)

    assert backoff.wait_s(LASTING_S, 1.0) == 1


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1)), max_size=50))
def test_no_wait_is_too_short_or_too_long(tries: list[tuple[float, float]]) -> None:
    backoff = Backoff()

    assert all(0.5 <= backoff.wait_s(lasted_s, jitter) <= LONGEST_WAIT_S for lasted_s, jitter in tries)
