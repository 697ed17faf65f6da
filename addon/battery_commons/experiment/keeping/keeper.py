"""Keeps what the days of experiments came to, beside the ticks.

Which model steers, the tick looks up itself.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from battery_commons.domain.time import Clock
from battery_commons.experiment.keeping.days import examined
from battery_commons.experiment.record import DayRecord, Experiment
from battery_commons.experiment.schedule import midnight
from battery_commons.store import Store, StoreError

LOOK_EVERY = timedelta(hours=1)
AFTER_DAY = timedelta(minutes=30)
"""So long after midnight homes and meters have told of the day."""
FINAL_AFTER = timedelta(days=8)
"""Readings that have not come in by then are not waited for."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(slots=True)
class ExperimentKeeper:
    """Runs as long as the coordinator does."""

    store: Store
    clock: Clock

    async def run(self) -> None:
        """Look at once and then every hour of the village, until cancelled; what fails is tried again."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except (StoreError, ValueError) as error:
                _LOGGER.warning("days of the experiment not measured yet", problem=str(error))
            await asyncio.sleep(self.clock.wall_seconds(LOOK_EVERY))

    def look(self) -> None:
        """Measure the days that are over and not settled. Raises StoreError."""
        now = self.clock.now()
        for experiment in self.store.experiments():
            if experiment.design.start < now < experiment.end + 2 * FINAL_AFTER:
                self._measure(experiment, now)

    def _measure(self, experiment: Experiment, now: datetime) -> None:
        records = {each.day: each for each in self.store.experiment_days(experiment.id)}
        due = [day for day in experiment.days_over(now - AFTER_DAY) if _is_due(day, records.get(day), now)]
        for day in due:
            found = examined(self.store, experiment, day, now)
            self.store.keep_experiment_days(experiment.id, [found])
            _LOGGER.info("day of the experiment measured", day=day.isoformat(), lost=found.lost)


def _is_due(day: date, record: DayRecord | None, now: datetime) -> bool:
    """Return whether a day is to be measured: at once, again as long as it is lost, and once more at last."""
    final = midnight(day + timedelta(days=1)) + FINAL_AFTER
    if record is None:
        return True
    return record.measured_at < final and (record.lost is not None or now >= final)
