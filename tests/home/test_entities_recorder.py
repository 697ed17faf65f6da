"""What the entities cost the recorder: a row for each change of a state or of its attributes."""

from collections import Counter
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback

from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.living import pass_time
from tests.home.test_entities_codes import code
from tests.home.test_entities_village import TRANSFORMER, VILLAGE
from tests.home.village import NOW

LOOK = timedelta(seconds=5)
LOOKS = 180
"""A quarter of an hour."""


@pytest.mark.usefixtures("noon", "home")
async def test_a_restless_battery_and_village_fill_the_recorder_with_measurements_only(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    doorstep: Doorstep,
    device: BatteryDevice,
    coordinator: FakeCoordinator,
) -> None:
    """The power is another at every look, the load every minute, and a plan comes every five."""
    coordinator.village_extra, coordinator.transformer_extra = VILLAGE | {"codes": [code()]}, TRANSFORMER
    rows: Counter[str] = Counter()

    @callback
    def count(event: Event[EventStateChangedData]) -> None:
        rows[event.data["entity_id"]] += 1

    for look in range(LOOKS):
        now = NOW + look * LOOK
        if look % 60 == 0:
            await doorstep.post(doorstep.signed_plan(now, sequence=8 + look, power_w=[-3000.0] * 8))
        if look % 12 == 0:
            coordinator.load_at = now.isoformat()
            coordinator.transformer_extra = TRANSFORMER | {"load_w": 143_000.0 + 7 * look}
        device.stand(state_of_charge=0.6 - 0.3 * look * LOOK.seconds / 3600, injecting_w=2990 + look % 10)
        await pass_time(hass, noon, LOOK)
        if look == 1:
            hass.bus.async_listen(EVENT_STATE_CHANGED, count)

    assert rows.keys() == {
        "sensor.garage_power",
        "sensor.garage_state_of_charge",
        "sensor.garage_stored_energy",
        "sensor.garage_discharged_for_the_village",
        "sensor.garage_plan",
        "sensor.garage_plan_valid_until",
        "sensor.ansen_contribution_today",
        "sensor.ansen_contribution_this_month",
        "sensor.ansen_transformer_load",
        "sensor.ansen_transformer_headroom",
        "sensor.ansen_age_of_the_measurement",
    }
    discharged_wh = 3000 / 4
    assert rows["sensor.garage_power"] <= LOOKS
    for in_tens in ("state_of_charge", "stored_energy", "discharged_for_the_village"):
        assert rows[f"sensor.garage_{in_tens}"] <= discharged_wh / 10 + 1
    for in_hundreds in ("today", "this_month"):
        assert rows[f"sensor.ansen_contribution_{in_hundreds}"] <= discharged_wh / 100 + 1
    for each_minute in ("transformer_load", "transformer_headroom"):
        assert rows[f"sensor.ansen_{each_minute}"] <= 15
    assert rows["sensor.ansen_age_of_the_measurement"] <= 2 * 15
    assert rows["sensor.garage_plan"] + rows["sensor.garage_plan_valid_until"] <= 2 * 3
