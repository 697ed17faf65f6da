"""Show the guard at work as a sampled loop: readings late and noisy, batteries that take a moment.

A second at a time: ten batteries follow their setpoints, a transformer's meter is read every ten seconds and
known some time later, and the guard corrects now and then, as tick/guard.py does: what the batteries measured
themselves is subtracted from the meter, and only a change worth a message is sent. Energy is no limit here.

    script/bench guard [--picture FILE]
"""

import argparse
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from battery_commons.control.guard import Band, GuardTask, guard
from battery_commons.control.problem import Floats
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY
from battery_commons.simulation.village import load_village
from battery_commons.tick.guard import WORTH_SENDING_W
from battery_commons.tick.service import GUARD_EVERY

BATTERIES = 10
BATTERY_KW = 5.0
LAG_S = 5.0
"""Time constant of a battery on its way to a new setpoint."""
READ_EVERY_S = 10
"""How often the meter is read, and how often batteries report."""
LIVE_EVERY_S = int(GUARD_EVERY.total_seconds())
BEFORE_STEP_S = 5
"""How long before the step the guard has just run: nearly the worst case for each period."""
EDGE_KW = 100.0
STEP_AT_S = 600
STEP_KW = (80.0, 130.0)
STEP_LASTS_S = 1800
DELAYS_S = (0, 10, 30, 60, 120, 300)
NOISES_KW = (0.0, 0.5, 2.0)
SLACK_KW = BATTERIES * WORTH_SENDING_W / 1000
"""How far the load may stay off the edge since no battery's share is worth a message."""
SETTLED_AFTER_S = 4 * round(LAG_S)
RIPPLE_OF_LAST_S = 900
SEED = 20250601
PAIRED = ("#9ecae1", "#4292c6", "#2171b5", "#08306b")
LOOSE = "#d94801"


class Pairing(StrEnum):
    """Which battery readings are subtracted from a meter reading, and what is made of the difference."""

    SAME = "same stamp"
    NEAR = "batteries 5 s older"
    BETWEEN = "batteries 5 s older and younger, the mean"
    YOUNGER = "batteries 30 s younger"
    NEWEST = "newest of each"
    THIRD = "newest of each, a third of the way"
    WAITING = "newest of each, meter settled since the last change"


APART_S = {
    Pairing.SAME: (0,),
    Pairing.NEAR: (-5,),
    Pairing.BETWEEN: (-5, 5),
    Pairing.YOUNGER: (30,),
}
"""How much younger than the meter's the batteries' readings are, if there are such; else the newest."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One loop."""

    delay_s: int
    noise_kw: float = 0.0
    every_s: int = LIVE_EVERY_S
    pairing: Pairing = Pairing.SAME


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it."""

    load_kw: Floats
    """The transformer's load in each second."""
    changes: int
    """Setpoints sent, over all batteries."""


def simulate(base_kw: Floats, edge_kw: float, setting: Setting) -> Run:
    """Return how the transformer's load runs, with the guard to keep it between -edge and edge."""
    noise_kw = setting.noise_kw * np.random.default_rng(SEED).standard_normal(len(base_kw))
    load_kw, batteries_kw = np.empty(len(base_kw)), np.empty(len(base_kw))
    setpoints_kw, powers_kw = np.zeros(BATTERIES), np.zeros(BATTERIES)
    share = 1 - math.exp(-1 / LAG_S)
    changes, changed_at = 0, -math.inf
    for now, base in enumerate(base_kw):
        powers_kw += share * (setpoints_kw - powers_kw)
        batteries_kw[now] = powers_kw.sum()
        load_kw[now] = base + batteries_kw[now]
        if (now + BEFORE_STEP_S - STEP_AT_S) % setting.every_s or now < setting.delay_s:
            continue
        stamp = (now - setting.delay_s) // READ_EVERY_S * READ_EVERY_S
        if setting.pairing == Pairing.WAITING and stamp < changed_at + SETTLED_AFTER_S:
            continue
        stamps = [min(max(stamp + apart, 0), now) for apart in APART_S.get(setting.pairing, (len(base_kw),))]
        seen_kw = load_kw[stamp] + noise_kw[stamp] - batteries_kw[stamps].mean()
        wanted_kw = corrected_kw(seen_kw, edge_kw)
        if setting.pairing == Pairing.THIRD:
            wanted_kw = setpoints_kw + (wanted_kw - setpoints_kw) / 3
        sent = np.abs(wanted_kw - setpoints_kw) >= WORTH_SENDING_W / 1000
        setpoints_kw = np.where(sent, wanted_kw, setpoints_kw)
        if sent.any():
            changes, changed_at = changes + int(sent.sum()), now
    return Run(load_kw, changes)


def corrected_kw(base_kw: float, edge_kw: float) -> Floats:
    """Return what the guard asks of batteries that the plan leaves idle, at this load without them."""
    full_w = np.full(BATTERIES, 1000 * BATTERY_KW)
    edge_w = np.array([1000 * edge_kw])
    return (
        guard(
            GuardTask(
                planned_w=np.zeros(BATTERIES),
                least_w=-full_w,
                most_w=full_w,
                transformer_of=np.zeros(BATTERIES, dtype=np.intp),
                base_w=np.array([1000 * base_kw]),
                band=Band(-edge_w, edge_w),
            )
        )
        / 1000
    )


