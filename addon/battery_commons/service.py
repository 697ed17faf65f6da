"""The tick: sense -> forecast -> control -> dispatch, every quarter hour; between ticks, the guard.

Only here is the order known.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from battery_commons.control.bands import Extremes
from battery_commons.control.schedule import SolverError
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.battery import Battery
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.forecast.persistence import persist
from battery_commons.forecast.scores import ScoreKeeper
from battery_commons.live_guard import corrected
from battery_commons.sense.present import look
from battery_commons.sense.situation import SHADOW_MODES, STEERABLE_MODES, StockTaker
from battery_commons.shaving import local_midnight, peak_shaved_w
from battery_commons.store import Store, StoreError
from battery_commons.tick import Decision, VillagePlanner

OLD = timedelta(hours=1)
"""A forecast whose newest measurement is older than this is worth a warning."""
SETTLE = timedelta(minutes=1)
"""How long to wait for more after a battery came in, so that a street joining makes one tick."""
GUARD_EVERY = timedelta(minutes=1)
GUARD_LEAST_WALL_S = 10.0
"""Homes report every few seconds: looking more often than this would see nothing new."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(slots=True)
class VillageService:
    """Runs the village's ticks and remembers the plan in force."""

    store: Store
    clock: Clock
    dispatcher: Dispatcher
    model: ControlModel
    tariff_at: Callable[[datetime], Tariff]
    plan: Plan | None = None
    """The plan in force, with the guard's corrections."""
    scores: dict[str, ScoreKeeper] = field(default_factory=dict)
    """By transformer, how good the forecasts of its load have been since the start."""
    peaks_shaved_w: dict[str, float | None] = field(default_factory=dict)
    """By transformer, by how much the batteries lower today's peak, as known when the plan was made."""
    _decision: Decision | None = None
    _batteries: dict[str, Battery] = field(default_factory=dict)
    _steered: set[str] = field(default_factory=set)
    """The batteries that the plan in force steers."""
    _shown: set[str] = field(default_factory=set)
    """The batteries whose homes only see what they would be asked."""
    _changed_at: dict[str, datetime] = field(default_factory=dict)
    """By transformer, when the setpoints behind it last changed."""
    _newcomer: asyncio.Event = field(default_factory=asyncio.Event)
    _planner: VillagePlanner = field(init=False)
    _stock_taker: StockTaker = field(init=False)
    _training: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        """Start with nothing learned."""
        self._planner = VillagePlanner(self.model, self.tariff_at)
        self._stock_taker = StockTaker(self.store)

    async def run(self) -> None:
        """Tick at every quarter hour, and earlier when a battery has come in, until cancelled.

        A tick that fails leaves the plan in force: homes follow it to the end of its lease, then fall back.
        """
        while True:
            self._newcomer.clear()
            try:
                await self.tick()
            except (StoreError, SolverError) as error:
                _LOGGER.exception("tick failed; the former plan stays in force", error=str(error))
            await self._guard_until(slot_start(self.clock.now()) + SLOT)

    def readings_taken(self, readings: Sequence[BatteryReading]) -> None:
        """Take note of readings: a battery that can be planned for now does not wait for the quarter hour."""
        steerable = {each.battery_id for each in readings if each.mode in STEERABLE_MODES}
        shadowing = {each.battery_id for each in readings if each.mode in SHADOW_MODES}
        if steerable - self._steered or shadowing - self._shown:
            self._newcomer.set()

    def members_changed(self) -> None:
        """Take note that homes were suspended, resumed or moved: that does not wait for the quarter hour."""
        self._newcomer.set()

    async def tick(self) -> None:
        """Make one plan from what is known now, and send it. Raises StoreError or SolverError."""
        now = self.clock.now()
        situation = await asyncio.to_thread(self._stock_taker.take_stock, now)
        today_w = await asyncio.to_thread(self._today, situation)
        decision = await asyncio.to_thread(self._planner.decide, situation, _extremes(today_w))
        self._score(situation, decision)
        await self.dispatcher.dispatch(decision.plan)
        # Only now: a plan that could not be recorded was sent to nobody.
        self._decision, self.plan = decision, decision.plan
        self._batteries = {battery.id: battery for battery in situation.batteries}
        self._steered, self._shown = set(situation.stored_wh), set(situation.shadow_wh)
        self._changed_at = {transformer.id: now for transformer in situation.transformers}
        self.peaks_shaved_w = _peaks_shaved_w(situation, decision.plan, today_w)
        _tell(decision)
        if self._training is None or self._training.done():
            self._training = asyncio.create_task(self._train(situation))

    async def guard(self) -> None:
        """Correct the plan in force by what is measured now, where that is worth a message.

        Raises StoreError.
        """
        now = self.clock.now()
        if self._decision is None or self.plan is None or self._decision.promise is None:
            return
        steered = {id_: self._batteries[id_] for id_ in self._steered}
        present = await asyncio.to_thread(look, self.store, steered, now, self._changed_at)
        plan, changed = corrected(self._decision, self.plan, steered, present, now)
        if changed:
            await self.dispatcher.dispatch(plan, {battery_id.partition("/")[0] for battery_id in changed})
            self.plan = plan
            self._changed_at |= {self._batteries[battery_id].transformer_id: now for battery_id in changed}
            _LOGGER.info("guard corrected", batteries=len(changed))

    async def _guard_until(self, moment: datetime) -> None:
        """Run the guard until `moment`, or until a newcomer has settled."""
        pause_s = max(self.clock.wall_seconds(GUARD_EVERY), GUARD_LEAST_WALL_S)
        while (left_s := self.clock.wall_seconds(moment - self.clock.now())) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._newcomer.wait(), min(pause_s, left_s))
                await asyncio.sleep(self.clock.wall_seconds(SETTLE))
                return
            if left_s > pause_s:
                try:
                    await self.guard()
                except StoreError as error:
                    _LOGGER.exception("guard failed; the plan stands as it is", error=str(error))

    def _score(self, situation: Situation, decision: Decision) -> None:
        """Hold former forecasts against what has been measured since, and remember this one."""
        for id_, history in situation.base_load.items():
            keeper = self.scores.setdefault(id_, ScoreKeeper())
            keeper.measure(history, situation.now)
            grid = decision.outlook.grid
            keeper.issue(decision.outlook.transformers[id_], persist(history, grid, situation.now), grid)

    def _today(self, situation: Situation) -> dict[str, dict[datetime, float]]:
        """Return each transformer's load by slot since local midnight. Raises StoreError."""
        midnight = local_midnight(situation.now)
        return {
            transformer.id: self.store.meter_slot_means(transformer.id, midnight, situation.now)
            for transformer in situation.transformers
        }

    async def _train(self, situation: Situation) -> None:
        """Train what is due, beside everything else."""
        await asyncio.to_thread(self._planner.train, situation)


