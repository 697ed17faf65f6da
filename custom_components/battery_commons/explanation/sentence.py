"""Puts the sentence together: what the battery does, why, and until when. Pure.

Every figure is one that the plan, the battery or the resident gave. Where one is missing the sentence is
shorter. Charging and discharging are told in words, never by a sign.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import pairwise

from ..battery.controller import Outcome
from ..battery.driver import BatteryLimits, BatteryReading
from ..battery.follower import LIMIT_TOLERANCE_W, Mode, Reason
from ..battery.settings import Settings
from ..community.plan import BatteryPlan, Slot, VillageReason
from . import figures
from .phrases import Action, Phrases, Why, phrases

BUSY_SHARE = 0.8
"""From which part of its limit a transformer is a reason to hold energy."""
LIGHT_SHARE = 0.3
"""Below which part of its limit nobody would call a transformer's load a share of that limit."""
_HOME_WHYS = {
    Reason.BATTERY_FULL: Why.BATTERY_FULL,
    Reason.LIMITED_BY_BATTERY: Why.LIMITED_BY_BATTERY,
    Reason.LIMITED_BY_RESIDENT: Why.LIMITED_BY_RESIDENT,
    Reason.LIMITED_BY_CONNECTION: Why.LIMITED_BY_CONNECTION,
    Reason.METER_LOST: Why.METER_LOST,
    Reason.SECOND_CONTROLLER: Why.SECOND_CONTROLLER,
    Reason.SIGN_REVERSED: Why.SIGN_REVERSED,
    Reason.DEVICE_UNREACHABLE: Why.DEVICE_UNREACHABLE,
}
"""The home's own reasons that need no figure."""
_DATED_WHYS = {
    Reason.PAUSED: (Why.PAUSED_UNTIL, Why.PAUSED),
    Reason.LEASE_EXPIRED: (Why.LEASE_EXPIRED, Why.NO_PLAN),
    Reason.STALE_READING: (Why.STALE_READING, Why.DEVICE_UNREACHABLE),
}
"""The home's own reasons with a moment, and what is said where that is not known."""
_LEFT_ALONE = {Reason.SECOND_CONTROLLER, Reason.SIGN_REVERSED}