def step_kw() -> Floats:
    """Return the base load that steps up."""
    return np.repeat(STEP_KW, (STEP_AT_S, STEP_LASTS_S))


def noon_kw() -> Floats:
    """Return four hours around the sunniest noon on the village's first transformer, by second.

    The record has quarter hours, so passing clouds are made up: each takes up to half of the sun within
    20 seconds and lasts some minutes.
    """
    village = load_village()
    transformer = village.transformers[0].id
    load_kw = village.transformer_load_w(transformer) / 1000
    pv_kw = sum(
        (village.pv_w(c.id) / 1000 for c in village.connections if c.transformer_id == transformer),
        start=np.zeros_like(load_kw),
    )
    day = int(load_kw.reshape(-1, SLOTS_PER_DAY).min(axis=1).argmin())
    noon = day * SLOTS_PER_DAY + int(load_kw[day * SLOTS_PER_DAY :][:SLOTS_PER_DAY].argmin())
    slots = np.arange(noon - 8, noon + 9)
    slot_s = int(SLOT.total_seconds())
    seconds = np.arange((len(slots) - 1) * slot_s)
    load, sun = (
        np.interp(seconds, slot_s * np.arange(len(slots)), series[slots]) for series in (load_kw, pv_kw)
    )
    return np.asarray(load + clouds(len(seconds)) * sun)


def clouds(seconds: int) -> Floats:
    """Return the share of the sun that clouds take, by second."""
    rng = np.random.default_rng(SEED)
    taken: list[Floats] = []
    while sum(map(len, taken)) < seconds:
        clear_s, cloudy_s = rng.integers(60, 400), rng.integers(30, 200)
        taken += [np.zeros(clear_s), np.full(cloudy_s, rng.uniform(0.1, 0.5))]
    edges = np.ones(20) / 20
    return np.convolve(np.concatenate(taken), edges, mode="same")[:seconds]


@dataclass(frozen=True, slots=True)
class StepResponse:
    """How a loop takes the step, against the edge of the band."""

    above_kw: float
    """The most above it once it had come back."""
    below_kw: float
    """The most below it, likewise: more was corrected than was asked."""
    settled_s: int | None
    """When the load had come to the edge for good; None where it never did."""
    above_kwh: float
    ripple_kw: float
    """Standard deviation at the end."""
    changes: int


def step_response(setting: Setting) -> StepResponse:
    """Return what a step does."""
    run = simulate(step_kw(), EDGE_KW, setting)
    after_kw = run.load_kw[STEP_AT_S:] - EDGE_KW
    off = np.abs(after_kw) > SLACK_KW + 4 * setting.noise_kw
    once_back = after_kw[int((~off).argmax()) + SETTLED_AFTER_S :]
    settled_s = int(np.flatnonzero(off)[-1]) + 1
    return StepResponse(
        above_kw=max(0.0, once_back.max()),
        below_kw=max(0.0, -once_back.min()),
        settled_s=settled_s if settled_s <= len(off) - RIPPLE_OF_LAST_S else None,
        above_kwh=np.maximum(after_kw, 0.0).sum() / 3600,
        ripple_kw=after_kw[-RIPPLE_OF_LAST_S:].std(),
        changes=run.changes,
    )


STEP_HEAD = (
    "readings paired",
    "guard every (s)",
    "delay (s)",
    "noise (kW)",
    "overshoot above (kW)",
    "below (kW)",
    "settled after (s)",
    "above the band (kWh)",
    "ripple (kW)",
    "setpoints sent",
)


def step_row(setting: Setting) -> list[str]:
    """Return what a step does, as the cells of a row."""
    response = step_response(setting)
    return [
        setting.pairing,
        f"{setting.every_s}",
        f"{setting.delay_s}",
        f"{setting.noise_kw:g}",
        f"{response.above_kw:.1f}",
        f"{response.below_kw:.1f}",
        "never" if response.settled_s is None else f"{response.settled_s}",
        f"{response.above_kwh:.2f}",
        f"{response.ripple_kw:.2f}",
        f"{response.changes}",
    ]


def step_settings() -> Iterator[Setting]:
    """Yield the live period with every delay and noise, then the other periods."""
    for delay_s in DELAYS_S:
        for noise_kw in NOISES_KW:
            yield Setting(delay_s, noise_kw)
    for every_s in (10, 30):
        for delay_s in DELAYS_S:
            yield Setting(delay_s, NOISES_KW[1], every_s)


def pairing_settings() -> Iterator[Setting]:
    """Yield loops whose readings do not belong together, and the remedies."""
    for pairing in list(Pairing)[1:]:
        for every_s in (10, LIVE_EVERY_S):
            for delay_s in (30, 60, 120):
                yield Setting(delay_s, NOISES_KW[1], every_s, pairing)


NOON_HEAD = (
    "readings paired",
    "guard every (s)",
    "delay (s)",
    "most beyond the band (kW)",
    "beyond (kWh)",
    "beyond (min)",
    "setpoints sent",
)


