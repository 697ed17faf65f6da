"""A village that signs, and a home with a battery on its wall."""

# Imported first: the harness carries a `custom_components` of its own, which would otherwise hide ours.
import custom_components.battery_commons  # isort: skip  # noqa: F401

from collections.abc import AsyncIterator, Iterator
from unittest.mock import AsyncMock, Mock, patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from modbus_connection.mock import MockModbusUnit
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.battery_commons.community.client import CommunityClient
from custom_components.battery_commons.const import DOMAIN
from tests.home.battery.entities.simulated import Accu
from tests.home.coordinator import ADDRESS, TOKEN, FakeCoordinator
from tests.home.device import BatteryDevice
from tests.home.doorstep import Doorstep
from tests.home.streams import FakeStreams
from tests.home.village import HOME, NOW, Village
from tests.properties import try_untimed

try_untimed()

WEBHOOK = "the-webhook-of-this-home"
ENTRY = "01K00000000000000000ANSEN"
SUBENTRY = "01K0000000000000000GARAGE"
BATTERY_DATA = {
    "kind": "modbus",
    "map": "sunspec_der",
    "name": "Garage",
    "host": "192.0.2.7",
    "port": 502,
    "unit_id": 1,
    "capacity_wh": 10_000.0,
    "max_charge_w": 5_000.0,
    "max_discharge_w": 5_000.0,
    "manufacturer": "Example",
    "model": "Wall 10",
    "serial_number": "EX-0001",
    "shadow": False,
}


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write Home Assistant's own things as core does."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture(scope="session")
def village() -> Village:
    return Village()


@pytest.fixture(scope="session")
def strangers() -> Village:
    return Village()


@pytest.fixture(autouse=True)
def _our_integration(request: pytest.FixtureRequest) -> None:
    """Let the harness load our integration in every test that runs a Home Assistant."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def coordinator(village: Village, aioclient_mock: AiohttpClientMocker) -> FakeCoordinator:
    return FakeCoordinator(village, aioclient_mock)


@pytest.fixture(autouse=True)
def streams(monkeypatch: pytest.MonkeyPatch) -> FakeStreams:
    """Let no stream open unless a test says so."""
    streams = FakeStreams()
    monkeypatch.setattr(CommunityClient, "stream", streams.open)
    return streams


@pytest.fixture
def device() -> BatteryDevice:
    return BatteryDevice()


@pytest.fixture
def another(device: BatteryDevice) -> BatteryDevice:
    """Return a battery that does not take part yet."""
    device.registers.put(1, "SN", "EX-0002")
    return device


@pytest.fixture
def modbus(device: BatteryDevice) -> Iterator[MockModbusUnit]:
    """Let every link that core opens lead to the battery; closing one leaves the battery as it was."""

    def link(_params: object) -> Mock:
        return Mock(for_unit=lambda _unit_id: device.unit, close=AsyncMock(), connected=True)

    with patch("homeassistant.components.modbus.connection.ModbusConnection", side_effect=link):
        yield device.unit


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for whatever answers at all, however busy the machine that runs the tests is."""
    monkeypatch.setattr("custom_components.battery_commons.PATIENCE_S", 10)


@pytest.fixture
async def entry(
    hass: HomeAssistant, village: Village, coordinator: FakeCoordinator, modbus: MockModbusUnit
) -> MockConfigEntry:
    """Return a home that has joined with one battery, not set up yet."""
    hass.config.internal_url = "http://192.0.2.2:8123"
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id=ENTRY,
        title="Ansen",
        unique_id="village-1",
        minor_version=3,
        data={
            "url": ADDRESS,
            "key": village.public_key_text,
            "certificate": None,
            "home_id": HOME,
            "token": TOKEN,
            "webhook_id": WEBHOOK,
            "village_name": "Ansen",
            "transformer_name": "Dorpsstraat",
        },
        subentries_data=[
            ConfigSubentryDataWithId(
                data=BATTERY_DATA,
                subentry_id=SUBENTRY,
                subentry_type="battery",
                title="Garage",
                unique_id=None,
            )
        ],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Let it be `NOW`, until a test moves the clock."""
    freezer.move_to(NOW)
    return freezer


@pytest.fixture
async def accu(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Accu:
    """Return a battery that another integration has brought into Home Assistant."""
    accu = Accu(hass, freezer)
    await accu.install()
    return accu


@pytest.fixture
async def doorstep(
    home: MockConfigEntry, village: Village, hass_client_no_auth: ClientSessionGenerator
) -> Doorstep:
    return Doorstep(await hass_client_no_auth(), home.data["webhook_id"], village, SUBENTRY)


@pytest.fixture
async def home(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncIterator[MockConfigEntry]:
    """Return the same home, set up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    await hass.async_block_till_done()  # What a test has set going, such as a reload, comes to its end.
