"""The village's own past, as a record that a backtest can live through."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY
from battery_commons.own_past.village import own_record
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery

NOW = datetime(2026, 6, 21, 12, 7, tzinfo=UTC)
END = datetime(2026, 6, 21, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Dorpsstraat", 100_000))
    yield store
    store.close()


def with_a_home(store: Store, name: str = "De Eik") -> str:
    store.add_invitation("t1", f"code of {name}", NOW + timedelta(days=1))
    home = store.join(f"code of {name}", name, ("http://127.0.0.1/hook",), NOW).home_id
    battery = Battery(f"{home}/b1", "t1", 10_000, 5_000, 5_000)
    store.describe_home(home, ("http://127.0.0.1/hook",), [HomeBattery(home, "b1", "Garage", battery)])
    return home


def measured(store: Store, days: float, *, without: int = 0) -> None:
    """Have the last days measured, but for every `without`th quarter hour."""
    slots = [END - n * SLOT for n in range(1, int(days * SLOTS_PER_DAY) + 1)]
    kept = [at for n, at in enumerate(slots) if not without or n % without]
    store.add_meter_readings("t1", [MeterReading(at, 20_000.0 + at.hour) for at in kept])
    store.put_prices("market", [Price(at, 0.1) for at in slots])


def test_a_week_of_measurements_and_prices_is_enough(store: Store) -> None:
    home = with_a_home(store)
    measured(store, 7)

    record = own_record(store, NOW)

    assert record.days == 7
    assert record.village is not None
    assert record.village.grid.end == END
    assert [battery.id for battery in record.village.batteries] == [f"{home}/b1"]
    assert record.village.day_ahead == pytest.approx(np.full(7 * SLOTS_PER_DAY, 0.1))


def test_the_sites_add_up_to_what_the_meter_measured(store: Store) -> None:
    with_a_home(store)
    measured(store, 7)
    village = own_record(store, NOW).village
    assert village is not None
    assert village.site_net_w.sum(axis=0) == pytest.approx(village.base_load_w[0])


def test_a_home_whose_connection_is_measured_counts_as_it_was(store: Store) -> None:
    home = with_a_home(store)
    measured(store, 7)
    store.add_house_readings(home, [MeterReading(END - n * SLOT, 777.0) for n in range(1, 673)])
    village = own_record(store, NOW).village
    assert village is not None
    assert village.house_w[0] == pytest.approx(np.full(672, 777.0))


def test_short_gaps_are_drawn_across(store: Store) -> None:
    with_a_home(store)
    measured(store, 8, without=20)
    village = own_record(store, NOW).village
    assert village is not None
    assert np.isfinite(village.base_load_w).all()


def test_less_than_a_week_is_too_little_and_said_to_be(store: Store) -> None:
    with_a_home(store)
    measured(store, 6.5)
    record = own_record(store, NOW)
    assert (record.days, record.village) == (6, None)


def test_long_gaps_are_too_little(store: Store) -> None:
    with_a_home(store)
    measured(store, 8, without=3)
    assert own_record(store, NOW).village is None


def test_without_a_battery_there_is_nothing_to_try(store: Store) -> None:
    measured(store, 8)
    assert own_record(store, NOW).village is None


def test_a_transformer_that_is_not_measured_is_left_out_by_name(store: Store) -> None:
    with_a_home(store)
    store.put_transformer(Transformer("t2", "Kerkweg", 100_000))
    measured(store, 7)
    record = own_record(store, NOW)
    assert record.left_out == ["Kerkweg"]
    assert record.village is not None
    assert [each.id for each in record.village.transformers] == ["t1"]


def test_a_longer_past_can_be_asked_for(store: Store) -> None:
    with_a_home(store)
    measured(store, 40)

    assert own_record(store, NOW).days == 28
    assert own_record(store, NOW, timedelta(days=84)).days == 40
