"""The door for what meters say, whoever brings it: the members' API, a source, or a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import Clock
from battery_commons.sense.telemetry import IntakeWindow, Refusal
from battery_commons.store import Store
from battery_commons.store.audit import Author


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of some readings."""

    new: int
    known: int
    """Held already; those stay as they were."""
    too_old: int
    in_the_future: int

    @property
    def refused(self) -> int:
        """How many were not taken in for their time."""
        return self.too_old + self.in_the_future


def take_in(
    store: Store, clock: Clock, meter_id: str, readings: Sequence[MeterReading], by: Author | None = None
) -> TakenIn:
    """Keep those of a meter's readings that may be, which bear wall time. An administrator may be the author.

    Raises:
        NotFoundError: There is no such meter.
        StoreError: The store cannot be used.
    """
    window = IntakeWindow.for_meters(clock, clock.now())
    refusals = [window.refusal(reading.at) for reading in readings]
    passed = [
        replace(reading, at=clock.to_village(reading.at))
        for reading, refusal in zip(readings, refusals, strict=True)
        if refusal is None
    ]
    new = store.add_meter_readings(meter_id, passed, by)
    return TakenIn(
        new=new,
        known=len(passed) - new,
        too_old=refusals.count(Refusal.TOO_OLD),
        in_the_future=refusals.count(Refusal.IN_THE_FUTURE),
    )
