"""The golden messages: one of each kind, as the village's schemas write them.

`python -m tests.village.golden` writes them to tests/golden/ after a change of the protocol. The tests of
both sides hold them: the village that it still writes these, the home that it reads and answers with these.
Those called `..._former` are as a village of before the outlook wrote them; nothing writes them any more, and
both sides must go on reading them.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel

from battery_commons.domain.flash_mob import Deed
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.voting.motion import Subject
from battery_commons.voting.vote import EffectSource, State
from battery_commons.wire import account, messages, votes
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
    "code_deeds": messages.CodeDeeds(did=[Deed.WASHING, Deed.CAR]),
    "telemetry_receipt": messages.TelemetryReceipt(
        accepted=1,
        rejected=[],
        village=messages.VillageStatus(
            at=NOON,
            control_model=ControlModel.M4,
            comparing_until=NOON + timedelta(days=12, hours=10),
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
            co2_saved_at_most_kg=40.0,
            own_sun_share=0.62,
            own_sun_share_without=0.41,
            hours_saved=3.5,
            shown_by_name=True,
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
                messages.CodeWindow(
                    id="code-0",
                    code=CongestionSignal.RED,
                    start=NOON - timedelta(hours=18),
                    end=NOON - timedelta(hours=16),
                    joins=True,
                    did=[Deed.WASHING, Deed.CAR],
                    result=messages.CodeResult(
                        state="measured",
                        village=messages.MeasuredChange(change_w=-14_000, low_w=-20_000, high_w=-8_000),
                        own=messages.MeasuredChange(change_w=-400, low_w=-700, high_w=-100),
                        joined=23,
                        en="Together 14 kW less between 20:00 and 22:00 (between 8 and 20 kW). "
                        "You 0.4 kW less (between 0.1 and 0.7 kW).",
                        nl="Samen 14 kW minder tussen 20:00 en 22:00 (tussen 8 en 20 kW). "
                        "Jij 0,4 kW minder (tussen 0,1 en 0,7 kW).",
                    ),
                ),
            ],
            account=messages.Account(saving_month_eur=4.2, shared_month_eur=1.05),
        ),
    ),
    "votes": votes.Votes(
        votes=[
            votes.HomesVote(
                vote_id="vote-1",
                state=State.OPEN,
                subject=Subject.MINIMUM_RESERVE,
                title="More for ourselves?",
                explanation="In winter we want some left.",
                proposed_by="member",
                opens_at=NOON,
                closes_at=NOON + timedelta(days=7),
                takes_effect_at=NOON + timedelta(days=8),
                quorum=0.3,
                options=[
                    votes.VoteOption(
                        choice="a",
                        value=0.0,
                        labels=votes.Labels(en="0 % of each battery", nl="0 % van elke batterij"),
                        effect=votes.Effect(
                            transformers=[
                                votes.TransformerEffect(
                                    name="Dorpsstraat",
                                    highest_import_w=91_000.0,
                                    highest_feed_in_w=143_200.0,
                                    hours_over=2.5,
                                )
                            ],
                            cost_eur_per_month=310.25,
                            self_consumption=0.61,
                            own_bill_eur_per_month=41.5,
                            own_bill_is_estimated=True,
                        ),
                    ),
                    votes.VoteOption(
                        choice="b",
                        value=0.2,
                        labels=votes.Labels(en="20 % of each battery", nl="20 % van elke batterij"),
                    ),
                ],
                key=votes.PublicKey(n=base64url(b"\xc5" * 256)),
                papers=1,
                signed=[],
                effects=votes.EffectsBasis(state=EffectSource.OWN, start=NOON - timedelta(days=14), days=14),
                result=None,
            )
        ]
    ),
    "proposal": votes.Proposal(
        subject=Subject.CONTROL_MODEL,
        title="How we steer",
        values=["M4", "M2"],
        closes_at=NOON + timedelta(days=7),
        takes_effect_at=NOON + timedelta(days=8),
    ),
    "blinded_ballot": votes.BlindedBallot(blinded=base64url(b"\x2a" * 256)),
    "blind_signature": votes.BlindSignature(blind_signature=base64url(b"\x2b" * 256)),
    "cast_ballot": votes.CastBallot(
        choice="b", number=base64url(bytes(range(32))), signature=base64url(b"\x2c" * 256)
    ),
    "published_ballots": votes.PublishedBallots(
        vote_id="vote-1",
        key=votes.PublicKey(n=base64url(b"\xc5" * 256)),
        options=["a", "b"],
        ballots=[
            votes.PublishedBallot(
                choice="b", number=base64url(bytes(range(32))), signature=base64url(b"\x2c" * 256)
            )
        ],
        signatures=1,
    ),
    "page_link": votes.PageLink(path="/page/enter/one-time-code", expires_at=NOON + timedelta(minutes=10)),
    "own_account": account.OwnAccount(
        account="K7Q2M9",
        balance_cents=517,
        owed_cents=0,
        fund_cents=12_345,
        months=[
            account.AccountMonth(
                period="2026-05",
                made_whole_cents=-88,
                claim_cents=0,
                shortage_cents=0,
                share_cents=605,
                total_cents=517,
                paid_cents=0,
                is_closed=True,
                is_corrected=True,
            )
        ],
    ),
    "own_statement": account.OwnStatement(
        account="K7Q2M9",
        period="2026-05",
        lines=[
            account.StatementLine(
                name="What you did for the grid", cents=None, meaning="40.7 kWh moved out of the hours."
            ),
            account.StatementLine(name="Your share", cents=605, meaning="Of what there was to share."),
        ],
        csv="month,account\r\n2026-05,K7Q2M9\r\n",
        pdf="JVBERi0xLjQK",
    ),
    "tariff": account.TariffTold(
        first_day=date(2026, 7, 1),
        kind="two_tariff",
        energy=0.16,
        energy_low=0.12,
        energy_tax=0.123,
        feed_in=0.05,
        feed_in_costs=0.11,
        net_metering=True,
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