def noon_rows() -> Iterator[list[str]]:
    """Yield what the noon does without a guard, and with several, as the cells of rows."""
    base_kw = noon_kw()
    edge_kw = float(np.abs(base_kw).max()) - BATTERIES * BATTERY_KW / 2
    yield ["no guard", "-", "-", *beyond_cells(base_kw, edge_kw), "0"]
    for pairing in (Pairing.SAME, Pairing.NEWEST, Pairing.WAITING):
        for every_s in (10, LIVE_EVERY_S):
            for delay_s in (0, 30, 60, 120):
                run = simulate(base_kw, edge_kw, Setting(delay_s, NOISES_KW[1], every_s, pairing))
                beyond = beyond_cells(run.load_kw, edge_kw)
                yield [pairing, f"{every_s}", f"{delay_s}", *beyond, f"{run.changes}"]


def beyond_cells(load_kw: Floats, edge_kw: float) -> list[str]:
    """Return how far, how much and how long a load is beyond its band."""
    beyond_kw = np.maximum(np.abs(load_kw) - edge_kw, 0.0)
    minutes = np.count_nonzero(beyond_kw) / 60
    return [f"{beyond_kw.max():.1f}", f"{beyond_kw.sum() / 3600:.2f}", f"{minutes:.0f}"]


def print_table(title: str, head: Sequence[str], rows: Iterable[list[str]]) -> None:
    """Print a Markdown table under its title."""
    print(f"### {title}\n\n| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def draw(file: Path) -> None:
    """Draw the step response, and what delay costs, as an SVG that comes out the same every time."""
    style = {"svg.hashsalt": "battery-commons", "svg.fonttype": "path", "font.size": 10}
    with mpl.rc_context(style):
        figure = Figure(figsize=(9, 7), facecolor="white", layout="constrained")
        response, cost = figure.subplots(2)
        draw_response(response)
        draw_cost(cost)
        for axes in (response, cost):
            axes.grid(color="0.9")
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def draw_response(axes: Axes) -> None:
    """Draw the load after the step for some delays."""
    shown = slice(STEP_AT_S - 60, STEP_AT_S + 481)
    minutes = (np.arange(STEP_AT_S + STEP_LASTS_S) - STEP_AT_S)[shown] / 60
    axes.plot(minutes, step_kw()[shown], color="0.7", label="without guard")
    for delay_s, colour in zip((0, 30, 60, 120), PAIRED, strict=True):
        load_kw = simulate(step_kw(), EDGE_KW, Setting(delay_s, every_s=10)).load_kw
        axes.plot(minutes, load_kw[shown], color=colour, label=f"meter {delay_s} s late")
    loose_kw = simulate(step_kw(), EDGE_KW, Setting(60, pairing=Pairing.NEWEST)).load_kw
    axes.plot(
        minutes,
        loose_kw[shown],
        color=LOOSE,
        linewidth=1,
        label="60 s late, guard every 60 s,\nreadings not paired",
    )
    axes.axhline(EDGE_KW, color="black", linewidth=0.8, linestyle="--")
    axes.annotate("edge of the band", (-0.95, EDGE_KW + 1.5), fontsize=9)
    axes.set(
        xlabel="minutes after the step",
        ylabel="load (kW)",
        title="A load steps up by 50 kW, guard every 10 s",
    )
    axes.set_xlim(-1, 8)
    axes.legend(fontsize=9, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


def draw_cost(axes: Axes) -> None:
    """Draw the energy above the band against the delay."""
    delays_s = range(0, 301, 10)
    for every_s, colour in zip((10, 30, 60), PAIRED, strict=False):
        energy_kwh = [step_response(Setting(delay_s, every_s=every_s)).above_kwh for delay_s in delays_s]
        axes.plot(delays_s, energy_kwh, color=colour, label=f"guard every {every_s} s")
    loose = [Setting(delay_s, pairing=Pairing.NEWEST) for delay_s in delays_s]
    energy_kwh = [step_response(setting).above_kwh for setting in loose]
    axes.plot(delays_s, energy_kwh, color=LOOSE, linewidth=1, label="guard every 60 s,\nreadings not paired")
    axes.set(
        xlabel="how late the meter is known (s)",
        ylabel="energy above the band (kWh)",
        title="What the delay costs in half an hour",
        xlim=(0, 300),
        ylim=(0, None),
    )
    axes.legend(fontsize=9, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


def main() -> None:
    """Print the tables; exit with 1 where a loop with paired readings does not settle."""
    parser = argparse.ArgumentParser("script/bench guard")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the loop as an SVG")
    picture = parser.parse_args().picture
    print_table("A step of 50 kW, 30 kW above the band", STEP_HEAD, map(step_row, step_settings()))
    print_table("Readings that do not belong together", STEP_HEAD, map(step_row, pairing_settings()))
    print_table("A sunny noon with clouds", NOON_HEAD, noon_rows())
    if picture:
        draw(picture)
    if any(step_response(setting).settled_s is None for setting in step_settings()):
        sys.exit("A loop with paired readings does not settle.")


if __name__ == "__main__":
    main()
