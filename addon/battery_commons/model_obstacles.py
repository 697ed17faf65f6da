"""What keeps this village from each control model, by what is stored and planned."""

from collections.abc import Mapping

from battery_commons.control.possible import Obstacle, obstacles
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.quality import Source, SourceKind
from battery_commons.store import Store


def model_obstacles(store: Store, plan: Plan | None) -> Mapping[ControlModel, Obstacle | None]:
    """Return for every model what keeps the village from it; None where nothing does. Raises StoreError.

    Whether an operator tells of the feeder is seen by the plan in force.
    """
    measured = store.last_report(Source(SourceKind.METER, FEEDER_ID)) is not None
    told = plan is not None and plan.feeder_base_w is not None
    return obstacles(store.feeder(), store.transformers(), feeder_known=measured or told)
