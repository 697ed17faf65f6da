"""Reports on paper: that takes seconds and memory, so they are drawn in a process of their own."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
from weakref import finalize

from battery_commons.background_run import BackgroundRun, Work

MOST_KEPT = 8
"""So that of several that are asked for at a time, none is drawn again and again."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A report that was asked for: drawn, or how far it is."""

    content: bytes | None = None
    share: float | None = None
    """Of it is drawn, from 0 to 1; None while it is not being drawn."""

    @property
    def failed(self) -> bool:
        """Return whether it could not be drawn; whoever asks again has it tried again."""
        return self.content is None and self.share is None


class PaperDesk:
    """Has one report drawn at a time, and keeps the last few in memory.

    Until somebody looks whether it is ready it lies in a temporary folder, which goes with the desk.
    """

    def __init__(self) -> None:
        """Have nothing drawn yet."""
        self._lock = Lock()
        self._run: BackgroundRun | None = None
        self._asked: str | None = None
        """Which report is being drawn."""
        self._drawn: dict[str, bytes] = {}

    def ask(self, made_of: object, work: Work) -> Paper:
        """Return the report that `work` draws, or how far it is: it is begun unless it is drawn already.

        A report made of the same (by its `repr`) is the same. While another is being drawn, it waits.
        """
        key = hashlib.sha256(repr(made_of).encode()).hexdigest()
        with self._lock:
            if self._run is None:
                folder = mkdtemp(prefix="battery-commons-")
                finalize(self, rmtree, folder, ignore_errors=True)
                self._run = BackgroundRun(Path(folder) / "report.pdf")
            share, asked = self._run.share_done, self._asked
            if share is None:
                self._asked = None
                if asked is not None and (content := self._run.taken()) is not None:
                    self._keep(asked, content)
            if (kept := self._drawn.get(key)) is not None:
                return Paper(kept)
            if share is not None:
                return Paper(share=share if key == asked else 0.0)
            if asked == key:
                return Paper()
            self._run.run(work)
            self._asked = key
            return Paper(share=0.0)

    def _keep(self, key: str, content: bytes) -> None:
        while len(self._drawn) >= MOST_KEPT:
            self._drawn.pop(next(iter(self._drawn)))
        self._drawn[key] = content
