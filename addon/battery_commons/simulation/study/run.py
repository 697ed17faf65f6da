"""A study over Dask: on this machine's cores, or on a cluster."""

import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from os import process_cpu_count
from time import perf_counter
from typing import Any

import dask
from dask.callbacks import Callback
from distributed import Client, as_completed

from battery_commons.simulation.study.case import Row, StudyCase, key_of
from battery_commons.simulation.study.table import ERROR, KEY, StudyFile
from battery_commons.simulation.study.village import StudyVillage

CONNECT_SECONDS = 20
"""How long a scheduler may take to answer."""

type Done = Callable[[StudyCase, list[Row]], None]


class _Failure(str):
    """Why a yardstick could not be lived, in the place of what would have come of it."""

    __slots__ = ()


def run_study(
    cases: Iterable[StudyCase],
    village: StudyVillage,
    file: StudyFile,
    progress: Callable[[StudyCase], None],
    *,
    scheduler: str | None = None,
    workers: int | None = None,
) -> None:
    """Run every case that `file` does not have yet, and keep its rows there.

    Results do not depend on where cases are run. A case that fails leaves a row with its `error`, and is
    tried again the next time.

    Args:
        cases: What to run.
        village: What it is run on.
        file: Where rows go as soon as they are there.
        progress: Told of each case once it is done.
        scheduler: Address of a Dask scheduler whose workers have this package; None stays on this machine,
            without any network.
        workers: How many processes on this machine; by default one a core.

    Raises:
        OSError: The scheduler is not there, or a process of this machine was killed.
    """
    wanted = {key_of(case): case for case in cases}
    missing = [case for key, case in wanted.items() if key not in file.done]

    def done(case: StudyCase, rows: list[Row]) -> None:
        file.put(rows)
        progress(case)

    if missing and scheduler:
        _on_cluster(missing, village, scheduler, done)
    elif missing:
        _on_this_machine(missing, village, min(workers or process_cpu_count() or 1, len(missing)), done)
    file.arrange(wanted)


def live(village: StudyVillage, case: StudyCase) -> Any:  # noqa: ANN401 - each kind of case knows its own
    """Return what comes of a yardstick, or why nothing does."""
    try:
        return case.live(village)
    except Exception as error:  # noqa: BLE001 - one case never takes the others along
        return _Failure(_said(error))


def report(village: StudyVillage, case: StudyCase, of_m1: Any) -> list[Row]:  # noqa: ANN401 - likewise
    """Return the rows of a case, `of_m1` being what came of its yardstick."""
    began = perf_counter()
    try:
        if isinstance(of_m1, _Failure):
            return [failed(case, of_m1)]
        lived = of_m1 if case.model == case.yardstick().model else case.live(village)
        rows = case.rows(village, lived, of_m1)
    except Exception as error:  # noqa: BLE001 - one case never takes the others along
        return [failed(case, _said(error))]
    seconds = perf_counter() - began
    return [
        {KEY: key_of(case), **case.labels(), **row, "seconds_taken": seconds, ERROR: None} for row in rows
    ]


def failed(case: StudyCase, problem: str) -> Row:
    """Return the row of a case that failed."""
    return {KEY: key_of(case), **case.labels(), ERROR: str(problem)}


def _on_cluster(cases: Sequence[StudyCase], village: StudyVillage, address: str, done: Done) -> None:
    with Client(address, timeout=CONNECT_SECONDS) as client:
        place = client.scatter(village, broadcast=True)
        yardsticks = {
            case: client.submit(live, place, case, pure=False)
            for case in dict.fromkeys(case.yardstick() for case in cases)
        }
        futures = {
            client.submit(report, place, case, yardsticks[case.yardstick()], pure=False): case
            for case in cases
        }
        del yardsticks  # so that each is forgotten once its last case is done
        for future in as_completed(list(futures)):
            case = futures.pop(future)
            problem = None if future.status == "finished" else _said(future.exception())
            done(case, future.result() if problem is None else [failed(case, problem)])


def _on_this_machine(cases: Sequence[StudyCase], village: StudyVillage, workers: int, done: Done) -> None:
    by_key = {key_of(case): case for case in cases}
    yardsticks = {
        case: dask.delayed(_live_here)(case) for case in dict.fromkeys(case.yardstick() for case in cases)
    }
    tasks = [
        dask.delayed(_report_here)(case, yardsticks[case.yardstick()], dask_key_name=key)
        for key, case in by_key.items()
    ]

    def posttask(
        key: str, rows: list[Row], _graph: Mapping[str, Any], _state: object, _worker: object
    ) -> None:
        if key in by_key:
            done(by_key[key], rows)

    pool = ProcessPoolExecutor(workers, get_context("forkserver"), _start_worker, (village,))
    try:
        with Callback(posttask=posttask):
            # A chunk of several tasks would keep the rows of the first until the last is done.
            dask.compute(*tasks, scheduler="processes", pool=pool, chunksize=1, optimize_graph=False)
    except BrokenExecutor as error:
        raise ChildProcessError(
            "a process of this study was killed, perhaps for want of memory; what was done is kept: "
            "run the same again with fewer --workers"
        ) from error
    except BaseException:
        pool.kill_workers()
        raise
    finally:
        pool.shutdown()


_village: StudyVillage
"""What a process of this machine runs cases on; handed over once."""


def _start_worker(village: StudyVillage) -> None:
    global _village  # noqa: PLW0603 - a worker process has one job for life
    _village = village
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to act on


def _live_here(case: StudyCase) -> Any:  # noqa: ANN401 - see live
    return live(_village, case)


def _report_here(case: StudyCase, of_m1: Any) -> list[Row]:  # noqa: ANN401 - see live
    return report(_village, case, of_m1)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
