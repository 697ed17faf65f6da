"""A home that knows its village by a certificate, over real TLS: joining, a new one, and somebody else."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.battery_commons.const import DOMAIN
from tests.home.config_flow.flows import give, start
from tests.home.coordinator import TOKEN
from tests.home.living import VILLAGE_LOOK
from tests.home.repairs.page import HALF_A_MINUTE, issue
from tests.home.tls import Certificate, TlsCoordinator, certificate_in
from tests.home.village import HOME, Village

pytestmark = pytest.mark.usefixtures("socket_enabled", "noon")


@pytest.fixture
def another(tmp_path: Path) -> Certificate:
    return certificate_in(tmp_path, "another")


@pytest.fixture
async def tls(village: Village, tmp_path: Path) -> AsyncIterator[TlsCoordinator]:
    coordinator = TlsCoordinator(village, certificate_in(tmp_path, "own"))
    async with coordinator.listening():
        yield coordinator


@pytest.fixture
async def member(hass: HomeAssistant, tls: TlsCoordinator) -> MockConfigEntry:
    """Return a home without a battery that has joined over TLS, set up."""
    hass.config.internal_url = "http://192.0.2.2:8123"
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Ansen",
        unique_id="village-1",
        minor_version=3,
        data={
            "url": tls.address,
            "key": tls.village.public_key_text,
            "certificate": tls.shows.fingerprint,
            "home_id": HOME,
            "token": TOKEN,
            "webhook_id": "the-webhook-of-this-home",
            "name": "Brinkweg 4",
            "village_name": "Ansen",
            "transformer_name": "Dorpsstraat",
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert tls.bodies("POST", "/api/v1/telemetry")
    return entry


async def pass_time(hass: HomeAssistant, clock: FrozenDateTimeFactory, step: timedelta) -> None:
    """Let time pass, and what it sets going on the network come to its end: the network has timers too."""
    clock.tick(step)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_home_joins_over_a_certificate_that_only_its_invitation_vouches_for(
    hass: HomeAssistant, tls: TlsCoordinator
) -> None:
    flow = await start(hass)
    await give(hass, flow, {"invitation": tls.invitation})
    done = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})
    await hass.async_block_till_done()

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["result"].data["certificate"] == tls.shows.fingerprint
    assert tls.bodies("POST", "/api/v1/telemetry")


async def test_an_invitation_of_before_the_certificate_was_replaced_still_counts(
    hass: HomeAssistant, tls: TlsCoordinator, another: Certificate
) -> None:
    invitation = tls.invitation
    tls.show(another)
    tls.says = another.fingerprint

    flow = await start(hass)
    await give(hass, flow, {"invitation": invitation})
    done = await give(hass, flow, {"name": "Brinkweg 4", "consent": True})

    assert done["result"].data["certificate"] == another.fingerprint


async def test_nobody_joins_whoever_shows_another_certificate_than_the_invitation_pins(
    hass: HomeAssistant, tls: TlsCoordinator, another: Certificate
) -> None:
    invitation = tls.invitation
    tls.show(another)

    flow = await start(hass)
    refused = await give(hass, flow, {"invitation": invitation})

    assert refused["errors"] == {"base": "certificate_replaced"}
    assert {path for _, path, _ in tls.calls} == {"/api/v1/village/read"}  # No code was shown.


async def test_a_pinned_invitation_is_not_used_in_the_clear(hass: HomeAssistant, tls: TlsCoordinator) -> None:
    flow = await start(hass)
    refused = await give(hass, flow, {"invitation": tls.invitation.replace("https:", "http:")})

    assert refused["errors"] == {"invitation": "invalid_invitation"}
    assert not tls.calls


async def test_a_home_goes_on_when_the_village_signs_that_it_has_another_certificate(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    tls: TlsCoordinator,
    member: MockConfigEntry,
    another: Certificate,
) -> None:
    tls.show(another)
    tls.says = another.fingerprint
    await pass_time(hass, noon, VILLAGE_LOOK)
    tls.calls.clear()
    await pass_time(hass, noon, VILLAGE_LOOK)

    assert member.data["certificate"] == another.fingerprint
    assert tls.bodies("POST", "/api/v1/telemetry")
    assert member.runtime_data.village.last_update_success


async def test_somebody_else_at_the_villages_address_is_told_nothing_and_the_resident_is_told(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    tls: TlsCoordinator,
    member: MockConfigEntry,
    another: Certificate,
) -> None:
    own = tls.shows
    tls.calls.clear()
    tls.show(another)
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, timedelta(minutes=16))

    assert {path for _, path, _ in tls.calls} == {"/api/v1/village/read"}
    assert member.data["certificate"] == own.fingerprint
    raised = issue(hass, "certificate_replaced", member.entry_id)
    assert raised is not None
    assert raised.is_fixable
    assert raised.translation_placeholders == {"village": "Ansen"}

    tls.show(own)
    await pass_time(hass, noon, HALF_A_MINUTE)
    await pass_time(hass, noon, HALF_A_MINUTE)
    assert issue(hass, "certificate_replaced", member.entry_id) is None
