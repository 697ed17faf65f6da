"""The picture that the page is made of, from what is stored, the plan and the time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.tariff import SYNTHETIC
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.store.records import DispatchRecord, Home, HomeBattery, StoredPrice, Village
from battery_commons.web.overview import Condition, Delivery, Overview, Snapshot, overview

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
