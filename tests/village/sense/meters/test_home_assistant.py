"""A sensor of a Home Assistant is read, as long as it knows and is not old."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.meter_source import HomeAssistantSource
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.home_assistant import (
    HomeAssistantAccess,
    read_home_assistant,
    state_as_reading,
)
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble
from tests.village.meter_peers import TOKEN, home_assistant

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
AT = NOW - timedelta(seconds=4)
SENSOR = "sensor.transformer_power"


async def first(source: HomeAssistantSource, own: HomeAssistantAccess | None = None) -> MeterReading:
    async with aclosing(read_home_assistant(source, own, lambda: NOW, 0.01)) as readings:
        return await anext(readings)


@pytest.mark.parametrize(
    ("state", "unit", "power_w"), [("-1500.5", "W", -1500.5), ("12.5", "kW", 12_500.0), ("0.3", "MW", 3e5)]
)
async def test_a_sensor_is_read_in_its_own_unit_with_the_time_at_which_it_reported(
    state: str, unit: str, power_w: float
) -> None:
    async with home_assistant() as ha:
        ha.say(SENSOR, state, unit, AT)
        assert await first(HomeAssistantSource(SENSOR, ha.url, TOKEN)) == MeterReading(AT, power_w)


async def test_the_home_assistant_that_this_is_an_app_of_needs_no_address() -> None:
    async with home_assistant() as ha:
        ha.say(SENSOR, "7", "W", AT)
        own = HomeAssistantAccess(f"{ha.url}/api", TOKEN)
        assert (await first(HomeAssistantSource(SENSOR, is_reversed=True), own)).power_w == -7.0


async def test_a_reading_is_handed_out_once() -> None:
    async with home_assistant() as ha:
        ha.say(SENSOR, "7", "W", AT)
        source = HomeAssistantSource(SENSOR, ha.url, TOKEN)
        async with aclosing(read_home_assistant(source, None, lambda: NOW, 0.01)) as readings:
            await anext(readings)
            asked = ha.asked
            coming = asyncio.ensure_future(anext(readings))
            while ha.asked < asked + 3:
                await asyncio.sleep(0.01)
            assert not coming.done()
            ha.say(SENSOR, "7", "W", NOW)
            assert await coming == MeterReading(NOW, 7.0)


@pytest.mark.parametrize(
    ("state", "unit", "at", "trouble"),
    [
        ("unavailable", "W", AT, Trouble.UNAVAILABLE),
        ("unknown", "W", AT, Trouble.UNAVAILABLE),
        ("12", "kWh", AT, Trouble.WRONG_UNIT),
        ("12", None, AT, Trouble.WRONG_UNIT),
        ("nan", "W", AT, Trouble.NO_NUMBER),
        ("much", "W", AT, Trouble.NO_NUMBER),
        ("1e12", "kW", AT, Trouble.TOO_LARGE),
        ("12", "W", NOW - timedelta(minutes=6), Trouble.OLD),
    ],
)
async def test_what_does_not_count_is_not_taken_in(
    state: str, unit: str | None, at: datetime, trouble: Trouble
) -> None:
    async with home_assistant() as ha:
        ha.say(SENSOR, state, unit, at)
        with pytest.raises(MeterSourceError) as error:
            await first(HomeAssistantSource(SENSOR, ha.url, TOKEN))
    assert error.value.trouble is trouble


async def test_each_way_of_not_being_answered_is_told_apart() -> None:
    async with home_assistant() as ha:
        for source, trouble in (
            (HomeAssistantSource(SENSOR, ha.url, "another"), Trouble.REFUSED),
            (HomeAssistantSource("sensor.other", ha.url, TOKEN), Trouble.NOT_THERE),
            (HomeAssistantSource(SENSOR), Trouble.UNREACHABLE),
        ):
            with pytest.raises(MeterSourceError) as error:
                await first(source)
            assert error.value.trouble is trouble
    with pytest.raises(MeterSourceError) as error:
        await first(HomeAssistantSource(SENSOR, ha.url, TOKEN))
    assert error.value.trouble is Trouble.UNREACHABLE


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "state": json_values | st.just("12"),
            "attributes": json_values | st.just({"unit_of_measurement": "W"}),
            "last_reported": json_values | st.just(AT.isoformat()),
        },
    )
)
def test_no_state_breaks_the_reader(state: dict[str, Any]) -> None:
    try:
        reading = state_as_reading(state, HomeAssistantSource(SENSOR), NOW)
    except MeterSourceError:
        return
    assert reading == MeterReading(AT, 12.0) or reading.at >= NOW - timedelta(minutes=5)
