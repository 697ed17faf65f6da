"""The tick: sense -> forecast -> control -> dispatch, every quarter hour; between ticks, the guard.

Only here is the order known.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import structlog

from battery_commons.control.bands import Extremes
from battery_commons.control.objective import MARKET_ZONE
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
from battery_commons.sense.situation import STEERABLE_MODES, StockTaker
from battery_commons.store import Store, StoreError
from battery_commons.tick import Decision, VillagePlanner

OLD = timedelta(hours=1)
"""A forecast whose newest measurement is older than this is worth a warning."""
SETTLE = timedelta(minutes=1)
"""How long to wait for more after a battery became steerable, so that a street joining makes one tick."""
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
    _decision: Decision | None = None
    _batteries: dict[str, Battery] = field(default_factory=dict)
    _steered: set[str] = field(default_factory=set)
    """The batteries that the plan in force steers."""
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
        """Tick at every quarter hour, and earlier when a battery has become steerable, until cancelled.

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
        """Take note of readings: a battery that has become steerable does not wait for the quarter hour."""
        if any(r.mode in STEERABLE_MODES and r.battery_id not in self._steered for r in readings):
            self._newcomer.set()

    async def tick(self) -> None:
        """Make one plan from what is known now, and send it. Raises StoreError or SolverError."""
        now = self.clock.now()
        situation = await asyncio.to_thread(self._stock_taker.take_stock, now)
        so_far = await asyncio.to_thread(self._today, situation)
        decision = await asyncio.to_thread(self._planner.decide, situation, so_far)
        self._score(situation, decision)
        self._decision, self.plan = decision, decision.plan
        self._batteries = {battery.id: battery for battery in situation.batteries}
        self._steered = set(situation.stored_wh)
        self._changed_at = {transformer.id: now for transformer in situation.transformers}
        await self.dispatcher.dispatch(decision.plan)
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
            self.plan = plan
            self._changed_at |= {self._batteries[battery_id].transformer_id: now for battery_id in changed}
            await self.dispatcher.dispatch(plan, {battery_id.partition("/")[0] for battery_id in changed})
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

    def _today(self, situation: Situation) -> Extremes:
        """Return how each transformer's load has been since local midnight. Raises StoreError."""
        midnight = datetime.combine(situation.now.astimezone(MARKET_ZONE), time(), MARKET_ZONE)
        extremes = Extremes.of_a_new_day(len(situation.transformers))
        for k, transformer in enumerate(situation.transformers):
            if means := self.store.meter_slot_means(transformer.id, midnight, situation.now):
                extremes.lowest_w[k], extremes.highest_w[k] = min(means.values()), max(means.values())
        return extremes

    async def _train(self, situation: Situation) -> None:
        """Train what is due, beside everything else."""
        await asyncio.to_thread(self._planner.train, situation)


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
        steered=sum(battery.power_w[0] is not None for battery in plan.batteries),
    )
