"""A backtest that is started from the page: in a process of its own, at the lowest priority, one at a time.

Its result is kept in the data folder, and is there after a restart.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from pydantic import TypeAdapter

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.backtest import BacktestRequest, run_backtest
from battery_commons.simulation.measures.measure import ModelMeasures, measure

RESULT = "backtest.json"
_LOWEST_PRIORITY = 19


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


class OwnBacktests:
    """Runs them, one at a time."""

    def __init__(self, folder: Path) -> None:
        """Keep results in `folder`."""
        self._file = folder / RESULT
        self._process: BaseProcess | None = None
        self._share: Synchronized[float] | None = None
        self.was_cancelled = False

    @property
    def share_done(self) -> float | None:
        """Return how much of the running one is done, from 0 to 1; None while none runs."""
        if self._process is None or self._share is None or not self._process.is_alive():
            return None
        return float(self._share.value)

    @property
    def failed(self) -> bool:
        """Return whether the last one ended without a result, and was not cancelled."""
        ended = self._process is not None and not self._process.is_alive()
        return ended and not self.was_cancelled and bool(self._process and self._process.exitcode)

    def start(self, request: BacktestRequest, about: About) -> bool:
        """Start one, beside everything else; False where one runs already. Takes a moment."""
        if self.share_done is not None:
            return False
        context = get_context("forkserver")
        self._share = context.Value("d", 0.0)
        self._process = context.Process(
            target=_carry_out, args=(request, about, self._file, self._share), daemon=True
        )
        self._process.start()
        self.was_cancelled = False
        return True

    def cancel(self) -> None:
        """End the running one, if any. The former result stays."""
        if self._process is not None and self._process.is_alive():
            self.was_cancelled = True
            self._process.terminate()
            self._process.join()

    def result(self) -> Result | None:
        """Return the last result; None where there is none that this version can read."""
        try:
            return _RESULTS.validate_json(self._file.read_bytes())
        except OSError, ValueError:
            return None


def _carry_out(request: BacktestRequest, about: About, file: Path, share: Synchronized[float]) -> None:
    os.nice(_LOWEST_PRIORITY)

    def tell(done: dict[ControlModel, float]) -> None:
        share.value = sum(done.values()) / len(done)

    measures = measure(run_backtest(request, tell, workers=1))
    written = file.with_suffix(".part")
    written.write_bytes(_RESULTS.dump_json(Result(about, [_result(each) for each in measures])))
    written.replace(file)


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
