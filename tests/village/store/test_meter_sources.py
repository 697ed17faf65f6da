"""Where meters are read is kept, secrets apart."""

from pathlib import Path

import pytest
from sqlalchemy import select

from battery_commons.domain.grid import Transformer
from battery_commons.domain.meter_source import (
    HomeAssistantSource,
    MeterSource,
    ModbusSource,
    MqttSource,
    Number,
    PowerUnit,
    WordOrder,
)
from battery_commons.store import NotFoundError, Store, schema

SOURCES: list[MeterSource] = [
    ModbusSource(
        "meter", 52, number=Number.INT32, word_order=WordOrder.LITTLE, scale_w=0.1, is_reversed=True
    ),
    MqttSource("mqtts://broker:8883", "grid/t1", "a.b", PowerUnit.KW, "user", "very secret"),
    HomeAssistantSource("sensor.power", "http://ha:8123", "very secret"),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_a_source_is_kept_as_it_was_chosen_and_takes_the_place_of_another(
    store: Store, source: MeterSource
) -> None:
    store.choose_meter_source("t1", SOURCES[0])
    store.choose_meter_source("t1", source)
    assert store.meter_sources() == {"t1": source}


def test_a_secret_stands_in_a_column_of_its_own(store: Store) -> None:
    store.choose_meter_source("t1", SOURCES[1])
    with store._read() as connection:
        row = connection.execute(select(schema.meter_source)).one()
    assert row.secret == "very secret"
    assert "very secret" not in row.settings_json


def test_a_source_is_dropped_once(store: Store) -> None:
    store.choose_meter_source("t1", SOURCES[0])
    store.drop_meter_source("t1")
    store.drop_meter_source("t1")
    assert store.meter_sources() == {}


def test_only_a_meter_that_there_is_has_a_source(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.choose_meter_source("t9", SOURCES[0])


def test_the_feeder_has_a_meter_too(store: Store) -> None:
    store.put_feeder("Noord", 1e6, ["t1"])
    store.choose_meter_source("feeder", SOURCES[0])
    assert store.meter_sources() == {"feeder": SOURCES[0]}


def test_nobody_but_its_owner_reads_the_file_that_secrets_are_in(tmp_path: Path) -> None:
    (tmp_path / "village.db").touch(0o644)
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    store.choose_meter_source("t1", SOURCES[1])
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    store.close()
    assert set(modes) >= {"village.db", "village.db-wal"}
    assert set(modes.values()) == {0o600}
