"""What a study is made of: cases, each of which can be lived through anywhere."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol, Self

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING, Tariff
from battery_commons.simulation.study.village import StudyVillage

type Row = dict[str, str | float | bool | None]

TARIFFS: Mapping[str, Tariff] = {
    "after-net-metering": AFTER_NET_METERING,
    "net-metering": NET_METERING,
}


class StudyCase(Protocol):
    """One point of a study: a frozen dataclass of plain values, so that it can be compared and sent."""

    @property
    def model(self) -> ControlModel:
        """The control model."""
        ...

    def labels(self) -> Row:
        """Return what sets this case apart, as columns."""
        ...

    def yardstick(self) -> Self:
        """Return the case that this one is measured against: M1 of the same village. It is lived once."""
        ...

    def live(self, village: StudyVillage) -> Any:  # noqa: ANN401 - each kind of case knows its own
        """Return what comes of it. This is what takes the time."""
        ...

    def rows(self, village: StudyVillage, lived: Any, of_m1: Any) -> list[Row]:  # noqa: ANN401 - likewise
        """Return the figures of what `live` returned, against those of the yardstick."""
        ...


def key_of(case: StudyCase) -> str:
    """Return a case's name in a file: the same in every run."""
    return json.dumps(case.labels(), separators=(",", ":"))


def label(value: object) -> str | float | None:
    """Return a field of a case as a cell."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, int | float) else str(value)
