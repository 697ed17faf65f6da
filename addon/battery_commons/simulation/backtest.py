"""A village under several control models, each in a process of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.sharedctypes import SynchronizedArray
from os import process_cpu_count

from battery_commons.control.possible import NEEDS_FEEDER
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import Tariff
from battery_commons.simulation.chosen import AS_USUAL, Chosen
from battery_commons.simulation.outcome import Backtest, Mode, Outcome
from battery_commons.simulation.perfect import with_foresight
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.rolling import Knowledge, roll

LOOKS_PER_SECOND = 5
"""How often progress is reported."""


@dataclass(frozen=True, eq=False)
class BacktestRequest:
    """What to live through, and how."""

    village: RecordedVillage
    tariff: Tariff
    models: Sequence[ControlModel]
    mode: Mode
    knowledge: Knowledge = field(default_factory=Knowledge)
    """What the coordinator knows of the grid in a rolling backtest."""
    chosen: Chosen = AS_USUAL
    """What the village chose beside the model."""

    def __post_init__(self) -> None:
        """Refuse what cannot be run."""
        if self.village.feeder is None and (lost := NEEDS_FEEDER.intersection(self.models)):
            names = ", ".join(sorted(lost))
            raise ValueError(f"{names} needs the load of the feeder, which this village has not on record")

    @property
    def all_models(self) -> list[ControlModel]:
        """The models to run, each once: M1 first, since every other is measured against it."""
        return list(dict.fromkeys([ControlModel.M1, *self.models]))


def run_model(request: BacktestRequest, model: ControlModel, progress: Callable[[float], None]) -> Outcome:
    """Return the outcome of one model; `progress` is told the share that is done. Raises SolverError."""
    if request.mode is Mode.PERFECT:
        return with_foresight(request.village, request.tariff, model, progress, chosen=request.chosen)
    return roll(request.village, request.tariff, model, request.knowledge, progress, chosen=request.chosen)


def run_backtest(
    request: BacktestRequest,
    progress: Callable[[dict[ControlModel, float]], None],
    workers: int | None = None,
) -> Backtest:
    """Return the village under all models of `request`.

    Args:
        request: What to run.
        progress: Told a few times a second which share of each model is done.
        workers: How many processes; by default one a core. With one, everything runs in this process.

    Raises:
        SolverError: A model found no plan.
    """
    models = request.all_models
    count = min(workers or process_cpu_count() or 1, len(models))
    outcomes = _in_this_process(request, progress) if count == 1 else _in_processes(request, progress, count)
    return Backtest(
        village=request.village,
        tariff_name=request.tariff.name,
        import_price=request.tariff.import_price(request.village.day_ahead),
        export_price=request.tariff.export_price(request.village.day_ahead),
        data_age_days=request.knowledge.data_age // timedelta(days=1) if request.mode is Mode.ROLLING else 0,
        outcomes=outcomes,
    )


def _in_this_process(
    request: BacktestRequest, progress: Callable[[dict[ControlModel, float]], None]
) -> list[Outcome]:
    done = dict.fromkeys(request.all_models, 0.0)
    outcomes = []
    for model in request.all_models:

        def tell(share: float, model: ControlModel = model) -> None:
            done[model] = share
            progress(done)

        outcomes.append(run_model(request, model, tell))
    return outcomes


def _in_processes(
    request: BacktestRequest, progress: Callable[[dict[ControlModel, float]], None], count: int
) -> list[Outcome]:
    models = request.all_models
    context = get_context("forkserver")
    shares = context.Array("d", len(models))
    with ProcessPoolExecutor(count, context, _start_worker, (request, shares)) as pool:
        futures = [pool.submit(_run_in_worker, place) for place in range(len(models))]
        waiting = set(futures)
        try:
            while waiting:
                done, waiting = wait(waiting, 1 / LOOKS_PER_SECOND, FIRST_COMPLETED)
                for future in done:
                    future.result()
                progress(dict(zip(models, shares[:], strict=True)))
        except BaseException:
            pool.terminate_workers()  # a model that failed ends the backtest at once, not after all others
            raise
        return [future.result() for future in futures]


_worker: tuple[BacktestRequest, SynchronizedArray[float]]
"""What a worker process runs, and where it tells its progress; the record is handed over once per process."""


def _start_worker(request: BacktestRequest, shares: SynchronizedArray[float]) -> None:
    global _worker  # noqa: PLW0603 - a worker process has one job for life
    _worker = request, shares


def _run_in_worker(place: int) -> Outcome:
    request, shares = _worker

    def tell(share: float) -> None:
        shares[place] = share

    return run_model(request, request.all_models[place], tell)
