"""What goes on beside the ticks outlasts its own defects, and ends with the coordinator."""

import asyncio

import pytest

from battery_commons.coordinator.tending import tended


async def test_work_that_fails_unexpectedly_is_told_and_begun_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begun = 0
    twice = asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun > 1:
            twice.set()
            await asyncio.Event().wait()
        raise KeyError("a defect")

    async with tended("looking after things", work, again_after_s=0.01), asyncio.timeout(5):
        await twice.wait()

    said = capsys.readouterr()
    assert "looking after things" in said.out + said.err
    assert "a defect" in said.out + said.err


async def test_the_block_is_left_once_the_work_has_let_go_of_what_it_holds() -> None:
    held = False

    async def work() -> None:
        nonlocal held
        held = True
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            held = False

    async with tended("holding", work):
        await asyncio.sleep(0.01)
        assert held

    assert not held
