"""Keeps what becomes of each thing that grid operators ask, from receipt to its end."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from battery_commons.domain.activation import Activation
from battery_commons.domain.situation import Situation
from battery_commons.flexibility.activations import (
    after_answers,
    after_plan,
    asks,
    homes_behind,
    is_honoured,
    planned_slots,
    without_ask,
)
from battery_commons.store import Store
from battery_commons.tick.planner import Decision

type Key = tuple[str, str]
"""An event's id, and the part of the grid that it asks something of."""


@dataclass(slots=True)
class ActivationLog:
    """Writes activations down, tick by tick."""

    store: Store
    received: Callable[[], Mapping[str, datetime]] = dict
    """By event's id, when the version in force came in."""
    _waiting: dict[Key, dict[str, int]] = field(default_factory=dict)
    """By activation, which plan each home that was asked for it was sent first, until all have answered."""

    def note(
        self, situation: Situation, decision: Decision, sent_at: datetime, sequences: Mapping[str, int]
    ) -> None:
        """Keep what a plan that was sent makes of what is asked. Raises StoreError.

        `sequences` are the numbers under which homes were sent it.
        """
        signals, problem = situation.operator, decision.problem
        in_force = asks(signals, situation.now)
        former = {(each.ask.event_id, each.ask.subject): each for each in self.store.open_activations()}
        received = self.received() if in_force or former else {}
        planned = {each.battery_id: each.power_w for each in decision.plan.batteries}
        power_w = np.array([[power or 0.0 for power in planned[battery.id]] for battery in problem.batteries])
        power_w = power_w.reshape(len(problem.batteries), problem.grid.slots)
        for ask in in_force:
            key = ask.event_id, ask.subject
            honoured = is_honoured(ask, decision.plan.model)
            slots = planned_slots(ask, signals, problem, power_w) if honoured else []
            before = former.pop(key, None)
            received_at = received.get(ask.event_id, before.received_at if before else situation.now)
            now = after_plan(before, ask, slots, received_at, situation.now)
            sent: dict[str, int] | None = None
            if now.sent_at is None and slots:
                behind = homes_behind(ask.subject, problem)
                sent = {home_id: sequence for home_id, sequence in sequences.items() if home_id in behind}
                now = replace(now, sent_at=sent_at, homes_asked=len(sent))
            elif now.unreachable and key not in self._waiting:
                self._wait_again(key, now, homes_behind(ask.subject, problem))
            self.store.keep_activation(now, slots, problem.grid.start if honoured else None)
            if sent is not None:
                # Only now: answers are settled for what is kept already, from another thread perhaps.
                self._waiting[key] = sent
        for key, gone in former.items():
            end = gone.ask.end
            is_same = received.get(gone.ask.event_id) == gone.received_at
            if is_same and (end is None or end > situation.now):
                # Another event comes before it for now: what this one asked is not held against anybody.
                self.store.keep_activation(gone, since=problem.grid.start)
                continue
            self._waiting.pop(key, None)
            self.store.keep_activation(without_ask(gone, situation.now))

    def _wait_again(self, key: Key, activation: Activation, behind: Collection[str]) -> None:
        """Wait for the answers to a plan that was sent before a restart."""
        if activation.planned_at is not None and activation.sent_at is not None:
            sent = self.store.sequences_issued(activation.planned_at, activation.sent_at)
            if asked := {home_id: sequence for home_id, sequence in sent.items() if home_id in behind}:
                self._waiting[key] = asked

    def settle(self) -> None:
        """Keep what homes have answered since. Raises StoreError."""
        for key, sequences in list(self._waiting.items()):
            activation = self.store.activation(*key)
            if activation is None:
                self._waiting.pop(key, None)
                continue
            settled: Activation = after_answers(activation, self.store.answers(sequences))
            if settled != activation:
                self.store.keep_activation(settled)
            if settled.unreachable == 0 or not activation.is_open:
                self._waiting.pop(key, None)
