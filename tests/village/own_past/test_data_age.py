"""How much of the village's past counts for what the age of its data costs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.own_past.data_age import FEW_BATTERIES, longest
from battery_commons.store import Store
from battery_commons.store.records import HomeBattery

NOW = datetime(2026, 6, 21, 12, tzinfo=UTC)
HOOK = ("http://127.0.0.1/hook",)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Dorpsstraat", 100_000))
    yield store
    store.close()


def with_batteries(store: Store, count: int) -> None:
    store.add_invitation("t1", "code", NOW + timedelta(days=1))
    home = store.join("code", "De Eik", HOOK, NOW).home_id
    batteries = [Battery(f"{home}/b{n}", "t1", 10_000, 5_000, 5_000) for n in range(count)]
    store.describe_home(
        home, HOOK, [HomeBattery(home, f"b{n}", "", each) for n, each in enumerate(batteries)]
    )


def test_a_small_village_looks_twelve_weeks_back(store: Store) -> None:
    with_batteries(store, FEW_BATTERIES)

    assert longest(store) == timedelta(weeks=12)


def test_a_large_village_looks_four_weeks_back_so_that_its_machine_can_hold_them(store: Store) -> None:
    with_batteries(store, FEW_BATTERIES + 1)

    assert longest(store) == timedelta(weeks=4)
