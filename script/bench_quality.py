"""Measure how well the checks of readings find faults, and how far estimated loads are off.

On the built-in village's year: ten batteries that serve their own house on even days and are steered on odd
ones, their state of charge in whole per cents, their power in tens of watts; two transformers' meters. Every
hour the checks look back as the coordinator's do. A fault lasts from a midnight on (a battery that is stuck:
from noon on) for a day; it is found if it is told within that day.

    script/bench quality
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np

from battery_commons.domain.battery import Battery
from battery_commons.domain.quality import (
    Finding,
    FindingKind,
    Source,
    SourceKind,
    battery_bound_w,
    meter_bound_w,
)
from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.sense.battery_plausibility import check_battery
from battery_commons.sense.estimation import estimate_loads
from battery_commons.sense.plausibility import (
    Verdict,
    check_meter_sign,
    check_meter_stuck,
    check_night,
    check_range,
    check_too_small,
)
from battery_commons.sense.standard_profile import place_in_profile
from battery_commons.sense.summary import Floats, Summaries
from battery_commons.simulation.replay import replay
from battery_commons.simulation.village import Village, load_village

SEED = 20251128
HOUR, DAY, MONTHS = 4, SLOTS_PER_DAY, 12
REACH_OF_BATTERY = 6 * HOUR
EVENING, NOON = range(17 * HOUR, 21 * HOUR), range(10 * HOUR, 15 * HOUR)
DRAWS = 20
"""Of which homes report."""

type Fault = Callable[[Summaries, slice], Summaries]


def main() -> None:
    """Print the tables of docs/data-quality.md."""
    village, rng = load_village(), np.random.default_rng(SEED)
    batteries, meters, houses_w, batteries_w = record(village, rng)
    print_false(batteries, meters, houses_w, batteries_w)
    print_found(batteries, meters, houses_w, batteries_w, rng)
    print_estimates(village, rng)


def record(
    village: Village, rng: np.random.Generator
) -> tuple[list[tuple[Battery, Summaries]], list[tuple[float, Summaries]], list[Floats], list[Floats]]:
    """Return what batteries and meters report; and by meter, what houses and batteries behind it do."""
    grid = village.time_grid
    plan = np.full(grid.slots, np.nan)
    for t in range(grid.slots):
        if (t // DAY) % 2:
            plan[t] = 2000.0 if t % DAY in NOON else -2500.0 if t % DAY in EVENING else 0.0
    asked = [None if np.isnan(p) else float(p) for p in plan]
    members = [c.battery for c in village.battery_connections if c.battery]
    lived = replay(village, grid, {b.id: asked for b in members}, {b.id: b.capacity_wh / 2 for b in members})
    batteries = []
    for n, battery in enumerate(members):
        power_w = lived.power_w[n].round(-1)
        charge = (lived.energy_wh[n, :-1] + lived.energy_wh[n, 1:]) / 2 / battery.capacity_wh
        batteries.append((battery, seen(grid.start, power_w, charge.round(2), rng)))
    meters, houses_w, batteries_w = [], [], []
    for transformer in village.transformers:
        load_w = lived.transformer_load_w[transformer.id]
        meters.append((transformer.limit_w, seen(grid.start, load_w.round(-2), None, rng)))
        behind = [n for n, b in enumerate(members) if b.transformer_id == transformer.id]
        houses_w.append(lived.house_w[behind].sum(axis=0))
        batteries_w.append(lived.power_w[behind].sum(axis=0))
    return batteries, meters, houses_w, batteries_w


def seen(start: datetime, mean_w: Floats, charge: Floats | None, rng: np.random.Generator) -> Summaries:
    """Return a record as summaries, each quarter hour with some movement around its mean."""
    apart = np.abs(mean_w) * rng.uniform(0, 0.2, len(mean_w))
    # A battery that is steered keeps its setpoint to the watt for hours.
    apart[rng.uniform(size=len(mean_w)) < 0.5] = 0  # noqa: PLR2004
    unknown = np.full(len(mean_w), np.nan)
    return Summaries(start, mean_w, mean_w - apart, mean_w + apart, unknown if charge is None else charge)


def part(whole: Summaries, first: int, last: int) -> Summaries:
    """Return the slots [first, last)."""
    cut = slice(max(first, 0), last)
    return Summaries(
        whole.moment(max(first, 0)),
        whole.mean_w[cut],
        whole.lowest_w[cut],
        whole.highest_w[cut],
        whole.state_of_charge[cut],
    )


def of_battery(battery: Battery, whole: Summaries, end: int) -> Iterator[Verdict]:
    """Check a battery as the examiner does at slot `end`."""
    source = Source(SourceKind.BATTERY, battery.id)
    window = part(whole, end - REACH_OF_BATTERY, end)
    yield from check_range(source, window, battery_bound_w(battery))
    yield from check_battery(source, window, battery)


def of_meter(
    limit_w: float, whole: Summaries, houses_w: Floats | None, batteries_w: Floats, end: int
) -> Iterator[Verdict]:
    """Check a transformer's meter as the examiner does; `houses_w` where members share their meters."""
    source = Source(SourceKind.METER, "t")
    window = part(whole, end - DAY, end)
    yield from check_range(source, window, meter_bound_w(limit_w))
    yield from check_meter_stuck(source, window)
    yield from check_too_small(source, window, limit_w)
    cut = slice(max(end - DAY, 0), end)
    if houses_w is not None:
        yield from check_meter_sign(source, window, houses_w[cut], batteries_w[cut])
    elif end % DAY == 4 * HOUR:
        night = slice(end - 4 * HOUR, end)
        yield from check_night(
            source, whole.mean_w[night] - batteries_w[night], whole.moment(end - 4 * HOUR), limit_w
        )


