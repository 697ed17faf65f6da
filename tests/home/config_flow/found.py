"""A village that is found: by the Supervisor, or by what somebody announces on the local network."""

from ipaddress import ip_address
from typing import Any

from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from tests.home.coordinator import ADDRESS

TXT = {"id": "village-1", "name": "Ansen", "url": ADDRESS, "api": "1"}
AGREED = {"name": "Brinkweg 4", "consent": True}


def announced(**changes: Any) -> ZeroconfServiceInfo:
    """Return what zeroconf hears, with `changes` to the TXT record; None leaves a field out."""
    record = TXT | changes
    return ZeroconfServiceInfo(
        ip_address=ip_address("192.0.2.50"),
        ip_addresses=[ip_address("192.0.2.50")],
        port=8477,
        hostname="ansen.local.",
        type="_battery-commons._tcp.local.",
        name="Ansen._battery-commons._tcp.local.",
        properties={field: value for field, value in record.items() if value is not None},
    )


def app(name: str = "Battery Commons", **config: Any) -> HassioServiceInfo:
    """Return what the Supervisor tells of the coordinator's app."""
    return HassioServiceInfo(
        config={"host": "192.0.2.50", "port": 8477} | config,
        name=name,
        slug="battery_commons",
        uuid="the-uuid-of-the-app",
    )
