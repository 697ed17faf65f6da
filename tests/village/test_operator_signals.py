"""What operators ask and tell is in the very next plan, and no signal, however odd, leaves none."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from battery_commons.control.possible import usable
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import CalledWindow, FlexCall, OperatorSignals, PowerLimit, ToldLoad
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import EstimatedLoad, Situation
from battery_commons.domain.time import SLOT
from battery_commons.forecast.load import Method
from battery_commons.tick.decision_record import read_record, record_of, replayed
from battery_commons.tick.planner import Decision
from battery_commons.tick.why import expected_at
from tests.village.tick.test_planner import NOW, SLOT_NOW, check_sane, decide, loads, powers, village

M2, M4, M5 = ControlModel.M2, ControlModel.M4, ControlModel.M5
EVENING = SLOT_NOW + 24 * SLOT
TWO_HOURS = slice(24, 32)


def limit(
    import_w: float | None = None,
    export_w: float | None = None,
    subject: str = "t1",
    end: datetime | None = None,
) -> PowerLimit:
    """Return a limit for two hours of this evening."""
    return PowerLimit("event-1", subject, EVENING, end or EVENING + 8 * SLOT, import_w, export_w)


def call(ceiling_w: float, subject: str) -> FlexCall:
    return FlexCall("event-2", subject, EVENING, [ceiling_w] * 8)


def asked(signals: OperatorSignals, *, feeder: bool = True, model: ControlModel = M4) -> Decision:
    """Return what is decided in the village of test_tick, with or without its feeder's meter."""
    situation = replace(village(), operator=signals)
    if not feeder:
        situation = replace(situation, feeder=None, feeder_load=None)
    return decide(situation, model)


def drawn_w(decision: Decision, *ids: str) -> NDArray[np.float64]:
    """Return (T,) what batteries draw together."""
    planned = powers(decision)
    total: NDArray[np.float64] = np.array([[power or 0.0 for power in planned[id_]] for id_ in ids]).sum(
        axis=0
    )
    return total


def test_batteries_behind_a_transformer_that_are_called_on_deliver() -> None:
    decision = asked(OperatorSignals(calls=[call(-2_000, "t2")]))

    assert drawn_w(decision, "b/b", "c/b")[TWO_HOURS].max() <= -2_000 + 20


@pytest.mark.parametrize("feeder", [True, False])
def test_a_whole_village_that_is_called_on_delivers_with_or_without_a_metered_feeder(*, feeder: bool) -> None:
    decision = asked(OperatorSignals(calls=[call(-3_000, FEEDER_ID)]), feeder=feeder)

    assert drawn_w(decision, "a/b", "b/b", "c/b")[TWO_HOURS].max() <= -3_000 + 20


def test_a_limit_is_kept_with_the_margin_that_a_forecast_needs() -> None:
    expected_w = asked(OperatorSignals()).outlook.transformers["t1"].load_w[TWO_HOURS]
    asked_w = float(expected_w.max()) - 500

    problem = asked(OperatorSignals(limits=[limit(import_w=asked_w)])).problem

    assert problem.import_margin_w is not None
    highest_w = 1000 * problem.limits_kw()[0][0, TWO_HOURS]
    assert highest_w == pytest.approx(np.maximum(asked_w - problem.import_margin_w[0, TWO_HOURS], 0))


def test_a_limit_until_further_notice_lasts_and_one_in_part_of_a_slot_has_all_of_it() -> None:
    forever = PowerLimit("e", "t1", EVENING, None, 9_000, None)
    short = PowerLimit("e", "t1", EVENING + timedelta(minutes=7), EVENING + timedelta(minutes=8), None, 5_000)

    problem = asked(OperatorSignals(limits=[forever, short])).problem

    assert problem.asked is not None
    assert (problem.asked.highest_w[0, 24:] == 9_000).all()
    assert np.isinf(problem.asked.highest_w[0, :24]).all()
    assert np.isfinite(problem.asked.lowest_w[0]).nonzero()[0].tolist() == [24]


