"""How often somebody may call, by a clock that is moved by hand."""

from hypothesis import given
from hypothesis import strategies as st

from battery_commons.web.rate import CALLS_FROM_ADDRESS, CALLS_WITH_TOKEN, Buckets, Rate

RATE = Rate(burst=3, per_second=0.5)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1e6

    def __call__(self) -> float:
        return self.seconds


def calls_let_in(buckets: Buckets, caller: str, calls: int) -> int:
    let_in = 0
    for _ in range(calls):
        if buckets.wait_s(caller) == 0:
            buckets.take(caller)
            let_in += 1
    return let_in


def test_so_many_calls_come_at_once_and_no_more() -> None:
    assert calls_let_in(Buckets(RATE, Clock()), "home", 10) == 3


def test_who_has_to_wait_is_told_how_long_and_may_call_then() -> None:
    clock = Clock()
    buckets = Buckets(RATE, clock)
    calls_let_in(buckets, "home", 3)

    assert buckets.wait_s("home") == 2
    clock.seconds += 1.9
    assert buckets.wait_s("home") > 0
    clock.seconds += 0.1
    assert calls_let_in(buckets, "home", 2) == 1


def test_who_has_been_quiet_may_call_as_often_at_once_as_in_the_beginning() -> None:
    clock = Clock()
    buckets = Buckets(RATE, clock)
    calls_let_in(buckets, "home", 3)
    clock.seconds += 6

    assert calls_let_in(buckets, "home", 10) == 3


def test_one_caller_does_not_hinder_another() -> None:
    buckets = Buckets(RATE, Clock())
    calls_let_in(buckets, "hostile", 100)

    assert buckets.wait_s("home") == 0


def test_what_was_counted_while_nothing_was_left_makes_the_wait_longer() -> None:
    buckets = Buckets(RATE, Clock())
    for _ in range(5):
        buckets.take("guesser")

    assert buckets.wait_s("guesser") == 6


def test_callers_without_end_do_not_fill_the_memory() -> None:
    buckets = Buckets(RATE, Clock(), most=100)
    for number in range(1000):
        buckets.take(str(number))

    assert len(buckets._full_at) == 100


@given(waits=st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_in_no_time_does_anybody_get_more_than_the_burst_and_what_came_back(waits: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(RATE, clock)
    let_in = 0
    for wait in waits:
        clock.seconds += wait
        let_in += calls_let_in(buckets, "home", 2)

    assert let_in <= RATE.burst + sum(waits) * RATE.per_second + 1e-6


def test_a_thousand_homes_behind_one_address_call_every_ten_seconds_for_an_hour_unhindered() -> None:
    clock = Clock()
    address, tokens = Buckets(CALLS_FROM_ADDRESS, clock), Buckets(CALLS_WITH_TOKEN, clock)
    homes = [f"home-{number}" for number in range(1000)]
    # After a restart every home describes itself first.
    assert calls_let_in(address, "proxy", len(homes)) == len(homes)
    for _ in range(360):
        assert calls_let_in(address, "proxy", len(homes)) == len(homes)
        assert sum(calls_let_in(tokens, home, 1) for home in homes) == len(homes)
        clock.seconds += 10
