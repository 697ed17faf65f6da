"""Plans that must not be believed."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.home.village import Village

type Payload = dict[str, Any]


def hostile_envelope(
    chance: random.Random, village: Village, strangers: Village, payload: Payload, now: datetime
) -> tuple[str, object]:
    """Return one of the ways to deceive a home, with its name, made from a `payload` that would be right."""

    def powers(*powers_w: Any) -> Payload:
        first, *rest = payload["batteries"]
        reasons = ["hold"] * len(powers_w)
        return payload | {"batteries": [first | {"power_w": list(powers_w), "reasons": reasons}, *rest]}

    replayed = payload | {"sequence": 1, "issued_at": (now - timedelta(minutes=1)).isoformat()}
    bad: dict[str, Callable[[], object]] = {
        "huge power": lambda: village.seal(powers(1e12)),
        "power that is no number": lambda: village.seal(powers(float("nan"))),
        "infinite power": lambda: village.seal(powers(float("-inf"))),
        "power in words": lambda: village.seal(powers("all of it")),
        "power out of bounds": lambda: village.seal(powers(-6_000.0)),
        "signature of a stranger": lambda: strangers.seal(payload),
        "no signature": lambda: village.seal(payload) | {"signature": ""},
        "changed after signing": lambda: village.seal(payload) | {"payload": "{}"},
        "old number": lambda: village.seal(replayed),
        "lease that is over": lambda: village.seal(
            payload | {"lease_until": (now - timedelta(hours=2)).isoformat()}
        ),
        "from the future": lambda: village.seal(
            payload
            | {
                "issued_at": (now + timedelta(hours=2)).isoformat(),
                "lease_until": (now + timedelta(hours=3)).isoformat(),
            }
        ),
        "lease of a week": lambda: village.seal(
            payload | {"lease_until": (now + timedelta(days=7)).isoformat()}
        ),
        "battery of somebody else": lambda: village.seal(
            payload | {"batteries": [payload["batteries"][0] | {"battery_id": "of-somebody-else"}]}
        ),
        "home of somebody else": lambda: village.seal(payload | {"home_id": "home-2"}),
        "limit below nothing": lambda: village.seal(payload | {"connection": {"import_w": -1}}),
        "slots without length": lambda: village.seal(payload | {"slot_seconds": 0}),
        "not a plan": lambda: ["a", "list"],
        "empty": lambda: None,
    }
    name = chance.choice(sorted(bad))
    return name, bad[name]()
