"""A home's part of the village's plan, as the lease that is sent to it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import Plan
from battery_commons.domain.time import SLOT, Clock
from battery_commons.store.records import HomeBattery
from battery_commons.wire.messages import BatterySlots, Outlook, PlanMessage, power_or_none

LEASE = 3 * SLOT
"""How long a plan counts. It is renewed every slot, so two renewals may fail before homes fall back."""


def lease_end(issued_at: datetime) -> datetime:
    """Return until when a plan issued at `issued_at` counts (village time)."""
    return issued_at + LEASE


def outlook_of(plan: Plan, transformer: Transformer, batteries: Iterable[HomeBattery]) -> Outlook:
    """Return what `plan` expects of a transformer and of prices; `batteries` are all of the village's."""
    behind = {each.battery.id for each in batteries if each.battery.transformer_id == transformer.id}
    return Outlook(
        transformer_limit_w=transformer.limit_w,
        transformer_load_w=_whole_watts(plan.forecast_w(transformer.id, behind) or []),
        price_per_kwh=list(plan.import_price),
    )


def plan_message(
    plan: Plan,
    *,
    home_id: str,
    batteries: Iterable[HomeBattery],
    outlook: Outlook,
    sequence: int,
    issued_at: datetime,
    clock: Clock,
) -> PlanMessage:
    """Return what `home_id` is told of `plan`, in the wall time that homes live in.

    `batteries` are the home's own; those that the plan does not name are not told anything. `outlook` is
    that of the home's transformer.
    """
    local_ids = {battery.battery.id: battery.battery_id for battery in batteries}
    return PlanMessage(
        home_id=home_id,
        sequence=sequence,
        issued_at=clock.to_wall(issued_at),
        lease_until=clock.to_wall(lease_end(issued_at)),
        control_model=plan.model,
        start=clock.to_wall(plan.grid.start),
        slot_seconds=clock.wall_seconds(SLOT),
        batteries=[
            BatterySlots(
                battery_id=local_ids[battery.battery_id],
                power_w=list(battery.power_w),
                reasons=list(battery.reasons),
            )
            for battery in plan.batteries
            if battery.battery_id in local_ids
        ],
        outlook=outlook,
    )


def _whole_watts(load_w: Sequence[float]) -> list[float | None]:
    return [power_or_none(round(power_w)) for power_w in load_w]
