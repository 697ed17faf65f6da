"""The golden messages: one of each kind, as the village's schemas write them.

`python -m tests.village.golden` writes them to tests/golden/ after a change of the protocol. The tests of
both sides hold them: the village that it still writes these, the home that it reads and answers with these.
Those called `..._former` are as a village of before the outlook wrote them; nothing writes them any more, and
both sides must go on reading them.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel

from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.wire import messages
from battery_commons.wire.envelope import seal
from battery_commons.wire.invitation import base64url, invitation_link

FOLDER = Path(__file__).parents[1] / "golden"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""A key for these messages alone; Ed25519 signs the same text the same way every time (RFC 8032)."""
CERTIFICATE = base64url(bytes(range(32)))
"""The fingerprint of no certificate in particular."""
NONCE = "a-nonce-that-is-known"
CODE = "one-time-code"
NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
VILLAGE = messages.Named(id="ansen", name="Ansen")
TRANSFORMER = messages.Named(id="t1", name="Dorpsstraat")
WEBHOOK = "http://192.0.2.2:8123/api/webhook/golden"

SEALED: dict[str, BaseModel] = {
    "invitation": messages.InvitationDetails(
        nonce=NONCE, village=VILLAGE, transformer=TRANSFORMER, expires_at=NOON + timedelta(days=7)
    ),
    "membership": messages.Membership(
        nonce=NONCE, home_id="home-1", token="golden-token", village=VILLAGE, transformer=TRANSFORMER
    ),
    "plan": messages.PlanMessage(
        home_id="home-1",
        sequence=7,
        issued_at=NOON,
        lease_until=NOON + timedelta(minutes=45),
        control_model=ControlModel.M4,
        start=NOON,
        slot_seconds=900,
        batteries=[
            messages.BatterySlots(
                battery_id="battery-1",
                power_w=[-2000.5, 3000.0, None],
                reasons=[PlanReason.RELIEVE_IMPORT, PlanReason.RELIEVE_EXPORT, PlanReason.OWN_HOUSE],
            )
        ],
        outlook=messages.Outlook(
            transformer_limit_w=250_000,
            transformer_load_w=[212_000.0, -143_200.0, None],
            price_per_kwh=[0.31, -0.02, None],
        ),
        connection=messages.ConnectionLimits(import_w=17_250.0, export_w=None),
    ),
    "village": messages.VillageIdentity(nonce=NONCE, village=VILLAGE, certificate=CERTIFICATE),
}
"""What the village says under its signature, by the name of its file."""

PLAIN: dict[str, BaseModel] = {
    "invitation_query": messages.InvitationQuery(code=CODE, nonce=NONCE),
    "village_query": messages.VillageQuery(nonce=NONCE),
    "code_answer": messages.CodeAnswer(joins=True),
    "stream_hello": messages.StreamHello(sequence=7),
    "join_request": messages.JoinRequest.model_validate(
        {"code": CODE, "nonce": NONCE, "consent": True, "name": "Brinkweg 4", "webhook_urls": [WEBHOOK]}
    ),
    "home_description": messages.HomeDescription.model_validate(
        {
            "webhook_urls": [WEBHOOK],
            "batteries": [
                {
                    "battery_id": "battery-1",
                    "name": "Garage",
                    "capacity_wh": 10_000.0,
                    "max_charge_w": 5_000.0,
                    "max_discharge_w": 4_000.0,
                    "reserve": 0.1,
                }
            ],
        }
    ),
    "telemetry": messages.Telemetry(
        sent_at=NOON,
        batteries=[
            messages.BatteryReading(
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
        grid=messages.GridReading(at=NOON - timedelta(seconds=3), power_w=-640.0),
    ),
    "telemetry_receipt": messages.TelemetryReceipt(
        accepted=1,
        rejected=[],
        village=messages.VillageStatus(
            at=NOON,
            control_model=ControlModel.M4,
            transformer=messages.TransformerStatus(
                id="t1",
                name="Dorpsstraat",
                limit_w=250_000,
                load_w=-143_200.0,
                load_at=NOON - timedelta(minutes=5),
                signal=CongestionSignal.GREEN,
                load_estimated=True,
                forecast_peak_w=212_000.0,
                forecast_peak_at=NOON + timedelta(hours=5),
            ),
            feeder=messages.FeederStatus(
                forecast_peak_w=-4_100_000.0, forecast_peak_at=NOON + timedelta(hours=1)
            ),
            webhook_reached=True,
            members=41,
            members_online=38,
            peak_shaved_w=18_500.0,
            co2_saved_kg=12.5,
            codes=[
                messages.CodeWindow(
                    id="code-1",
                    code=CongestionSignal.RED,
                    start=NOON + timedelta(hours=5),
                    end=NOON + timedelta(hours=7),
                    reason="Everyone cooks at once",
                    expected_effect_w=-20_000.0,
                    joins=True,
                ),
                messages.CodeWindow(
                    id="code-2",
                    code=CongestionSignal.GREEN,
                    start=NOON + timedelta(days=1),
                    end=NOON + timedelta(days=1, hours=2),
                ),
            ],
            account=messages.Account(saving_month_eur=4.2, shared_month_eur=1.05),
        ),
    ),
}
"""What goes unsealed, in either direction."""

FORMER: dict[str, BaseModel] = {
    "plan_former": messages.PlanMessage(
        home_id="home-1",
        sequence=7,
        issued_at=NOON,
        lease_until=NOON + timedelta(minutes=45),
        control_model=ControlModel.M4,
        start=NOON,
        slot_seconds=900,
        batteries=[
            messages.BatterySlots(
                battery_id="battery-1",
                power_w=[-2000.5, 3000.0, None],
                reasons=[PlanReason.RELIEVE_IMPORT, PlanReason.RELIEVE_EXPORT, PlanReason.OWN_HOUSE],
            )
        ],
    ),
    "telemetry_former": messages.Telemetry(
        sent_at=NOON,
        batteries=[
            messages.BatteryReading(
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
    ),
    "telemetry_receipt_former": messages.TelemetryReceipt(
        accepted=1,
        rejected=[],
        village=messages.VillageStatus(
            at=NOON,
            control_model=ControlModel.M4,
            transformer=messages.TransformerStatus(
                id="t1",
                name="Dorpsstraat",
                limit_w=250_000,
                load_w=-143_200.0,
                load_at=NOON - timedelta(minutes=5),
                signal=CongestionSignal.GREEN,
            ),
        ),
    ),
}
"""What messages of the former shape mean today, by the name of their file."""


def golden_messages() -> dict[str, object]:
    """Return every golden message as JSON values, by the name of its file."""
    link = invitation_link("http://village.example:8477", CODE, KEY.public_key())
    pinned = invitation_link("https://village.example:8477", CODE, KEY.public_key(), CERTIFICATE)
    return {
        "invitation_link": {"link": link},
        "invitation_link_pinned": {"link": pinned},
        **{name: seal(message, KEY) for name, message in SEALED.items()},
        **{name: message.model_dump(mode="json") for name, message in PLAIN.items()},
    }


if __name__ == "__main__":
    for name, message in golden_messages().items():
        (FOLDER / f"{name}.json").write_text(json.dumps(message, indent=2) + "\n")
