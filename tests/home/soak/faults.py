"""What goes wrong, and when: a schedule by chance, the same for the same seed."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Something that goes wrong, or that a resident does, for a while."""

    BATTERY_LOST = "battery_lost"
    SHED_LOST = "shed_lost"
    VILLAGE_LOST = "village_lost"
    METER_LOST = "meter_lost"
    METER_FROZEN = "meter_frozen"
    RESTART = "restart"
    """Home Assistant stops properly, and starts again."""
    KILL = "kill"
    """Home Assistant is gone at once, releases nothing, and starts again from what is on disk."""
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_BEHIND = "clock_behind"
    PAUSE = "pause"
    RESERVE_RAISED = "reserve_raised"
    HOSTILE = "hostile"
    """Somebody sends plans that must not be believed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fault of a schedule."""

    fault: Fault
    start_s: int
    end_s: int
    size_s: int = 0
    """By how much a clock is wrong."""

    def __str__(self) -> str:
        """Return it with its moments."""
        size = f" by {self.size_s} s" if self.size_s else ""
        return f"{self.fault}{size} from {self.start_s} s to {self.end_s} s"


_TIMES_A_DAY: dict[Fault, tuple[int, tuple[int, int]]] = {
    Fault.BATTERY_LOST: (5, (10, 900)),
    Fault.SHED_LOST: (3, (10, 600)),
    Fault.VILLAGE_LOST: (3, (300, 7_200)),
    Fault.METER_LOST: (4, (10, 600)),
    Fault.METER_FROZEN: (3, (30, 300)),
    Fault.RESTART: (3, (5, 120)),
    Fault.KILL: (4, (5, 600)),
    Fault.CLOCK_AHEAD: (2, (60, 1_200)),
    Fault.CLOCK_BEHIND: (2, (60, 1_200)),
    Fault.PAUSE: (2, (300, 1_800)),
    Fault.RESERVE_RAISED: (2, (600, 3_600)),
    Fault.HOSTILE: (24, (1, 1)),
}
_STOPS = frozenset({Fault.RESTART, Fault.KILL})
_CLOCK = frozenset({Fault.CLOCK_AHEAD, Fault.CLOCK_BEHIND})


def schedule(seed: int, seconds: int) -> list[Event]:
    """Return what goes wrong in so many seconds.

    A home does not start with a wrong clock here: what it then takes for now, nothing on board can refute.
    """
    chance = random.Random(seed)  # noqa: S311 - misfortune, not a secret
    events: list[Event] = []
    for fault, (times, lasts_s) in _TIMES_A_DAY.items():
        for _ in range(max(1, round(times * seconds / 86_400))):
            start = chance.randrange(120, max(121, seconds - 120))
            size = chance.choice([90, 600, 2_400]) if fault in _CLOCK else 0
            event = Event(fault, start, min(seconds, start + chance.randint(*lasts_s)), size)
            alike = _STOPS | _CLOCK if fault in _STOPS | _CLOCK else {fault}
            if not any(other.fault in alike and _meet(event, other) for other in events):
                events.append(event)
    return sorted(events, key=lambda event: event.start_s)


def _meet(one: Event, other: Event) -> bool:
    return one.start_s <= other.end_s + 60 and other.start_s <= one.end_s + 60
