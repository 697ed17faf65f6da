"""The proof of what was delivered of an activation, from what the store holds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from battery_commons.domain.activation import Activation, ActivationSlot, Ask, BatteryPower
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, carried_by
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.contracts import is_of_a_contract
from battery_commons.flexibility.proof.baselines import (
    LONGEST,
    REACH_DAYS,
    Loads,
    Span,
    high_4_of_5,
    meter_minus_batteries,
    operators_own,
)
from battery_commons.flexibility.proof.delivered import Proof, ProofSlot, proof_slots, slots_in_force, totals
from battery_commons.store import Store
from battery_commons.store.retention import READINGS_IN_FULL

CLOSED_AFTER = READINGS_IN_FULL + timedelta(days=1)
"""A quarter hour whose readings are rolled up is closed: nothing comes in later."""
_LOOKED_BACK = timedelta(days=REACH_DAYS + 1)


def proof_of(store: Store, activation: Activation, now: datetime) -> Proof:
    """Return what is known of an activation's quarter hours that are over. Raises StoreError.

    Once it is over and all readings are in, it is the same whenever it is asked for.
    """
    ask = activation.ask
    slots = slots_in_force(activation, store.activation_slots(ask.event_id, ask.subject), now)
    starts = [slot.start for slot in slots]
    loads = _Loads(store, ask.subject)
    loads_w, batteries = _measured(store, ask, loads, starts)
    call = store.taken_call(ask.event_id)
    found = [
        meter_minus_batteries(loads_w, batteries),
        high_4_of_5(starts, loads, _busy(store, activation), ask.start),
        operators_own(starts, call.baseline_w if call and call.subject == ask.subject else None),
    ]
    baselines = {each.method: each for each in found if each.expected}
    proven = proof_slots(slots, loads_w, batteries, baselines)
    return Proof(store.village().name, activation, proven, totals(proven), baselines)


def without_baselines(store: Store, ask: Ask, slots: Sequence[ActivationSlot]) -> list[ProofSlot]:
    """Return what was measured in some quarter hours, and whether it is what was asked. Raises StoreError."""
    starts = [slot.start for slot in slots]
    return proof_slots(slots, *_measured(store, ask, _Loads(store, ask.subject), starts), {})


def close(store: Store, now: datetime) -> None:
    """Keep for good what batteries did in the quarter hours that were asked, as readings are rolled up.

    Means of single batteries go after three years, and earlier where a home leaves; their sums are evidence
    of what was delivered, and are kept as long as what was asked. Raises StoreError.
    """
    for (event_id, subject), starts in store.slots_to_close(now - CLOSED_AFTER).items():
        for part in _by_day(starts):
            found = _batteries(store, subject, part)
            store.close_slots(event_id, subject, {at: found.get(at) for at in part})


def _measured(
    store: Store, ask: Ask, loads: Loads, starts: Sequence[datetime]
) -> tuple[Mapping[datetime, float], Mapping[datetime, BatteryPower]]:
    if not starts:
        return {}, {}
    closed = store.battery_sums(ask.event_id, ask.subject)
    batteries = {at: each for at, each in closed.items() if each is not None}
    for part in _by_day([at for at in starts if at not in closed]):
        batteries |= _batteries(store, ask.subject, part)
    return loads(starts[0], starts[-1] + SLOT), batteries


class _Loads:
    """Gives the loads that meters measured of a part of the grid; estimates are no proof."""

    def __init__(self, store: Store, subject: str) -> None:
        self._store = store
        self._meters = [subject]
        if subject == FEEDER_ID and store.feeder() is None:
            self._meters = [each.id for each in store.transformers()]

    def __call__(self, start: datetime, end: datetime) -> Mapping[datetime, float]:
        first, *others = [self._store.meter_slot_means(meter, start, end) for meter in self._meters] or [{}]
        return {
            at: load_w + sum(other[at] for other in others)
            for at, load_w in sorted(first.items())
            if all(at in other for other in others)
        }


def _by_day(starts: Sequence[datetime]) -> Iterator[list[datetime]]:
    """Yield quarter hours, those of a day at a time: so many readings are held in memory together."""
    for _, of_day in groupby(starts, key=datetime.date):
        yield list(of_day)


def _batteries(store: Store, subject: str, starts: Sequence[datetime]) -> dict[datetime, BatteryPower]:
    """Return what all batteries behind a part of the grid drew; nothing where none of them reported.

    One counts from the quarter hour on in which it was first heard of.
    """
    means = store.battery_slot_means(starts[0], starts[-1] + SLOT)
    own = carried_by(subject, store.on_feeder())
    behind = {
        each.battery.id: each.battery for each in store.batteries() if each.battery.transformer_id in own
    }
    since = _heard_since(store, behind, means, starts)
    found = {}
    for at in starts:
        powers = [means[id_][at] for id_ in sorted(behind) if at in means.get(id_, {})]
        silent = [
            battery
            for id_, battery in behind.items()
            if at not in means.get(id_, {}) and id_ in since and since[id_] <= at
        ]
        if powers:
            spread_w = sum(max(each.max_charge_w, each.max_discharge_w) for each in silent)
            found[at] = BatteryPower(sum(powers), len(silent), spread_w)
    return found


def _heard_since(
    store: Store,
    batteries: Mapping[str, Battery],
    means: Mapping[str, Mapping[datetime, float]],
    starts: Sequence[datetime],
) -> dict[str, datetime]:
    """Return when those that did not report all the time were first heard of."""
    gappy = {id_ for id_ in batteries if any(at not in means.get(id_, {}) for at in starts)}
    homes = {id_.partition("/")[0] for id_ in gappy}
    return {
        f"{home_id}/{battery_id}": at
        for home_id in homes
        for battery_id, at in store.first_heard(home_id).items()
    }


def _busy(store: Store, activation: Activation) -> list[Span]:
    """Return when other activations moved the same batteries, as far back as days are looked for.

    What lasts longer than a day, or comes from a contract day after day, is how things are there, and no
    event.
    """
    ask = activation.ask
    own = ask.event_id, ask.subject
    of_feeder = store.on_feeder()
    behind = carried_by(ask.subject, of_feeder)
    spans = []
    for other in store.activations_between(ask.start - _LOOKED_BACK, ask.start):
        start, end = other.ask.start, other.withdrawn_at or other.ask.end
        touches = bool(behind & carried_by(other.ask.subject, of_feeder))
        is_own = (other.ask.event_id, other.ask.subject) == own
        if is_own or not touches or is_of_a_contract(other.ask.event_id):
            continue
        if end is not None and start < end <= start + LONGEST:
            spans.append((start, end))
    return spans