def test_of_limits_that_contradict_one_another_the_narrowest_counts() -> None:
    problem = asked(OperatorSignals(limits=[limit(import_w=30_000), limit(import_w=20_000)])).problem

    assert problem.asked is not None
    assert problem.asked.highest_w[0, 24] == 20_000


def test_a_wider_limit_than_the_grids_own_widens_nothing() -> None:
    before, after = (asked(OperatorSignals(limits=each)).problem for each in ([], [limit(import_w=1e9)]))

    np.testing.assert_array_equal(before.limits_kw(), after.limits_kw())


def test_what_an_operator_tells_of_the_feeder_is_its_forecast_where_it_tells_it() -> None:
    told = ToldLoad("event-3", FEEDER_ID, NOW - timedelta(hours=3), EVENING, [700_000.0] * 8)
    plain = asked(OperatorSignals(), model=M5).outlook.feeder

    outlook = asked(OperatorSignals(told_loads=[told]), model=M5).outlook.feeder

    assert outlook is not None
    assert plain is not None
    assert (outlook.load_w[TWO_HOURS] == 700_000).all()
    np.testing.assert_array_equal(outlook.load_w[:24], plain.load_w[:24])
    assert (outlook.method, outlook.age) == (Method.TOLD, timedelta(hours=3))


def test_of_two_that_tell_the_one_issued_last_counts() -> None:
    older, newer = (
        ToldLoad("e", FEEDER_ID, NOW - hours * timedelta(hours=1), EVENING, [watts] * 8)
        for hours, watts in ((5, 1_000.0), (1, 2_000.0))
    )

    outlook = asked(OperatorSignals(told_loads=[newer, older])).outlook.feeder

    assert outlook is not None
    assert (outlook.load_w[TWO_HOURS] == 2_000).all()


def untold(*told: ToldLoad) -> Situation:
    """Return the village with a feeder that has no meter, and what its operator tells."""
    return replace(village(), feeder_load=None, operator=OperatorSignals(told_loads=told))


def test_without_a_feeders_meter_its_peaks_are_fought_where_an_operator_tells_of_them() -> None:
    peak = [400_000.0] * 4 + [900_000.0] * 4 + [400_000.0] * 4
    told = ToldLoad("event-3", FEEDER_ID, NOW, EVENING - 4 * SLOT, [*peak[:4], *peak])

    decision = decide(untold(told), M5)

    assert decision.plan.model is M5
    assert decision.problem.feeder is not None
    assert decision.problem.feeder.called is not None
    assert decision.problem.feeder.called.nonzero()[0].tolist() == list(range(20, 36))
    assert drawn_w(decision, "a/b", "b/b", "c/b")[28:32].mean() < -5_000


def test_a_transformer_without_a_meter_is_as_its_operator_tells_and_one_with_a_meter_is_not() -> None:
    told = [ToldLoad("e", id_, NOW, SLOT_NOW, [12_345.0] * 96) for id_ in ("t1", "t2")]
    unmetered = dict(village().base_load) | {"t1": MeasuredSeries(SLOT_NOW, np.zeros(0))}
    estimated = {"t2": EstimatedLoad(NOW, 1.0, 1.0, 9, may_be_told=True)}
    situation = replace(village(), operator=OperatorSignals(told_loads=told))

    with_meters = decide(situation).outlook.transformers
    without = decide(replace(situation, base_load=unmetered, estimated=estimated)).outlook.transformers

    assert {load.method for load in with_meters.values()} == {Method.PERSISTENCE}
    assert all((load.load_w[:96] == 12_345).all() for load in without.values())


def test_windows_say_when_the_feeders_peaks_are_fought() -> None:
    window = CalledWindow("event-4", EVENING, EVENING + 8 * SLOT)

    problem = asked(OperatorSignals(windows=[window]), model=M5).problem

    assert problem.feeder is not None
    assert problem.feeder.called is not None
    assert problem.feeder.called.nonzero()[0].tolist() == list(range(24, 32))


def test_m5_gives_way_where_nobody_tells_of_the_feeder() -> None:
    assert usable(M5, None) is M4


