"""Why a battery was asked what it was asked, in figures, from a decision that was kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite

from battery_commons.control.problem import ControlProblem
from battery_commons.dispatch.lease import LEASE
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.store.decisions import Correction
from battery_commons.tick.decision_record import RecordedDecision

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a decision expected of a transformer in one slot, all in W."""

    name: str
    limit_w: float
    base_w: float
    """Without the batteries."""
    low_w: float
    """Of `base_w`: one in ten loads is lower, as far as forecasts go."""
    high_w: float
    planned_w: float
    """With the batteries following the plan."""
    asked: Mapping[str, float] = field(default_factory=dict)
    """What operators asked of it: `highest_w`, `lowest_w` or `ceiling_w` of AskedLimits."""
    asked_of_feeder: bool = False
    """Whether anything was asked of the feeder that it hangs on, or of the village as a whole."""


@dataclass(frozen=True, slots=True)
class Why:
    """What a decision asked of a battery in one slot, and what spoke for it."""

    battery_id: str
    decided_at: datetime
    model: ControlModel
    start: datetime
    power_w: float | None
    """None left it to its own house."""
    reason: PlanReason
    shadow: bool
    could_be_steered: bool
    stored_share: float | None
    """State of charge when it was decided, from 0 to 1."""
    expected: Expected
    left_alone_w: float
    """What the transformer was expected to carry with the others following the plan, and this one not."""
    import_price: float
    """EUR per kWh in this slot."""
    mean_price: float
    """The same over the horizon."""
    price_guessed: bool
    corrections: Sequence[Correction]
    """What the guard made of it within the slot."""


def last_moment_of_slot(moment: datetime) -> datetime:
    """Return until when a decision about the quarter hour of `moment` was made: its own is made within it."""
    return slot_start(moment) + SLOT - MICROSECOND


def was_released(record: RecordedDecision, moment: datetime) -> bool:
    """Return whether homes had been left alone by `moment`, since no later plan reached them in time."""
    return record.at + LEASE <= moment


def expected_at(record: RecordedDecision, start: datetime) -> dict[str, Expected]:
    """Return what was expected of each transformer in the slot at `start`, by its id.

    Raises ValueError for a slot that the decision does not reach.
    """
    slot, problem = _slot(record, start), record.problem
    found = {}
    for k, transformer in enumerate(problem.transformers):
        base_w = float(problem.base_load_w[k, slot])
        above = 0.0 if problem.import_margin_w is None else float(problem.import_margin_w[k, slot])
        below = 0.0 if problem.export_margin_w is None else float(problem.export_margin_w[k, slot])
        moved_w = sum(
            each.power_w[slot] or 0.0
            for each in record.batteries.values()
            if each.battery.transformer_id == transformer.id and not each.shadow
        )
        found[transformer.id] = Expected(
            transformer.name,
            transformer.limit_w,
            base_w,
            base_w - below,
            base_w + above,
            base_w + moved_w,
            asked=_asked(problem, k, slot),
            asked_of_feeder=bool(problem.on_feeder()[k]) and _asked_of_feeder(problem, slot),
        )
    return found


def why(
    record: RecordedDecision, battery_id: str, moment: datetime, corrections: Sequence[Correction]
) -> Why:
    """Return why a battery was asked what it was asked at `moment`.

    Raises LookupError for a battery that had no part in the decision, and ValueError for a moment that the
    decision does not reach.
    """
    start = slot_start(moment)
    return why_of_all(record, start, corrections, [battery_id])[0]


def why_of_all(
    record: RecordedDecision, start: datetime, corrections: Sequence[Correction], battery_ids: Sequence[str]
) -> list[Why]:
    """Return the same for several batteries in the slot at `start`."""
    slot, expected = _slot(record, start), expected_at(record, start)
    [meter] = record.problem.meters
    found = []
    for battery_id in battery_ids:
        if battery_id not in record.batteries:
            raise LookupError(f"battery {battery_id} had no part in the plan of {record.at.isoformat()}")
        each = record.batteries[battery_id]
        of_transformer = expected[each.battery.transformer_id]
        power_w = each.power_w[slot]
        counted_w = 0.0 if each.shadow else power_w or 0.0
        found.append(
            Why(
                battery_id=battery_id,
                decided_at=record.at,
                model=record.model,
                start=start,
                power_w=power_w,
                reason=each.reasons[slot],
                shadow=each.shadow,
                could_be_steered=each.stored_wh is not None,
                stored_share=None if each.stored_wh is None else each.stored_wh / each.battery.capacity_wh,
                expected=of_transformer,
                left_alone_w=of_transformer.planned_w - counted_w,
                import_price=float(meter.import_price[slot]),
                mean_price=float(meter.import_price.mean()),
                price_guessed=record.guessed[slot],
                corrections=[
                    one for one in corrections if one.battery_id == battery_id and slot_start(one.at) == start
                ],
            )
        )
    return found


def _asked(problem: ControlProblem, k: int, slot: int) -> dict[str, float]:
    """Return what operators asked of a transformer in a slot."""
    arrays = problem.asked.by_name() if problem.asked else {}
    return {name: float(each[k, slot]) for name, each in arrays.items() if isfinite(each[k, slot])}


def _asked_of_feeder(problem: ControlProblem, slot: int) -> bool:
    asked = problem.feeder.asked if problem.feeder else None
    return asked is not None and bool(asked.there()[slot])


def _slot(record: RecordedDecision, start: datetime) -> int:
    slot = (start - record.problem.grid.start) // SLOT
    if not 0 <= slot < record.problem.grid.slots:
        raise ValueError(f"the plan of {record.at.isoformat()} says nothing of {start.isoformat()}")
    return slot
