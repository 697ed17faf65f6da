"""The guard at work on a live plan: present measurements in, a corrected plan out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from battery_commons.control.bands import within
from battery_commons.control.guard import Band, FeederWatch, GuardTask, guard
from battery_commons.control.problem import Floats
from battery_commons.domain.battery import Battery
from battery_commons.domain.plan import BatteryPlan, Plan
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT, SLOT_HOURS
from battery_commons.sense.present import Present
from battery_commons.tick.planner import Decision

WORTH_SENDING_W = 200.0
"""A smaller correction is not worth a message and a write to the battery."""


def corrected(
    decision: Decision, in_force: Plan, batteries: dict[str, Battery], present: Present, now: datetime
) -> tuple[Plan, set[str]]:
    """Return the plan in force with this slot's powers corrected, and the batteries that have to hear of it.

    Only batteries that the plan steers now and that are behind a measured transformer are moved, and each
    only within what it and its home allow. Correction starts from the decision's powers, not from those in
    force, so that what is no longer needed is taken back.
    """
    slot = (now - decision.plan.grid.start) // SLOT
    if decision.promise is None or not 0 <= slot < decision.plan.grid.slots:
        return in_force, set()
    ids = [transformer_id for transformer_id in decision.plan.base_load_w if transformer_id in present.base_w]
    planned = {
        each.battery_id: power_w
        for each in decision.plan.batteries
        if (power_w := each.power_w[slot]) is not None
        and not each.shadow
        and each.battery_id in present.readings
        and batteries[each.battery_id].transformer_id in ids
    }
    if not planned:
        return in_force, set()
    places = [list(decision.plan.base_load_w).index(id_) for id_ in ids]
    band = within(decision.promise.transformers, decision.problem.asked, slot)
    # Those that are not moved keep to the plan: the others have what they leave of a ceiling.
    others_w = _others_w(decision, set(planned), batteries, slot)
    asked = decision.problem.asked
    planned_w = np.array(list(planned.values()))
    least_w, most_w = np.array([_reach_w(batteries[id_], present.readings[id_]) for id_ in planned]).T
    powers_w = guard(
        GuardTask(
            planned_w=planned_w,
            least_w=least_w,
            most_w=most_w,
            transformer_of=np.array([ids.index(batteries[id_].transformer_id) for id_ in planned]),
            base_w=np.array([present.base_w[id_] for id_ in ids]),
            band=Band(band.lowest_w[places], band.highest_w[places]),
            feeder=_feeder_watch(decision, slot, others_w, places),
            ceiling_w=None if asked is None else (asked.ceiling_w[:, slot] - others_w)[places],
        )
    )
    # A battery that is full or empty before a quarter hour is over stops by itself: only what the guard moves
    # from there is a correction.
    powers_w = np.where(powers_w == np.clip(planned_w, least_w, most_w), planned_w, powers_w)
    moved = {id_: round(float(power_w)) for id_, power_w in zip(planned, powers_w, strict=True)}
    changed = {
        each.battery_id
        for each in in_force.batteries
        if each.battery_id in moved
        and abs(moved[each.battery_id] - (each.power_w[slot] or 0.0)) >= WORTH_SENDING_W
    }
    return replace(
        in_force,
        batteries=[
            _with_power(each, slot, moved[each.battery_id]) if each.battery_id in changed else each
            for each in in_force.batteries
        ],
    ), changed


def _others_w(decision: Decision, moved: set[str], batteries: dict[str, Battery], slot: int) -> Floats:
    """Return (K,) what the plan asks of the batteries that are not moved, behind each transformer."""
    ids = list(decision.plan.base_load_w)
    others_w = np.zeros(len(ids))
    for each in decision.plan.batteries:
        if each.battery_id in batteries and each.battery_id not in moved and not each.shadow:
            others_w[ids.index(batteries[each.battery_id].transformer_id)] += each.power_w[slot] or 0.0
    return others_w


def _feeder_watch(
    decision: Decision, slot: int, others_w: Floats, places: Sequence[int]
) -> FeederWatch | None:
    """Return what operators ask of the feeder; what else is on it is taken to be as it was forecast.

    None where nothing is asked, or a transformer on it is not measured: `places` are those that are.
    """
    feeder, on_it = decision.problem.feeder, decision.problem.on_feeder()
    if feeder is None or feeder.asked is None or not feeder.asked.there()[slot]:
        return None
    if not set(np.flatnonzero(on_it)) <= set(places):
        return None
    return FeederWatch(
        background_w=float(feeder.background_w[slot]),
        peak_w=np.inf,
        reached_w=None,
        lowest_w=float(feeder.asked.lowest_w[slot]),
        highest_w=float(feeder.asked.highest_w[slot]),
        ceiling_w=float(feeder.asked.ceiling_w[slot] - others_w[on_it].sum()),
        carries=on_it[places],
    )


def _with_power(plan: BatteryPlan, slot: int, power_w: float) -> BatteryPlan:
    return replace(plan, power_w=[*plan.power_w[:slot], power_w, *plan.power_w[slot + 1 :]])


def _reach_w(battery: Battery, reading: BatteryReading) -> tuple[float, float]:
    return battery.reach_w(reading.state_of_charge * battery.capacity_wh, SLOT_HOURS)
