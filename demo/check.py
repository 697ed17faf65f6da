"""A village day without a person: what the demonstration promises, held against what happened."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from battery_commons.domain.battery import Battery
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, TimeGrid
from battery_commons.simulation.replay import Replay, replay
from demo.entity_check import Shown, charge_disagreement, disagreements
from demo.evidence import Floats, Followed, carried_out, loads, obeyed, reported, slot_means, within
from demo.home_assistant import HomeAssistant
from demo.process import DemoError
from demo.village import Home, RunningVillage
from demo.witness import Witness

LOOK_EVERY_S = 10.0
OBEY_TOLERANCE = 0.01
"""A battery's power against its own setpoint: rounding of the registers, and a second of change-over."""
PLAN_TOLERANCE = 0.05
"""A battery's power against the accepted plan: the home's dead band (25 W), and the second or so in each slot
in which a new plan is on its way and the former one still counts. A battery that ignores its plan is off by
the difference between plan and house, typically over a fifth of its power."""
FALL_BACK_WITHIN_S = 2.0
"""How long after the lease's end a battery may take: the device's timer counts whole seconds."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that the demonstration promises, whether it was kept, and by what that is known."""

    what: str
    kept: bool
    evidence: str


async def check_day(running: RunningVillage, day: datetime, report: Callable[[str], None]) -> list[Promise]:
    """Live through the village day that begins at `day`, kill the coordinator at its end, and judge.

    Raises:
        DemoError: The day had begun before everything was ready.
    """
    clock = running.clock
    if clock.now() >= day:
        raise DemoError(f"the set-up took too long: the village's day began at {clock.to_wall(day):%H:%M:%S}")
    await _sleep_until(clock.to_wall(day))
    grid = TimeGrid(day, SLOTS_PER_DAY)
    shown = await _watch(running, grid, report)

    witness = Witness(running.data_dir, clock)
    promises = [_joined(running, witness), _acknowledged(witness, clock.now() - 2 * SLOT)]
    rows = [_battery_row(home, witness, grid) for home in running.homes]
    report(_table(rows))
    promises += [promise for row in rows for promise in row.promises()]
    promises += [
        _entities(home, witness, running, shown.get(home.connection.id, [])) for home in _real(running)
    ]
    promises += _peaks(running, grid, report)

    report("The coordinator is killed")
    await running.coordinator.kill()
    promises += await _fall_back(running, witness)
    return promises


# --- The day ----------------------------------------------------------------------------------


async def _watch(
    running: RunningVillage, grid: TimeGrid, report: Callable[[str], None]
) -> dict[str, list[Shown]]:
    """Ask every Home Assistant now and then what it shows, until the day is over."""
    shown: dict[str, list[Shown]] = {home.connection.id: [] for home in _real(running)}
    end = running.clock.to_wall(grid.end)
    while (left_s := (end - datetime.now(UTC)).total_seconds()) > 0:
        report(f"It is {running.clock.now():%H:%M} in {running.village.name}; {left_s:.0f} s to go")
        for home in _real(running):
            shown[home.connection.id].append(await _look(home))
        await _sleep_until(min(end, datetime.now(UTC) + timedelta(seconds=LOOK_EVERY_S)))
    # The last slot is over once every battery has lived through it.
    await asyncio.sleep(1)
    return shown


async def _look(home: Home) -> Shown:
    assistant = _assistant(home)
    at = datetime.now(UTC)
    states = await assistant.states()
    return Shown(
        at=at,
        battery=_by_key(states, home.battery_id),
        village=_by_key(states, assistant.entry_id),
    )


def _by_key(states: dict[str, dict[str, object]], owner: str) -> dict[str, dict[str, object]]:
    return {
        unique_id.removeprefix(f"{owner}_"): state
        for unique_id, state in states.items()
        if unique_id.startswith(f"{owner}_")
    }


def _real(running: RunningVillage) -> list[Home]:
    return [home for home in running.homes if isinstance(home.household, HomeAssistant)]


def _assistant(home: Home) -> HomeAssistant:
    if not isinstance(home.household, HomeAssistant):
        raise DemoError(f"{home.connection.name} has no Home Assistant")
    return home.household


