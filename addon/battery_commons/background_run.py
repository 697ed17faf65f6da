"""Long work that is started from a page: in a process of its own, at the lowest priority, one at a time.

Its result is kept in the data folder, and is there after a restart.
"""

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from threading import Lock

_LOWEST_PRIORITY = 19

type Work = Callable[[Callable[[float], None]], bytes]
"""Tells the share that is done, from 0 to 1, and returns what to keep; goes to a process as a pickle."""


class OneAtATime:
    """What several kinds of work share, so that a small machine is not asked for two at once."""

    def __init__(self) -> None:
        """Start idle."""
        self._lock = Lock()
        self._process: BaseProcess | None = None

    @property
    def is_taken(self) -> bool:
        """Return whether something runs."""
        return self._process is not None and self._process.is_alive()

    def begin(self, process: BaseProcess) -> bool:
        """Start a process; False where another runs."""
        with self._lock:
            if self.is_taken:
                return False
            process.start()
            self._process = process
            return True


class BackgroundRun:
    """Runs one kind of work, and keeps the last result."""

    def __init__(self, file: Path, turn: OneAtATime | None = None) -> None:
        """Keep the result in `file`; work that shares `turn` never runs at the same time."""
        self._file = file
        self._turn = turn or OneAtATime()
        self._process: BaseProcess | None = None
        self._share: Synchronized[float] | None = None
        self.was_cancelled = False

    @property
    def share_done(self) -> float | None:
        """Return how much of the running one is done, from 0 to 1; None while none runs."""
        if self._process is None or self._share is None or not self._process.is_alive():
            return None
        return float(self._share.value)

    @property
    def must_wait(self) -> bool:
        """Return whether this or other work that shares its turn runs."""
        return self._turn.is_taken

    @property
    def failed(self) -> bool:
        """Return whether the last one ended without a result, and was not cancelled."""
        ended = self._process is not None and not self._process.is_alive()
        return ended and not self.was_cancelled and bool(self._process and self._process.exitcode)

    def cancel(self) -> None:
        """End the running one, if any. The former result stays."""
        if self._process is not None and self._process.is_alive():
            self.was_cancelled = True
            self._process.terminate()
            self._process.join()

    def run(self, work: Work) -> bool:
        """Start it, beside everything else; False where one runs already. Takes a moment."""
        context = get_context("forkserver")
        share = context.Value("d", 0.0)
        process = context.Process(target=_carry_out, args=(work, self._file, share), daemon=True)
        if not self._turn.begin(process):
            return False
        self._share, self._process, self.was_cancelled = share, process, False
        return True

    def kept(self) -> bytes | None:
        """Return what the last one left; None where there is nothing."""
        try:
            return self._file.read_bytes()
        except OSError:
            return None

    def taken(self) -> bytes | None:
        """Return what the last one left, which is kept no longer; None where there is nothing."""
        content = self.kept()
        self._file.unlink(missing_ok=True)
        return content


def _carry_out(work: Work, file: Path, share: Synchronized[float]) -> None:
    os.nice(_LOWEST_PRIORITY)

    def tell(done: float) -> None:
        share.value = done

    content = work(tell)
    written = file.with_suffix(".part")
    written.write_bytes(content)
    written.replace(file)
