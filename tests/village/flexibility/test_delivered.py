"""What was delivered adds up, and what was not measured counts for nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.activation import Activation, ActivationSlot, Ask, Asked, BatteryPower
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.proof.baselines import (
    Baseline,
    Expected,
    Method,
    meter_minus_batteries,
    operators_own,
)
from battery_commons.flexibility.proof.delivered import ProofSlot, proof_slots, slots_in_force, totals

START = datetime(2025, 6, 19, 15, 0, tzinfo=UTC)
STARTS = [START + n * SLOT for n in range(8)]
POWERS = st.lists(st.one_of(st.none(), st.floats(-1e5, 1e5)), min_size=8, max_size=8)


def slot(at: datetime = START, **asked: float) -> ActivationSlot:
    nothing: dict[str, float | None] = {"highest_w": None, "lowest_w": None, "ceiling_w": None}
    figures = nothing | asked
    return ActivationSlot(at, base_w=0.0, batteries_w=0.0, **figures)


def one(asked: ActivationSlot, load_w: float | None, batteries: BatteryPower | None) -> ProofSlot:
    loads_w = {} if load_w is None else {START: load_w}
    return proof_slots([asked], loads_w, {} if batteries is None else {START: batteries}, {})[0]


@given(loads=POWERS, powers=POWERS)
def test_energy_is_the_sum_of_the_quarter_hours_that_were_measured_and_of_no_other(
    loads: list[float | None], powers: list[float | None]
) -> None:
    loads_w = {at: load_w for at, load_w in zip(STARTS, loads, strict=True) if load_w is not None}
    batteries = {
        at: BatteryPower(power_w) for at, power_w in zip(STARTS, powers, strict=True) if power_w is not None
    }
    baselines = {Method.METER_MINUS_BATTERIES: meter_minus_batteries(loads_w, batteries)}

    found = totals(proof_slots([slot(at) for at in STARTS], loads_w, batteries, baselines))

    both = [at for at in STARTS if at in loads_w and at in batteries]
    assert len(found) == (1 if both else 0)
    for total in found:
        assert (total.quarter_hours, total.gaps) == (len(both), 8 - len(both))
        assert total.energy_wh == pytest.approx(sum(batteries[at].power_w / 4 for at in both), abs=1e-4)
        assert total.spread_wh == 0


@given(power_w=st.floats(-1e5, 1e5), silent_w=st.floats(0, 1e4), real=st.floats(-1, 1))
def test_what_silent_batteries_did_is_within_the_spread(power_w: float, silent_w: float, real: float) -> None:
    batteries = {START: BatteryPower(power_w, 1, silent_w)}
    baselines = {
        Method.METER_MINUS_BATTERIES: meter_minus_batteries({START: 5_000.0}, batteries),
        Method.OPERATOR: operators_own([START], 1_000.0),
    }

    [found] = proof_slots([slot()], {START: 5_000.0}, batteries, baselines)

    truth_w = power_w + real * silent_w
    metered, told = found.delivered[Method.METER_MINUS_BATTERIES], found.delivered[Method.OPERATOR]
    assert abs(metered.delivered_w - truth_w) <= metered.spread_w + 1e-6
    assert abs(told.delivered_w - (truth_w - 1_000)) <= told.spread_w + 1e-6


def test_less_drawn_than_the_baseline_is_below_zero() -> None:
    baseline = Baseline(Method.HIGH_4_OF_5, {START: Expected(9_000.0, 700.0, timedelta())})

    [found] = proof_slots([slot()], {START: 6_000.0}, {}, {Method.HIGH_4_OF_5: baseline})

    assert found.delivered[Method.HIGH_4_OF_5].delivered_w == -3_000
    assert found.delivered[Method.HIGH_4_OF_5].spread_w == 700


@pytest.mark.parametrize(
    ("load_w", "kept", "missed_w"),
    [(4_000, True, 0), (5_049, True, 49), (5_100, False, 100), (None, None, None)],
)
def test_a_limit_is_kept_missed_or_unknown(
    load_w: float | None, *, kept: bool | None, missed_w: float | None
) -> None:
    found = one(slot(highest_w=5_000.0, lowest_w=-1_000.0), load_w, None)

    assert (found.kept, found.missed_w) == (kept, missed_w)


def test_feeding_in_too_much_misses_a_limit_too() -> None:
    found = one(slot(lowest_w=-1_000.0), -1_500.0, None)

    assert (found.kept, found.missed_w) == (False, 500)


@pytest.mark.parametrize(
    ("batteries", "kept"),
    [
        (BatteryPower(-3_000), True),
        (BatteryPower(-1_000), False),
        (BatteryPower(-3_000, 1, 500), True),
        (BatteryPower(-3_000, 1, 5_000), None),  # the silent one may have charged
        (BatteryPower(9_000, 1, 5_000), False),
        (None, None),
    ],
)
def test_a_call_is_kept_only_if_silent_batteries_cannot_have_undone_it(
    batteries: BatteryPower | None, *, kept: bool | None
) -> None:
    assert one(slot(ceiling_w=-2_000.0), 1.0, batteries).kept is kept


def test_a_call_that_was_missed_is_not_hidden_by_a_meter_that_is_silent() -> None:
    both = slot(highest_w=5_000.0, ceiling_w=-2_000.0)

    assert one(both, None, BatteryPower(-1_000)).kept is False
    assert one(both, None, BatteryPower(-1_000)).missed_w == 1_000
    assert one(both, None, BatteryPower(-3_000)).kept is None
    assert one(both, None, BatteryPower(-3_000)).missed_w is None


def test_where_nothing_is_asked_nothing_is_kept_or_missed() -> None:
    assert one(slot(), 1.0, None).kept is None


def test_only_quarter_hours_that_were_over_before_a_withdrawal_count() -> None:
    activation = Activation(Ask("e", "t1", Asked.LIMIT, START, STARTS[-1] + SLOT), START)
    slots = [slot(at) for at in STARTS]

    assert len(slots_in_force(activation, slots, STARTS[4])) == 4
    withdrawn = replace(activation, withdrawn_at=STARTS[2] + timedelta(minutes=3))
    assert len(slots_in_force(withdrawn, slots, STARTS[4])) == 2
