"""What the village tells a home about itself: to show, never to act upon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from .fields import moment, part, power_w, text


class CongestionSignal(StrEnum):
    """What the transformer asks of the people behind it."""

    GREEN = "green"
    NEUTRAL = "neutral"
    RED = "red"


@dataclass(frozen=True, slots=True)
class VillageStatus:
    """How the village and the home's transformer stand."""

    at: datetime
    control_model: str
    transformer_name: str
    limit_w: float
    load_w: float | None
    """The transformer's load as last measured, positive = import."""
    load_at: datetime | None
    signal: CongestionSignal | None


def parse_status(receipt: Mapping[str, Any]) -> VillageStatus:
    """Return the status in a telemetry receipt. Raises ValueError when it holds none."""
    village = part(receipt, "village")
    transformer = part(village, "transformer")
    load, signal = transformer.get("load_w"), transformer.get("signal")
    return VillageStatus(
        at=moment(village, "at"),
        control_model=text(village, "control_model"),
        transformer_name=text(transformer, "name"),
        limit_w=power_w(transformer.get("limit_w")),
        load_w=None if load is None else power_w(load),
        load_at=None if transformer.get("load_at") is None else moment(transformer, "load_at"),
        signal=None if signal is None else CongestionSignal(signal),
    )
