"""The picture that the page is made of, from what is stored, the plan and the time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.tariff import SYNTHETIC
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.store.records import (
    AnnouncedCode,
    DispatchRecord,
    Home,
    HomeBattery,
    OfferedCode,
    StoredPrice,
    Village,
)
from battery_commons.web.pages.chart import LoadChart, load_chart
from battery_commons.web.pages.overview import overview
from battery_commons.web.pages.views import (
    CodeView,
    Condition,
    Delivery,
    Overview,
    Phase,
    Snapshot,
    TransformerView,
)

NOW = datetime(2026, 6, 21, 10, 7, tzinfo=UTC)
SLOT_NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
T1 = Transformer("t1", "Dorpsstraat", 250_000)
B1 = Battery("h1/b1", "t1", capacity_wh=10_000, max_charge_w=5000, max_discharge_w=4000)
EMPTY = Snapshot(
    village=Village("v1", "Ansen"),
    transformers=[],
    homes=[],
    batteries=[],
    readings={},
    loads={},
    measured_w={},
    prices={},
    dispatches={},
)
FULL = replace(
    EMPTY,
    transformers=[T1],
    homes=[Home("h1", "De Eik", "t1", ())],
    batteries=[HomeBattery("h1", "b1", "Garage", B1)],
)


def at(snapshot: Snapshot, plan: Plan | None = None) -> Overview:
    return overview(snapshot, plan, ControlModel.M4, NOW, unnamed="Battery Commons")


def plan(start: datetime, base_w: list[float], battery_w: list[float | None]) -> Plan:
    reasons = [PlanReason.OWN_HOUSE if power is None else PlanReason.RELIEVE_EXPORT for power in battery_w]
    return Plan(
        ControlModel.M4,
        TimeGrid(start, len(base_w)),
        [BatteryPlan("h1/b1", battery_w, reasons)],
        {"t1": base_w},
    )


def test_an_empty_village_lacks_everything_but_its_name() -> None:
    view = at(EMPTY)
    assert (view.setup.village, view.setup.transformer, view.setup.home, view.setup.prices) == (
        True,
        False,
        False,
        False,
    )
    assert view.forecast.condition is view.prices.condition is Condition.MISSING
    assert not at(replace(EMPTY, village=Village("v1", "Battery Commons"))).setup.village


@pytest.mark.parametrize(
    ("age", "condition", "signal"),
    [
        (timedelta(minutes=30), Condition.FRESH, CongestionSignal.RED),
        (timedelta(minutes=30, seconds=1), Condition.OLD, None),
    ],
)
def test_a_load_counts_for_two_slots(
    age: timedelta, condition: Condition, signal: CongestionSignal | None
) -> None:
    [view] = at(replace(FULL, loads={"t1": MeterReading(NOW - age, 240_000)})).transformers
    assert (view.load_w, view.meter.condition, view.signal) == (240_000, condition, signal)
    assert view.meter.seconds == age.total_seconds()


def test_a_reading_from_a_clock_slightly_ahead_is_no_age_below_zero() -> None:
    [view] = at(replace(FULL, loads={"t1": MeterReading(NOW + timedelta(seconds=30), 1)})).transformers
    assert view.meter.seconds == 0


def test_what_is_expected_is_the_forecast_with_the_plan_from_now_on() -> None:
    made = plan(SLOT_NOW - SLOT, [999.0, 10.0, -20.0, 30.0], [999.0, 1.0, 2.0, None])
    view = at(FULL, made)
    [transformer] = view.transformers
    assert [slot.start for slot in transformer.base] == [SLOT_NOW + i * SLOT for i in range(3)]
    assert [slot.power_w for slot in transformer.base] == [10.0, -20.0, 30.0]
    assert [slot.power_w for slot in transformer.planned] == [11.0, -18.0, 30.0]
    assert transformer.highest is not None
    assert transformer.lowest is not None
    assert (transformer.highest.start, transformer.highest.power_w) == (SLOT_NOW + 2 * SLOT, 30.0)
    assert transformer.lowest.power_w == -18.0
    [battery] = view.batteries
    assert [slot.power_w for slot in battery.coming] == [1.0, 2.0, None]
    assert battery.next_change is not None
    assert battery.next_change.start == SLOT_NOW + 2 * SLOT


def test_a_plan_that_is_over_expects_nothing() -> None:
    view = at(FULL, plan(SLOT_NOW - 8 * SLOT, [1.0] * 4, [1.0] * 4))
    assert (view.transformers[0].planned, view.batteries[0].coming) == ([], [])
    assert view.forecast.condition is Condition.OLD


def test_the_page_looks_a_day_ahead() -> None:
    [transformer] = at(FULL, plan(SLOT_NOW, [1.0] * 140, [1.0] * 140)).transformers
    assert len(transformer.planned) == 96


def test_a_transformer_the_plan_does_not_know_has_no_forecast() -> None:
    made = replace(plan(SLOT_NOW, [1.0], [1.0]), base_load_w={})
    assert at(FULL, made).transformers[0].planned == []


def test_a_battery_shows_what_its_home_reported_and_was_sent() -> None:
    reading = BatteryReading("h1/b1", NOW, 0.4, -700.0, -800.0, "village", "high_price", 7)
    sent = DispatchRecord(8, NOW, NOW + SLOT, None, None, None, "{}", 2, NOW, "connection refused")
    [view] = at(replace(FULL, readings={"h1/b1": reading}, dispatches={"h1": sent})).batteries
    assert (view.home, view.state_of_charge, view.power_w, view.setpoint_w) == ("De Eik", 0.4, -700, -800)
    assert (view.mode, view.reason, view.followed_sequence) == ("village", "high_price", 7)
    assert view.max_power_w == 5000
    assert view.sent is not None
    assert (view.sent.sequence, view.sent.delivery, view.sent.lease_over) == (8, Delivery.WAITING, False)


@pytest.mark.parametrize(("accepted", "delivery"), [(True, Delivery.ACCEPTED), (False, Delivery.REFUSED)])
def test_a_lease_is_over_at_its_end(*, accepted: bool, delivery: Delivery) -> None:
    sent = DispatchRecord(8, NOW - SLOT, NOW, accepted, NOW, "expired", "{}", 1, NOW, None)
    [view] = at(replace(FULL, dispatches={"h1": sent})).batteries
    assert view.sent is not None
    assert (view.sent.delivery, view.sent.lease_over) == (delivery, True)


def test_a_home_that_leaves_while_the_page_is_made_is_left_out() -> None:
    assert at(replace(FULL, homes=[])).batteries == []


def prices(slots: int, source: str = "EnergyZero") -> dict[datetime, StoredPrice]:
    starts = [SLOT_NOW + i * SLOT for i in range(slots)]
    return {start: StoredPrice(start, 0.1, source) for start in starts}


def test_prices_count_up_to_the_first_gap() -> None:
    known = prices(60)
    del known[SLOT_NOW + 50 * SLOT]
    view = at(replace(FULL, prices=known)).prices
    assert (view.condition, view.known_until) == (Condition.FRESH, SLOT_NOW + 50 * SLOT)
    assert (view.sources, view.synthetic, view.now_eur_per_kwh) == (["EnergyZero"], False, 0.1)


def test_prices_too_short_ahead_are_a_warning() -> None:
    assert at(replace(FULL, prices=prices(40))).prices.condition is Condition.OLD
    assert at(replace(FULL, prices=prices(41))).prices.condition is Condition.FRESH


def test_prices_that_miss_the_present_are_not_shown_as_the_price_now() -> None:
    known = prices(60)
    del known[SLOT_NOW]
    view = at(replace(FULL, prices=known)).prices
    assert (view.condition, view.now_eur_per_kwh, view.known_until) == (Condition.OLD, None, None)


def test_made_up_prices_are_called_so() -> None:
    assert at(replace(FULL, prices=prices(60, SYNTHETIC))).prices.synthetic


HOUR = timedelta(hours=1)


def announced(start: datetime, hours: float = 2, *, withdrawn: bool = False) -> AnnouncedCode:
    window = OfferedCode("c1", CongestionSignal.RED, start, start + hours * HOUR, "Dinner", None, None)
    return AnnouncedCode(window, NOW - 24 * HOUR, NOW if withdrawn else None, joining=3, declining=2)


def drawn(view: TransformerView, codes: list[CodeView]) -> LoadChart:
    return load_chart(
        view, NOW, codes=codes, width=960, height=300, hours_apart=3, hour_label=lambda at: (at.hour, "")
    )


@pytest.mark.parametrize(
    ("start", "phase"),
    [
        (NOW - 2 * HOUR, Phase.OVER),
        (NOW - HOUR, Phase.NOW),
        (NOW, Phase.NOW),
        (NOW + timedelta(seconds=1), Phase.COMING),
        (NOW + 47 * HOUR, Phase.COMING),
    ],
)
def test_a_code_counts_from_its_start_up_to_its_end(start: datetime, phase: Phase) -> None:
    [code] = at(replace(FULL, codes=[announced(start)])).codes
    assert (code.phase, code.joining, code.reason) == (phase, 3, "Dinner")


@pytest.mark.parametrize(
    "code",
    [announced(NOW + 48 * HOUR), announced(NOW - 14 * HOUR), announced(NOW, withdrawn=True)],
    ids=["in more than two days", "long over", "withdrawn"],
)
def test_codes_that_do_not_matter_now_are_left_out(code: AnnouncedCode) -> None:
    assert at(replace(FULL, codes=[code])).codes == []


def test_a_code_is_a_band_of_its_own_length_that_stays_inside_the_chart() -> None:
    starts = [NOW - 13 * HOUR, NOW + HOUR, NOW + 23 * HOUR, NOW + 30 * HOUR]
    view = at(replace(FULL, codes=[announced(start) for start in starts]))
    chart = drawn(view.transformers[0], list(view.codes))
    before, whole, after = chart.bands
    assert before.x == chart.left
    assert after.x + after.width == pytest.approx(chart.right, abs=0.1)
    assert whole.width == pytest.approx((chart.right - chart.left) * 2 / 36, abs=0.11)
    assert whole.code == "red"


@pytest.mark.parametrize(("load_w", "room_w"), [(240_000, 10_000), (-100_000, 150_000), (260_000, -10_000)])
def test_room_is_what_is_left_in_the_direction_of_the_load(load_w: float, room_w: float) -> None:
    [view] = at(replace(FULL, loads={"t1": MeterReading(NOW, load_w)})).transformers
    assert view.room_w == room_w


def test_a_load_that_is_too_old_leaves_no_room_to_speak_of() -> None:
    [view] = at(replace(FULL, loads={"t1": MeterReading(NOW - HOUR, 10_000)})).transformers
    assert (view.load_w, view.room_w) == (10_000, None)


def test_the_tightest_slot_is_the_nearest_to_the_limit_in_either_direction() -> None:
    [view] = at(FULL, plan(SLOT_NOW, [100.0, -300.0, 200.0], [None] * 3)).transformers
    assert view.tightest is not None
    assert (view.tightest.start, view.tightest.power_w) == (SLOT_NOW + SLOT, -300.0)


def test_an_estimate_is_drawn_as_a_line_of_its_own_with_how_far_it_may_be_off() -> None:
    estimate = EstimatedLoad(SLOT_NOW, 100_000, 20_000, 7, may_be_told=True)
    [view] = overview(
        FULL, None, ControlModel.M4, NOW, unnamed="Battery Commons", estimated={"t1": estimate}
    ).transformers
    chart = drawn(view, [])
    assert chart.measured == ""
    assert chart.estimated.count("M") == 2
    assert [(slot.start, slot.power_w) for slot in view.estimated] == [(SLOT_NOW - SLOT, 100_000)]


def test_a_measured_load_has_no_estimated_line() -> None:
    [view] = at(replace(FULL, loads={"t1": MeterReading(NOW, 1)})).transformers
    assert drawn(view, []).estimated == ""


def test_a_village_whose_prices_ran_out_is_not_set_up_anew() -> None:
    assert at(replace(FULL, had_prices=True)).setup.complete


def test_an_old_forecast_tells_no_room() -> None:
    [view] = at(FULL, plan(SLOT_NOW - 4 * SLOT, [100.0] * 8, [None] * 8)).transformers
    assert view.planned
    assert view.tightest is None


def test_a_transformer_that_nothing_is_known_of_is_not_expected_to_carry_nothing() -> None:
    made = replace(plan(SLOT_NOW, [0.0] * 8, [1000.0] * 8), unmeasured={"t1"})
    [view] = at(FULL, made).transformers
    assert (view.planned, view.base, view.tightest) == ([], [], None)
