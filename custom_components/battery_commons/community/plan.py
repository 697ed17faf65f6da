"""The village's plan for one home: a lease on what its batteries do."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ..battery.house import ConnectionLimits
from .fields import moment, number, part, power_w, price_per_kwh, text, whole_number

MAX_SLOTS = 400
LONGEST_SLOT = timedelta(days=1)
_REASON = re.compile(r"[a-z_]{1,40}")


class VillageReason(StrEnum):
    """Why the village asks a battery for what it asks."""

    OWN_HOUSE = "own_house"
    RELIEVE_IMPORT = "relieve_import"
    RELIEVE_EXPORT = "relieve_export"
    RELIEVE_FEEDER = "relieve_feeder"
    GRID_OPERATOR = "grid_operator"
    LOW_PRICE = "low_price"
    HIGH_PRICE = "high_price"
    HOLD = "hold"
    OTHER = "other"
    """One that only a later version of the village has: no reason to refuse a plan."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What one battery is asked to do in one slot: [start, end)."""

    start: datetime
    end: datetime
    power_w: float | None
    """Mean power, positive = charge; None leaves the battery to its own house."""
    reason: VillageReason
    transformer_load_w: float | None = None
    """What the home's transformer is expected to carry with this plan, positive = import."""
    transformer_limit_w: float | None = None
    price_per_kwh: float | None = None
    """What energy costs the home in this slot, in EUR, as far as the village knows."""


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
    connection: ConnectionLimits = field(default_factory=ConnectionLimits)
    """What the home's connection may carry. Kept beyond the lease, until another plan says otherwise."""


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What the village expects, slot by slot."""

    limit_w: float | None
    load_w: tuple[float | None, ...]
    price_per_kwh: tuple[float | None, ...]


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
    outlook = _outlook(payload)
    plans: dict[str, BatteryPlan] = {}
    for listed in batteries:
        battery = part({"battery": listed}, "battery")
        battery_id = text(battery, "battery_id")
        if battery_id in plans:
            raise ValueError("a battery occurs twice")
        plans[battery_id] = BatteryPlan(sequence, lease_until, _slots(battery, start, slot_length, outlook))
    return HomePlan(
        home_id=text(payload, "home_id"),
        sequence=sequence,
        issued_at=moment(payload, "issued_at"),
        lease_until=lease_until,
        control_model=text(payload, "control_model"),
        slot_length=slot_length,
        batteries=plans,
        connection=_connection(payload),
    )


def _outlook(payload: Mapping[str, Any]) -> _Outlook:
    if payload.get("outlook") is None:
        return _Outlook(None, (), ())
    outlook = part(payload, "outlook")
    limit = outlook.get("transformer_limit_w")
    return _Outlook(
        limit_w=None if limit is None else power_w(limit),
        load_w=_figures(outlook, "transformer_load_w", power_w),
        price_per_kwh=_figures(outlook, "price_per_kwh", price_per_kwh),
    )


def _figures(
    outlook: Mapping[str, Any], field: str, read: Callable[[object], float]
) -> tuple[float | None, ...]:
    if (figures := outlook.get(field)) is None:
        return ()
    if not isinstance(figures, list) or len(figures) > MAX_SLOTS:
        raise ValueError(f"{field} is no list with a figure for each slot")
    return tuple(None if figure is None else read(figure) for figure in figures)


def _connection(payload: Mapping[str, Any]) -> ConnectionLimits:
    if payload.get("connection") is None:
        return ConnectionLimits()
    connection = part(payload, "connection")
    return ConnectionLimits(_limit_w(connection, "import_w"), _limit_w(connection, "export_w"))


def _limit_w(connection: Mapping[str, Any], field: str) -> float:
    if (limit := connection.get(field)) is None:
        return math.inf
    if (limit_w := power_w(limit)) < 0:
        raise ValueError(f"{field} is below zero")
    return limit_w


def _slots(
    battery: Mapping[str, Any], start: datetime, length: timedelta, outlook: _Outlook
) -> tuple[Slot, ...]:
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
            reason=_reason(reason),
            transformer_load_w=_at(outlook.load_w, index),
            transformer_limit_w=outlook.limit_w,
            price_per_kwh=_at(outlook.price_per_kwh, index),
        )
        for index, (power, reason) in enumerate(zip(powers, reasons, strict=True))
    )


def _reason(told: object) -> VillageReason:
    if not isinstance(told, str) or not _REASON.fullmatch(told):
        raise ValueError("a reason is no word")
    return VillageReason(told) if told in list(VillageReason) else VillageReason.OTHER


def _at(figures: tuple[float | None, ...], index: int) -> float | None:
    return figures[index] if index < len(figures) else None
