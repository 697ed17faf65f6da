"""The village's plan for one home: a lease on what its batteries do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .fields import moment, number, part, power_w, text, whole_number

MAX_SLOTS = 400
LONGEST_SLOT = timedelta(days=1)


class VillageReason(StrEnum):
    """Why the village asks a battery for what it asks."""

    OWN_HOUSE = "own_house"
    RELIEVE_IMPORT = "relieve_import"
    RELIEVE_EXPORT = "relieve_export"
    RELIEVE_FEEDER = "relieve_feeder"
    LOW_PRICE = "low_price"
    HIGH_PRICE = "high_price"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Slot:
    """What one battery is asked to do in one slot: [start, end)."""

    start: datetime
    end: datetime
    power_w: float | None
    """Mean power, positive = charge; None leaves the battery to its own house."""
    reason: VillageReason


@dataclass(frozen=True, slots=True)
class BatteryPlan:
    """What one battery is asked to do, and until when that counts."""

    sequence: int
    lease_until: datetime
    slots: tuple[Slot, ...]

    def slot_at(self, now: datetime) -> Slot | None:
        """Return the slot that is under way at `now`; None where the plan has none."""
        return next((slot for slot in self.slots if slot.start <= now < slot.end), None)


@dataclass(frozen=True, slots=True)
class HomePlan:
    """The village's plan for every battery of one home."""

    home_id: str
    sequence: int
    issued_at: datetime
    lease_until: datetime
    control_model: str
    slot_length: timedelta
    batteries: Mapping[str, BatteryPlan]


def parse_plan(payload: Mapping[str, Any]) -> HomePlan:
    """Return the plan in a payload. Raises ValueError for anything that is not wholly a plan."""
    if payload.get("type") != "plan":
        raise ValueError("this is no plan")
    sequence, lease_until = whole_number(payload, "sequence"), moment(payload, "lease_until")
    slot_length = timedelta(seconds=min(number(payload.get("slot_seconds")), 1e9))
    if not timedelta(0) < slot_length <= LONGEST_SLOT:
        raise ValueError("slot_seconds is no length of a slot")
    start = moment(payload, "start")
    batteries = payload.get("batteries")
    if not isinstance(batteries, list):
        raise ValueError("batteries is no list")  # noqa: TRY004 - a wrong message, not a wrong call
    plans: dict[str, BatteryPlan] = {}
    for index in range(len(batteries)):
        battery = part({"battery": batteries[index]}, "battery")
        battery_id = text(battery, "battery_id")
        if battery_id in plans:
            raise ValueError("a battery occurs twice")
        plans[battery_id] = BatteryPlan(sequence, lease_until, _slots(battery, start, slot_length))
    return HomePlan(
        home_id=text(payload, "home_id"),
        sequence=sequence,
        issued_at=moment(payload, "issued_at"),
        lease_until=lease_until,
        control_model=text(payload, "control_model"),
        slot_length=slot_length,
        batteries=plans,
    )


def _slots(battery: Mapping[str, Any], start: datetime, length: timedelta) -> tuple[Slot, ...]:
    powers, reasons = battery.get("power_w"), battery.get("reasons")
    if not isinstance(powers, list) or not isinstance(reasons, list):
        raise ValueError("power_w and reasons are lists")  # noqa: TRY004 - a wrong message, not a wrong call
    if not 1 <= len(powers) <= MAX_SLOTS or len(powers) != len(reasons):
        raise ValueError("power_w and reasons have one entry for each slot")
    return tuple(
        Slot(
            start=start + index * length,
            end=start + (index + 1) * length,
            power_w=None if power is None else power_w(power),
            reason=VillageReason(reason),
        )
        for index, (power, reason) in enumerate(zip(powers, reasons, strict=True))
    )
