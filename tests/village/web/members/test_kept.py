"""What is told to many is looked up once, and never kept for longer than a moment."""

import asyncio
import threading

import pytest

from battery_commons.web.members.kept import Kept


class Found:
    """What is found: how often it was looked for, or an error."""

    def __init__(self) -> None:
        self.times = 0
        self.error: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()

    def look_up(self, key: str) -> str:
        self.times += 1
        self.go_on.wait(5)
        if self.error is not None:
            raise self.error
        return f"{key} {self.times}"


@pytest.fixture
def found() -> Found:
    return Found()


async def test_it_is_looked_up_once_for_all_who_ask_at_once(found: Found) -> None:
    kept = Kept(found.look_up, lambda: 0.0)

    assert await asyncio.gather(*(kept.get("t1") for _ in range(50))) == ["t1 1"] * 50


async def test_it_is_kept_for_a_second_and_no_longer(found: Found) -> None:
    now = 100.0
    kept = Kept(found.look_up, lambda: now)

    assert await kept.get("t1") == "t1 1"
    now = 101.0
    assert await kept.get("t1") == "t1 1"
    now = 101.1
    assert await kept.get("t1") == "t1 2"


async def test_each_key_has_its_own(found: Found) -> None:
    kept = Kept(found.look_up, lambda: 0.0)

    assert [await kept.get("t1"), await kept.get("t2"), await kept.get("t1")] == ["t1 1", "t2 2", "t1 1"]


async def test_an_error_is_told_and_not_kept(found: Found) -> None:
    kept = Kept(found.look_up, lambda: 0.0)
    found.error = ValueError("not now")
    with pytest.raises(ValueError, match="not now"):
        await kept.get("t1")

    found.error = None

    assert await kept.get("t1") == "t1 2"


async def test_a_caller_that_hangs_up_does_not_take_it_from_another(found: Found) -> None:
    kept = Kept(found.look_up, lambda: 0.0)
    found.go_on.clear()
    impatient, patient = (asyncio.create_task(kept.get("t1")) for _ in range(2))
    await asyncio.sleep(0.01)

    impatient.cancel()
    await asyncio.sleep(0.01)
    found.go_on.set()

    assert await patient == "t1 1"
