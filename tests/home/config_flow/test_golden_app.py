"""What the village's app tells the Supervisor, as the village's own tests hold it (tests/golden_app)."""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from homeassistant.config_entries import SOURCE_HASSIO
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.battery_commons.const import DOMAIN
from tests.home.config_flow.flows import discovered, give
from tests.home.config_flow.found import AGREED
from tests.home.coordinator import FakeCoordinator
from tests.home.village import Village

MESSAGE = json.loads((Path(__file__).parents[2] / "golden_app" / "discovery.json").read_text())
AT = "https://local-battery-commons:8477"


async def test_home_assistant_joins_the_village_beside_it_without_a_code(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker
) -> None:
    assert MESSAGE["service"] == DOMAIN
    village = Village()
    village.key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # The key of all golden messages.
    FakeCoordinator(village, aioclient_mock, AT)
    found = HassioServiceInfo(
        config={**MESSAGE["config"], "addon": "Battery Commons"},
        name="Battery Commons",
        slug="local_battery_commons",
        uuid="the-uuid-of-the-message",
    )

    agree = await discovered(hass, SOURCE_HASSIO, found)
    assert agree["step_id"] == "confirm"
    done = await give(hass, agree["flow_id"], AGREED)

    assert done["type"] is FlowResultType.CREATE_ENTRY
    data = done["result"].data
    assert data["url"] == AT
    assert data["certificate"] == MESSAGE["config"]["invitation"].rpartition(".")[2]
