"""Every entity as Home Assistant registers and shows it, platform by platform."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.battery_commons import PLATFORMS
from custom_components.battery_commons.battery_coordinator import battery_limits
from tests.home.ballot_box import BallotBox
from tests.home.conftest import SUBENTRY
from tests.home.coordinator import FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.living import VILLAGE_LOOK, pass_time
from tests.home.test_account import ACCOUNT
from tests.home.test_entities_codes import RESULT, code
from tests.home.test_entities_village import TRANSFORMER, VILLAGE
from tests.home.village import HOME, NOW, Village


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_platform_is_as_it_was(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    coordinator: FakeCoordinator,
    device: BatteryDevice,
    village: Village,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    platform: Platform,
) -> None:
    over = code("c0", NOW - timedelta(hours=5), NOW - timedelta(hours=3), result=RESULT)
    coordinator.village_extra = VILLAGE | {"codes": [over, code()]}
    coordinator.box, coordinator.own_account = BallotBox(), ACCOUNT
    coordinator.transformer_extra = TRANSFORMER
    device.stand(state_of_charge=0.62, injecting_w=1990)
    with (
        patch("custom_components.battery_commons.PLATFORMS", [platform]),
        patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", new=True),
    ):
        assert await hass.config_entries.async_setup(entry.entry_id)
    plan = village.plan()
    plan["batteries"][0]["battery_id"] = SUBENTRY
    await entry.runtime_data.memory.async_admit(
        village.seal(plan),
        home_id=HOME,
        batteries={SUBENTRY: battery_limits(entry.subentries[SUBENTRY])},
        now=NOW,
    )
    for _ in range(3):
        await pass_time(hass, noon, VILLAGE_LOOK)

    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)
