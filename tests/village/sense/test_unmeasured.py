"""What stands in for a meter that is not there, or is silent; and the feeder above."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, slot_start
from battery_commons.sense.situation import StockTaker
from battery_commons.sense.standard_profile import standard_w
from battery_commons.store import Store

from .conftest import NOW, SLOT_NOW, hear, join, measure

SECOND = timedelta(seconds=1)
LAST = SLOT_NOW - SLOT
BRINK = Transformer("t1", "Brink", 250_000, connections=20)


@pytest.fixture
def taker(store: Store) -> StockTaker:
    store.put_transformer(BRINK)
    return StockTaker(store)


def report(store: Store, name: str, at: datetime, house_w: float, battery_w: float = 0.0) -> str:
    """Let a home join whose house draws, with a battery; return its id."""
    battery = join(store, name)
    home_id = battery.id.partition("/")[0]
    hear(store, battery, at, battery_w)
    store.add_house_readings(home_id, [MeterReading(at, house_w + battery_w)])
    return home_id


def test_a_measured_transformer_is_not_estimated(store: Store, taker: StockTaker) -> None:
    measure(store, NOW - timedelta(minutes=50), 80_000)

    assert taker.take_stock(NOW).estimated == {}


def test_where_nobody_said_how_much_is_connected_nothing_is_estimated(store: Store) -> None:
    situation = StockTaker(store).take_stock(NOW)

    assert situation.estimated == {}
    assert len(situation.base_load["t1"].values_w) == 0


def test_a_transformer_without_a_meter_carries_what_is_usual(taker: StockTaker) -> None:
    situation = taker.take_stock(NOW)

    estimate = situation.estimated["t1"]
    usual_w, _ = standard_w([LAST])
    assert (estimate.homes, estimate.at, estimate.may_be_told) == (0, SLOT_NOW, False)
    assert situation.base_load["t1"].values_w[-1] == pytest.approx(20 * usual_w[0])
    assert situation.base_load["t1"].end == SLOT_NOW


def test_the_meters_of_five_homes_are_scaled_to_all_without_their_batteries(
    store: Store, taker: StockTaker
) -> None:
    for n in range(5):
        report(store, f"home {n}", LAST, house_w=2000, battery_w=-1500)

    situation = taker.take_stock(NOW)

    estimate, base_w = situation.estimated["t1"], situation.base_load["t1"].values_w[-1]
    usual_w, _ = standard_w([LAST])
    assert (estimate.homes, estimate.may_be_told) == (5, True)
    assert base_w == pytest.approx(5 * 2000 + 15 * (2000 * 5 / 15 + usual_w[0] * 10 / 15))
    assert estimate.load_w == pytest.approx(base_w - 5 * 1500)


def test_a_home_whose_battery_was_silent_does_not_count(store: Store, taker: StockTaker) -> None:
    for n in range(5):
        battery = join(store, f"home {n}")
        store.add_house_readings(battery.id.partition("/")[0], [MeterReading(LAST, 2000)])

    assert taker.take_stock(NOW).estimated["t1"].homes == 0


def test_a_meter_that_falls_silent_is_stood_in_for_after_an_hour(store: Store, taker: StockTaker) -> None:
    measure(store, NOW - timedelta(hours=3), 80_000)

    situation = taker.take_stock(NOW)

    series = situation.base_load["t1"]
    usual_w, _ = standard_w([LAST])
    assert series.values_w[0] == 80_000
    assert series.start == slot_start(NOW - timedelta(hours=3))
    assert series.values_w[-1] == pytest.approx(20 * usual_w[0])


def test_a_meter_that_reports_again_is_believed_again(store: Store, taker: StockTaker) -> None:
    measure(store, NOW - timedelta(hours=3), 80_000)
    taker.take_stock(NOW)
    measure(store, NOW - SECOND, 70_000)

    situation = taker.take_stock(NOW)

    assert situation.estimated == {}
    assert situation.base_load["t1"].values_w[-1] == 70_000


def test_the_feeder_carries_what_its_meter_says_without_the_batteries(
    store: Store, taker: StockTaker
) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1", "t2"])
    assert taker.take_stock(NOW).feeder is None
    hear(store, join(store, "a"), NOW - SECOND, 3000)
    measure(store, NOW - SECOND, 900_000, "feeder")

    situation = taker.take_stock(NOW)

    assert situation.feeder is not None
    assert situation.feeder_load is not None
    assert (situation.feeder.name, situation.feeder.limit_w) == ("Zuid", 5_000_000)
    assert situation.feeder_load.values_w.tolist() == [897_000]
    assert set(situation.base_load) == {"t1", "t2"}


def test_a_feeder_carries_what_hangs_on_it_without_its_batteries_and_no_others(
    store: Store, taker: StockTaker
) -> None:
    here, elsewhere = join(store, "one"), join(store, "two", "t2")
    store.put_feeder("Zuid", 5_000_000, ["t1"])
    measure(store, LAST, 900_000, "feeder")
    hear(store, here, LAST, 5_000)
    hear(store, elsewhere, LAST, 3_000)

    situation = taker.take_stock(NOW)

    assert situation.feeder is not None
    assert situation.on_feeder == {"t1"}
    assert situation.feeder_load is not None
    assert situation.feeder_load.values_w[-1] == 895_000


def test_a_feeder_that_nothing_of_the_village_is_on_is_none_to_steer_by(
    store: Store, taker: StockTaker
) -> None:
    store.put_feeder("Zuid", 5_000_000, [])
    measure(store, LAST, 900_000, "feeder")

    situation = taker.take_stock(NOW)

    assert (situation.feeder, situation.on_feeder) == (None, frozenset())


def test_without_a_feeder_its_name_stands_for_all_transformers(store: Store, taker: StockTaker) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1"])
    store.remove_feeder()

    assert taker.take_stock(NOW).on_feeder == {"t1", "t2"}


def test_what_is_said_of_a_transformer_later_keeps_it_on_its_feeder(store: Store) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1"])

    assert [each.on_feeder for each in store.transformers()] == [True, False]
    store.put_transformer(replace(store.transformers()[1], name="Es 2"))
    assert [each.on_feeder for each in store.transformers()] == [True, False]