def _extremes(today_w: Mapping[str, Mapping[datetime, float]]) -> Extremes:
    """Return how low and how high each transformer's load has been."""
    extremes = Extremes.of_a_new_day(len(today_w))
    for k, means in enumerate(today_w.values()):
        if means:
            extremes.lowest_w[k], extremes.highest_w[k] = min(means.values()), max(means.values())
    return extremes


def _peaks_shaved_w(
    situation: Situation, plan: Plan, today_w: Mapping[str, Mapping[datetime, float]]
) -> dict[str, float | None]:
    behind: dict[str, set[str]] = {transformer.id: set() for transformer in situation.transformers}
    for battery in situation.batteries:
        behind[battery.transformer_id].add(battery.id)
    return {
        id_: peak_shaved_w(id_, batteries, plan, today_w[id_], situation.base_load[id_])
        for id_, batteries in behind.items()
    }


def _tell(decision: Decision) -> None:
    for transformer_id, load in decision.outlook.transformers.items():
        if load.age is None or load.age > OLD:
            _LOGGER.warning(
                "load forecast on old measurements", transformer=transformer_id, age=str(load.age)
            )
    if decision.outlook.prices.guessed_slots:
        _LOGGER.info("prices guessed", slots=decision.outlook.prices.guessed_slots)
    plan = decision.plan
    _LOGGER.info(
        "plan sent",
        model=plan.model,
        batteries=len(plan.batteries),
        steered=sum(battery.power_w[0] is not None and not battery.shadow for battery in plan.batteries),
    )
