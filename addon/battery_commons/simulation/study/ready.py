"""Studies by name, and how what is asked for changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from battery_commons.control.possible import NEEDS_FEEDER
from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.study.deferral import DeferralGrid
from battery_commons.simulation.study.grid import StudyGrid

M2, M3, M4, M5, LAYERED = (
    ControlModel.M2,
    ControlModel.M3,
    ControlModel.M4,
    ControlModel.M5,
    ControlModel.LAYERED,
)
DEFERRAL = "deferral"
READY: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "fleet": {"models": (M2, M3, M4, LAYERED), "batteries": (10, 20, 40, 80)},
    "limit": {"models": (M2, M3, M4), "limit_share": (0.6, 0.7, 0.8, 0.9, 1.0)},
    "feeder": {"models": (M4, M5, LAYERED), "feeder_scale": (0.25, 0.5, 1.0, 2.0)},
    "data-age": {"models": (M4, M5, LAYERED), "mode": (Mode.ROLLING,), "data_age_days": (0, 1, 7)},
    "tariff": {"models": (M2, M3, M4), "tariff": ("net-metering", "after-net-metering")},
    DEFERRAL: {
        "models": (M3, M4, LAYERED),
        "growth_percent": ((1.0, 1.0), (2.0, 2.0), (3.0, 4.0), (5.0, 2.0)),
        "fleet_growth_percent": (0.0, 1.0),
    },
}
"""What each study varies. Of what it does not, there is one value: the village's own."""
PLAIN: Mapping[str, Sequence[Any]] = {"models": (M2, M3, M4, LAYERED)}
"""A study without a name."""


def study_of(
    name: str | None, asked: Mapping[str, Sequence[Any]], *, has_feeder: bool
) -> StudyGrid | DeferralGrid:
    """Return a study.

    Args:
        name: One of `READY`, or None.
        asked: Lists in the place of the study's own, by the name of a grid's field.
        has_feeder: Whether the village has one on record; without, models that need it are left out.

    Raises:
        ValueError: Something is asked that this kind of study does not vary, or no model is left.
    """
    kind: type[StudyGrid | DeferralGrid] = DeferralGrid if name == DEFERRAL else StudyGrid
    if strangers := set(asked) - {each.name for each in fields(kind)}:
        raise ValueError(f"a study {name or 'of backtests'} does not vary {', '.join(sorted(strangers))}")
    lists: dict[str, Any] = {**(PLAIN if name is None else READY[name]), **asked}
    lists["models"] = [model for model in lists["models"] if has_feeder or model not in NEEDS_FEEDER]
    if not lists["models"]:
        raise ValueError(
            "all of these models need the load of the feeder, which this village has not on record"
        )
    return kind(**lists)
