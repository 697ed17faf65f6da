"""From what is known to a plan: no village is too odd for a decision, and none looks ahead."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from battery_commons.control.bands import Extremes
from battery_commons.control.models import make_plan
from battery_commons.control.problem import ControlProblem
from battery_commons.control.schedule import SolverError
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel, Plan, PlanReason
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING, Tariff
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.forecast.load import Method
from battery_commons.tick.planner import (
    LEAST_HORIZON_SLOTS,
    MOST_HORIZON_SLOTS,
    Decision,
    VillagePlanner,
    horizon,
)
from tests.village.forecast.series import load_of, weather_of

M1, M2, M3, M4, M5, M6, LAYERED = ControlModel
NOW = datetime(2025, 6, 18, 11, 3, tzinfo=UTC)
SLOT_NOW = NOW.replace(minute=0)
HISTORY_DAYS = 10
TRANSFORMERS = (Transformer("t1", "Brink", 50_000.0), Transformer("t2", "Es", 60_000.0))
BATTERIES = (
    Battery("a/b", "t1", 10_000, 5_000, 5_000),
    Battery("b/b", "t2", 10_000, 5_000, 5_000),
    Battery("c/b", "t2", 14_000, 4_000, 3_000, reserve=0.2),
)
HALF_FULL = {battery.id: battery.capacity_wh / 2 for battery in BATTERIES}

every_model = pytest.mark.parametrize("model", list(ControlModel))


def prices(start: datetime, slots: int, lift: float = 0.0) -> dict[datetime, float]:
    """Return prices that rise and fall twice a day, all lifted by `lift`."""
    waves = 0.08 + 0.05 * np.sin(4 * np.pi * np.arange(slots) / 96) + lift
    return dict(zip(TimeGrid(start, slots).starts(), waves.tolist(), strict=True))


def loads(days: int = HISTORY_DAYS) -> dict[str, NDArray[np.float64]]:
    """Return (T,) two transformers' and the whole feeder's load in the days before `SLOT_NOW`."""
    one = load_of(days)
    return {"t1": one, "t2": 1.5 * np.roll(one, 3) + 2_000, "feeder": 400_000 + 6 * one}


def village(
    now: datetime = NOW, histories: Mapping[str, NDArray[np.float64]] | None = None, age: timedelta = SLOT * 0
) -> Situation:
    """Return a village of which all was measured until `age` before the present quarter hour."""
    histories = loads() if histories is None else histories
    present = now.replace(minute=now.minute // 15 * 15, second=0)
    series = {name: MeasuredSeries(present - age - len(w) * SLOT, w) for name, w in histories.items()}
    return Situation(
        now=now,
        transformers=TRANSFORMERS,
        base_load={t.id: series[t.id] for t in TRANSFORMERS},
        batteries=BATTERIES,
        stored_wh=HALF_FULL,
        prices=prices(present - 8 * 96 * SLOT, 8 * 96 + 52),
        feeder=Feeder("f", "Feeder", inf),
        feeder_load=series["feeder"],
    )


def decide(situation: Situation, model: ControlModel = M4, planner: VillagePlanner | None = None) -> Decision:
    planner = planner or VillagePlanner(model, lambda _: AFTER_NET_METERING)
    return planner.decide(situation, Extremes.of_a_new_day(len(situation.transformers)))


def powers(decision: Decision) -> dict[str, list[float | None]]:
    return {battery.battery_id: list(battery.power_w) for battery in decision.plan.batteries}


def check_sane(decision: Decision, situation: Situation) -> None:
    """Check that every battery has a plan for each slot that it can follow, and every load is finite."""
    slots = decision.plan.grid.slots
    planned = powers(decision)
    assert set(planned) == {battery.id for battery in situation.batteries}
    for battery in situation.batteries:
        assert len(planned[battery.id]) == slots
        for power_w in planned[battery.id]:
            assert power_w is None or -battery.max_discharge_w <= power_w <= battery.max_charge_w
    assert all(len(load) == slots for load in decision.plan.base_load_w.values())
    assert np.isfinite(list(decision.plan.base_load_w.values())).all()
    if decision.promise:
        band = decision.promise.transformers
        assert (band.lowest_w <= band.highest_w).all()


@pytest.mark.parametrize(
    ("known_slots", "planned_slots"),
    [(0, 96), (1, 96), (95, 96), (96, 96), (97, 97), (143, 143), (144, 144), (145, 144), (500, 144)],
)
def test_the_horizon_ends_with_the_known_prices_at_24_to_36_hours(
    known_slots: int, planned_slots: int
) -> None:
    known = {SLOT_NOW + i * SLOT: 0.1 for i in range(known_slots)}

    grid = horizon(NOW, known)

    assert (grid.start, grid.slots) == (SLOT_NOW, planned_slots)


def test_prices_beyond_a_gap_do_not_lengthen_the_horizon() -> None:
    known = {SLOT_NOW + i * SLOT: 0.1 for i in range(144) if i != 100}

    assert horizon(NOW, known).slots == 100


@given(now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), slots=st.integers(0, 200))  # noqa: DTZ001
def test_the_horizon_starts_with_the_present_quarter_hour(now: datetime, slots: int) -> None:
    now = now.replace(tzinfo=UTC)
    start = horizon(now, {}).start
    grid = horizon(now, {start + i * SLOT: 0.1 for i in range(slots)})

    assert grid.start <= now < grid.start + SLOT
    assert LEAST_HORIZON_SLOTS <= grid.slots <= MOST_HORIZON_SLOTS


@every_model
def test_every_model_decides_for_every_battery(model: ControlModel) -> None:
    situation = village()

    decision = decide(situation, model)

    check_sane(decision, situation)
    assert decision.plan.model == model
    assert decision.plan.grid == TimeGrid(SLOT_NOW, 96)
    assert (decision.promise is None) == (model is M1)
    assert any(p is not None for p in powers(decision)["a/b"]) == (model is not M1)


@every_model
def test_a_village_with_gaps_in_what_was_measured_has_a_decision(model: ControlModel) -> None:
    histories = loads()
    histories["t1"][100:400], histories["t2"][-3:], histories["feeder"][::5] = np.nan, np.nan, np.nan

    situation = village(histories=histories)

    check_sane(decide(situation, model), situation)


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1), model=st.sampled_from(ControlModel))
@settings(deadline=None, max_examples=20)
def test_any_gaps_leave_a_decision(seed: int, share: float, model: ControlModel) -> None:
    rng = np.random.default_rng(seed)
    histories = {name: np.where(rng.random(w.size) < share, np.nan, w) for name, w in loads().items()}

    situation = village(histories=histories)

    check_sane(decide(situation, model), situation)


@every_model
def test_a_village_that_has_measured_nothing_has_a_decision_on_zero(model: ControlModel) -> None:
    situation = village(histories={name: np.zeros(0) for name in loads()})

    decision = decide(situation, model)

    check_sane(decision, situation)
    assert {load.method for load in decision.outlook.transformers.values()} == {Method.NOTHING}
    assert {load.age for load in decision.outlook.transformers.values()} == {None}


@every_model
def test_data_of_a_week_ago_are_used_and_their_age_is_told(model: ControlModel) -> None:
    situation = village(age=timedelta(days=7))

    outlook = decide(situation, model).outlook

    age = timedelta(days=7, minutes=3)
    assert {load.age for load in outlook.transformers.values()} == {age}
    assert outlook.feeder is not None
    assert outlook.feeder.age == age
    assert outlook.transformers["t1"].load_w[0] == loads()["t1"][-96]


def test_every_series_has_its_own_age() -> None:
    histories = loads()
    histories["t2"][-8:] = np.nan

    outlook = decide(village(histories=histories)).outlook

    ages = {id_: load.age for id_, load in outlook.transformers.items()}
    assert ages == {"t1": timedelta(minutes=3), "t2": timedelta(hours=2, minutes=3)}


@every_model
def test_where_no_battery_can_be_steered_each_is_left_to_its_own_house(model: ControlModel) -> None:
    situation = replace(village(), stored_wh={})

    decision = decide(situation, model)

    check_sane(decision, situation)
    assert decision.promise is None
    assert all(set(row) == {None} for row in powers(decision).values())
    assert {r for b in decision.plan.batteries for r in b.reasons} == {PlanReason.OWN_HOUSE}


@every_model
def test_only_batteries_whose_energy_is_known_are_steered(model: ControlModel) -> None:
    situation = replace(village(), stored_wh={"b/b": 5_000.0})

    planned = powers(decide(situation, model))

    steered = set() if model is M1 else {"b/b"}
    assert {id_ for id_, row in planned.items() if None not in row} == steered
    assert {id_ for id_, row in planned.items() if set(row) == {None}} == set(planned) - steered


def in_shadow(situation: Situation, *ids: str) -> Situation:
    """Return the same village, in which some homes only want to see what they would be asked."""
    return replace(
        situation,
        stored_wh={id_: wh for id_, wh in situation.stored_wh.items() if id_ not in ids},
        shadow_wh={id_: situation.stored_wh[id_] for id_ in ids},
    )


def without(situation: Situation, *ids: str) -> Situation:
    """Return the same village, in which some batteries do not take part."""
    return replace(in_shadow(situation, *ids), shadow_wh={})


@every_model
def test_batteries_in_shadow_change_nothing_for_the_others(model: ControlModel) -> None:
    decision, alone = decide(in_shadow(village(), "b/b"), model), decide(without(village(), "b/b"), model)

    planned, expected = powers(decision), powers(alone)
    assert {id_: planned[id_] for id_ in ("a/b", "c/b")} == {id_: expected[id_] for id_ in ("a/b", "c/b")}
    assert (decision.promise is None) == (alone.promise is None)
    if decision.promise and alone.promise:
        assert decision.promise.feeder_peak_w == alone.promise.feeder_peak_w
        np.testing.assert_array_equal(
            decision.promise.transformers.highest_w, alone.promise.transformers.highest_w
        )
    behind = {"b/b", "c/b"}
    assert decision.plan.load_w("t2", behind) == alone.plan.load_w("t2", behind)


@pytest.mark.parametrize("model", [m for m in ControlModel if m is not M1])
def test_a_battery_in_shadow_is_shown_what_it_would_be_asked(model: ControlModel) -> None:
    situation = in_shadow(village(), "b/b")

    decision = decide(situation, model)

    check_sane(decision, situation)
    shown = {battery.battery_id: battery.shadow for battery in decision.plan.batteries}
    assert shown == {"a/b": False, "b/b": True, "c/b": False}
    assert powers(decision)["b/b"] == pytest.approx(powers(decide(village(), model))["b/b"], abs=1)


def test_a_village_of_nothing_but_shadow_shows_and_promises_nothing() -> None:
    decision = decide(in_shadow(village(), *HALF_FULL))

    assert decision.promise is None
    assert all(battery.shadow for battery in decision.plan.batteries)
    assert any(powers(decision)["a/b"])


def test_without_batteries_in_shadow_one_problem_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = []

    def counting(problem: ControlProblem, model: ControlModel) -> Plan:
        solved.append([battery.id for battery in problem.batteries])
        return make_plan(problem, model)

    monkeypatch.setattr("battery_commons.tick.planner.make_plan", counting)
    decide(village())
    assert solved == [["a/b", "b/b", "c/b"]]
    solved.clear()
    decide(in_shadow(village(), "a/b"))
    assert solved == [["b/b", "c/b"], ["b/b", "c/b", "a/b"]]


def test_what_cannot_be_shown_does_not_hold_up_what_is_steered(monkeypatch: pytest.MonkeyPatch) -> None:
    situation = in_shadow(village(), "a/b")

    def failing(problem: ControlProblem, model: ControlModel) -> Plan:
        if len(problem.batteries) == len(BATTERIES):
            raise SolverError("no answer")
        return make_plan(problem, model)

    monkeypatch.setattr("battery_commons.tick.planner.make_plan", failing)

    planned = powers(decide(situation))

    assert set(planned["a/b"]) == {None}
    assert None not in planned["b/b"]


def test_what_energy_costs_is_told_as_far_as_it_is_known() -> None:
    known = prices(SLOT_NOW - 96 * SLOT, 96 + 52)

    costs = decide(replace(village(), prices=known)).plan.import_price

    assert costs[0] == pytest.approx(1.21 * (known[SLOT_NOW] + 0.02) + 0.1108, abs=1e-5)
    assert None not in costs[:52]
    assert set(costs[52:]) == {None}


def test_a_transformer_that_was_never_measured_has_no_forecast() -> None:
    histories = loads()
    histories["t2"] = np.zeros(0)

    assert decide(village(histories=histories)).plan.unmeasured == {"t2"}


@every_model
def test_a_village_without_transformers_has_an_empty_decision(model: ControlModel) -> None:
    situation = replace(village(), transformers=(), base_load={}, batteries=(), stored_wh={})

    decision = decide(situation, model)

    assert decision.plan.batteries == []
    assert decision.plan.base_load_w == {}


@pytest.mark.parametrize("model", [M1, M2, M3, M4, M6])
def test_a_village_without_a_feeder_is_steered_by_the_local_models(model: ControlModel) -> None:
    situation = replace(village(), feeder=None, feeder_load=None)

    decision = decide(situation, model)

    check_sane(decision, situation)
    assert decision.outlook.feeder is None


@pytest.mark.parametrize("model", [M5, LAYERED])
@pytest.mark.parametrize(
    "bare",
    [replace(village(), feeder=None, feeder_load=None), replace(village(), feeder_load=None)],
    ids=["no feeder", "a feeder without measurements"],
)
def test_without_a_feeder_the_regional_models_are_refused(model: ControlModel, bare: Situation) -> None:
    with pytest.raises(ValueError, match="feeder"):
        decide(bare, model)


@every_model
@pytest.mark.parametrize("lift", [-0.1, -0.4])
@pytest.mark.parametrize("tariff", [NET_METERING, AFTER_NET_METERING])
def test_negative_prices_leave_a_decision(model: ControlModel, lift: float, tariff: Tariff) -> None:
    situation = replace(village(), prices=prices(SLOT_NOW, 120, lift))
    planner = VillagePlanner(model, lambda _: tariff)

    check_sane(decide(situation, planner=planner), situation)


def test_prices_that_are_not_known_are_guessed_and_counted() -> None:
    situation = replace(village(), prices=prices(SLOT_NOW - 96 * SLOT, 96 + 52))

    outlook = decide(situation).outlook

    assert outlook.prices.guessed_slots == 96 - 52
    assert outlook.prices.eur_per_kwh[95] == situation.prices[SLOT_NOW - SLOT]


@every_model
@pytest.mark.parametrize("day", [(2025, 3, 29, 23), (2025, 10, 25, 22)], ids=["92 slots", "100 slots"])
@pytest.mark.parametrize("hours", [0, 2, 20])
def test_a_day_on_which_the_clock_changes_is_decided_like_any_other(
    model: ControlModel, day: tuple[int, int, int, int], hours: int
) -> None:
    situation = village(datetime(*day, tzinfo=UTC) + timedelta(hours=hours))

    check_sane(decide(situation, model), situation)


def test_m3_charges_at_the_lowest_expected_load_and_discharges_at_the_highest() -> None:
    decision = decide(village(), M3)
    load_w = decision.outlook.transformers["t1"].load_w
    power_w = np.array(powers(decision)["a/b"], dtype=float)

    assert power_w[load_w.argmin()] > 1_000
    assert power_w[load_w.argmax()] < -1_000


def test_today_so_far_is_part_of_the_promise() -> None:
    planner = VillagePlanner(M4, lambda _: AFTER_NET_METERING)
    so_far = Extremes(np.array([-45_000.0, -90_000.0]), np.array([48_000.0, 10_000.0]))

    promise = planner.decide(village(), so_far).promise

    assert promise is not None
    assert promise.transformers.lowest_w.tolist() == [-45_000, -60_000]  # the second's limit is 60 kW
    assert promise.transformers.highest_w[0] == 48_000


def with_another_future(histories: Mapping[str, NDArray[np.float64]], seed: int) -> Situation:
    """Return the village with two days measured after now: whatever chance has it."""
    rng = np.random.default_rng(seed)
    later = {name: np.concatenate([w, rng.normal(0, 5e4, 192)]) for name, w in histories.items()}
    return village(histories=later, age=-timedelta(days=2))


@given(seed=st.integers(0, 2**32 - 1), model=st.sampled_from(ControlModel))
@settings(deadline=None, max_examples=15)
def test_what_is_measured_after_now_changes_no_decision(seed: int, model: ControlModel) -> None:
    known, foreseen = decide(village(), model), decide(with_another_future(loads(), seed), model)

    assert powers(foreseen) == powers(known)
    assert foreseen.plan.base_load_w == known.plan.base_load_w


@pytest.fixture(scope="module")
def month() -> dict[str, NDArray[np.float64]]:
    return loads(30)


def test_training_does_not_look_ahead_either() -> None:
    histories = loads(30)
    weather = replace(weather_of(33), start=SLOT_NOW - 30 * 96 * SLOT)
    decisions = []
    for situation in (village(histories=histories), with_another_future(histories, 1)):
        planner = VillagePlanner(LAYERED, lambda _: AFTER_NET_METERING)
        planner.train(replace(situation, weather=weather))
        decisions.append(decide(replace(situation, weather=weather), planner=planner))

    known, foreseen = decisions
    assert known.outlook.transformers["t1"].method == Method.BOOSTING
    assert powers(foreseen) == powers(known)
    assert foreseen.promise is not None
    assert known.promise is not None
    assert foreseen.promise.feeder_peak_w == known.promise.feeder_peak_w


def test_what_residents_did_is_only_learned_once_it_is_measured() -> None:
    """Day after day M6 decides the same whether or not the coming days are in the series already."""
    histories = loads(14)
    rng = np.random.default_rng(3)
    decided: list[list[dict[str, list[float | None]]]] = []
    for foreseen in (False, True):
        planner = VillagePlanner(M6, lambda _: AFTER_NET_METERING)
        plans = []
        for hours in range(0, 72, 6):
            now = NOW - timedelta(hours=72 - hours)
            known = 14 * 96 - 4 * (72 - hours)
            past = {
                name: np.concatenate([w[:known], rng.normal(0, 9e4, 192)]) if foreseen else w[:known]
                for name, w in histories.items()
            }
            ahead = timedelta(days=2 if foreseen else 0)
            plans.append(powers(decide(village(now, past, age=-ahead), planner=planner)))
        decided.append(plans)

    assert decided[0] == decided[1]
    assert decided[0][0] != decided[0][-1]


def test_the_same_situation_makes_the_same_decision() -> None:
    assert powers(decide(village())) == powers(decide(village()))
