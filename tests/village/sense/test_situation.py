"""Taking stock: what the store holds becomes a situation to plan from, and is read no more than needed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.operator import OperatorSignals, ToldLoad
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.sense.situation import HISTORY, StockTaker
from battery_commons.store import Store, StoreError
from battery_commons.store.audit import Author

from .conftest import NOW, SLOT_NOW, hear, join, measure

LATE = timedelta(hours=22)
OLD = timedelta(days=2)


def load_w(situation: Situation, slot: datetime, transformer_id: str = "t1") -> float:
    """Return the load without batteries of one quarter hour, NaN where it is not known."""
    return float(situation.base_load[transformer_id].over(TimeGrid(slot, 1))[0])


def measured_days(store: Store, days: int, transformer_id: str = "t1") -> None:
    """Keep days of steady load up to the present quarter hour."""
    start = SLOT_NOW - timedelta(days=days)
    readings = [MeterReading(start + i * SLOT, 1_000.0 + i) for i in range(96 * days)]
    store.add_meter_readings(transformer_id, readings)


class WatchedStore(Store):
    """A real store that notes from when on each transformer's means were asked for last."""

    asked: Mapping[str, datetime] = MappingProxyType({})

    def meter_slot_means(self, transformer_id: str, start: datetime, end: datetime) -> dict[datetime, float]:
        """Note the question, and answer it."""
        self.asked = {**self.asked, transformer_id: start}
        return super().meter_slot_means(transformer_id, start, end)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedStore]:
    store = WatchedStore.open(tmp_path / "watched.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    yield store
    store.close()


def test_the_base_load_is_the_meter_less_the_batteries_behind_it(store: Store) -> None:
    one, two, far = join(store, "one"), join(store, "two"), join(store, "far", "t2")
    slot = SLOT_NOW - SLOT
    for minutes, power_w in ((0, 100_000.0), (5, 110_000.0), (10, 120_000.0)):
        measure(store, slot + timedelta(minutes=minutes), power_w)
    measure(store, slot, 40_000.0, "t2")
    for battery, power_w in ((one, 3_000.0), (two, -1_000.0), (far, 500.0)):
        hear(store, battery, slot + timedelta(minutes=4), power_w)

    situation = StockTaker(store).take_stock(NOW)

    assert load_w(situation, slot) == 110_000 - 3_000 + 1_000
    assert load_w(situation, slot, "t2") == 39_500


def test_a_quarter_hour_that_no_meter_saw_is_not_known(store: Store) -> None:
    battery = join(store, "one")
    measure(store, SLOT_NOW - 3 * SLOT, 100_000.0)
    measure(store, SLOT_NOW - SLOT, 100_000.0)
    hear(store, battery, SLOT_NOW - 2 * SLOT, 3_000.0)

    situation = StockTaker(store).take_stock(NOW)

    known = situation.base_load["t1"].over(TimeGrid(SLOT_NOW - 3 * SLOT, 3))
    np.testing.assert_array_equal(known, [100_000, np.nan, 100_000])


def test_a_transformer_that_measured_nothing_has_an_empty_series(store: Store) -> None:
    situation = StockTaker(store).take_stock(NOW)

    assert list(situation.base_load) == ["t1", "t2"]
    assert situation.base_load["t1"].values_w.size == 0
    assert situation.base_load["t1"].start == SLOT_NOW


def test_readings_of_the_last_day_that_come_late_are_taken_in(store: Store) -> None:
    battery = join(store, "one")
    taker = StockTaker(store)
    measure(store, SLOT_NOW - LATE, 50_000.0)
    assert load_w(taker.take_stock(NOW), SLOT_NOW - LATE) == 50_000

    measure(store, SLOT_NOW - LATE + timedelta(minutes=1), 70_000.0)
    hear(store, battery, SLOT_NOW - LATE, 2_000.0)

    assert load_w(taker.take_stock(NOW + SLOT), SLOT_NOW - LATE) == 58_000


def test_readings_that_come_days_late_are_taken_in_too(store: Store) -> None:
    battery = join(store, "one")
    measured_days(store, 4)
    taker = StockTaker(store)
    before_w = load_w(taker.take_stock(NOW), SLOT_NOW - OLD)

    hear(store, battery, SLOT_NOW - OLD, 600.0)

    assert load_w(taker.take_stock(NOW + SLOT), SLOT_NOW - OLD) == before_w - 600


def test_a_year_that_a_meter_brings_while_the_village_runs_is_taken_in(store: Store) -> None:
    taker = StockTaker(store)
    assert taker.take_stock(NOW).base_load["t1"].values_w.size == 0

    measured_days(store, 365)

    assert taker.take_stock(NOW + SLOT).base_load["t1"].start == SLOT_NOW - timedelta(days=365)


def test_what_came_late_is_read_again_once(watched: WatchedStore) -> None:
    taker = StockTaker(watched)
    taker.take_stock(NOW)
    measure(watched, SLOT_NOW - OLD, 1_000.0)

    taker.take_stock(NOW + SLOT)
    assert watched.asked == {"t1": SLOT_NOW - OLD}
    taker.take_stock(NOW + 2 * SLOT)
    assert watched.asked == {"t1": SLOT_NOW + SLOT - timedelta(days=1)}


def test_a_stamp_that_was_held_already_is_no_news(watched: WatchedStore) -> None:
    measure(watched, SLOT_NOW - OLD, 1_000.0)
    taker = StockTaker(watched)
    taker.take_stock(NOW)
    measure(watched, SLOT_NOW - OLD, 2_000.0)

    taker.take_stock(NOW + SLOT)

    assert watched.asked == {"t1": SLOT_NOW - timedelta(days=1)}


def test_what_came_late_is_not_forgotten_when_the_store_fails(
    watched: WatchedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker = StockTaker(watched)
    taker.take_stock(NOW)
    measure(watched, SLOT_NOW - OLD, 1_000.0)

    with monkeypatch.context() as broken:
        broken.setattr(WatchedStore, "battery_slot_means", _fails)
        with pytest.raises(StoreError):
            taker.take_stock(NOW + SLOT)

    assert load_w(taker.take_stock(NOW + 2 * SLOT), SLOT_NOW - OLD) == 1_000


def _fails(*_: object) -> None:
    raise StoreError("the disk is full")


def test_at_first_all_of_the_history_is_read_then_a_day(watched: WatchedStore) -> None:
    taker = StockTaker(watched)

    taker.take_stock(NOW)
    assert watched.asked == {"t1": SLOT_NOW - HISTORY}
    taker.take_stock(NOW + SLOT)
    assert watched.asked == {"t1": SLOT_NOW - timedelta(days=1)}


def test_a_new_transformer_is_read_from_the_beginning(watched: WatchedStore) -> None:
    taker = StockTaker(watched)
    taker.take_stock(NOW)
    watched.put_transformer(Transformer("t2", "Es", 400_000))
    measured_days(watched, 30, "t2")

    situation = taker.take_stock(NOW + SLOT)

    assert load_w(situation, SLOT_NOW - timedelta(days=30), "t2") == 1_000
    assert watched.asked["t1"] == SLOT_NOW - timedelta(days=1)


def test_a_tick_that_failed_or_came_late_leaves_no_hole(store: Store) -> None:
    measured_days(store, 4)
    taker = StockTaker(store)
    taker.take_stock(NOW - timedelta(days=3))

    situation = taker.take_stock(NOW)

    assert np.isfinite(situation.base_load["t1"].over(TimeGrid(SLOT_NOW - timedelta(days=4), 4 * 96))).all()


def test_history_beyond_a_year_and_a_week_is_dropped(store: Store) -> None:
    taker = StockTaker(store)
    oldest = SLOT_NOW - HISTORY + 2 * SLOT
    measure(store, oldest, 1_000.0)
    measure(store, SLOT_NOW, 2_000.0)
    assert taker.take_stock(NOW).base_load["t1"].start == oldest

    later = taker.take_stock(NOW + timedelta(hours=1)).base_load["t1"]

    assert later.start == SLOT_NOW
    assert later.values_w.tolist() == [2_000]


def test_a_tick_in_the_middle_of_a_quarter_hour_leaves_whole_means(store: Store) -> None:
    """A newcomer's tick comes at any minute; a day later that minute cuts through a quarter hour."""
    battery = join(store, "one")
    taker = StockTaker(store)
    slot = SLOT_NOW - timedelta(days=1)
    for minutes, power_w in ((1, 10_000.0), (11, 30_000.0)):
        measure(store, slot + timedelta(minutes=minutes), power_w)
    hear(store, battery, slot + timedelta(minutes=2), 4_000.0)

    loads_w = [load_w(taker.take_stock(NOW + i * SLOT), slot) for i in range(3)]

    assert loads_w == [16_000] * 3


@given(
    minutes=st.lists(st.integers(1, 2000), min_size=1, max_size=4),
    late=st.lists(st.tuples(st.integers(0, 9000), st.floats(-1e5, 1e5)), max_size=6),
)
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whenever_the_ticks_come_stock_is_what_reading_everything_afresh_would_find(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[int], late: list[tuple[int, float]]
) -> None:
    store = Store.open(tmp_path_factory.mktemp("any") / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    store.add_meter_readings("t1", [MeterReading(NOW - i * timedelta(minutes=7), i) for i in range(400)])
    taker, now = StockTaker(store), NOW
    for step in minutes:
        taker.take_stock(now)
        before, now = now, now + timedelta(minutes=step)
        for ago, power_w in late:
            measure(store, before - timedelta(minutes=ago, seconds=step), power_w)

    remembered, afresh = (
        taker.take_stock(now).base_load["t1"],
        StockTaker(store).take_stock(now).base_load["t1"],
    )

    store.close()
    assert remembered.start == afresh.start
    np.testing.assert_array_equal(remembered.values_w, afresh.values_w)


@pytest.mark.parametrize("mode", ["village", "self_consumption"])
def test_a_battery_that_lets_itself_be_steered_is_planned_with_its_energy(store: Store, mode: str) -> None:
    battery = join(store, "one")
    hear(store, battery, NOW - 2 * SLOT, mode=mode, state_of_charge=0.7)

    assert StockTaker(store).take_stock(NOW).stored_wh == {battery.id: 7_000}


@pytest.mark.parametrize(
    ("mode", "heard"),
    [
        ("paused", timedelta(0)),
        ("shadow", timedelta(0)),
        ("unreachable", timedelta(0)),
        ("village", 2 * SLOT + timedelta(seconds=1)),
        ("self_consumption", timedelta(days=2)),
    ],
    ids=["paused", "in shadow", "unreachable", "silent for half an hour", "silent for days"],
)
def test_a_battery_that_does_not_take_part_has_no_energy_to_plan_with(
    store: Store, mode: str, heard: timedelta
) -> None:
    taking_part, other = join(store, "one"), join(store, "two")
    hear(store, taking_part, NOW)
    hear(store, other, NOW - heard, mode=mode)

    situation = StockTaker(store).take_stock(NOW)

    assert set(situation.stored_wh) == {taking_part.id}
    assert {battery.id for battery in situation.batteries} == {taking_part.id, other.id}


@pytest.mark.parametrize(("heard", "shown"), [(2 * SLOT, True), (2 * SLOT + timedelta(seconds=1), False)])
def test_a_battery_in_shadow_is_known_by_what_it_could_do(
    store: Store, heard: timedelta, *, shown: bool
) -> None:
    battery = join(store, "one")
    hear(store, battery, NOW - heard, mode="shadow", state_of_charge=0.7)

    situation = StockTaker(store).take_stock(NOW)

    assert situation.shadow_wh == ({battery.id: 7_000} if shown else {})
    assert situation.stored_wh == {}


def test_a_battery_that_has_never_been_heard_of_is_known_but_not_planned(store: Store) -> None:
    battery = join(store, "one")

    situation = StockTaker(store).take_stock(NOW)

    assert situation.batteries == [battery]
    assert situation.stored_wh == {}


def test_the_newest_mode_is_the_one_that_counts(store: Store) -> None:
    battery = join(store, "one")
    hear(store, battery, NOW - timedelta(minutes=5), mode="village")
    hear(store, battery, NOW - timedelta(minutes=1), mode="paused")

    assert StockTaker(store).take_stock(NOW).stored_wh == {}


def test_prices_from_eight_days_back_to_two_days_ahead_are_known(store: Store) -> None:
    days = range(-10, 4)
    store.put_prices("market", [Price(SLOT_NOW + timedelta(days=d), 0.01 * d) for d in days])

    prices = StockTaker(store).take_stock(NOW).prices

    assert prices == {SLOT_NOW + timedelta(days=d): pytest.approx(0.01 * d) for d in range(-7, 3)}


def test_a_live_village_has_no_feeder_and_no_weather_yet(store: Store) -> None:
    situation = StockTaker(store).take_stock(NOW)

    assert (situation.feeder, situation.feeder_load, situation.weather) == (None, None, None)
    assert situation.now == NOW


def test_a_suspended_battery_is_not_planned_for_and_still_explains_the_load(store: Store) -> None:
    battery = join(store, "one")
    slot = SLOT_NOW - SLOT
    measure(store, slot, 50_000)
    hear(store, battery, slot, 5_000)
    hear(store, battery, NOW)
    store.suspend(battery.id.partition("/")[0], Author("Anna", NOW))

    situation = StockTaker(store).take_stock(NOW)

    assert situation.stored_wh == {}
    assert [each.id for each in situation.batteries] == [battery.id]
    assert load_w(situation, slot) == 45_000


def test_a_moved_battery_explains_the_past_of_its_new_transformer(store: Store) -> None:
    battery = join(store, "one")
    slot = SLOT_NOW - OLD
    measure(store, slot, 50_000)
    measure(store, slot, 80_000, "t2")
    hear(store, battery, slot, 5_000)
    stock_taker = StockTaker(store)
    before = stock_taker.take_stock(NOW)
    store.move(battery.id.partition("/")[0], "t2", Author("Anna", NOW))

    after = stock_taker.take_stock(NOW)

    assert [load_w(before, slot), load_w(before, slot, "t2")] == [45_000, 80_000]
    assert [load_w(after, slot), load_w(after, slot, "t2")] == [50_000, 75_000]


@pytest.mark.parametrize(
    ("ends", "known"), [(SLOT_NOW + SLOT, True), (SLOT_NOW, False)], ids=["still counts", "is over"]
)
def test_a_feeder_without_a_meter_is_known_while_its_operator_tells_of_it(
    store: Store, *, ends: datetime, known: bool
) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1", "t2"])
    told = ToldLoad("event", FEEDER_ID, ends - 9 * SLOT, ends - 8 * SLOT, [1_000_000.0] * 8)

    situation = StockTaker(store, lambda _now: OperatorSignals(told_loads=[told])).take_stock(NOW)

    assert (situation.feeder is not None) == known
    assert situation.feeder_load is None


def test_what_an_operator_tells_that_cannot_be_a_load_makes_no_feeder_known(store: Store) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1", "t2"])
    told = ToldLoad("event", FEEDER_ID, NOW, SLOT_NOW, [float("nan")] * 8)

    situation = StockTaker(store, lambda _now: OperatorSignals(told_loads=[told])).take_stock(NOW)

    assert situation.feeder is None


def test_prices_that_an_operator_tells_take_the_place_of_the_markets(store: Store) -> None:
    store.put_prices("market", [Price(SLOT_NOW, 0.10), Price(SLOT_NOW + SLOT, 0.12)])
    signals = OperatorSignals(prices={SLOT_NOW + SLOT: 0.90})

    situation = StockTaker(store, lambda _now: signals).take_stock(NOW)

    assert [situation.prices[SLOT_NOW + n * SLOT] for n in range(2)] == [0.10, 0.90]
