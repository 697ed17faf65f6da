"""A village's key, and the plans that it signs."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.battery_commons.community.envelope import SIGNING_CONTEXT, key_id

NOW = datetime(2026, 6, 21, 12, 1, tzinfo=UTC)
HOME = "home-1"
BATTERY = "garage"


class Village:
    """Signs plans, as a coordinator does."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> Ed25519PublicKey:
        return self.key.public_key()

    @property
    def public_key_text(self) -> str:
        raw = self.public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def seal(self, payload: object) -> dict[str, Any]:
        return self.seal_text(json.dumps(payload))

    def seal_text(self, text: str) -> dict[str, Any]:
        signature = self.key.sign(SIGNING_CONTEXT + text.encode())
        return {
            "version": 1,
            "key_id": key_id(self.public_key),
            "payload": text,
            "signature": base64.b64encode(signature).decode(),
        }

    def plan(self, now: datetime = NOW, **changes: object) -> dict[str, Any]:
        """Return the payload of a plan that is right in every way, with `changes`."""
        start = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        return {
            "version": 1,
            "type": "plan",
            "home_id": HOME,
            "sequence": 7,
            "issued_at": now.isoformat(),
            "lease_until": (now + timedelta(minutes=45)).isoformat(),
            "control_model": "M4",
            "start": start.isoformat(),
            "slot_seconds": 900,
            "batteries": [
                {
                    "battery_id": BATTERY,
                    "power_w": [-2000.0, 3000.0, None, 0.0],
                    "reasons": ["relieve_import", "relieve_export", "own_house", "hold"],
                }
            ],
        } | changes

    def signed_plan(self, now: datetime = NOW, **changes: object) -> dict[str, Any]:
        return self.seal(self.plan(now, **changes))
