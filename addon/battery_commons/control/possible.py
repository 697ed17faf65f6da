"""Which control models a village can be steered by as it is now, and what keeps it from the others.

One place for the command line, the pages and the tick; quick to import.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel

NEEDS_FEEDER = frozenset({ControlModel.M5, ControlModel.LAYERED})
WITHOUT_FEEDER = ControlModel.M4
"""What steers in the place of a model that needs the feeder, while nothing is known of that."""


class Obstacle(StrEnum):
    """Why a village cannot be steered by a model."""

    NO_FEEDER = "no_feeder"
    """It is about the feeder, and nobody has said which that is."""
    FEEDER_UNMEASURED = "feeder_unmeasured"
    """It is about the feeder, whose load was never measured, and is told by no operator."""
    NONE_ON_FEEDER = "none_on_feeder"
    """It is about the feeder, and none of the village's transformers hangs on it."""


def obstacles(
    feeder: Feeder | None, transformers: Sequence[Transformer], *, feeder_known: bool
) -> Mapping[ControlModel, Obstacle | None]:
    """Return for every model what keeps the village from it; None where nothing does.

    The feeder's load is known where it was measured, or where an operator tells what to expect of it.
    """
    return {model: _obstacle(model, feeder, transformers, known=feeder_known) for model in ControlModel}


def usable(model: ControlModel, feeder: Feeder | None) -> ControlModel:
    """Return `model`, or what steers in its place where a situation knows no feeder and it needs one."""
    return WITHOUT_FEEDER if feeder is None and model in NEEDS_FEEDER else model


def _obstacle(
    model: ControlModel, feeder: Feeder | None, transformers: Sequence[Transformer], *, known: bool
) -> Obstacle | None:
    if model not in NEEDS_FEEDER:
        return None
    if feeder is None:
        return Obstacle.NO_FEEDER
    if not any(each.on_feeder for each in transformers):
        return Obstacle.NONE_ON_FEEDER
    return None if known else Obstacle.FEEDER_UNMEASURED
