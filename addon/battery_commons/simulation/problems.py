"""From a stretch of record to what a control model is given."""

import numpy as np

from battery_commons.control.problem import BillingMeter, ControlProblem, FeederOutlook
from battery_commons.domain.tariff import Tariff
from battery_commons.simulation.recorded import Floats, RecordedVillage


def problem_with_foresight(
    village: RecordedVillage, tariff: Tariff, stored_wh: Floats, first: int, slots: int
) -> ControlProblem:
    """Return the problem of knowing exactly what `slots` slots from index `first` on will bring."""
    part = village.part(first, slots)
    feeder = None
    if part.feeder and part.feeder_background_w is not None:
        feeder = FeederOutlook(part.feeder, part.feeder_background_w, carries=part.on_feeder)
    return ControlProblem(
        grid=part.grid,
        batteries=part.batteries,
        stored_wh=stored_wh,
        transformers=part.transformers,
        base_load_w=part.base_load_w,
        meters=[
            BillingMeter(
                net_w=part.base_load_w.sum(axis=0),
                import_price=tariff.import_price(part.day_ahead),
                export_price=tariff.export_price(part.day_ahead),
            )
        ],
        feeder=feeder,
    )


def half_full(village: RecordedVillage) -> Floats:
    """Return (N,) what every battery holds at the start of a backtest: half of its capacity."""
    return np.array([battery.capacity_wh / 2 for battery in village.batteries])
