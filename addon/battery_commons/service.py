"""The tick: sense -> forecast -> control -> dispatch, every quarter hour. Only here is the order known."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import structlog

from battery_commons.control.models import make_plan
from battery_commons.control.problem import BillingMeter, ControlProblem
from battery_commons.control.schedule import SolverError
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.battery import Battery
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, Clock, TimeGrid, slot_start
from battery_commons.forecast.persistence import persist
from battery_commons.forecast.price import extend_prices
from battery_commons.sense.situation import STEERABLE_MODES, Situation, take_stock
from battery_commons.store import Store, StoreError

HORIZON_SLOTS = SLOTS_PER_DAY
"""A day ahead: long enough for a battery's next noon and evening, short enough for persistence."""

OLD = timedelta(hours=1)
"""A forecast whose newest measurement is older than this is worth a warning."""
SETTLE = timedelta(minutes=1)
"""How long to wait for more after a battery became steerable, so that a street joining makes one tick."""

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
    _steered: set[str] = field(default_factory=set)
    """The batteries that the plan in force steers."""
    _newcomer: asyncio.Event = field(default_factory=asyncio.Event)

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
            now = self.clock.now()
            wait_s = self.clock.wall_seconds(slot_start(now) + SLOT - now)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._newcomer.wait(), wait_s)
                await asyncio.sleep(self.clock.wall_seconds(SETTLE))

    def readings_taken(self, readings: Sequence[BatteryReading]) -> None:
        """Take note of readings: a battery that has become steerable does not wait for the quarter hour."""
        if any(r.mode in STEERABLE_MODES and r.battery_id not in self._steered for r in readings):
            self._newcomer.set()

    async def tick(self) -> None:
        """Make one plan from what is known now, and send it. Raises StoreError or SolverError."""
        now = self.clock.now()
        grid = TimeGrid(slot_start(now), HORIZON_SLOTS)
        situation = await asyncio.to_thread(take_stock, self.store, now, grid.end - now)
        plan = await asyncio.to_thread(self.make_plan, situation, grid)
        self.plan, self._steered = plan, set(situation.steerable)
        await self.dispatcher.dispatch(plan)
        _LOGGER.info(
            "plan sent",
            model=plan.model,
            batteries=len(plan.batteries),
            steered=sum(battery.power_w[0] is not None for battery in plan.batteries),
        )

    def make_plan(self, situation: Situation, grid: TimeGrid) -> Plan:
        """Return the plan for `grid`: steerable batteries planned, the others left to their own house."""
        planned = [battery for battery in situation.batteries if battery.id in situation.steerable]
        plan = make_plan(self._problem(situation, grid, planned), self.model)
        others = [battery for battery in situation.batteries if battery.id not in situation.steerable]
        return Plan(
            model=plan.model,
            grid=plan.grid,
            batteries=[*plan.batteries, *(_own_house(battery, grid) for battery in others)],
            base_load_w=plan.base_load_w,
        )

    def _problem(self, situation: Situation, grid: TimeGrid, batteries: Sequence[Battery]) -> ControlProblem:
        loads = [
            persist(situation.base_load_w[transformer.id], grid, situation.now)
            for transformer in situation.transformers
        ]
        for transformer, load in zip(situation.transformers, loads, strict=True):
            if load.age is None or load.age > OLD:
                _LOGGER.warning(
                    "load forecast on old measurements", transformer=transformer.id, age=str(load.age)
                )
        known = {start: price.eur_per_kwh for start, price in situation.prices.items()}
        prices = extend_prices(known, grid)
        if prices.guessed_slots:
            _LOGGER.info("prices guessed", slots=prices.guessed_slots)
        tariff = self.tariff_at(situation.now)
        base_load_w = np.array([load.load_w for load in loads]).reshape(len(loads), grid.slots)
        return ControlProblem(
            grid=grid,
            batteries=batteries,
            stored_wh=np.array(
                [situation.steerable[b.id].state_of_charge * b.capacity_wh for b in batteries], dtype=float
            ),
            transformers=situation.transformers,
            base_load_w=base_load_w,
            meters=[
                BillingMeter(
                    net_w=base_load_w.sum(axis=0),
                    import_price=tariff.import_price(prices.eur_per_kwh),
                    export_price=tariff.export_price(prices.eur_per_kwh),
                )
            ],
        )


def _own_house(battery: Battery, grid: TimeGrid) -> BatteryPlan:
    return BatteryPlan(battery.id, [None] * grid.slots, [PlanReason.OWN_HOUSE] * grid.slots)