@dataclass(frozen=True, slots=True)
class _Run:
    """Slots in a row for which the village has the same reason."""

    reason: VillageReason
    slots: tuple[Slot, ...] = ()
    """Empty where only the reason is known."""
    is_last: bool = True
    """Whether the plan says nothing of what comes after."""

    @property
    def end(self) -> datetime | None:
        return self.slots[-1].end if self.slots else None

    def shares(self, *, demand: bool) -> list[float]:
        """Return what is expected of the transformer's limit in the slots in which it goes that way."""
        expected = [figures.share_of_limit(s.transformer_load_w, s.transformer_limit_w) for s in self.slots]
        return [abs(share) for share in expected if share and (share > 0) is demand]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells it in one language, at one moment, to somebody behind one transformer."""

    words: Phrases
    now: datetime
    time_zone: tzinfo
    transformer: str

    def moment(self, at: datetime) -> str:
        return figures.moment(at, self.now, self.words, self.time_zone)

    def action(
        self, action: Action, *, since: datetime | None = None, would: bool = False, **figure: str
    ) -> str:
        """Return what is done, from `since` on where that is still to come."""
        start = "" if since is None else self.words.since.format(moment=self.moment(since))
        return (self.words.would if would else self.words.actions)[action].format(since=start, **figure)

    def steered(
        self,
        power_w: float,
        reason: Reason | VillageReason,
        energy: str | None = None,
        since: datetime | None = None,
        *,
        would: bool = False,
    ) -> str:
        """Return what a battery does that is ordered `power_w`."""
        if abs(power_w) >= LIMIT_TOLERANCE_W:
            verb = Action.CHARGE if power_w > 0 else Action.DISCHARGE
            return self.action(verb, since=since, would=would, power=figures.power(power_w, self.words))
        if reason != VillageReason.HOLD:
            return self.action(Action.STAND_STILL, since=since, would=would)
        if energy is None:
            return self.action(Action.KEEP, since=since, would=would)
        return self.action(Action.HOLD, since=since, would=would, energy=energy)

    def why(self, why: Why, *, until: datetime | None = None, **figure: str) -> str:
        end = "" if until is None else self.words.until.format(moment=self.moment(until))
        name = figures.transformer(self.transformer, self.words)
        clause = self.words.whys[why].format(until=end, transformer=name, **figure)
        return clause.removesuffix(",")

    def village_why(self, run: _Run) -> str:
        """Return the village's reason, with what it expects."""
        tell: dict[VillageReason, Callable[[], str]] = {
            VillageReason.OWN_HOUSE: lambda: self.why(Why.NOT_NEEDED, until=run.end),
            VillageReason.RELIEVE_IMPORT: lambda: self._load(run, demand=True),
            VillageReason.RELIEVE_EXPORT: lambda: self._load(run, demand=False),
            VillageReason.RELIEVE_FEEDER: lambda: self.why(Why.FEEDER, until=run.end),
            VillageReason.GRID_OPERATOR: lambda: self.why(Why.GRID_OPERATOR, until=run.end),
            VillageReason.OTHER: lambda: self.why(Why.ASKED, until=run.end),
            VillageReason.LOW_PRICE: lambda: self._price(run, highest=True),
            VillageReason.HIGH_PRICE: lambda: self._price(run, highest=False),
            VillageReason.HOLD: lambda: self._hold(run),
        }
        return tell[run.reason]()

    def _load(self, run: _Run, *, demand: bool) -> str:
        if not (shares := run.shares(demand=demand)):
            return self.why(Why.DEMAND if demand else Why.FEED_IN, until=run.end)
        if max(shares) < LIGHT_SHARE:
            return self.why(Why.DEMAND_LIGHT if demand else Why.FEED_IN_LIGHT, until=run.end)
        told = {figures.percent(share) for share in shares}
        share = (self.words.up_to if len(told) > 1 else "") + figures.percent(max(shares))
        return self.why(Why.DEMAND_EXPECTED if demand else Why.FEED_IN_EXPECTED, until=run.end, share=share)

    def _price(self, run: _Run, *, highest: bool) -> str:
        prices = [slot.price_per_kwh for slot in run.slots if slot.price_per_kwh is not None]
        if not prices:
            return self.why(Why.CHEAP if highest else Why.EXPENSIVE, until=run.end)
        extreme = max(prices) if highest else min(prices)
        is_paid = round(extreme, 2) < 0
        bound = ""
        if len({round(price, 2) for price in prices}) > 1:
            # What costs at most nothing less than 2 cents pays at least 2 cents.
            bound = self.words.at_most if highest is not is_paid else self.words.at_least
        price = bound + figures.price(extreme, self.words)
        return self.why(Why.NEGATIVE_PRICE if is_paid else Why.PRICE, until=run.end, price=price)

    def _hold(self, run: _Run) -> str:
        by_direction = {demand: max(run.shares(demand=demand), default=0.0) for demand in (True, False)}
        demand = by_direction[True] >= by_direction[False]
        if by_direction[demand] >= BUSY_SHARE:
            return self._load(run, demand=demand)
        if run.end is None or run.is_last:
            return self.why(Why.MORE_USE_LATER)
        return self.why(Why.MORE_USE_AFTER, moment=self.moment(run.end))


def explain(
    outcome: Outcome,
    plan: BatteryPlan | None,
    limits: BatteryLimits,
    now: datetime,
    *,
    language: str,
    time_zone: tzinfo,
    settings: Settings,
    transformer: str = "",
) -> str:
    """Return one sentence about what a battery does at `now` and why."""
    teller = _Teller(phrases(language), now, time_zone, transformer)
    would = outcome.decision.mode is Mode.SHADOW
    doing = _doing(teller, outcome, limits, would=would)
    why = _why(teller, outcome, plan, settings)
    return f"{doing}: {why}{teller.words.shadow if would else ''}."


@lru_cache(maxsize=1024)
def explain_slot(slot: Slot, language: str, time_zone: tzinfo, *, transformer: str = "") -> str:
    """Return one sentence about what the village asks of a battery in a slot and why.

    A plan's slots are shown again with every look at a battery; their sentences are made once.
    """
    teller = _Teller(phrases(language), slot.start, time_zone, transformer)
    return _explain_run(teller, _Run(slot.reason, (slot,)), None)