def events(found: list[Finding]) -> Counter[FindingKind]:
    """Count findings, each once: one that goes on begins where it began."""
    return Counter(kind for kind, _ in {(each.kind, each.since.date()) for each in found})


def print_false(
    batteries: list[tuple[Battery, Summaries]],
    meters: list[tuple[float, Summaries]],
    houses_w: list[Floats],
    batteries_w: list[Floats],
) -> None:
    """Print what the checks find where nothing is wrong."""
    print("| false findings | sources x months | by kind |\n| --- | --- | --- |")
    ends = range(REACH_OF_BATTERY, batteries[0][1].slots, HOUR)
    told = Counter[FindingKind]()
    for battery, whole in batteries:
        told += events([v for end in ends for v in of_battery(battery, whole, end) if isinstance(v, Finding)])
    print(f"| batteries | {len(batteries) * MONTHS} | {dict(told) or 'none'} |")
    for name, share in (("meters, members' houses known", True), ("meters, no house known", False)):
        told = Counter()
        for (limit_w, whole), house_w, battery_w in zip(meters, houses_w, batteries_w, strict=True):
            known = house_w if share else None
            told += events(
                [
                    v
                    for end in range(DAY, whole.slots, HOUR)
                    for v in of_meter(limit_w, whole, known, battery_w, end)
                    if isinstance(v, Finding)
                ]
            )
        print(f"| {name} | {len(meters) * MONTHS} | {dict(told) or 'none'} |")


def turned(whole: Summaries, when: slice) -> Summaries:
    """Turn the sign."""
    return scaled(whole, when, -1.0)


def scaled(whole: Summaries, when: slice, factor: float) -> Summaries:
    """Multiply the power."""
    mean, low, high = whole.mean_w.copy(), whole.lowest_w.copy(), whole.highest_w.copy()
    ends = np.stack([low[when] * factor, high[when] * factor])
    mean[when] *= factor
    low[when], high[when] = ends.min(axis=0), ends.max(axis=0)
    return replace(whole, mean_w=mean, lowest_w=low, highest_w=high)


def stuck(whole: Summaries, when: slice) -> Summaries:
    """Keep the last value."""
    mean, low, high = whole.mean_w.copy(), whole.lowest_w.copy(), whole.highest_w.copy()
    charge = whole.state_of_charge.copy()
    for each in (mean, low, high):
        each[when] = whole.mean_w[when.start]
    charge[when] = charge[when.start]
    return replace(whole, mean_w=mean, lowest_w=low, highest_w=high, state_of_charge=charge)


def spiked(whole: Summaries, when: slice) -> Summaries:
    """Have one reading of an hour in be 100 times the largest."""
    high = whole.highest_w.copy()
    high[when.start + HOUR] = 100 * np.abs(whole.mean_w).max()
    return replace(whole, highest_w=high)


def jumped(whole: Summaries, when: slice) -> Summaries:
    """Move the state of charge by a quarter, away from the end that it is nearer to."""
    charge = whole.state_of_charge.copy()
    charge[when] += 0.25 if charge[when.start] < 0.5 else -0.25  # noqa: PLR2004
    return replace(whole, state_of_charge=charge.clip(0, 1))


FAULTS: dict[FindingKind, Fault] = {
    FindingKind.SIGN: turned,
    FindingKind.TOO_LARGE: lambda whole, when: scaled(whole, when, 1000.0),
    FindingKind.TOO_SMALL: lambda whole, when: scaled(whole, when, 0.001),
    FindingKind.STUCK: stuck,
    FindingKind.SPIKE: spiked,
    FindingKind.JUMP: jumped,
}


def first_told(check: Callable[[int], Iterator[Verdict]], kind: FindingKind, start: int) -> float | None:
    """Return after how many hours a fault from `start` on is told; None for not within its day."""
    for hours in range(1, 25):
        if any(isinstance(v, Finding) and v.kind is kind for v in check(start + hours * HOUR)):
            return float(hours)
    return None


