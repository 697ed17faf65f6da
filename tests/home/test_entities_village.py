"""What a resident sees of the village: what it says, as long as that is so."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from tests.home.coordinator import FakeCoordinator
from tests.home.living import VILLAGE_LOOK, entity, pass_time, state
from tests.home.village import NOW

pytestmark = pytest.mark.usefixtures("noon", "home")
VILLAGE: dict[str, Any] = {
    "members": 41,
    "members_online": 38,
    "peak_shaved_w": 12_340,
    "co2_saved_kg": 87.61,
    "own_sun_share": 0.6234,
    "hours_saved": 3.25,
    "feeder": {"forecast_peak_w": 2_345_000 / 4, "forecast_peak_at": "2026-06-21T16:00:00+00:00"},
    "account": {"saving_month_eur": 7.128, "shared_month_eur": 3.5},
}
TRANSFORMER: dict[str, Any] = {
    "forecast_peak_w": -187_654,
    "forecast_peak_at": "2026-06-21T15:30:00+00:00",
}
TOLD_BY_THE_VILLAGE = {
    "sensor.ansen_transformer_load": "143.2",
    "sensor.ansen_transformer_limit": "250.0",
    "sensor.ansen_transformer_headroom": "106.8",
    "sensor.ansen_expected_transformer_peak": "-187.65",
    "sensor.ansen_expected_transformer_peak_at": "2026-06-21T15:30:00+00:00",
    "sensor.ansen_expected_feeder_peak": "586.25",
    "sensor.ansen_expected_feeder_peak_at": "2026-06-21T16:00:00+00:00",
    "sensor.ansen_age_of_the_measurement": "0",
    "sensor.ansen_control_model": "M4",
    "sensor.ansen_homes_online": "38",
    "sensor.ansen_co2_saved_together_this_month": "87.6",
    "sensor.ansen_peak_shaved_together": "12.34",
    "sensor.ansen_own_sun_used_together_this_month": "62.3",
    "sensor.ansen_hours_beyond_the_limit_saved_this_month": "3.25",
    "sensor.ansen_congestion_signal": "neutral",
    "sensor.ansen_saving_last_closed_month": "7.13",
    "sensor.ansen_shared_last_closed_month": "3.5",
}
ALWAYS_TOLD = {
    "sensor.ansen_transformer_load",
    "sensor.ansen_transformer_limit",
    "sensor.ansen_transformer_headroom",
    "sensor.ansen_age_of_the_measurement",
    "sensor.ansen_control_model",
    "sensor.ansen_congestion_signal",
}


@pytest.fixture
async def _talkative(hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator) -> None:
    """Let the village say everything that it can."""
    coordinator.village_extra, coordinator.transformer_extra = VILLAGE, TRANSFORMER
    await pass_time(hass, noon, VILLAGE_LOOK)


def shown(hass: HomeAssistant) -> dict[str, str]:
    return {entity_id: state(hass, entity_id) for entity_id in TOLD_BY_THE_VILLAGE}


@pytest.mark.usefixtures("_talkative")
async def test_everything_that_the_village_tells_is_shown(hass: HomeAssistant) -> None:
    assert shown(hass) == TOLD_BY_THE_VILLAGE
    assert state(hass, "binary_sensor.ansen_coordinator") == "on"


async def test_what_the_village_does_not_tell_is_unavailable_and_not_invented(hass: HomeAssistant) -> None:
    silent_about = {entity_id for entity_id, each in shown(hass).items() if each == "unavailable"}

    assert silent_about == TOLD_BY_THE_VILLAGE.keys() - ALWAYS_TOLD


@pytest.mark.usefixtures("_talkative")
async def test_a_lost_village_is_seen_and_its_figures_are_not_shown_on(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.unreachable = True
    await pass_time(hass, noon, VILLAGE_LOOK)
    assert state(hass, "binary_sensor.ansen_coordinator") == "off"
    assert set(shown(hass).values()) == {"unavailable"}

    coordinator.unreachable = False
    await pass_time(hass, noon, VILLAGE_LOOK)
    assert state(hass, "binary_sensor.ansen_coordinator") == "on"
    assert "unavailable" not in shown(hass).values()


async def test_an_old_load_is_not_shown_as_a_fresh_one_but_its_age_is(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.load_at = (NOW - timedelta(minutes=16)).isoformat()

    await pass_time(hass, noon, VILLAGE_LOOK)

    for old in ("transformer_load", "transformer_headroom"):
        assert state(hass, f"sensor.ansen_{old}") == "unavailable"
    assert state(hass, "sensor.ansen_congestion_signal") == "unknown"
    assert state(hass, "sensor.ansen_age_of_the_measurement") == "16"
    assert float(state(hass, "sensor.ansen_transformer_limit")) == 250


async def test_a_load_from_a_clock_that_is_ahead_has_no_negative_age(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.load_at = (NOW + timedelta(minutes=3)).isoformat()

    await pass_time(hass, noon, VILLAGE_LOOK)

    assert state(hass, "sensor.ansen_age_of_the_measurement") == "0"


async def test_feeding_in_takes_room_as_drawing_does(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.transformer_extra = {"load_w": -251_000}

    await pass_time(hass, noon, VILLAGE_LOOK)

    assert float(state(hass, "sensor.ansen_transformer_load")) == -251
    assert float(state(hass, "sensor.ansen_transformer_headroom")) == -1


async def test_a_peak_that_is_past_is_no_forecast_any_more(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    at = NOW - timedelta(minutes=15)
    coordinator.transformer_extra = {"forecast_peak_w": 200_000, "forecast_peak_at": at.isoformat()}

    await pass_time(hass, noon, VILLAGE_LOOK)

    assert state(hass, "sensor.ansen_expected_transformer_peak") == "unavailable"
    assert state(hass, "sensor.ansen_expected_transformer_peak_at") == "unavailable"


@pytest.mark.usefixtures("_talkative")
async def test_a_count_of_homes_reads_well_in_every_language_also_where_it_is_one(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    coordinator.village_extra = VILLAGE | {"members_online": 1}
    await pass_time(hass, noon, VILLAGE_LOOK)

    online = entity(hass, "sensor.ansen_homes_online")
    assert online.state == "1"
    assert "unit_of_measurement" not in online.attributes


@pytest.mark.usefixtures("_talkative")
async def test_statistics_are_kept_of_the_villages_load(hass: HomeAssistant) -> None:
    load = entity(hass, "sensor.ansen_transformer_load").attributes

    assert (load["state_class"], load["unit_of_measurement"]) == ("measurement", "kW")


async def test_it_is_said_until_when_the_village_compares_models(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, coordinator: FakeCoordinator
) -> None:
    assert "comparing_until" not in entity(hass, "sensor.ansen_control_model").attributes

    coordinator.village_extra = {"comparing_until": "2026-07-03T22:00:00+00:00"}
    await pass_time(hass, noon, VILLAGE_LOOK)

    shown = entity(hass, "sensor.ansen_control_model")
    assert (shown.state, shown.attributes["comparing_until"]) == ("M4", "2026-07-03T22:00:00+00:00")