def explain_next(
    plan: BatteryPlan, now: datetime, language: str, time_zone: tzinfo, *, transformer: str = ""
) -> str | None:
    """Return one sentence about the first other thing that the plan asks; None where there is none."""
    current: Slot | None = plan.slot_at(now)
    for run in _runs(plan):
        start = run.slots[0].start
        if start > now and (current is None or _direction(run.slots[0]) != _direction(current)):
            return _explain_run(_Teller(phrases(language), now, time_zone, transformer), run, start)
    return None


def _explain_run(teller: _Teller, run: _Run, since: datetime | None) -> str:
    power_w = run.slots[0].power_w
    if power_w is None:
        doing = teller.action(Action.LEAVE_TO_HOUSE, since=since)
    else:
        doing = teller.steered(power_w, run.reason, since=since)
    return f"{doing}: {teller.village_why(run)}."


def _doing(teller: _Teller, outcome: Outcome, limits: BatteryLimits, *, would: bool) -> str:
    decision = outcome.decision
    if decision.mode is Mode.UNREACHABLE:
        return teller.action(Action.STEER_NOT)
    if decision.reason in _LEFT_ALONE:
        return teller.action(Action.LEAVE_ALONE, would=would)
    if decision.setpoint_w is None:
        return teller.action(Action.LEAVE_TO_HOUSE, would=would)
    if decision.mode in {Mode.SELF_CONSUMPTION, Mode.PAUSED}:
        return teller.action(Action.SERVE_HOUSE)
    energy = _energy(teller, outcome.reading, limits)
    return teller.steered(decision.setpoint_w, decision.reason, energy, would=would)


def _energy(teller: _Teller, reading: BatteryReading | None, limits: BatteryLimits) -> str | None:
    if reading is None:
        return None
    return figures.energy(reading.state_of_charge * limits.capacity_wh, teller.words)


def _why(teller: _Teller, outcome: Outcome, plan: BatteryPlan | None, settings: Settings) -> str:
    reason = outcome.decision.reason
    if reason in _HOME_WHYS:
        return teller.why(_HOME_WHYS[reason])
    if reason is Reason.NO_PLAN:
        return teller.why(Why.NOT_IN_PLAN if plan else Why.NO_PLAN)
    if reason is Reason.RESERVE_REACHED:
        return teller.why(Why.RESERVE_REACHED, share=figures.percent(settings.floor))
    if reason is Reason.STALE_READING and outcome.decision.mode is not Mode.UNREACHABLE:
        return teller.why(Why.FROZEN_READINGS)
    moments = {
        Reason.PAUSED: settings.paused_until,
        Reason.LEASE_EXPIRED: plan.lease_until if plan else None,
        Reason.STALE_READING: outcome.reading.at if outcome.reading else None,
    }
    if reason in moments:
        with_moment, without = _DATED_WHYS[reason]
        at = moments[reason]
        return teller.why(without) if at is None else teller.why(with_moment, moment=teller.moment(at))
    return teller.village_why(_run_in_force(plan, VillageReason(reason), teller.now))


def _run_in_force(plan: BatteryPlan | None, reason: VillageReason, now: datetime) -> _Run:
    """Return the run that is under way, for the village's reason that was decided on.

    A plan that came in since then may say something else; then only the reason is known.
    """
    for run in _runs(plan) if plan else ():
        remaining = tuple(slot for slot in run.slots if slot.end > now)
        if remaining and remaining[0].start <= now and run.reason is reason:
            return replace(run, slots=remaining)
    return _Run(reason)


def _runs(plan: BatteryPlan) -> Iterator[_Run]:
    """Return the plan's slots, joined where one follows another with the same reason and direction."""
    start = 0
    for index, (slot, following) in enumerate(pairwise(plan.slots), 1):
        if (
            slot.end != following.start
            or slot.reason is not following.reason
            or _direction(slot) != _direction(following)
        ):
            yield _Run(slot.reason, plan.slots[start:index], is_last=False)
            start = index
    yield _Run(plan.slots[start].reason, plan.slots[start:])


def _direction(slot: Slot) -> int | None:
    """Return what a slot has a battery do: charge (1), stand still (0), discharge (-1) or its own house."""
    if slot.power_w is None:
        return None
    if abs(slot.power_w) < LIMIT_TOLERANCE_W:
        return 0
    return 1 if slot.power_w > 0 else -1
