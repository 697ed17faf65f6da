"""What the age of its data costs this village, reckoned on its own past from the page; and what is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from battery_commons.background_run import BackgroundRun, OneAtATime
from battery_commons.domain.tariff import Tariff
from battery_commons.own_past import village as own_village
from battery_commons.simulation.data_age import DataAges, data_ages
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.store import Store

RESULT = "data-age.json"
LONG = timedelta(days=84)
"""Of the village's past: twelve weeks, so that forecasts are learned as they are live and seven weeks are
left to compare."""
FEW_BATTERIES = 50
"""With more, so long a past is more than a small machine can hold and live through."""


@dataclass(frozen=True, slots=True)
class About:
    """What was lived through."""

    made_at: datetime
    is_example: bool
    """Whether it was the built-in village, and not this one."""
    tariff: str
    """As chosen in the settings."""
    left_out: tuple[str, ...] = ()
    """Names of the transformers of which too little is measured."""


@dataclass(frozen=True, slots=True)
class Result:
    """The last reckoning that was carried through."""

    about: About
    figures: DataAges


_RESULTS = TypeAdapter(Result)


def longest(store: Store) -> timedelta:
    """Return how much of the village's past counts at most. Raises StoreError."""
    return LONG if len(store.batteries()) <= FEW_BATTERIES else own_village.MOST


class OwnDataAges(BackgroundRun):
    """Reckons it, one at a time."""

    def __init__(self, folder: Path, turn: OneAtATime | None = None) -> None:
        """Keep results in `folder`; work that shares `turn` never runs at the same time."""
        super().__init__(folder / RESULT, turn)

    def start(self, village: RecordedVillage, tariff: Tariff, about: About) -> bool:
        """Start one, beside everything else; False where something runs already. Takes a moment."""
        return self.run(partial(_carry_out, village, tariff, about))

    def result(self) -> Result | None:
        """Return the last result; None where there is none that this version can read."""
        try:
            return _RESULTS.validate_json(self.kept() or b"")
        except ValueError:
            return None


def _carry_out(
    village: RecordedVillage, tariff: Tariff, about: About, tell: Callable[[float], None]
) -> bytes:
    return _RESULTS.dump_json(Result(about, data_ages(village, tariff, tell)))
