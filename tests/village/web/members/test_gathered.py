"""Questions of many at once: few visits to the database, and an answer that is no older than its question."""

import asyncio
import threading
from collections.abc import Collection

import pytest

from battery_commons.web.members.gathered import Gathered


class Register:
    """Knows numbers by name; each visit to it may be made to wait."""

    def __init__(self) -> None:
        self.numbers = {f"home {n}": n for n in range(50)}
        self.visits = 0
        self.error: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()

    def look_up(self, names: Collection[str]) -> dict[str, int]:
        self.visits += 1
        found = {name: self.numbers[name] for name in names if name in self.numbers}
        self.go_on.wait(5)
        if self.error is not None:
            raise self.error
        return found


@pytest.fixture
def register() -> Register:
    return Register()


async def test_what_many_ask_at_once_takes_two_visits(register: Register) -> None:
    gathered = Gathered(register.look_up)

    answers = await asyncio.gather(*(gathered.ask(name) for name in register.numbers))

    assert answers == list(range(50))
    assert register.visits <= 2


async def test_who_is_not_found_gets_no_answer_and_the_others_do(register: Register) -> None:
    gathered = Gathered(register.look_up)

    nobody, found = await asyncio.gather(gathered.ask("nobody"), gathered.ask("home 7"))
    assert (nobody, found) == (None, 7)


async def test_what_changed_before_a_question_is_in_its_answer(register: Register) -> None:
    gathered = Gathered(register.look_up)
    register.go_on.clear()
    before = asyncio.create_task(gathered.ask("home 7"))
    while not register.visits:
        await asyncio.sleep(0.01)

    del register.numbers["home 7"]
    after = asyncio.create_task(gathered.ask("home 7"))
    await asyncio.sleep(0.01)
    register.go_on.set()

    assert (await before, await after) == (7, None)


async def test_an_error_is_told_to_those_it_concerns_alone(register: Register) -> None:
    gathered = Gathered(register.look_up)
    register.error = ValueError("not now")
    told = await asyncio.gather(gathered.ask("home 1"), gathered.ask("home 2"), return_exceptions=True)
    assert [str(each) for each in told] == ["not now"] * 2

    register.error = None

    assert await gathered.ask("home 1") == 1


async def test_a_caller_that_hangs_up_does_not_take_it_from_another(register: Register) -> None:
    gathered = Gathered(register.look_up)
    register.go_on.clear()
    impatient, patient = (asyncio.create_task(gathered.ask("home 7")) for _ in range(2))
    await asyncio.sleep(0.01)

    impatient.cancel()
    await asyncio.sleep(0.01)
    register.go_on.set()

    assert await patient == 7
