"""What a region asks of those below: a limit, a setpoint or a price, in a time, of all or of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any

from battery_commons.domain.tariff import MAX_PRICE
from battery_commons.domain.time import slot_start
from battery_commons.domain.vtn import Kind, VtnClient, VtnObject
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.objects import Event, parse
from battery_commons.openadr.vtn.objects import VtnObjects
from battery_commons.openadr.vtn.sight import ONLY, shown
from battery_commons.store.audit import Author

PROGRAM = "Asked of those below"
LONGEST = timedelta(days=7)
FURTHEST = timedelta(days=31)
"""How long from now it begins at the latest."""
MOST_KW = 1_000_000.0


class What(StrEnum):
    """What is asked, as OpenADR calls it."""

    IMPORT = "IMPORT_CAPACITY_LIMIT"
    EXPORT = "EXPORT_CAPACITY_LIMIT"
    SETPOINT = "DISPATCH_SETPOINT"
    PRICE = "PRICE"


class Wrong(StrEnum):
    """What makes no sense."""

    VALUE = "value"
    SIGN = "sign"
    ENDS_FIRST = "ends_first"
    LENGTH = "length"
    QUARTERS = "quarters"
    OVER = "over"
    FAR_AHEAD = "far_ahead"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked."""

    what: What
    value: float
    """In kW, positive = drawn; a price in EUR per kWh."""
    start: datetime
    end: datetime
    client_id: str | None
    """Of whom; None for all."""

    def problems(self, now: datetime) -> list[Wrong]:
        """Return what is wrong with it."""
        found = []
        most = MAX_PRICE if self.what is What.PRICE else MOST_KW
        if not (isfinite(self.value) and abs(self.value) <= most):
            found.append(Wrong.VALUE)
        elif self.value < 0 and self.what in (What.IMPORT, What.EXPORT):
            found.append(Wrong.SIGN)
        if self.end <= self.start:
            found.append(Wrong.ENDS_FIRST)
        elif self.end - self.start > LONGEST:
            found.append(Wrong.LENGTH)
        elif self.end <= now:
            found.append(Wrong.OVER)
        if any(slot_start(each) != each for each in (self.start, self.end)):
            found.append(Wrong.QUARTERS)
        if self.start > now + FURTHEST:
            found.append(Wrong.FAR_AHEAD)
        return found


def asked_of(event: VtnObject) -> Asked | None:
    """Return what an event asks, if that is one thing in one time, as here."""
    try:
        read = parse(Event, shown(event))
    except UnacceptableError:
        return None
    period, intervals, targets = read.interval_period, read.intervals or (), read.targets or ()
    if period is None or period.start is None or period.duration is None or len(intervals) != 1:
        return None
    said, span = intervals[0].payloads[0], period.duration
    value = said.values[0]
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    is_plain = read.duration is None and not (span.months or span.days or span.is_nothing)
    if said.type not in set(What) or not is_figure or not is_plain or len(targets) > 1:
        return None
    if targets and not targets[0].startswith(ONLY):
        return None
    whom = targets[0].removeprefix(ONLY) if targets else None
    return Asked(What(said.type), float(str(value)), period.start, period.start + span.exact, whom)


def publish(objects: VtnObjects, own: VtnClient, asked: Asked, by: Author) -> str:
    """Ask it, and return the event's id.

    Raises RefusedError where the program's name is taken by business logic, and StoreError.
    """
    made = objects.make(own, Kind.EVENT, _event(asked, objects.own_program(own, PROGRAM)), by)
    return str(made["id"])


def _event(asked: Asked, program_id: str) -> Mapping[str, Any]:
    minutes = (asked.end - asked.start) // timedelta(minutes=1)
    units = {"units": "KWH", "currency": "EUR"} if asked.what is What.PRICE else {"units": "KW"}
    return {
        "programID": program_id,
        "eventName": f"{asked.what} {asked.value:g}",
        "intervalPeriod": {
            "start": asked.start.isoformat().replace("+00:00", "Z"),
            "duration": f"PT{minutes}M",
        },
        "payloadDescriptors": [{"payloadType": asked.what.value, **units}],
        "intervals": [{"id": 0, "payloads": [{"type": asked.what.value, "values": [asked.value]}]}],
        # An answer to it: what the batteries do when it begins.
        "reportDescriptors": [
            {
                "payloadType": "STORAGE_POWER",
                "aggregate": True,
                "startInterval": 0,
                "numIntervals": 1,
                "historical": False,
                "repeat": 1,
            }
        ],
        **({} if asked.client_id is None else {"targets": [f"{ONLY}{asked.client_id}"]}),
    }
