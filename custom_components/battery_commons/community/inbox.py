"""The home's inbox: which plan counts, and what a new one must be to take its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..battery.driver import BatteryLimits
from .envelope import PROTOCOL_VERSION, Refusal, RefusedError, open_envelope
from .plan import BatteryPlan, HomePlan, parse_plan

CLOCK_TOLERANCE = timedelta(seconds=60)
LONGEST_LEASE = timedelta(hours=6)
POWER_TOLERANCE_W = 1.0
"""Rounding of a limit on its way to the village and back."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """The last plan that was accepted. Immutable: what is refused cannot have changed anything."""

    sequence: int = 0
    digest: str = ""
    envelope: Mapping[str, Any] | None = None
    plan: HomePlan | None = None

    def admit(
        self,
        envelope: object,
        *,
        key: Ed25519PublicKey,
        home_id: str,
        batteries: Mapping[str, BatteryLimits],
        now: datetime,
    ) -> Self:
        """Return the inbox with the plan in `envelope` in force.

        Raises RefusedError with the first thing that is wrong, in the order of docs/protocol.md.
        """
        opened = open_envelope(envelope, key)
        try:
            plan = parse_plan(opened.payload)
        except (ValueError, OverflowError) as error:
            raise RefusedError(Refusal.MALFORMED) from error
        objections: dict[Refusal, Callable[[], bool]] = {
            Refusal.WRONG_HOME: lambda: plan.home_id != home_id,
            Refusal.FROM_THE_FUTURE: lambda: plan.issued_at > now + CLOCK_TOLERANCE,
            Refusal.EXPIRED: lambda: plan.lease_until <= now,
            Refusal.LEASE_TOO_LONG: lambda: plan.lease_until - plan.issued_at > LONGEST_LEASE,
            Refusal.STALE_SEQUENCE: lambda: plan.sequence <= self.sequence and opened.digest != self.digest,
            Refusal.UNKNOWN_BATTERY: lambda: not plan.batteries.keys() <= batteries.keys(),
            Refusal.OUT_OF_BOUNDS: lambda: any(
                _exceeds(b, batteries[id_]) for id_, b in plan.batteries.items()
            ),
        }
        for refusal, holds in objections.items():
            if holds():
                raise RefusedError(refusal, plan.sequence)
        return type(self)(plan.sequence, opened.digest, opened.envelope, plan)

    def stored(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {"sequence": self.sequence, "digest": self.digest, "envelope": self.envelope}

    @classmethod
    def restored(cls, stored: Mapping[str, Any], key: Ed25519PublicKey) -> Self:
        """Return the inbox as it was before a restart.

        The plan is verified again: a file is an edge like any other. What no longer verifies is dropped, and
        only the number is kept, so that nothing old can be replayed.
        """
        sequence, digest, envelope = stored["sequence"], stored["digest"], stored["envelope"]
        if envelope is None:
            return cls(sequence, digest)
        try:
            plan = parse_plan(open_envelope(envelope, key).payload)
        except RefusedError, ValueError, OverflowError:
            return cls(sequence, digest)
        return cls(sequence, digest, envelope, plan)


def accepted(inbox: Inbox) -> dict[str, Any]:
    """Return the answer to a plan that is now in force."""
    return {"version": PROTOCOL_VERSION, "accepted": True, "sequence": inbox.sequence}


def refused(error: RefusedError) -> dict[str, Any]:
    """Return the answer to a plan that is not believed."""
    return {
        "version": PROTOCOL_VERSION,
        "accepted": False,
        "sequence": error.sequence,
        "reason": error.refusal.value,
    }


def _exceeds(plan: BatteryPlan, limits: BatteryLimits) -> bool:
    lowest = -limits.max_discharge_w - POWER_TOLERANCE_W
    highest = limits.max_charge_w + POWER_TOLERANCE_W
    return any(slot.power_w is not None and not lowest <= slot.power_w <= highest for slot in plan.slots)