def _battery(home: Home) -> Battery:
    return home.simulator.physics.battery


async def _sleep_until(wall: datetime) -> None:
    await asyncio.sleep(max(0.0, (wall - datetime.now(UTC)).total_seconds()))


# --- Joining and plans ------------------------------------------------------------------------


def _joined(running: RunningVillage, witness: Witness) -> Promise:
    joined, expected = witness.homes_with_batteries(), len(running.homes)
    return Promise("every battery joined", joined == expected, f"{joined} of {expected}")


def _acknowledged(witness: Witness, before: datetime) -> Promise:
    sent, accepted, wrong = witness.unanswered(before)
    evidence = f"{accepted} of {sent}" + "".join(f"; {each}" for each in wrong[:3])
    return Promise(
        "every plan, signed, was verified and acknowledged by its home", not wrong and sent > 0, evidence
    )


@dataclass(frozen=True, slots=True)
class BatteryRow:
    """How one battery followed, three witnesses side by side."""

    name: str
    max_w: float
    plan: Followed
    device: Followed
    home: Followed

    def promises(self) -> list[Promise]:
        """Return what was promised of this battery."""
        steered = self.plan.hours > 0 and self.device.hours > 0
        ours = (
            ("power follows the accepted plan", self.plan, PLAN_TOLERANCE),
            ("power follows the battery's own setpoint", self.device, OBEY_TOLERANCE),
            ("reported power follows the home's setpoint", self.home, PLAN_TOLERANCE),
        )
        return [
            Promise(
                f"{self.name}: {what}",
                steered and followed.mean_deviation_w <= share * self.max_w,
                f"{followed.mean_deviation_w:.0f} W mean deviation over {followed.hours:.1f} h, "
                f"at most {share * self.max_w:.0f} W",
            )
            for what, followed, share in ours
        ]


def _battery_row(home: Home, witness: Witness, grid: TimeGrid) -> BatteryRow:
    name, battery = home.connection.name, _battery(home)
    steps = within(home.simulator.trajectory, grid.start, grid.end)
    return BatteryRow(
        name=name,
        max_w=max(battery.max_charge_w, battery.max_discharge_w),
        plan=carried_out(steps, battery, witness.accepted_plans(name, home.battery_id)),
        device=obeyed(steps, battery),
        home=reported(witness.readings(name, grid.start, grid.end), battery),
    )


def _table(rows: Sequence[BatteryRow]) -> str:
    head = f"{'battery':<16}{'steered':>10}{'from plan':>14}{'from setpoint':>16}{'as reported':>14}"
    lines = [
        f"{row.name:<16}{row.plan.hours:>8.1f} h{row.plan.mean_deviation_w:>12.0f} W"
        f"{row.device.mean_deviation_w:>14.0f} W{row.home.mean_deviation_w:>12.0f} W"
        for row in rows
    ]
    return "\n".join(["Mean absolute deviation of each battery's power:", head, *lines])


# --- Home Assistant's entities ----------------------------------------------------------------


def _entities(home: Home, witness: Witness, running: RunningVillage, shown: Sequence[Shown]) -> Promise:
    plans = witness.accepted_plans(home.connection.name, home.battery_id)
    meter = running.meters[home.connection.transformer_id].pushed
    trajectory = list(home.simulator.trajectory)
    wrong = []
    for each in shown:
        found = disagreements(each, trajectory, plans, meter, running.clock)
        charge = charge_disagreement(each, trajectory, _battery(home).capacity_wh, running.clock)
        wrong += [f"{each.at:%H:%M:%S} {problem}" for problem in [*found, charge] if problem]
    evidence = f"{len(shown)} looks over its REST API, {len(wrong)} disagreements" + "".join(
        f"; {problem}" for problem in wrong[:5]
    )
    return Promise(f"{home.connection.name}: entities tell what is so", bool(shown) and not wrong, evidence)


# --- The transformers' peaks ------------------------------------------------------------------


