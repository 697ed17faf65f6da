"""What a home may show about its village and its transformer."""

from datetime import datetime

from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, Clock
from battery_commons.wire.messages import TransformerStatus, VillageStatus

FRESH_FOR = 2 * SLOT
"""A measurement older than this (village time) says nothing about now."""


def village_status(
    transformer: Transformer,
    latest: MeterReading | None,
    control_model: ControlModel,
    clock: Clock,
    now: datetime,
) -> VillageStatus:
    """Return the status at the village time `now`, in wall time.

    The load is the meter's last word with its own time; the signal is only given while that is fresh.
    """
    fresh = latest is not None and now - latest.at <= FRESH_FOR
    return VillageStatus(
        at=clock.to_wall(now),
        control_model=control_model,
        transformer=TransformerStatus(
            id=transformer.id,
            name=transformer.name,
            limit_w=transformer.limit_w,
            load_w=latest.power_w if latest else None,
            load_at=clock.to_wall(latest.at) if latest else None,
            signal=transformer.signal(latest.power_w) if latest and fresh else None,
        ),
    )