def print_found(
    batteries: list[tuple[Battery, Summaries]],
    meters: list[tuple[float, Summaries]],
    houses_w: list[Floats],
    batteries_w: list[Floats],
    rng: np.random.Generator,
) -> None:
    """Print what the checks find where something was made wrong."""
    print("\n| fault | source | put in | found within a day | hours until told (median, longest) |")
    print("| --- | --- | --- | --- | --- |")
    for kind, fault in FAULTS.items():
        told = []
        for battery, whole in batteries:
            for midnight in starts(rng):
                # A battery that is stuck while it stands still cannot be told from one that stands still.
                start = midnight + 12 * HOUR if kind is FindingKind.STUCK else midnight
                broken = fault(whole, slice(start, start + DAY))
                told.append(first_told(partial(of_battery, battery, broken), kind, start))
        print_row(kind, "battery", told)
    for kind, fault in FAULTS.items():
        if kind is FindingKind.JUMP:
            continue
        for name, share in (("meter, houses known", True), ("meter, no house known", False)):
            if not share and kind is not FindingKind.SIGN:
                continue
            told = []
            for (limit_w, whole), house_w, battery_w in zip(meters, houses_w, batteries_w, strict=True):
                known = house_w if share else None
                for start in starts(rng):
                    broken = fault(whole, slice(start, start + DAY))
                    check = partial(of_meter, limit_w, broken, known, battery_w)
                    told.append(first_told(check, kind, start))
            print_row(kind, name, told)


def starts(rng: np.random.Generator) -> list[int]:
    """Return a midnight in each month."""
    return [int((month * 30.4 + rng.integers(2, 28)) * DAY) // DAY * DAY for month in range(MONTHS)]


def print_row(kind: FindingKind, name: str, told: list[float | None]) -> None:
    """Print how many of some faults were told, and how fast."""
    hours = [each for each in told if each is not None]
    fast = f"{np.median(hours):.0f}, {max(hours):.0f}" if hours else "-"
    print(f"| {kind} | {name} | {len(told)} | {len(hours) / len(told):.0%} | {fast} |")


def _as_given(profile: tuple[Floats, Floats], _slots: Sequence[datetime]) -> tuple[Floats, Floats]:
    return profile


def print_estimates(village: Village, rng: np.random.Generator) -> None:
    """Print how far estimates are off, with a standard profile of the other transformer's connections."""
    print("\n| transformer | connections | homes that report | mean error | peak off by | inside the band |")
    print("| --- | --- | --- | --- | --- | --- |")
    every = slice(0, village.time_grid.slots, 5)  # Not a multiple of the hour: all quarters are seen.
    slots = village.time_grid.starts()[every]
    places = np.array([place_in_profile(slot) for slot in slots])
    keys = places @ np.array([48, 24, 1])
    net_w = {
        t.id: np.stack([village.net_w(c.id)[every] for c in village.connections if c.transformer_id == t.id])
        for t in village.transformers
    }
    for transformer in village.transformers:
        own = net_w[transformer.id]
        other = np.concatenate([each for id_, each in net_w.items() if id_ != transformer.id])
        usual = np.array([other[:, keys == key].mean() for key in range(576)])[keys]
        apart = np.array([other[:, keys == key].std() for key in range(576)])[keys]
        load_w = own.sum(axis=0)
        for share in (0.0, 0.1, 0.3, 0.6):
            homes = round(share * len(own))
            if share and homes < 5:  # noqa: PLR2004
                homes = 5
            errors, peaks, inside = [], [], []
            for _ in range(DRAWS if homes else 1):
                chosen = rng.choice(len(own), homes, replace=False)
                known = {str(n): dict(zip(slots, own[n].tolist(), strict=True)) for n in chosen}
                estimates = list(
                    estimate_loads(known, len(own), slots, partial(_as_given, (usual, apart))).values()
                )
                estimated = np.array([each.load_w for each in estimates])
                spread = np.array([each.spread_w for each in estimates])
                errors.append(np.abs(estimated - load_w).mean())
                peaks.append(abs(np.abs(estimated).max() - np.abs(load_w).max()))
                inside.append((np.abs(estimated - load_w) <= spread).mean())
            print(
                f"| {transformer.name} ({transformer.limit_w / 1000:.0f} kW) | {len(own)} | "
                f"{homes} ({homes / len(own):.0%}) | {np.mean(errors) / 1000:.1f} kW "
                f"({np.mean(errors) / transformer.limit_w:.1%} of the limit) | "
                f"{np.mean(peaks) / 1000:.1f} kW | {np.mean(inside):.0%} |"
            )


if __name__ == "__main__":
    main()