def _peaks(running: RunningVillage, grid: TimeGrid, report: Callable[[str], None]) -> list[Promise]:
    stored_wh = {_battery(home).id: _energy_at(home, grid.start) for home in running.homes}
    alone = replay(running.village, grid, {}, stored_wh)
    powers: dict[str, list[Floats]] = {}
    for home in running.homes:
        mean_w = slot_means(home.simulator.trajectory, grid)
        powers.setdefault(home.connection.transformer_id, []).append(mean_w)
    together = loads(running.village, grid, powers)
    report(_peak_table(running, alone, together))
    transformer = max(running.village.transformers, key=lambda t: alone.peak_w(t.id) / t.limit_w)
    before, after = alone.peak_w(transformer.id), float(np.abs(together[transformer.id]).max())
    return [
        Promise(
            f"the binding peak ({transformer.name}) is lower than under M1",
            after < before,
            f"{before / 1000:.1f} kW under M1, {after / 1000:.1f} kW as it happened",
        )
    ]


def _energy_at(home: Home, moment: datetime) -> float:
    """Return what a battery held at a village time, by its own trajectory."""
    before = [s for s in home.simulator.trajectory if s.start + timedelta(hours=s.hours) <= moment]
    if not before:
        raise DemoError(f"{home.connection.name} has no past before {moment:%H:%M}")
    return before[-1].energy_wh


def _peak_table(running: RunningVillage, alone: Replay, together: dict[str, Floats]) -> str:
    lines = [
        "Highest quarter hour of the day at each transformer (same day, same energy at its start):",
        f"{'transformer':<14}{'limit':>9}{'M1 import':>12}{'import':>10}{'M1 export':>12}{'export':>10}",
    ]
    for transformer in running.village.transformers:
        load_w = together[transformer.id]
        figures = (
            alone.peak_import_w(transformer.id),
            float(load_w.max()),
            alone.peak_export_w(transformer.id),
            float(-load_w.min()),
        )
        m1_import, now_import, m1_export, now_export = (f"{figure / 1000:.1f}" for figure in figures)
        lines.append(
            f"{transformer.name:<14}{transformer.limit_w / 1000:>7.0f}kW{m1_import:>12}{now_import:>10}"
            f"{m1_export:>12}{now_export:>10}"
        )
    return "\n".join(lines)


# --- The coordinator is gone ------------------------------------------------------------------


async def _fall_back(running: RunningVillage, witness: Witness) -> list[Promise]:
    """Wait for the last lease to end, and see that no battery is under orders any more."""
    plans = {h.connection.id: witness.accepted_plans(h.connection.name, h.battery_id) for h in running.homes}
    ends = {key: running.clock.to_wall(own[-1].lease_until) for key, own in plans.items() if own}
    steered = sum(home.simulator.setpoint_w is not None for home in running.homes)
    await _sleep_until(max(ends.values(), default=datetime.now(UTC)) + timedelta(seconds=FALL_BACK_WITHIN_S))
    promises = []
    kept = [home.connection.name for home in running.homes if home.simulator.setpoint_w is not None]
    late = [home.connection.name for home in running.homes if _overstayed(home, running, ends)]
    promises.append(
        Promise(
            "without its coordinator, every battery serves its own house at the lease's end",
            not kept and not late and len(ends) == len(running.homes),
            f"{steered} were steered; "
            + (f"still under orders: {kept or late}" if kept or late else "none is now"),
        )
    )
    for home in _real(running):
        await asyncio.sleep(FALL_BACK_WITHIN_S)
        shown = (await _look(home)).battery
        mode, reason = shown["mode"]["state"], shown["reason"]["state"]
        promises.append(
            Promise(
                f"{home.connection.name}: Home Assistant says so",
                (mode, reason) == ("self_consumption", "lease_expired"),
                f"mode {mode}, reason {reason}",
            )
        )
    return promises


def _overstayed(home: Home, running: RunningVillage, ends: dict[str, datetime]) -> bool:
    """Return whether a battery was under orders after its lease and the timer's last second."""
    end = ends.get(home.connection.id)
    if end is None:
        return False
    limit = running.clock.to_village(end + timedelta(seconds=1))
    return any(step.setpoint_w is not None for step in home.simulator.trajectory if step.start >= limit)
