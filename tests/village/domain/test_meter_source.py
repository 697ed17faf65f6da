"""A source that is no address, register or topic is refused before anybody is called."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from battery_commons.domain.meter_source import SOURCES, MeterSource, PowerUnit, SourceKind, kind_of

FIELDS: dict[SourceKind, dict[str, Any]] = {
    SourceKind.MODBUS: {"host": "meter.local", "register": "52"},
    SourceKind.MQTT: {"url": "mqtts://broker:8883", "topic": "grid/t1"},
    SourceKind.HOME_ASSISTANT: {"entity_id": "sensor.power", "url": "http://[fd00::1]:8123"},
}


def made(kind: SourceKind, **changes: object) -> MeterSource:
    source: MeterSource = TypeAdapter(SOURCES[kind]).validate_python(FIELDS[kind] | changes)
    return source


@pytest.mark.parametrize("kind", SourceKind)
def test_what_is_right_is_taken(kind: SourceKind) -> None:
    assert kind_of(made(kind)) is kind


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (SourceKind.MODBUS, "host", "a" * 64 + ".local"),
        (SourceKind.MODBUS, "host", "meter/../x"),
        (SourceKind.MODBUS, "register", "65536"),
        (SourceKind.MODBUS, "scale_w", "inf"),
        (SourceKind.MODBUS, "scale_w", "0"),
        (SourceKind.MODBUS, "number", "float64"),
        (SourceKind.MQTT, "url", "mqtt://broker:99999"),
        (SourceKind.MQTT, "url", "mqtt://broker:0"),
        (SourceKind.MQTT, "url", "mqtt://[::::]"),
        (SourceKind.MQTT, "url", "mqtt://name:password@broker"),
        (SourceKind.MQTT, "topic", "grid/+"),
        (SourceKind.MQTT, "unit", "kWh"),
        (SourceKind.MQTT, "secret", "two\r\nlines"),
        (SourceKind.HOME_ASSISTANT, "url", "http://ha/api?x"),
        (SourceKind.HOME_ASSISTANT, "url", "ftp://ha"),
        (SourceKind.HOME_ASSISTANT, "entity_id", "sensor.power/../config"),
    ],
)
def test_what_is_wrong_is_refused(kind: SourceKind, field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        made(kind, **{field: value})
    assert refused.value.errors()[0]["loc"][0] == field


@given(st.sampled_from(SourceKind), st.dictionaries(st.sampled_from(["host", "url", "topic"]), st.text()))
def test_nothing_that_is_typed_breaks_it(kind: SourceKind, typed: dict[str, str]) -> None:
    try:
        source = made(kind, **typed)
    except ValidationError:
        return
    assert source.address is not None


def test_units_are_powers_of_a_thousand() -> None:
    assert [unit.watts for unit in PowerUnit] == [1.0, 1e3, 1e6]
