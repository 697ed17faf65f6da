"""A message is a power, or is said not to be one."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from battery_commons.sense.meters.power import MOST_W, number_in, power_w
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble


@given(st.floats(-1e8, 1e8), st.lists(st.text("abc_", min_size=1, max_size=5), max_size=3))
def test_a_number_is_found_wherever_it_stands(value: float, path: list[str]) -> None:
    message: object = value
    for step in reversed(path):
        message = [message, 0, {step: message}]
    where = ".".join(f"2.{step}" for step in path)
    assert number_in(json.dumps(message).encode(), where) == value


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode), st.text(max_size=20))
@example(b"[" * 60_000, "0")
@example(b'{"a": 1' + b"0" * 400 + b"}", "a")
@example(b'{"a": NaN}', "a")
@example(b'{"a": true}', "a")
@example(b"1" * 5000, "")
def test_no_message_breaks_the_reader(payload: bytes, path: str) -> None:
    try:
        power = power_w(number_in(payload, path), 1.0, is_reversed=False)
    except MeterSourceError:
        return
    assert abs(power) <= MOST_W


@pytest.mark.parametrize("payload", [b'{"b": 1}', b"[1]", b"1"])
def test_a_path_that_leads_nowhere_is_told(payload: bytes) -> None:
    with pytest.raises(MeterSourceError) as error:
        number_in(payload, "a")
    assert error.value.trouble is Trouble.NOT_THERE
