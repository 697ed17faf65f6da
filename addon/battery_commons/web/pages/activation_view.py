"""One activation as its page shows it: what was asked, planned and measured, quarter hour by quarter hour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.activation import Activation, ActivationSlot, Asked
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.keeping.delivery_proof import without_baselines
from battery_commons.flexibility.proof.delivered import Proof, ProofSlot, slots_in_force
from battery_commons.store import Store
from battery_commons.web.pages.chart import Axes
from battery_commons.web.pages.views import SlotPower

_AROUND = timedelta(hours=1)
"""How much is drawn before and after an activation."""
_PAST, LONGEST_SHOWN = timedelta(hours=12), timedelta(days=2)
"""How much is shown of one that lasts longer."""
_LEAST_SPAN_W, _ROOM = 1_000.0, 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """One quarter hour, in W."""

    start: datetime
    asked: Sequence[tuple[str, float]]
    """What is asked (`highest`, `lowest` or `ceiling`), and how much."""
    planned_w: float
    measured_w: float | None
    """None where it is still to come, or was not measured."""
    missed_w: float
    """By how much what was measured is beyond what was asked."""


@dataclass(frozen=True, slots=True)
class ActivationView:
    """An activation and its quarter hours."""

    activation: Activation
    name: str | None
    """Of the transformer or the feeder; None for a village as a whole, or a part of the grid that is gone."""
    lines: Sequence[Line]
    timeline: Sequence[tuple[str, datetime]]
    """What happened when, in order; `begins` and `ends` may be still to come."""
    base: Sequence[SlotPower]
    """The load that was expected without the batteries; nothing where batteries are what is asked."""

    @property
    def of_batteries(self) -> bool:
        """Whether it is about what batteries draw together, and not about a load."""
        return self.activation.ask.kind is Asked.CALL

    @property
    def missed_w(self) -> float:
        """By how much what was asked was missed, at most, in what was measured."""
        return max((line.missed_w for line in self.lines), default=0.0)

    @property
    def is_measured(self) -> bool:
        """Whether anything was measured of it."""
        return any(line.measured_w is not None for line in self.lines)

    def chart(
        self, width: int, height: int, hours_apart: int, hour_label: Callable[[datetime], tuple[int, str]]
    ) -> ActivationChart:
        """Draw it."""
        asked: dict[str, list[SlotPower]] = {"highest": [], "lowest": [], "ceiling": []}
        for line in self.lines:
            for name, power_w in line.asked:
                asked[name].append(SlotPower(line.start, power_w))
        planned = [SlotPower(line.start, line.planned_w) for line in self.lines]
        measured = [
            SlotPower(line.start, line.measured_w) for line in self.lines if line.measured_w is not None
        ]
        drawn = [
            0.0,
            *(slot.power_w for part in (*asked.values(), planned, measured, self.base) for slot in part),
        ]
        room = max(max(drawn) - min(drawn), _LEAST_SPAN_W) * _ROOM
        axes = Axes(
            self.lines[0].start - _AROUND,
            self.lines[-1].start + SLOT + _AROUND,
            ceiling=max(drawn) + room,
            depth=min(drawn) - room,
            width=width,
            height=height,
        )
        return ActivationChart(
            axes=axes,
            hour_ticks=axes.hour_ticks(hours_apart, hour_label),
            asked="".join(axes.stepped(part) for part in asked.values()),
            planned=axes.stepped(planned),
            measured=axes.stepped(measured),
            base=axes.stepped(self.base),
        )


@dataclass(frozen=True, slots=True)
class ActivationChart:
    """The lines of a drawing, as SVG paths."""

    axes: Axes
    hour_ticks: Sequence[object]
    asked: str
    planned: str
    measured: str
    base: str


def view_of(store: Store, activation: Activation, proof: Proof | None, now: datetime) -> ActivationView:
    """Return an activation as it stands, with its proof where that was made. Raises StoreError."""
    ask = activation.ask
    slots = store.activation_slots(ask.event_id, ask.subject)
    if slots and slots[-1].start - slots[0].start > LONGEST_SHOWN:
        slots = [slot for slot in slots if now - _PAST <= slot.start < now - _PAST + LONGEST_SHOWN] or slots[
            -96:
        ]
    over = slots_in_force(activation, slots, now)
    measured = without_baselines(store, ask, over) if proof is None else proof.slots
    by_start = {each.asked.start: each for each in measured}
    of_batteries = ask.kind is Asked.CALL
    return ActivationView(
        activation=activation,
        name=name_of(store, ask.subject),
        lines=[_line(slot, by_start.get(slot.start), of_batteries=of_batteries) for slot in slots],
        timeline=_timeline(activation),
        base=[] if of_batteries else [SlotPower(slot.start, slot.base_w) for slot in slots],
    )


def name_of(store: Store, subject: str) -> str | None:
    """Return what a part of the grid is called; None for a village without a feeder, or what is not known."""
    if subject == FEEDER_ID:
        feeder = store.feeder()
        return feeder.name if feeder else None
    return next((each.name for each in store.transformers() if each.id == subject), None)


def _line(slot: ActivationSlot, measured: ProofSlot | None, *, of_batteries: bool) -> Line:
    figures = {"highest": slot.highest_w, "lowest": slot.lowest_w, "ceiling": slot.ceiling_w}
    asked = [(name, power_w) for name, power_w in figures.items() if power_w is not None]
    planned_w = slot.batteries_w if of_batteries else slot.planned_w
    if measured is None:
        return Line(slot.start, asked, planned_w, None, 0.0)
    drawn_w = None if measured.batteries is None else measured.batteries.power_w
    measured_w = drawn_w if of_batteries else measured.load_w
    return Line(slot.start, asked, planned_w, measured_w, measured.missed_w or 0.0)


def _timeline(activation: Activation) -> list[tuple[str, datetime]]:
    ask = activation.ask
    moments = {
        "received": activation.received_at,
        "planned": activation.planned_at,
        "sent": activation.sent_at,
        "accepted": activation.accepted_at,
        "begins": ask.start,
        "withdrawn": activation.withdrawn_at,
        "ends": None if activation.withdrawn_at else ask.end,
    }
    told = [(name, at) for name, at in moments.items() if at is not None]
    return sorted(told, key=lambda each: each[1])
