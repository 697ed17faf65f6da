"""The stamps of a CSV file: each the start of a quarter hour or an hour, without gaps, in order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.csv_cell import read_stamp
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.village_file_error import VillageFileError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST_LINE = 2
"""The line of the first row of data, below the header."""


def read_stamps(file: str, stamps: Sequence[str], zone: tzinfo | None) -> tuple[TimeGrid, int]:
    """Return the quarter hours that rows of these stamps cover, and how many quarter hours a row lasts.

    Args:
        file: The name of the file, for what is wrong with it.
        stamps: The stamp of every row, from line 2 on.
        zone: What stamps without an offset are in; None where each needs one.

    Raises:
        VillageFileError: A stamp is wrong, or they are doubled, out of order, or have gaps.
    """
    if len(stamps) < 2:  # noqa: PLR2004 - two rows make a step
        raise VillageFileError(file, FIRST_LINE, "there are fewer than two rows below the header")
    slots = np.array([_slot(file, line, stamp, zone) for line, stamp in enumerate(stamps, start=FIRST_LINE)])
    steps = np.diff(slots)
    _check_order(file, stamps, steps)
    step = int(steps.min())
    if step * SLOT not in (SLOT, HOUR):
        line = FIRST_LINE + 1 + int(steps.argmin())
        raise VillageFileError(
            file,
            line,
            f"rows are {step * SLOT} apart, not a quarter of an hour (0:15:00) or an hour (1:00:00)",
        )
    _check_gaps(file, slots, step)
    return TimeGrid(_moment(slots[0]), len(stamps) * step), step


def _slot(file: str, line: int, stamp: str, zone: tzinfo | None) -> int:
    """Return how many quarter hours after the epoch a stamp is."""
    try:
        moment = read_stamp(stamp)
    except ValueError as error:
        raise VillageFileError(
            file, line, f"{stamp!r} is no date and time: write 2025-03-30T02:30+02:00, say"
        ) from error
    if moment.tzinfo is None:
        if zone is None:
            raise VillageFileError(
                file,
                line,
                f"{stamp} has no time zone: write {stamp}Z or {stamp}+02:00, "
                "or give utc_offset in village.toml where one offset goes for all stamps",
            )
        moment = moment.replace(tzinfo=zone)
    slot, rest = divmod(moment - EPOCH, SLOT)
    if rest:
        raise VillageFileError(
            file, line, f"{stamp} is not the start of a quarter hour (:00, :15, :30 or :45)"
        )
    return slot


def _check_order(file: str, stamps: Sequence[str], steps: NDArray[np.int64]) -> None:
    for row in np.flatnonzero(steps <= 0)[:1]:
        line = FIRST_LINE + 1 + int(row)
        if steps[row] == 0:
            raise VillageFileError(
                file, line, f"{stamps[row + 1]} occurs twice, on line {line - 1} too: delete one"
            )
        raise VillageFileError(
            file, line, f"{stamps[row + 1]} comes after {stamps[row]}: put the rows in the order of time"
        )


def _check_gaps(file: str, slots: NDArray[np.int64], step: int) -> None:
    steps = np.diff(slots)
    gaps = np.flatnonzero(steps != step)
    if gaps.size == 0:
        return
    row = int(gaps[0])
    missing = int((steps[gaps] - step).sum())
    raise VillageFileError(
        file,
        FIRST_LINE + 1 + row,
        f"nothing is given from {show(_moment(slots[row] + step))} to {show(_moment(slots[row + 1]))}; "
        f"{missing} quarter hours are missing in all: fill them in, or cut the files to days without gaps",
    )


def _moment(slot: int) -> datetime:
    return EPOCH + int(slot) * SLOT


def show(moment: datetime) -> str:
    """Return a moment in UTC as files write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def period(grid: TimeGrid) -> str:
    """Return the stretch of time of a grid in words, its end excluded."""
    return f"{show(grid.start)} to {show(grid.end)}"
