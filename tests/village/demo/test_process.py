"""A child process is waited for, reported on, and never left behind."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from demo.process import Child, DemoError, free_port, run_to_end


def child(tmp_path: Path, code: str) -> Child:
    return Child("The sleeper", [sys.executable, "-c", code], tmp_path / "log")


async def never() -> bool:
    return False


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_process_that_ends_too_early_is_reported_with_what_it_wrote(tmp_path: Path) -> None:
    early = child(tmp_path, "print('no disk left')")
    await early.start()
    with pytest.raises(DemoError, match=r"ended before it answers[^$]*no disk left"):
        await early.wait_until("it answers", never, 10)


async def test_waiting_has_an_end(tmp_path: Path) -> None:
    sleeper = child(tmp_path, "import time; time.sleep(60)")
    await sleeper.start()
    with pytest.raises(DemoError, match="not within 0 s: it answers"):
        await sleeper.wait_until("it answers", never, 0.3)
    await sleeper.stop()


async def test_a_process_that_does_not_listen_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.process.STOP_WITHIN_S", 0.3)
    deaf = child(
        tmp_path,
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True); time.sleep(60)",
    )
    await deaf.start()

    async def is_deaf() -> bool:
        return "deaf" in deaf.tail()

    await deaf.wait_until("it is deaf", is_deaf, 10)
    await deaf.stop()
    assert not deaf.is_running


async def test_it_can_be_started_again_after_it_was_killed(tmp_path: Path) -> None:
    sleeper = child(tmp_path, "import time; time.sleep(60)")
    for _ in range(2):
        await sleeper.start()
        assert sleeper.is_running
        await sleeper.kill()
        assert not sleeper.is_running


async def test_an_interrupted_command_is_not_left_behind(tmp_path: Path) -> None:
    note = tmp_path / "id"
    code = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    running = asyncio.create_task(run_to_end([sys.executable, "-c", code]))
    async with asyncio.timeout(10):
        while not note.exists() or not note.read_text():
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not is_alive(int(note.read_text()))


async def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(DemoError, match="no such village"):
        await run_to_end([sys.executable, "-c", "raise SystemExit('no such village')"])


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port