def test_feed_in_earns_what_is_told_and_by_the_tariff_where_nothing_is() -> None:
    told = {EVENING + n * SLOT: 0.9 for n in range(8)}
    plain = asked(OperatorSignals()).problem.meters[0]

    meter = asked(OperatorSignals(export_prices=told)).problem.meters[0]

    assert (meter.export_price[TWO_HOURS] == 0.9).all()
    np.testing.assert_array_equal(meter.export_price[:24], plain.export_price[:24])
    np.testing.assert_array_equal(meter.export_price[32:], plain.export_price[32:])
    np.testing.assert_array_equal(meter.import_price, plain.import_price)


def test_batteries_discharge_while_feed_in_is_told_to_earn_much() -> None:
    told = {EVENING + n * SLOT: 0.9 for n in range(8)}
    quiet = village(histories={name: 0.05 * load_w for name, load_w in loads().items()})
    plain, rich = (
        decide(replace(quiet, operator=OperatorSignals(export_prices=each)), M2) for each in ({}, told)
    )

    before_w, after_w = (drawn_w(each, "a/b", "b/b", "c/b")[TWO_HOURS].sum() for each in (plain, rich))

    assert after_w < before_w - 8_000


def test_a_decision_on_record_is_made_again_with_all_that_was_asked() -> None:
    signals = OperatorSignals(
        limits=[limit(import_w=3_000, export_w=0)],
        calls=[call(-2_000, "t2"), call(-4_000, FEEDER_ID)],
        windows=[CalledWindow("event-4", EVENING, None)],
    )
    situation = replace(village(), operator=signals)
    decision = decide(situation, M5)

    record = read_record(record_of(decision, situation))

    assert replayed(record)
    expected = expected_at(record, EVENING)
    assert expected["t1"].asked == {"highest_w": 3_000, "lowest_w": 0}
    assert expected["t2"].asked == {"ceiling_w": -2_000}
    assert expected["t1"].asked_of_feeder
    assert not expected_at(record, SLOT_NOW)["t1"].asked


def test_homes_are_told_that_the_operator_asked() -> None:
    plan = asked(OperatorSignals(calls=[call(-2_000, "t1")])).plan

    [reasons] = [battery.reasons for battery in plan.batteries if battery.battery_id == "a/b"]
    assert set(reasons[TWO_HOURS]) == {PlanReason.GRID_OPERATOR}


figures = st.one_of(st.floats(), st.floats(-1e6, 1e6), st.sampled_from([0.0, nan, inf, -inf, 1e308]))
moments = st.integers(-500, 500).map(lambda minutes: NOW + timedelta(minutes=7 * minutes))
subjects = st.sampled_from(["t1", "t2", FEEDER_ID, "elsewhere"])
odd_signals = st.builds(
    OperatorSignals,
    limits=st.lists(
        st.builds(
            PowerLimit,
            st.just("e"),
            subjects,
            moments,
            st.none() | moments,
            st.none() | figures,
            st.none() | figures,
        ),
        max_size=4,
    ),
    told_loads=st.lists(
        st.builds(
            ToldLoad, st.just("e"), subjects, moments, moments, st.lists(st.floats(-1e7, 1e7), max_size=200)
        ),
        max_size=3,
    ),
    calls=st.lists(
        st.builds(FlexCall, st.just("e"), subjects, moments, st.lists(figures, max_size=200)), max_size=3
    ),
    windows=st.lists(st.builds(CalledWindow, st.just("e"), moments, st.none() | moments), max_size=3),
    export_prices=st.dictionaries(
        st.integers(0, 96).map(lambda n: SLOT_NOW + n * SLOT), st.floats(-20, 20), max_size=8
    ),
)


@settings(max_examples=40, deadline=None)
@given(odd_signals, st.sampled_from([M2, ControlModel.M3, M4, M5, ControlModel.LAYERED]))
def test_any_signals_leave_a_plan_that_batteries_can_follow(
    signals: OperatorSignals, model: ControlModel
) -> None:
    situation = replace(village(), operator=signals)
    if model is M4:
        situation = replace(situation, feeder=None, feeder_load=None)

    check_sane(decide(situation, model), situation)
