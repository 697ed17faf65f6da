"""Rolling: the village lives through its record knowing only what it would have known.

At every full hour the live tick's own code (tick/planner.py) forecasts and plans; in every quarter hour the
guard corrects; the physical batteries then do what they can. The grid's measurements are as old as
`Knowledge` says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from battery_commons.control.announcements import Announcements
from battery_commons.control.bands import Extremes
from battery_commons.control.guard import FeederWatch, GuardTask, guard
from battery_commons.domain.grid import on_feeder
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.series import MeasuredSeries, Weather
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOT_HOURS
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.simulation.chosen import AS_USUAL, Chosen
from battery_commons.simulation.outcome import Mode, Outcome, outcome_of
from battery_commons.simulation.problems import half_full
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.residents import mean_use_w, respond
from battery_commons.tick.planner import Decision, VillagePlanner

SLOTS_PER_PLAN = 4
"""Re-planned at every full hour."""
PRICES_PUBLISHED_AT_HOUR = 13
"""Local hour after which the next day's prices are known."""
FRESH = timedelta(0)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the coordinator knows of the grid, and when."""

    data_age: timedelta = FRESH
    """How old the newest measurement of transformers and feeder is. Older than fresh, there is no guard."""
    guard_delay: timedelta | None = timedelta(minutes=1)
    """How late the guard sees the load; between a record's quarter hours that is a line. None: no guard."""

    def __post_init__(self) -> None:
        """Refuse a time that cannot be."""
        if self.data_age < FRESH or not FRESH <= (self.guard_delay or FRESH) <= SLOT:
            raise ValueError("data are not from the future, and a guard is at most a quarter hour late")


def roll(
    village: RecordedVillage,
    tariff: Tariff,
    model: ControlModel,
    knowledge: Knowledge,
    progress: Callable[[float], None],
    *,
    chosen: Chosen = AS_USUAL,
    decided: Callable[[Decision], None] = lambda _: None,
) -> Outcome:
    """Return how the village goes through its record under `model`; `progress` is told the share done.

    `decided` is told each decision when it is made. Raises SolverError.
    """
    life = _Life(village, tariff, model, knowledge, chosen=chosen, decided=decided)
    for t in range(village.grid.slots):
        life.live(t)
        if t % SLOTS_PER_PLAN == 0:
            progress(t / village.grid.slots)
    progress(1.0)
    return life.outcome()


