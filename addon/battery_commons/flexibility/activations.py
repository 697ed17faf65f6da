"""Follows what a grid operator asks through plans and answers, and sees how far it can be kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from battery_commons.control.asking import asked_limits, slots_between
from battery_commons.control.possible import NEEDS_FEEDER
from battery_commons.control.problem import Bools, ControlProblem, Floats
from battery_commons.control.schedule import transformer_loads_w
from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import OperatorSignals
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOT, slot_start

TOLERANCE_W = 100.0
"""Less than this beyond what is asked is a solver's tolerance, and no overload."""


def asks(signals: OperatorSignals, now: datetime) -> list[Ask]:
    """Return what is asked and not over yet, in the order of time."""
    found: dict[tuple[str, str], Ask] = {}

    def add(event_id: str, subject: str, kind: Asked, start: datetime, end: datetime | None) -> None:
        key = event_id, subject
        former = found.setdefault(key, Ask(event_id, subject, kind, start, end))
        whole = None if former.end is None or end is None else max(former.end, end)
        found[key] = replace(former, start=min(former.start, start), end=whole)

    for limit in signals.limits:
        add(limit.event_id, limit.subject, Asked.LIMIT, limit.start, limit.end)
    for call in signals.calls:
        end = slot_start(call.start) + len(call.ceiling_w) * SLOT
        add(call.event_id, call.subject, Asked.CALL, call.start, end)
    for window in signals.windows:
        add(window.event_id, FEEDER_ID, Asked.WINDOW, window.start, window.end)
    left = [ask for ask in found.values() if ask.end is None or ask.end > now]
    return sorted(left, key=lambda ask: (ask.start, ask.event_id, ask.subject))


def is_honoured(ask: Ask, model: ControlModel) -> bool:
    """Say whether a control model does anything about an ask. M1 leaves every battery to its own house."""
    return model in NEEDS_FEEDER if ask.kind is Asked.WINDOW else model != ControlModel.M1


def planned_slots(
    ask: Ask, signals: OperatorSignals, problem: ControlProblem, power_w: Floats
) -> list[ActivationSlot]:
    """Return what is asked and planned in the slots of an ask that `problem` reaches.

    `power_w` (N, T) is the plan. Nothing is returned for a part of the grid that the village does not know.
    """
    behind = _behind(ask.subject, problem)
    if behind is None:
        return []
    grid = problem.grid
    own = OperatorSignals(
        limits=[each for each in signals.limits if each.event_id == ask.event_id],
        calls=[each for each in signals.calls if each.event_id == ask.event_id],
    )
    asked = asked_limits(own, [ask.subject], grid)
    batteries_w = power_w[behind].sum(axis=0)
    loads_w = _loads_w(ask.subject, problem, power_w)
    slots = slots_between(grid, ask.start, ask.end)
    return [
        ActivationSlot(
            start=grid.start + t * SLOT,
            highest_w=_finite(asked.highest_w[0, t]) if asked else None,
            lowest_w=_finite(asked.lowest_w[0, t]) if asked else None,
            ceiling_w=_finite(asked.ceiling_w[0, t]) if asked else None,
            base_w=float(loads_w[t] - batteries_w[t]),
            batteries_w=float(batteries_w[t]),
        )
        for t in range(slots.start, slots.stop)
    ]


def after_plan(
    former: Activation | None,
    ask: Ask,
    slots: Sequence[ActivationSlot],
    received_at: datetime,
    planned_at: datetime,
) -> Activation:
    """Return an activation after a plan that honours it; another version of its event begins it anew."""
    if former is None or not former.is_open or former.received_at != received_at:
        former = Activation(ask, received_at)
    beyond_w = max((slot.beyond_w for slot in slots), default=0.0)
    return replace(
        former,
        # What of it is over may not be told again.
        ask=replace(ask, start=min(ask.start, former.ask.start)),
        # One that lies beyond the horizon is not in a plan yet.
        planned_at=former.planned_at or (planned_at if slots else None),
        overload_w=beyond_w if beyond_w >= TOLERANCE_W else 0.0,
    )


def after_answers(activation: Activation, answers: Mapping[str, tuple[bool, datetime] | None]) -> Activation:
    """Return an activation with what each home that was asked answered, and when; None for nothing."""
    given = [answer for answer in answers.values() if answer is not None]
    accepted = [at for is_accepted, at in given if is_accepted]
    return replace(
        activation,
        accepted_at=max(accepted, default=None),
        homes_asked=len(answers),
        homes_accepted=len(accepted),
        homes_refused=len(given) - len(accepted),
    )


def without_ask(activation: Activation, now: datetime) -> Activation:
    """Return an activation whose event is not in force any more: it has ended, or else was withdrawn."""
    end = activation.ask.end
    if end is not None and end <= now:
        return replace(activation, ended_at=end)
    return replace(activation, withdrawn_at=now)


def homes_behind(subject: str, problem: ControlProblem) -> set[str]:
    """Return the homes with batteries behind a part of the grid that are steered."""
    behind = _behind(subject, problem)
    if behind is None:
        return set()
    return {
        battery.id.partition("/")[0]
        for battery, counts in zip(problem.batteries, behind, strict=True)
        if counts
    }


def _behind(subject: str, problem: ControlProblem) -> Bools | None:
    """Return (N,) which batteries are behind it; None for what the village does not know."""
    if subject == FEEDER_ID:
        return problem.behind_feeder()
    if all(transformer.id != subject for transformer in problem.transformers):
        return None
    return np.array([battery.transformer_id == subject for battery in problem.batteries], dtype=bool)


def _loads_w(subject: str, problem: ControlProblem, power_w: Floats) -> Floats:
    loads_w = transformer_loads_w(problem, power_w)
    if subject != FEEDER_ID:
        own: Floats = loads_w[[transformer.id for transformer in problem.transformers].index(subject)]
        return own
    if problem.feeder is not None:
        return problem.feeder_load_w(loads_w)
    village: Floats = loads_w.sum(axis=0)
    return village


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
