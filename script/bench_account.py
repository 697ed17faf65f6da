"""Measure what a month's account takes on one core: settling, exporting and auditing it, and Shapley values.

All homes are behind one transformer; half have a battery, which draws the load towards its daily mean as far
as it can. Houses are those of the built-in village, in turn, each moved by some quarter hours.

    script/bench account [--homes N] [--pairs P]
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from threadpoolctl import threadpool_limits

from battery_commons.account.basis import BatteryMonth, GridMonth, HomeMonth, MonthBasis, MonthRules
from battery_commons.account.closing import close
from battery_commons.account.period import days_of, month_grid
from battery_commons.account.shapley import PAIRS, shapley
from battery_commons.audit import audit
from battery_commons.domain.battery import Battery
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.home_tariff import stated
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.replay import drive
from tests.village.audit.exported import exported

PERIOD = "2027-03"


def main() -> None:
    """Print how long each part takes, and how near the estimate is to the exact value for nine homes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with threadpool_limits(1), TemporaryDirectory(prefix="bench-account-") as folder:
        basis = month_of(options.homes)
        print(f"{options.homes} homes, {basis.slots} quarter hours, one core\n\n| part | s |\n| --- | ---: |")
        with timed("settled, with its tables"):
            closed = close([basis], (), None, datetime(2027, 4, 4, tzinfo=UTC))
        month = closed.months[0]
        with timed("written"):
            tables = {(PERIOD, name, table.digest): table.text for name, table in month.tables.items()}
            path = exported(Path(folder) / "account.zip", closed.entries, tables)
        with timed("audited"):
            report = audit(path)
        if not report.is_right:
            raise SystemExit(f"the audit differs: {report.differences[:3]}")
        difference_w = np.array([home.cost.difference_w for home in month.settlement.homes], dtype=np.float64)
        alone_w = basis.grids[0].load_w - difference_w.sum(axis=0)
        with timed(f"Shapley values, {2 * options.pairs:,} orders"):
            values = shapley(alone_w, difference_w, pairs=options.pairs)
        with timed("the same where the load is flat, so that no quarter hour can be left out"):
            shapley(np.full_like(alone_w, alone_w.mean()), difference_w, pairs=options.pairs)
    together_w = values.value_w.sum()
    error_w = values.standard_error_w.max()
    print(f"\n{report.quarter_hours:,} quarter hours were audited")
    print(f"all together take {together_w / 1000:.1f} kW off a peak of {np.abs(alone_w).max() / 1000:.1f} kW")
    print(f"largest value {values.value_w.max():.0f} W, largest standard error {error_w:.1f} W")


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long it took."""
    begun = time.perf_counter()
    yield
    print(f"| {what} | {time.perf_counter() - begun:.1f} |")


def month_of(homes: int) -> MonthBasis:
    """Return a month of `homes` homes."""
    record = record_builtin()
    grid = month_grid(PERIOD)
    first = 60 * 96
    random = np.random.default_rng(0)
    houses = [
        np.rint(
            np.roll(
                record.site_net_w[n % len(record.sites), first : first + grid.slots], random.integers(-8, 9)
            )
        )
        for n in range(homes)
    ]
    base_w = np.sum(houses, axis=0)
    mean_w = np.convolve(base_w, np.full(96, 1 / 96), mode="same")
    load_w = base_w
    known = np.ones(grid.slots, dtype=np.bool_)
    begins, ends = days_of(PERIOD)
    members = []
    for n, house_w in enumerate(houses):
        batteries: tuple[BatteryMonth, ...] = ()
        if n % 2 == 0:
            battery = Battery(f"h{n}/b", "t1", 10_000, 5_000, 5_000)
            wanted = (mean_w - base_w) / homes * random.uniform(0.5, 3)
            power_w, energy_wh = drive([battery], wanted[np.newaxis], house_w[np.newaxis], [5_000.0])
            batteries = (BatteryMonth.of(battery, "b", whole(power_w[0]), whole(energy_wh[0])),)
            load_w = load_w + power_w[0]
        members.append(
            HomeMonth(
                f"h{n}",
                "t1",
                on_feeder=True,
                first_day=begins,
                last_day=ends,
                tariffs=((0, stated(AFTER_NET_METERING, grid.start)),),
                house_w=whole(house_w),
                known=known,
                batteries=batteries,
            )
        )
    return MonthBasis(
        PERIOD,
        MonthRules(SharingRule.CONTRIBUTION, 1_000, 0, owners_bear_shortage=False),
        whole(record.day_ahead[first : first + grid.slots] * 100_000),
        known,
        (),
        (GridMonth("t1", whole(load_w), known), GridMonth("feeder", whole(load_w), known)),
        tuple(members),
    )


def whole(figures: np.ndarray) -> np.ndarray:
    """Return figures in whole numbers."""
    return np.rint(figures).astype(np.int64)


if __name__ == "__main__":
    main()
