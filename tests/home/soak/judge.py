"""Judges a home by what really happened: it sees the house, the meter and the registers, not what is said."""

from dataclasses import dataclass, field

from custom_components.battery_commons.battery.house import ConnectionLimits

from .devices import ModeSelect, SunSpecUnit, Written
from .world import SimulatedBattery

REACTION_S = 10
"""How long a battery may be the cause of an excess after the meter has shown one."""
EXCESS_W = 100.0
"""The dead band, the rounding of registers and a battery that is still settling."""
LOOK_S = 15
"""How long a home that can reach its battery may take to follow a change: two looks and some."""
STARTS_S = 20
"""The same after it has come back: the first looks are taken up by starting."""
METER_FRESH_S = 60
SHARE_TOLERANCE = 0.01
"""By how much a reserve may be undercut: the reading of a moment ago, and what the battery itself loses."""
FULL_TOLERANCE = 0.005
LEASE_TOLERANCE_S = 2
DEAD_BAND_W = 25.0
REFRESH_S = 30
ROUNDING_S = 1
ROUNDING_W = 1.0


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must never happen."""

    second: int
    what: str

    def __str__(self) -> str:
        """Return it with its moment."""
        hours, rest = divmod(self.second, 3_600)
        return f"{hours:02}:{rest // 60:02}:{rest % 60:02} {self.what}"


@dataclass
class Seen:
    """What the judge keeps of one battery."""

    battery: SimulatedBattery
    unit: SunSpecUnit | ModeSelect
    lease_ends_s: int = -1
    reachable_since: int | None = None
    floor: float = 0.1
    """The lowest state of charge that the home can have known of since it last could act."""
    paused_since: int | None = None
    orders_judged: int = 0
    excused_until: int = 0
    """Until when an order may be given again although nothing changed: its home begins anew."""
    is_timer_misjudged: bool = False
    """Whether the clock was set since the last order: the home cannot know when the device's timer ends."""
    accused: set[str] = field(default_factory=set)


@dataclass
class Judge:
    """Looks at every second."""

    seen: list[Seen]
    limits: ConnectionLimits
    violations: list[Violation] = field(default_factory=list)
    shown_w: float | None = None
    """What the meter shows; None where it shows nothing."""
    shown_at: int = 0
    guarded_since: int | None = None
    """Since when the home is up and has a meter and its batteries."""
    _excess_s: int = 0
    longest_excess_s: int = 0
    largest_excess_w: float = 0.0
    overrun_s: int = 0
    """How long a battery without a timer went on beyond its lease while nobody could reach it."""

    @property
    def is_alarmed(self) -> bool:
        """Whether there is an excess that is worth looking at second by second."""
        return self._excess_s > 0

    def accuse(self, second: int, what: str) -> None:
        """Note a violation."""
        self.violations.append(Violation(second, what))

    def excuse(self, second: int) -> None:
        """Let every battery be told again what it was told: something has made its home begin anew."""
        for seen in self.seen:
            seen.excused_until = max(seen.excused_until, second + STARTS_S)

    def look(self, second: int, grid_w: float) -> None:
        """Judge a second."""
        self._judge_connection(second, grid_w)
        for seen in self.seen:
            self._judge_battery(second, seen)
            if isinstance(seen.unit, SunSpecUnit):
                self._judge_writes(seen, seen.unit)

    def _judge_connection(self, second: int, grid_w: float) -> None:
        charging_w = sum(max(seen.battery.power_w, 0.0) for seen in self.seen)
        discharging_w = sum(max(-seen.battery.power_w, 0.0) for seen in self.seen)
        caused_w = min(self.limits.excess_w(grid_w), charging_w if grid_w > 0 else discharging_w)
        shown = self.shown_w is not None and self.limits.excess_w(self.shown_w) > EXCESS_W
        is_guarded = self.guarded_since is not None and second - self.guarded_since > STARTS_S
        if caused_w > EXCESS_W and (shown or self._excess_s) and is_guarded:
            self._excess_s += 1
            self.largest_excess_w = max(self.largest_excess_w, caused_w)
        else:
            self._excess_s = 0
        self.longest_excess_s = max(self.longest_excess_s, self._excess_s)
        if self._excess_s == REACTION_S + 1:
            self.accuse(second, f"fuse: batteries are {caused_w:.0f} W of an excess for over {REACTION_S} s")

    def _judge_battery(self, second: int, seen: Seen) -> None:
        order_w, battery = seen.unit.order_w, seen.battery
        reachable_s = 0 if seen.reachable_since is None else second - seen.reachable_since
        can_act = reachable_s > STARTS_S
        ordered = order_w is not None
        discharges, charges = (order_w or 0) < -1, (order_w or 0) > 1
        low = discharges and battery.state_of_charge < seen.floor - SHARE_TOLERANCE
        full = charges and battery.state_of_charge > 1 + FULL_TOLERANCE
        self._accuse_once(second, seen, "reserve: discharges below it", holds=low)
        self._accuse_once(second, seen, "full: charges on", holds=full)
        over = ordered and second > seen.lease_ends_s + LEASE_TOLERANCE_S
        has_timer = isinstance(seen.unit, SunSpecUnit)
        if over and not (has_timer or can_act):
            self.overrun_s += 1
        outlives = over and (has_timer or (can_act and second > seen.lease_ends_s + LOOK_S))
        self._accuse_once(second, seen, "lease: an order outlives it", holds=outlives)
        since = seen.paused_since
        ignores = ordered and can_act and since is not None and second - since > LOOK_S
        self._accuse_once(second, seen, "pause: an order goes on", holds=ignores)
        is_blind = self.shown_w is None or second - self.shown_at > METER_FRESH_S
        blind_s = second - self.shown_at - METER_FRESH_S
        unguarded = ordered and can_act and is_blind and blind_s > LOOK_S
        self._accuse_once(second, seen, "meter: an order that nobody can guard", holds=unguarded)

    def _accuse_once(self, second: int, seen: Seen, what: str, *, holds: bool) -> None:
        """Note what goes on for a while as one violation."""
        if holds and what not in seen.accused:
            self.accuse(second, f"{what} ({seen.battery.name})")
        (seen.accused.add if holds else seen.accused.discard)(what)

    def _judge_writes(self, seen: Seen, unit: SunSpecUnit) -> None:
        for second, address in unit.persistent_writes:
            self.accuse(second, f"register: {address} is written, which may be kept in flash")
        unit.persistent_writes.clear()
        for written in unit.orders[seen.orders_judged :]:
            is_excused = written.second <= seen.excused_until or seen.is_timer_misjudged
            if _is_needless(written) and not is_excused:
                self.accuse(written.second, f"needless: {written} ({seen.battery.name})")
            seen.is_timer_misjudged = False
        seen.orders_judged = len(unit.orders)


def _is_needless(written: Written) -> bool:
    """Return whether an order changes nothing: neither the power beyond the dead band, nor when it ends."""
    new_w, old_w = written.power_w, written.before_w
    if new_w is None or old_w is None:
        return new_w is old_w
    turned = (new_w > 0) - (new_w < 0) != (old_w > 0) - (old_w < 0)
    if turned or abs(new_w - old_w) > DEAD_BAND_W - ROUNDING_W:
        return False
    moved_s = abs(written.timer_s - written.left_s)
    return written.left_s > REFRESH_S + ROUNDING_S and moved_s < REFRESH_S - ROUNDING_S
