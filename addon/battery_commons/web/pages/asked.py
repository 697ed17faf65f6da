"""What a battery was asked in each quarter hour of the past, and why, as told by the messages it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from battery_commons.domain.plan import PlanReason
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.store.records import DispatchRecord
from battery_commons.wire.messages import PlanMessage

WORTH_TELLING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a plan asked of a battery in a quarter hour, from when on."""

    since: datetime
    sequence: int
    """The number of the plan."""
    power_w: float | None
    """None left the battery to its own house."""
    reason: PlanReason


def asked(sent: Sequence[DispatchRecord], battery_id: str, clock: Clock) -> dict[datetime, list[Ask]]:
    """Return what a battery, by its home's own id, was asked: by quarter hour, in the order of time.

    A plan counts from the moment that its home accepted it to the next one's, or to the end of its lease. A
    quarter hour has more than one entry where a later plan, as the guard's, asked something else. What
    counted for less than a minute, as a former plan until a quarter hour's own has arrived, is left out.
    """
    accepted = sorted(
        (
            (record.answered_at, record)
            for record in sent
            if record.accepted and record.answered_at is not None
        ),
        key=itemgetter(0),
    )
    found: dict[datetime, list[Ask]] = {}
    for number, (since, record) in enumerate(accepted):
        until = min(
            [record.lease_until, *(next_since for next_since, _ in accepted[number + 1 : number + 2])]
        )
        for start, power_w, reason in _slots(record, battery_id, clock):
            if start < until and since < start + SLOT:
                asks = found.setdefault(start, [])
                if asks and since - asks[-1].since < WORTH_TELLING:
                    asks.pop()
                if not asks or (asks[-1].power_w, asks[-1].reason) != (power_w, reason):
                    asks.append(Ask(max(since, start), record.sequence, power_w, reason))
    return found


def _slots(
    record: DispatchRecord, battery_id: str, clock: Clock
) -> list[tuple[datetime, float | None, PlanReason]]:
    message = PlanMessage.model_validate_json(record.plan_json)
    # Wall time is rounded to microseconds: at sixty times the speed that is not exactly a slot's start.
    first = slot_start(clock.to_village(message.start) + SLOT / 2)
    return [
        (first + number * SLOT, power_w, reason)
        for battery in message.batteries
        if battery.battery_id == battery_id
        for number, (power_w, reason) in enumerate(zip(battery.power_w, battery.reasons, strict=True))
    ]
