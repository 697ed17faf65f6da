"""What was delivered of an activation by the quarter hour, and whether what was asked was kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.activation import Activation, ActivationSlot, BatteryPower
from battery_commons.domain.time import SLOT, SLOT_HOURS
from battery_commons.flexibility.proof.baselines import Baseline, Method

NOTHING_W = 50.0
"""Less than this beyond what was asked is shown as 0.0 kW, and counts as kept."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered in one quarter hour, held against one baseline."""

    baseline_w: float
    delivered_w: float
    """How much more was drawn than the baseline: below zero where the load was lowered."""
    spread_w: float
    """How far off both may be, either way."""
    age: timedelta | None
    """Of the newest reading that the baseline rests on; None where the operator told it."""


@dataclass(frozen=True, slots=True)
class ProofSlot:
    """One quarter hour: what was asked, measured and delivered. What was not measured is None: a gap."""

    asked: ActivationSlot
    load_w: float | None
    batteries: BatteryPower | None
    missed_w: float | None
    """By how much what was measured is beyond what was asked; None where nothing was asked or measured."""
    kept: bool | None
    """Whether what was asked was kept; None where that cannot be told."""
    delivered: Mapping[Method, Delivered]
    """By the methods that have a figure for it."""


@dataclass(frozen=True, slots=True)
class Total:
    """What one method finds over all quarter hours that it has a figure for."""

    method: Method
    quarter_hours: int
    gaps: int
    """Quarter hours without a figure: nothing of them is in the energy."""
    energy_wh: float
    """Drawn more than the baseline: below zero where the load was lowered."""
    spread_wh: float
    """Were all quarter hours off the same way."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one activation, in sums of all homes."""

    village: str
    activation: Activation
    slots: Sequence[ProofSlot]
    totals: Sequence[Total]
    baselines: Mapping[Method, Baseline]

    @property
    def kept(self) -> int:
        """In how many quarter hours what was asked was kept."""
        return sum(slot.kept is True for slot in self.slots)

    @property
    def missed(self) -> int:
        """In how many it was not."""
        return sum(slot.kept is False for slot in self.slots)

    @property
    def unknown(self) -> int:
        """In how many that cannot be told, of those in which something was asked."""
        return sum(slot.kept is None and _things_asked(slot.asked) > 0 for slot in self.slots)


def slots_in_force(
    activation: Activation, slots: Sequence[ActivationSlot], now: datetime
) -> list[ActivationSlot]:
    """Return the quarter hours that are over, and that were not withdrawn before they were."""
    until = min(now, activation.withdrawn_at or now)
    return [slot for slot in slots if slot.start + SLOT <= until]


def proof_slots(
    slots: Sequence[ActivationSlot],
    loads_w: Mapping[datetime, float],
    batteries: Mapping[datetime, BatteryPower],
    baselines: Mapping[Method, Baseline],
) -> list[ProofSlot]:
    """Return what was delivered in each of `slots`. What is missing of one is taken from no other."""
    return [
        _proof_slot(slot, loads_w.get(slot.start), batteries.get(slot.start), baselines) for slot in slots
    ]


def totals(slots: Sequence[ProofSlot]) -> list[Total]:
    """Return the sums by method, of those that have a figure for any quarter hour."""
    found = []
    for method in Method:
        known = [slot.delivered[method] for slot in slots if method in slot.delivered]
        if known:
            energy_wh = sum(each.delivered_w for each in known) * SLOT_HOURS
            spread_wh = sum(each.spread_w for each in known) * SLOT_HOURS
            found.append(Total(method, len(known), len(slots) - len(known), energy_wh, spread_wh))
    return found


def _proof_slot(
    asked: ActivationSlot,
    load_w: float | None,
    batteries: BatteryPower | None,
    baselines: Mapping[Method, Baseline],
) -> ProofSlot:
    delivered = {}
    for method, baseline in baselines.items():
        expected = baseline.expected.get(asked.start)
        measured_w, unsure_w = load_w, 0.0
        if method is Method.OPERATOR and batteries is not None:
            measured_w, unsure_w = batteries.power_w, batteries.spread_w
        elif method is Method.OPERATOR:
            measured_w = None
        if expected is not None and measured_w is not None:
            delivered[method] = Delivered(
                expected.power_w,
                measured_w - expected.power_w,
                expected.spread_w + unsure_w,
                expected.age,
            )
    beyond = _beyond(asked, load_w, batteries)
    # What was not measured may have been kept; what was measured to be missed is missed all the same.
    is_whole = bool(beyond) and len(beyond) == _things_asked(asked)
    is_kept = is_whole and max(power_w + spread_w for power_w, spread_w in beyond) < NOTHING_W
    is_missed = any(power_w - spread_w >= NOTHING_W for power_w, spread_w in beyond)
    kept = is_kept if is_kept or is_missed else None
    missed_w = max([0.0, *(power_w for power_w, _ in beyond)]) if is_whole or is_missed else None
    return ProofSlot(asked, load_w, batteries, missed_w, kept, delivered)


def _beyond(
    asked: ActivationSlot, load_w: float | None, batteries: BatteryPower | None
) -> list[tuple[float, float]]:
    """Return by how much each thing that was asked was missed, and how far off that may be; negative is room.

    What takes something that was not measured is left out.
    """
    beyond = []
    if asked.highest_w is not None and load_w is not None:
        beyond.append((load_w - asked.highest_w, 0.0))
    if asked.lowest_w is not None and load_w is not None:
        beyond.append((asked.lowest_w - load_w, 0.0))
    if asked.ceiling_w is not None and batteries is not None:
        beyond.append((batteries.power_w - asked.ceiling_w, batteries.spread_w))
    return beyond


def _things_asked(slot: ActivationSlot) -> int:
    return sum(each is not None for each in (slot.highest_w, slot.lowest_w, slot.ceiling_w))