class _Life:
    """The village on its way through the record."""

    def __init__(
        self,
        village: RecordedVillage,
        tariff: Tariff,
        model: ControlModel,
        knowledge: Knowledge,
        *,
        chosen: Chosen,
        decided: Callable[[Decision], None],
    ) -> None:
        self._village = village
        self._planned = chosen.planned_for(village).batteries
        self._knowledge = knowledge
        self._decided = decided
        self._announcements = Announcements()
        self._planner = VillagePlanner(
            model, lambda _: tariff, self._announcements, congestion_weight=chosen.congestion_weight
        )
        self._starts = village.grid.starts()
        self._days = np.array([start.astimezone(MARKET_ZONE).toordinal() for start in self._starts])
        self._batteries = [
            PhysicalBattery(battery, energy)
            for battery, energy in zip(village.batteries, half_full(village), strict=True)
        ]
        n, slots = len(village.batteries), village.grid.slots
        self._power_w = np.zeros((n, slots))
        self._energy_wh = np.empty((n, slots + 1))
        self._energy_wh[:, 0] = half_full(village)
        self._response_w = np.zeros_like(village.base_load_w)
        self._base_w = village.base_load_w.copy()
        """(K, T) the transformers' loads without batteries, as residents' response shifts them."""
        self._use_w = mean_use_w(village)
        self._answered: set[datetime] = set()
        self._transformer_of = village.transformer_of
        self._on_feeder = village.on_feeder
        self._so_far = Extremes.of_a_new_day(len(village.transformers))
        self._decision: Decision | None = None
        self._planned_w = np.full((n, 1), np.nan)
        self._planned_at = 0
        self._prices = dict(zip(self._starts, village.day_ahead.tolist(), strict=True))

    def live(self, t: int) -> None:
        """Let slot `t` pass."""
        if t and self._days[t] != self._days[t - 1]:
            self._so_far = Extremes.of_a_new_day(len(self._village.transformers))
        if t % SLOTS_PER_PLAN == 0 and self._planner.model != ControlModel.M1:
            self._plan(t)
        setpoints_w = self._setpoints(t)
        for n, battery in enumerate(self._batteries):
            setpoint_w = None if np.isnan(setpoints_w[n]) else float(setpoints_w[n])
            house_w = float(self._village.site_net_w[self._village.site_of[n], t])
            self._power_w[n, t] = battery.step(setpoint_w, house_w, SLOT_HOURS)
            self._energy_wh[n, t + 1] = battery.energy_wh
        load_w = self._base_w[:, t] + self._of_transformers(self._power_w[:, t])
        background_w = self._village.feeder_background_w
        self._so_far = self._so_far.after(
            load_w, None if background_w is None else float(background_w[t] + load_w[self._on_feeder].sum())
        )

    def outcome(self) -> Outcome:
        """Return what came of it."""
        return outcome_of(
            self._village,
            self._planner.model,
            Mode.ROLLING,
            power_w=self._power_w,
            energy_wh=self._energy_wh,
            response_w=self._response_w,
        )

    def _plan(self, t: int) -> None:
        situation = self._situation(t)
        self._planner.train(situation)
        self._decision = self._planner.decide(situation, self._so_far)
        self._decided(self._decision)
        powers = [battery.power_w for battery in self._decision.plan.batteries]
        self._planned_w = np.array(
            [[np.nan if p is None else p for p in row[:SLOTS_PER_PLAN]] for row in powers]
        )
        self._planned_at = t
        for window in self._announcements.announced:
            if window.start not in self._answered:
                self._answered.add(window.start)
                change_w = respond(self._village, window, self._use_w)
                self._response_w += change_w
                self._base_w += change_w

    def _situation(self, t: int) -> Situation:
        village, start = self._village, self._village.grid.start
        known = max(t + -self._knowledge.data_age // SLOT, 0)  # a part of a slot counts as all of it
        feeder_load = None
        if village.feeder_background_w is not None:
            village_w = self._base_w[self._on_feeder, :known].sum(axis=0)
            whole_w = village.feeder_background_w[:known] + village_w
            feeder_load = MeasuredSeries(start, whole_w)
        return Situation(
            now=self._starts[t],
            transformers=village.transformers,
            base_load={
                transformer.id: MeasuredSeries(start, self._base_w[k, :known])
                for k, transformer in enumerate(village.transformers)
            },
            batteries=self._planned,
            stored_wh={b.battery.id: b.energy_wh for b in self._batteries},
            prices=self._known_prices(t),
            feeder=village.feeder,
            feeder_load=feeder_load,
            weather=None if village.weather is None else Weather(start, village.weather),
            on_feeder=on_feeder(village.transformers, has_feeder=village.feeder is not None),
        )

    def _known_prices(self, t: int) -> Mapping[datetime, float]:
        """Return the prices of the past week, of today, and of tomorrow once they are published."""
        published = self._starts[t].astimezone(MARKET_ZONE).hour >= PRICES_PUBLISHED_AT_HOUR
        end = np.searchsorted(self._days, self._days[t] + (2 if published else 1))
        return {start: self._prices[start] for start in self._starts[max(t - 700, 0) : end]}

    def _setpoints(self, t: int) -> Floats:
        """Return (N,) what the batteries are asked for in slot `t`, NaN for the own house."""
        if self._decision is None or self._decision.promise is None:
            return np.full(len(self._batteries), np.nan)
        planned_w = self._planned_w[:, t - self._planned_at]
        delay = self._knowledge.guard_delay
        if delay is None or self._knowledge.data_age > FRESH:
            return planned_w
        promised = self._decision.promise
        late = delay / SLOT
        least_w, most_w = np.array(
            [
                planned.reach_w(each.energy_wh, SLOT_HOURS)
                for planned, each in zip(self._planned, self._batteries, strict=True)
            ]
        ).T
        feeder = None
        if promised.feeder_peak_w is not None and self._village.feeder_background_w is not None:
            feeder = FeederWatch(
                background_w=float(_seen(self._village.feeder_background_w, t, late)),
                peak_w=promised.feeder_peak_w,
                reached_w=promised.kept_below_w(self._so_far),
                carries=self._on_feeder,
            )
        return guard(
            GuardTask(
                planned_w=planned_w,
                least_w=least_w,
                most_w=most_w,
                transformer_of=self._transformer_of,
                base_w=_seen(self._base_w, t, late),
                band=promised.transformers,
                feeder=feeder,
            )
        )

    def _of_transformers(self, power_w: Floats) -> Floats:
        count = len(self._village.transformers)
        return np.bincount(self._transformer_of, power_w, minlength=count).astype(np.float64)


def _seen(load_w: Floats, t: int, late: float) -> Floats:
    """Return a load (..., T) in slot `t` as it is seen `late` slots later, from 0 to 1."""
    seen: Floats = load_w[..., t] - late * (load_w[..., t] - load_w[..., max(t - 1, 0)])
    return seen
