"""A child process with a log of its own, that never outlives the demonstration."""

import asyncio
import contextlib
import os
import signal
import socket
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

STOP_WITHIN_S = 30.0
TAIL_LINES = 30
POLL_S = 0.2


class DemoError(Exception):
    """Something that the demonstration needs did not happen; the message says what, and what was logged."""


class Child:
    """One process, and the file that its output goes to."""

    def __init__(self, name: str, command: Sequence[str | Path], log: Path) -> None:
        """Describe the process; `start` starts it."""
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._process: Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def cpu_s(self) -> float:
        """How long the process has kept a processor busy so far, with all its threads (Linux only)."""
        if self._process is None:
            raise DemoError(f"{self.name} has not been started")
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def pid(self) -> int:
        """Which process it is."""
        if self._process is None:
            raise DemoError(f"{self.name} has not been started")
        return self._process.pid

    @property
    def memory_mb(self) -> float:
        """How much memory the process itself has in use (Linux only)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def returncode(self) -> int | None:
        """How it ended; negative for a signal, None while it runs or before it was started."""
        return self._process.returncode if self._process else None

    async def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start the process in a session of its own: Ctrl-C reaches only us, and we stop it in order."""
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | dict(environment or {}),
                start_new_session=True,
            )

    async def stop(self) -> None:
        """Ask the process to end, and end it when it does not."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End the process without giving it a chance to say goodbye."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._signal(how)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._process.wait()

    def _signal(self, how: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):  # It may end by itself in between.
                os.killpg(self._process.pid, how)

    def tail(self) -> str:
        """Return the last lines that the process wrote."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-TAIL_LINES:])

    async def wait_until(self, what: str, probe: Callable[[], Awaitable[bool]], within_s: float) -> None:
        """Return once `probe` says so.

        Raises:
            DemoError: The process ended, or it took longer than `within_s`; with the tail of its log.
        """
        try:
            async with asyncio.timeout(within_s):
                while not await probe():
                    if not self.is_running:
                        raise DemoError(f"{self.name} ended before {what}. It wrote:\n{self.tail()}")
                    await asyncio.sleep(POLL_S)
        except TimeoutError as error:
            raise DemoError(
                f"not within {within_s:.0f} s: {what}. {self.name} wrote:\n{self.tail()}"
            ) from error


async def run_to_end(command: Sequence[str | Path]) -> str:
    """Run a command and return what it printed.

    Raises:
        DemoError: The command failed; with what it said.
    """
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        output, errors = await process.communicate()
    finally:
        if process.returncode is None:  # Interrupted: nobody waits for it any more.
            process.kill()
            await process.wait()
    if process.returncode:
        raise DemoError(f"{' '.join(map(str, command))} failed:\n{errors.decode(errors='replace')}")
    return output.decode()


def free_port(preferred: int = 0) -> int:
    """Return `preferred` where that port of the loopback is free, else any free one."""
    for candidate in (preferred, 0):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", candidate)) as probe:
            port: int = probe.getsockname()[1]
            return port
    raise DemoError("no port of the loopback is free")
