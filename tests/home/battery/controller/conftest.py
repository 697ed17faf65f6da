"""A battery that does all that one can, and its controller."""

import pytest

from custom_components.battery_commons.battery.controller import BatteryController
from tests.home.battery.controller.devices import Device


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def controller(device: Device) -> BatteryController:
    return BatteryController(device, device.clock)
