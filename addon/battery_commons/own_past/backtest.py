"""A backtest that is started from the page, and what is kept of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from battery_commons.background_run import BackgroundRun, OneAtATime
from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.backtest import BacktestRequest, run_backtest
from battery_commons.simulation.measures.measure import ModelMeasures, measure

RESULT = "backtest.json"


@dataclass(frozen=True, slots=True)
class TransformerResult:
    """What one transformer went through."""

    name: str
    limit_w: float
    highest_import_w: float
    highest_feed_in_w: float
    hours_over: float
    """In either direction."""


@dataclass(frozen=True, slots=True)
class ModelResult:
    """What one model came to."""

    model: ControlModel
    transformers: Sequence[TransformerResult]
    cost_eur: float
    """Of the community as one customer, less what is stored at the end; below zero it earns."""
    self_consumption: float | None
    """Share of the sites' surplus that is used or stored within the village; None where there is none."""


@dataclass(frozen=True, slots=True)
class About:
    """What was lived through."""

    made_at: datetime
    start: datetime
    days: int
    is_example: bool
    """Whether it was the built-in village, and not this one."""
    tariff: str
    left_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The last backtest that was carried through."""

    about: About
    models: Sequence[ModelResult]


_RESULTS = TypeAdapter(Result)


class OwnBacktests(BackgroundRun):
    """Runs them, one at a time."""

    def __init__(self, folder: Path, turn: OneAtATime | None = None) -> None:
        """Keep results in `folder`; work that shares `turn` never runs at the same time."""
        super().__init__(folder / RESULT, turn)

    def start(self, request: BacktestRequest, about: About) -> bool:
        """Start one, beside everything else; False where something runs already. Takes a moment."""
        return self.run(partial(_carry_out, request, about))

    def result(self) -> Result | None:
        """Return the last result; None where there is none that this version can read."""
        try:
            return _RESULTS.validate_json(self.kept() or b"")
        except ValueError:
            return None


def _carry_out(request: BacktestRequest, about: About, tell: Callable[[float], None]) -> bytes:
    def tell_mean(done: dict[ControlModel, float]) -> None:
        tell(sum(done.values()) / len(done))

    measures = measure(run_backtest(request, tell_mean, workers=1))
    return _RESULTS.dump_json(Result(about, [_result(each) for each in measures]))


def _result(measured: ModelMeasures) -> ModelResult:
    return ModelResult(
        model=measured.model,
        transformers=[
            TransformerResult(
                each.name,
                each.limit_w or 0.0,
                each.highest_import_w,
                each.highest_feed_in_w,
                each.slots_over / 4,
            )
            for each in measured.grid.transformers
        ],
        cost_eur=measured.money.bill_eur - measured.money.stored_eur,
        self_consumption=measured.energy.self_consumption,
    )
