"""Clients of the VTN that say whatever a test wants said."""

from typing import Any

import pytest

from battery_commons.domain.vtn import Role
from tests.village.openadr.vtn.conftest import Caller, Calling


@pytest.fixture
async def operator(calling: Calling) -> Caller:
    caller: Caller = await calling("operator", Role.BL)
    return caller


@pytest.fixture
async def village(calling: Calling) -> Caller:
    caller: Caller = await calling("Brinkdorp", Role.VEN)
    return caller


@pytest.fixture
async def neighbour(calling: Calling) -> Caller:
    caller: Caller = await calling("Zandveen", Role.VEN)
    return caller


async def made(caller: Caller, path: str, body: object) -> dict[str, Any]:
    """Have something made, and return it as the VTN tells it."""
    status, told = await caller("POST", path, body)
    assert status == 201, told
    result: dict[str, Any] = told
    return result
