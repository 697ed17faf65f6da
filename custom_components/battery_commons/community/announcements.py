"""What there is to tell about codes red and green: each once, at its moment. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from .status import CodeWindow, CongestionSignal

REPORTED_WITHIN = timedelta(days=2)
"""After its end, nobody waits for a code's report any more."""
CLOCKS_DIFFER_BY = timedelta(seconds=60)
"""How much sooner than the home's clock the village's may find that a code is over."""


class News(StrEnum):
    """What happens with a code."""

    ANNOUNCED = "announced"
    STARTED = "started"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    """Taken back before its end."""
    REPORTED = "reported"
    """It was measured what it came to."""


@dataclass(frozen=True, slots=True)
class KnownCode:
    """A code that has been announced, and whether its start and its end have been told too."""

    window: CodeWindow
    has_started: bool = False
    has_ended: bool = False

    def stored(self) -> dict[str, Any]:
        """Return what must survive a restart, so that nothing is told twice."""
        return {
            "id": self.window.code_id,
            "code": self.window.code,
            "start": self.window.start.isoformat(),
            "end": self.window.end.isoformat(),
            "reason": self.window.reason,
            "has_started": self.has_started,
            "has_ended": self.has_ended,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return a code as it was known before a restart."""
        window = CodeWindow(
            code_id=stored["id"],
            code=CongestionSignal(stored["code"]),
            start=datetime.fromisoformat(stored["start"]),
            end=datetime.fromisoformat(stored["end"]),
            reason=stored["reason"],
            expected_effect_w=None,
            joins=None,
        )
        return cls(window, stored["has_started"], stored.get("has_ended", False))


type KnownCodes = Mapping[str, KnownCode]
type Told = tuple[News, CodeWindow]


def heard(known: KnownCodes, codes: Iterable[CodeWindow], now: datetime) -> tuple[list[Told], KnownCodes]:
    """Return what is new now that the village says that there are these `codes`, and what is known since.

    A code whose times have moved is announced again. One that is over is waited for until it is reported, or
    until the village lists it no longer.
    """
    said = {code.code_id: code for code in codes}
    told: list[Told] = []
    kept: dict[str, KnownCode] = {}
    for code_id, code in known.items():
        if code_id in said or (not code.has_ended and now >= code.window.end - CLOCKS_DIFFER_BY):
            kept[code_id] = code
        elif code.has_ended:
            continue
        else:
            told.append((News.WITHDRAWN, code.window))
    for code_id, window in said.items():
        before = kept.get(code_id)
        if (before is None or _has_moved(before.window, window)) and now < window.end:
            told.append((News.ANNOUNCED, window))
            kept[code_id] = KnownCode(window)
        elif before is not None and before.has_ended and window.result and window.result.is_measured:
            told.append((News.REPORTED, window))
            del kept[code_id]
        elif before is not None:
            kept[code_id] = replace(before, window=window)
    passed, kept_on = at_moment(kept, now)
    return told + passed, kept_on


def at_moment(known: KnownCodes, now: datetime) -> tuple[list[Told], KnownCodes]:
    """Return what happens by itself up to `now`, and what is known since."""
    told: list[Told] = []
    kept: dict[str, KnownCode] = {}
    for code_id, code in known.items():
        window = code.window
        if now >= window.end:
            # Of a code that was slept through there is nothing left to tell.
            if code.has_started and not code.has_ended:
                told.append((News.ENDED, window))
            if code.has_started and now < window.end + REPORTED_WITHIN:
                kept[code_id] = replace(code, has_ended=True)
            continue
        started = window.start <= now
        if started and not code.has_started:
            told.append((News.STARTED, window))
        kept[code_id] = replace(code, has_started=started)
    return told, kept


def next_moment(known: KnownCodes, now: datetime) -> datetime | None:
    """Return when something happens by itself."""
    moments = (moment for code in known.values() for moment in (code.window.start, code.window.end))
    return min((moment for moment in moments if moment > now), default=None)


def _has_moved(before: CodeWindow, after: CodeWindow) -> bool:
    return (before.start, before.end) != (after.start, after.end)
