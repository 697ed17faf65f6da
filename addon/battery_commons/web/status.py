"""What a home may show about its village and its transformer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from battery_commons.domain.plan import Plan
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store import Store
from battery_commons.store.records import Home, OfferedCode
from battery_commons.web.server import VillageServer
from battery_commons.wire.messages import CodeWindow, TransformerStatus, VillageStatus, power_or_none

FRESH_FOR = 2 * SLOT
"""A measurement or a plan older than this (village time) says nothing about now."""
PEAK_AHEAD = timedelta(hours=24)


@dataclass(slots=True)
class Expected:
    """What the plan in force expects of each transformer, added up once per plan: every home asks for it."""

    _of: tuple[Plan | None, Mapping[str, Sequence[float] | None]] = field(default=(None, {}))

    def load_w(self, plan: Plan, transformer_id: str, store: Store) -> Sequence[float] | None:
        """Return a transformer's load by slot of `plan`; None where nobody knows. Raises StoreError."""
        if self._of[0] is not plan:
            batteries = [each.battery for each in store.batteries()]
            behind = {
                id_: {battery.id for battery in batteries if battery.transformer_id == id_}
                for id_ in plan.base_load_w
            }
            self._of = plan, {id_: plan.forecast_w(id_, ids) for id_, ids in behind.items()}
        return self._of[1].get(transformer_id)


def village_status(village: VillageServer, expected: Expected, home: Home, now: datetime) -> VillageStatus:
    """Return what `home` may show at the village time `now`, in wall time. Reads the store.

    The load is the meter's last word with its own time; the signal is only given while that is fresh, and
    what the plan expects only while the plan is. Raises StoreError.
    """
    store = village.store
    plan = village.current_plan()
    if plan is not None and now - plan.grid.start > FRESH_FOR:
        plan = None
    shaved_w = village.peaks_shaved_w().get(home.transformer_id) if plan is not None else None
    return VillageStatus(
        at=village.clock.to_wall(now),
        control_model=village.control_model(),
        transformer=_transformer(village, expected, home.transformer_id, plan, now),
        members=store.home_count(),
        members_online=village.attendance.online(),
        peak_shaved_w=None if shaved_w is None else power_or_none(round(shaved_w)),
        codes=[_window(code, village) for code in store.codes_for(home.id, now)],
        webhook_reached=village.links.webhook_reached(home.id),
    )


def _transformer(
    village: VillageServer, expected: Expected, transformer_id: str, plan: Plan | None, now: datetime
) -> TransformerStatus:
    store, clock = village.store, village.clock
    transformer = next(each for each in store.transformers() if each.id == transformer_id)
    latest = store.latest_meter_reading(transformer_id)
    fresh = latest is not None and now - latest.at <= FRESH_FOR
    load_w = expected.load_w(plan, transformer_id, store) if plan is not None else None
    peak = _peak(plan, load_w, now) if plan is not None and load_w is not None else None
    return TransformerStatus(
        id=transformer.id,
        name=transformer.name,
        limit_w=transformer.limit_w,
        load_w=latest.power_w if latest else None,
        load_at=clock.to_wall(latest.at) if latest else None,
        signal=transformer.signal(latest.power_w) if latest and fresh else None,
        forecast_peak_w=peak[1] if peak else None,
        forecast_peak_at=clock.to_wall(peak[0]) if peak else None,
    )


def _peak(plan: Plan, load_w: Sequence[float], now: datetime) -> tuple[datetime, float] | None:
    """Return when the highest load of the coming day is expected, whether import or feed-in, and how high."""
    start = slot_start(now)
    coming = [
        (slot, load)
        for slot, load in zip(plan.grid.starts(), load_w, strict=True)
        if start <= slot < start + PEAK_AHEAD
    ]
    if not coming:
        return None
    slot, load = max(coming, key=lambda each: abs(each[1]))
    peak_w = power_or_none(round(load))
    return None if peak_w is None else (slot, peak_w)


def _window(code: OfferedCode, village: VillageServer) -> CodeWindow:
    clock = village.clock
    return CodeWindow.model_validate(
        {
            "id": code.id,
            "code": code.code,
            "start": clock.to_wall(code.start),
            "end": clock.to_wall(code.end),
            "reason": code.reason,
            "expected_effect_w": code.expected_effect_w,
            "joins": code.joins,
        }
    )
