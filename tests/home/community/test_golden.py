"""The home reads and writes the golden messages, which the village's own schemas wrote."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.battery_commons.battery.driver import BatteryLimits
from custom_components.battery_commons.battery.house import ConnectionLimits
from custom_components.battery_commons.community import client as community
from custom_components.battery_commons.community.inbox import Inbox
from custom_components.battery_commons.community.invitation import (
    fingerprint_text,
    parse_invitation,
    public_key,
)
from custom_components.battery_commons.community.plan import HomePlan, Slot, VillageReason
from custom_components.battery_commons.community.status import (
    Account,
    Change,
    CodeResult,
    CodeWindow,
    CongestionSignal,
    ForecastPeak,
    VillageStatus,
)
from custom_components.battery_commons.community.stream import hello

FOLDER = Path(__file__).parents[2] / "golden"
NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
LIMITS = BatteryLimits(10_000.0, 5_000.0, 4_000.0)
QUARTER = timedelta(minutes=15)
WEBHOOK = "http://192.0.2.2:8123/api/webhook/golden"


FORMER_STATUS = VillageStatus(
    at=NOON,
    control_model="M4",
    transformer_name="Dorpsstraat",
    limit_w=250_000,
    load_w=-143_200,
    load_at=NOON - timedelta(minutes=5),
    signal=CongestionSignal.GREEN,
)


def golden(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


INVITATION = parse_invitation(golden("invitation_link")["link"])


@pytest.fixture
async def client(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker, monkeypatch: pytest.MonkeyPatch
) -> community.CommunityClient:
    """Return a client whose calls `aioclient_mock` answers."""
    session = async_get_clientsession(hass)
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "a-nonce-that-is-known")
    return community.CommunityClient(session, INVITATION.url, public_key(INVITATION.key), "golden-token")


def test_a_golden_invitation_is_read() -> None:
    assert (INVITATION.url, INVITATION.code) == ("http://village.example:8477", "one-time-code")


def test_a_golden_invitation_that_pins_a_certificate_is_read() -> None:
    invitation = parse_invitation(golden("invitation_link_pinned")["link"])

    assert invitation == replace(
        INVITATION, url="https://village.example:8477", certificate=fingerprint_text(bytes(range(32)))
    )


def admitted(name: str) -> HomePlan:
    plan = (
        Inbox()
        .admit(
            golden(name),
            key=public_key(INVITATION.key),
            home_id="home-1",
            batteries={"battery-1": LIMITS},
            now=NOON,
        )
        .plan
    )
    assert plan is not None
    return plan


def test_a_golden_plan_is_accepted() -> None:
    plan = admitted("plan")

    assert (plan.sequence, plan.lease_until) == (7, NOON + timedelta(minutes=45))
    assert plan.batteries["battery-1"].slots == (
        Slot(NOON, NOON + QUARTER, -2000.5, VillageReason.RELIEVE_IMPORT, 212_000.0, 250_000.0, 0.31),
        Slot(
            NOON + QUARTER,
            NOON + 2 * QUARTER,
            3000.0,
            VillageReason.RELIEVE_EXPORT,
            -143_200.0,
            250_000.0,
            -0.02,
        ),
        Slot(NOON + 2 * QUARTER, NOON + 3 * QUARTER, None, VillageReason.OWN_HOUSE, None, 250_000.0, None),
    )
    assert plan.connection == ConnectionLimits(import_w=17_250.0)


def test_a_plan_of_the_former_shape_is_accepted_without_an_outlook() -> None:
    plan = admitted("plan_former")

    assert plan.batteries["battery-1"].slots == (
        Slot(NOON, NOON + QUARTER, -2000.5, VillageReason.RELIEVE_IMPORT),
        Slot(NOON + QUARTER, NOON + 2 * QUARTER, 3000.0, VillageReason.RELIEVE_EXPORT),
        Slot(NOON + 2 * QUARTER, NOON + 3 * QUARTER, None, VillageReason.OWN_HOUSE),
    )
    assert plan.connection == ConnectionLimits()


async def test_a_golden_invitation_is_asked_for_and_its_answer_believed(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/invitations/read", json=golden("invitation"))

    details = await client.read_invitation(INVITATION.code)

    assert aioclient_mock.mock_calls[-1][2] == golden("invitation_query")
    assert details == community.InvitationDetails("ansen", "Ansen", "Dorpsstraat", NOON + timedelta(days=7))


async def test_the_village_is_asked_who_it_is_and_its_golden_answer_believed(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/village/read", json=golden("village"))

    identity = await client.identify()

    assert aioclient_mock.mock_calls[-1][2] == golden("village_query")
    assert identity == community.VillageIdentity("ansen", "Ansen", fingerprint_text(bytes(range(32))))


async def test_a_home_answers_a_code_as_the_village_reads_it(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/codes/code-1/answer", status=HTTPStatus.NO_CONTENT)

    await client.answer_code("code-1", joins=True)

    assert aioclient_mock.mock_calls[-1][2] == golden("code_answer")


async def test_a_golden_request_joins_and_its_answer_is_believed(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/join", status=HTTPStatus.CREATED, json=golden("membership"))

    membership = await client.join(INVITATION.code, "Brinkweg 4", [WEBHOOK])

    assert aioclient_mock.mock_calls[-1][2] == golden("join_request")
    assert membership == community.Membership("home-1", "golden-token")


async def test_an_answer_to_another_question_is_not_believed(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/invitations/read", json=golden("membership"))
    with pytest.raises(community.WrongVillageError):
        await client.read_invitation(INVITATION.code)

    aioclient_mock.post(f"{INVITATION.url}/api/v1/join", json=golden("membership"))
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "another-nonce")
    with pytest.raises(community.WrongVillageError):
        await client.join(INVITATION.code, "Brinkweg 4", [WEBHOOK])


async def test_a_home_describes_itself_as_the_village_reads_it(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.put(f"{INVITATION.url}/api/v1/home", status=HTTPStatus.NO_CONTENT)

    await client.describe_home([WEBHOOK], [community.BatteryDescription("battery-1", "Garage", LIMITS, 0.1)])

    _, _, sent, headers = aioclient_mock.mock_calls[-1]
    expected = golden("home_description")
    for assumed in ("charge_efficiency", "discharge_efficiency"):  # Left to the village's own assumption.
        del expected["batteries"][0][assumed]
    assert sent == expected
    assert headers == {"Authorization": "Bearer golden-token"}


async def test_a_home_tells_and_hears_what_the_village_reads_and_tells(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/telemetry", json=golden("telemetry_receipt"))

    status = await client.send_telemetry(
        NOON,
        [
            community.BatteryTelemetry(
                battery_id="battery-1",
                at=NOON - timedelta(seconds=2),
                state_of_charge=0.61,
                power_w=-1990.0,
                setpoint_w=-2000.0,
                mode="village",
                reason="relieve_import",
                plan_sequence=7,
            )
        ],
        community.GridTelemetry(NOON - timedelta(seconds=3), -640.0),
    )

    sent = aioclient_mock.mock_calls[-1][2]
    assert json.dumps(sent).replace("+00:00", "Z") == json.dumps(golden("telemetry"))
    assert status == replace(
        FORMER_STATUS,
        load_estimated=True,
        transformer_peak=ForecastPeak(212_000, NOON + timedelta(hours=5)),
        feeder_peak=ForecastPeak(-4_100_000, NOON + timedelta(hours=1)),
        members=41,
        members_online=38,
        peak_shaved_w=18_500,
        co2_saved_kg=12.5,
        co2_saved_at_most_kg=40.0,
        own_sun_share=0.62,
        own_sun_share_without=0.41,
        hours_saved=3.5,
        shown_by_name=True,
        codes=(
            CodeWindow(
                code_id="code-1",
                code=CongestionSignal.RED,
                start=NOON + timedelta(hours=5),
                end=NOON + timedelta(hours=7),
                reason="Everyone cooks at once",
                expected_effect_w=-20_000,
                joins=True,
            ),
            CodeWindow(
                code_id="code-2",
                code=CongestionSignal.GREEN,
                start=NOON + timedelta(days=1),
                end=NOON + timedelta(days=1, hours=2),
                reason="",
                expected_effect_w=None,
                joins=None,
            ),
            CodeWindow(
                code_id="code-0",
                code=CongestionSignal.RED,
                start=NOON - timedelta(hours=18),
                end=NOON - timedelta(hours=16),
                reason="",
                expected_effect_w=None,
                joins=True,
                did=("washing", "car"),
                result=CodeResult(
                    is_measured=True,
                    village=Change(-14_000, -20_000, -8_000),
                    own=Change(-400, -700, -100),
                    sentences={
                        "en": "Together 14 kW less between 20:00 and 22:00 (between 8 and 20 kW). "
                        "You 0.4 kW less (between 0.1 and 0.7 kW).",
                        "nl": "Samen 14 kW minder tussen 20:00 en 22:00 (tussen 8 en 20 kW). "
                        "Jij 0,4 kW minder (tussen 0,1 en 0,7 kW).",
                    },
                ),
            ),
        ),
        account=Account(saving_month_eur=4.2, shared_month_eur=1.05),
        comparing_until=NOON + timedelta(days=12, hours=10),
        webhook_reached=True,
    )


async def test_a_home_that_shares_no_meter_tells_what_it_always_told(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/telemetry", json=golden("telemetry_receipt"))

    await client.send_telemetry(NOON, [])

    assert aioclient_mock.mock_calls[-1][2].keys() == golden("telemetry_former").keys()


def test_a_home_says_on_its_stream_where_it_is() -> None:
    assert hello(Inbox(sequence=7)) == golden("stream_hello")


async def test_a_receipt_of_the_former_shape_is_read_and_supplies_nothing_more(
    client: community.CommunityClient, aioclient_mock: AiohttpClientMocker
) -> None:
    aioclient_mock.post(f"{INVITATION.url}/api/v1/telemetry", json=golden("telemetry_receipt_former"))

    assert await client.send_telemetry(NOON, []) == FORMER_STATUS
