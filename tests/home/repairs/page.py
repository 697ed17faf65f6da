"""What is told to a resident, and the page on which it is solved."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.battery_commons.battery.watch import Finding
from custom_components.battery_commons.const import DOMAIN
from tests.home.living import battery_of
from tests.home.village import NOW

HALF_A_MINUTE = timedelta(seconds=31)


def issue(hass: HomeAssistant, key: str, about: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{about}")


def find(home: MockConfigEntry, *findings: Finding) -> None:
    """Let this be what is found with the battery."""
    battery = battery_of(home)
    battery.data = replace(battery.data, findings=dict.fromkeys(findings, NOW))


class RepairsPage:
    """The page on which a resident solves what is wrong."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self._client = client
        self._flow = ""

    async def solve(self, issue_id: str) -> Any:
        """Start to solve an issue; return the first step."""
        message = {"handler": DOMAIN, "issue_id": issue_id}
        response = await self._client.post("/api/repairs/issues/fix", json=message)
        assert response.status == HTTPStatus.OK
        step = await response.json()
        self._flow = step.get("flow_id", "")
        return step

    async def submit(self, answers: dict[str, Any] | None = None) -> Any:
        """Answer a step; return the next."""
        response = await self._client.post(f"/api/repairs/issues/fix/{self._flow}", json=answers or {})
        assert response.status == HTTPStatus.OK
        return await response.json()
