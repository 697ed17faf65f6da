"""What is wrong with a motion in this village as it is: the same for members and volunteer."""

from collections.abc import Sequence
from datetime import datetime

from battery_commons.domain.plan import Plan
from battery_commons.model_obstacles import model_obstacles
from battery_commons.store import Store
from battery_commons.voting.motion import Motion, Wrong


def motion_problems(
    store: Store, plan: Plan | None, motion: Motion, now: datetime
) -> Sequence[tuple[Wrong, str]]:
    """Return what is wrong with a motion at `now`, each with what to do. Raises StoreError."""
    possible = {model for model, obstacle in model_obstacles(store, plan).items() if obstacle is None}
    return list(motion.problems(store.settings().bylaws, possible, now))
