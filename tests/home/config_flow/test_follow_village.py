"""A home follows its village to another address, and nobody else."""

import pytest
from homeassistant.config_entries import SOURCE_ZEROCONF
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home.config_flow.flows import ELSEWHERE, discovered
from tests.home.config_flow.found import announced
from tests.home.coordinator import ADDRESS, FakeCoordinator
from tests.home.village import Village


async def test_a_home_follows_its_village_to_another_address(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator, home: MockConfigEntry
) -> None:
    coordinator.unreachable = True

    result = await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))
    await hass.async_block_till_done()

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert home.data["url"] == ELSEWHERE
    assert moved.bodies("POST", "/api/v1/telemetry")


async def test_a_home_that_could_not_start_does_so_once_its_village_is_found(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator, entry: MockConfigEntry
) -> None:
    coordinator.unreachable = True

    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))
    await hass.async_block_till_done()

    assert moved.bodies("POST", "/api/v1/telemetry")


async def test_a_village_that_answers_where_it_was_has_not_moved(
    hass: HomeAssistant, coordinator: FakeCoordinator, moved: FakeCoordinator, entry: MockConfigEntry
) -> None:
    """Anybody can hand on what a village has signed; only its absence shows that it has gone."""
    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    assert entry.data["url"] == ADDRESS
    assert not moved.calls


async def test_somebody_else_at_the_old_address_does_not_keep_a_village_from_moving(
    hass: HomeAssistant,
    coordinator: FakeCoordinator,
    moved: FakeCoordinator,
    entry: MockConfigEntry,
    strangers: Village,
) -> None:
    coordinator.signer = strangers

    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))
    await hass.async_block_till_done()

    assert entry.data["url"] == ELSEWHERE


@pytest.mark.parametrize("somebody", ["a stranger", "another village", "nobody"])
async def test_a_home_follows_nobody_but_its_village(
    hass: HomeAssistant,
    coordinator: FakeCoordinator,
    moved: FakeCoordinator,
    entry: MockConfigEntry,
    strangers: Village,
    somebody: str,
) -> None:
    coordinator.unreachable = True
    match somebody:
        case "a stranger":
            moved.signer = strangers
        case "another village":
            moved.village_id = "village-2"
        case _:
            moved.unreachable = True

    result = await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data["url"] == ADDRESS


async def test_what_was_encrypted_stays_encrypted(
    hass: HomeAssistant, moved: FakeCoordinator, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "url": "https://village.example"})

    await discovered(hass, SOURCE_ZEROCONF, announced(url=ELSEWHERE))

    assert entry.data["url"] == "https://village.example"
    assert not moved.calls
