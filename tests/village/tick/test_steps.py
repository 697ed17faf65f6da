"""Steps of a tick: bounded in time, never twice at once, and counted."""

import asyncio

import pytest

from battery_commons.tick.steps import DEADLINES_S, OverrunError, Step, Steps


def impatient() -> Steps:
    return Steps(dict.fromkeys(Step, 0.02))


async def test_a_step_that_overruns_is_left_behind_and_not_started_twice() -> None:
    steps, end, started = impatient(), asyncio.Event(), 0

    async def slow() -> str:
        nonlocal started
        started += 1
        await end.wait()
        return "done"

    for told in ("not done within", "still busy"):
        with pytest.raises(OverrunError, match=told):
            await steps.run(Step.DECIDE, slow)
    assert started == 1

    end.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await steps.run(Step.DECIDE, slow) == "done"
    assert started == 2
    assert (steps.records[Step.DECIDE].done, steps.records[Step.DECIDE].failed) == (1, 2)


async def test_an_overrun_of_one_step_leaves_the_others() -> None:
    steps = impatient()
    with pytest.raises(OverrunError):
        await steps.run(Step.DECIDE, lambda: asyncio.sleep(60))

    await steps.run(Step.GUARD, lambda: asyncio.sleep(0))

    assert steps.records[Step.GUARD].done == 1


async def test_what_a_step_raises_is_raised_and_counted() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    steps = Steps()
    with pytest.raises(ZeroDivisionError):
        await steps.run(Step.DECIDE, broken)

    assert steps.records[Step.DECIDE].failed == 1


async def test_a_stop_stops_a_step_under_way() -> None:
    ended = asyncio.Event()

    async def step() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    steps = Steps()
    running = asyncio.create_task(steps.run(Step.DISPATCH, step))
    await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    async with asyncio.timeout(1):
        await ended.wait()


def test_the_steps_of_one_tick_end_within_a_quarter_hour() -> None:
    beside = {Step.RESUME, Step.TRAIN, Step.GUARD}
    assert sum(seconds for step, seconds in DEADLINES_S.items() if step not in beside) < 900
