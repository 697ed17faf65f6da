"""A plan, a decision about it, and the sentence that a resident is told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.battery_commons.battery.controller import Outcome
from custom_components.battery_commons.battery.driver import BatteryLimits, BatteryReading
from custom_components.battery_commons.battery.follower import Decision, Mode, Reason
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.community.plan import BatteryPlan, Slot, VillageReason
from custom_components.battery_commons.explanation import explain

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 24, 18, 1, tzinfo=UTC)
"""19:01 on the wall."""
QUARTER = timedelta(minutes=15)
START = NOW - timedelta(minutes=1)
LIMITS = BatteryLimits(capacity_wh=10_000, max_charge_w=5_000, max_discharge_w=5_000)
READING = BatteryReading(at=NOW, state_of_charge=0.12, power_w=0, setpoint_w=None)
LIMIT_W = 250_000
BY_DEFAULT = Settings()


def slots(
    reason: VillageReason, power_w: float | None, count: int = 2, *, start: datetime = START, **figures: Any
) -> tuple[Slot, ...]:
    """Return quarters that ask the same; a figure that is a list has one value for each."""
    return tuple(
        Slot(
            start + index * QUARTER,
            start + (index + 1) * QUARTER,
            power_w,
            reason,
            **{name: value[index] if isinstance(value, list) else value for name, value in figures.items()},
        )
        for index in range(count)
    )


def plan_of(*runs: tuple[Slot, ...]) -> BatteryPlan:
    return BatteryPlan(7, NOW + timedelta(minutes=45), tuple(slot for run in runs for slot in run))


def told(
    decision: Decision,
    plan: BatteryPlan | None = None,
    *,
    language: str = "en",
    reading: BatteryReading | None = READING,
    settings: Settings = BY_DEFAULT,
    transformer: str = "Brink",
    now: datetime = NOW,
) -> str:
    return explain(
        Outcome(reading, decision),
        plan,
        LIMITS,
        now,
        language=language,
        time_zone=AMSTERDAM,
        settings=settings,
        transformer=transformer,
    )


def followed(
    reason: VillageReason, power_w: float | None, count: int = 2, *, language: str = "en", **figures: Any
) -> str:
    """Return what is told while a plan is followed, with something else to come after it."""
    plan = plan_of(
        slots(reason, power_w, count, **figures),
        slots(VillageReason.OWN_HOUSE, None, start=START + count * QUARTER),
    )
    mode = Mode.SELF_CONSUMPTION if power_w is None else Mode.VILLAGE
    return told(Decision(mode, Reason(reason), power_w), plan, language=language)


HIGH_LOAD: dict[str, Any] = {"transformer_limit_w": LIMIT_W, "transformer_load_w": 240_000}
FEED_IN: dict[str, Any] = {"transformer_limit_w": LIMIT_W, "transformer_load_w": -227_500}
