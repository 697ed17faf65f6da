"""The tick: sense -> forecast -> control -> dispatch, every quarter hour; between ticks, the guard.

Only here is the order known.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog

from battery_commons.control.bands import Extremes
from battery_commons.control.possible import usable
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.dispatch.lease import LEASE
from battery_commons.domain.battery import Battery
from battery_commons.domain.operator import OperatorSignals
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.situation import EstimatedLoad, Situation
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.experiment.record import Experiment
from battery_commons.flexibility.keeping.activation_log import ActivationLog
from battery_commons.forecast.load import LoadForecast
from battery_commons.forecast.persistence import persist
from battery_commons.forecast.scores import ScoreKeeper
from battery_commons.mob.keeping.told import announced_residents
from battery_commons.sense.present import look
from battery_commons.sense.situation import SHADOW_MODES, STEERABLE_MODES, StockTaker
from battery_commons.store import Store
from battery_commons.store.decisions import Correction
from battery_commons.tick.decision_record import record_of
from battery_commons.tick.guard import corrected
from battery_commons.tick.planner import Decision, VillagePlanner
from battery_commons.tick.shaving import local_midnight, peak_shaved_w
from battery_commons.tick.steps import Step, Steps, TickFigures

OLD = timedelta(hours=1)
"""A forecast whose newest measurement is older than this is worth a warning."""
SETTLE = timedelta(minutes=1)
"""How long to wait for more after a battery came in, so that a street joining makes one tick."""
AT_ONCE_S = 0.2
"""How long to wait for more after an operator's word came in, in wall time: events come several at once."""
APART_S = 1.0
"""At least so long, in wall time, is between the beginnings of two plans: events may come by the thousand."""
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
    signals: Callable[[datetime], OperatorSignals] = lambda _now: OperatorSignals()
    """What grid operators ask and tell at a moment: all that is not over yet, also what is to begin."""
    received: Callable[[], Mapping[str, datetime]] = dict
    """By event's id, when the version of it that is in force came in."""
    plan: Plan | None = None
    """The plan in force, with the guard's corrections."""
    scores: dict[str, ScoreKeeper] = field(default_factory=dict)
    """By transformer, how good the forecasts of its load have been since the start."""
    peaks_shaved_w: dict[str, float | None] = field(default_factory=dict)
    """By transformer, by how much the batteries lower today's peak, as known when the plan was made."""
    estimated: Mapping[str, EstimatedLoad] = field(default_factory=dict)
    """By transformer whose load is no meter's, what it was estimated to carry at the last tick."""
    settings: VillageSettings = field(init=False)
    """What the village chose, as it was read at the last tick."""
    experiment: Experiment | None = None
    """What compares models, as it was at the last tick."""
    compared: ControlModel | None = None
    """Whose turn it was at the last tick, where the village compares models."""
    steps: Steps = field(default_factory=Steps)
    ticks: int = 0
    """How many were begun since the start."""
    failed_ticks: int = 0
    """How many of them made no plan."""
    _began_s: float = -APART_S
    """When the last tick was begun, by the clock that only runs forward."""
    _decided_at: datetime | None = None
    _situation: Situation | None = None
    _decision: Decision | None = None
    _batteries: dict[str, Battery] = field(default_factory=dict)
    _steered: set[str] = field(default_factory=set)
    """The batteries that the plan in force steers."""
    _shown: set[str] = field(default_factory=set)
    """The batteries whose homes only see what they would be asked."""
    _changed_at: dict[str, datetime] = field(default_factory=dict)
    """By transformer, when the setpoints behind it last changed."""
    _newcomer: asyncio.Event = field(default_factory=asyncio.Event)
    _operator_spoke: asyncio.Event = field(default_factory=asyncio.Event)
    _activations: ActivationLog = field(init=False)
    _planner: VillagePlanner = field(init=False)
    _stock_taker: StockTaker = field(init=False)
    _training: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        """Start with nothing learned."""
        self.settings = self.store.settings()
        self._planner = VillagePlanner(self.model, self._tariff_at)
        self._stock_taker = StockTaker(self.store, self.signals)
        self._activations = ActivationLog(self.store, self.received)

    @property
    def decided(self) -> tuple[Situation, Decision] | None:
        """Return what the plan in force rests on; None while there is none."""
        if self._decision is None or self._situation is None:
            return None
        return self._situation, self._decision

    @property
    def model(self) -> ControlModel:
        """Return the control model whose turn it is, or that was chosen.

        What steers while it cannot be used is in the plan.
        """
        return self.compared or self.settings.control_model

    @property
    def comparing_until(self) -> datetime | None:
        """Return when the experiment ends whose turn it is; None where the village is steered as voted."""
        return self.experiment.end if self.experiment and self.compared else None

    async def run(self) -> None:
        """Tick at every quarter hour, and earlier when a battery has come in, until cancelled.

        Whatever goes wrong in a tick is told and counted, and leaves the plan in force: homes follow it to
        the end of its lease, then fall back. The next tick starts anew.
        """
        with self._contained(Step.RESUME, "plans of before the start are not sent again"):
            await self.steps.run(Step.RESUME, self.dispatcher.resume)
        while True:
            self._newcomer.clear()
            self._operator_spoke.clear()
            slot = slot_start(self.clock.now())
            self.ticks += 1
            self._began_s = monotonic()
            try:
                await self.tick()
            except Exception as error:
                self.failed_ticks += 1
                _LOGGER.exception(
                    "tick failed; the former plan stays in force while its lease lasts",
                    kind=type(error).__name__,
                )
            await self._guard_during(slot)

    def figures(self) -> TickFigures:
        """Return how ticks have gone since the start."""
        return TickFigures(self.ticks, self.failed_ticks, self.steps.records)

    def readings_taken(self, readings: Sequence[BatteryReading]) -> None:
        """Take note of readings: a battery that can be planned for now does not wait for the quarter hour."""
        steerable = {each.battery_id for each in readings if each.mode in STEERABLE_MODES}
        shadowing = {each.battery_id for each in readings if each.mode in SHADOW_MODES}
        if steerable - self._steered or shadowing - self._shown:
            self._newcomer.set()

    def members_changed(self) -> None:
        """Take note that homes were suspended, resumed or moved: that does not wait for the quarter hour."""
        self._newcomer.set()

    def settings_changed(self) -> None:
        """Take note that the village chose something else: that does not wait for the quarter hour."""
        self._newcomer.set()

    def operator_changed(self) -> None:
        """Take note that an operator asked, told or withdrew something: that waits for nothing."""
        self._operator_spoke.set()
        self._newcomer.set()

    async def tick(self) -> None:
        """Make one plan from what is known now, and send it.

        Raises StoreError, SolverError, OverrunError, and whatever bad data make of a step.
        """
        now = self.clock.now()
        situation, today_w = await self._run_in_thread(Step.TAKE_STOCK, self._take_stock, now)
        self._planner.model = usable(self.model, situation.feeder)
        self._planner.congestion_weight = self.settings.congestion_weight
        forecasts = await self._forecasts(situation)
        decision = await self._run_in_thread(
            Step.DECIDE, self._planner.decide, situation, _extremes(today_w), forecasts
        )
        with self._contained(Step.RECORD, "this decision cannot be told again"):
            await self._run_in_thread(Step.RECORD, self._keep, decision, situation)
        await self.steps.run(Step.DISPATCH, partial(self._send, situation, decision, today_w))
        _tell(decision)
        with self._contained(Step.ACTIVATIONS, "what became of an operator's call is not written down"):
            await self._run_in_thread(
                Step.ACTIVATIONS,
                self._activations.note,
                situation,
                decision,
                self.clock.now(),
                self.dispatcher.sequences(),
            )
        if self._training is None or self._training.done():
            self._training = asyncio.create_task(self._train(situation))

    def _keep(self, decision: Decision, situation: Situation) -> None:
        """Write down how a plan came about, which takes its time for many homes. Raises StoreError."""
        self.store.keep_decision(record_of(decision, situation))

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
            with self._contained(Step.RECORD, "this correction cannot be told again"):
                await self._run_in_thread(
                    Step.RECORD, self.store.keep_corrections, _corrections(plan, changed, now)
                )

    async def _guard_during(self, slot: datetime) -> None:
        """Run the guard as long as the clock shows the quarter hour `slot`, or until a newcomer has settled.

        Whichever way the clock is set, that is noticed within a minute.
        """
        pause_s = max(self.clock.wall_seconds(GUARD_EVERY), GUARD_LEAST_WALL_S)
        while slot_start(now := self.clock.now()) == slot:
            left_s = self.clock.wall_seconds(slot + SLOT - now)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._newcomer.wait(), min(pause_s, left_s))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._operator_spoke.wait(), self.clock.wall_seconds(SETTLE))
                    await asyncio.sleep(max(AT_ONCE_S, self._began_s + APART_S - monotonic()))
                return
            with self._contained(Step.ACTIVATIONS, "what homes answered is not written down yet"):
                await self._run_in_thread(Step.ACTIVATIONS, self._activations.settle)
            self._release_after_lease()
            if left_s > pause_s:
                with self._contained(Step.GUARD, "the plan stands as it is"):
                    await self.steps.run(Step.GUARD, self.guard)

    def _release_after_lease(self) -> None:
        """Have no plan in force when homes have none: the lease is over, or the clock was set."""
        if self._decided_at is None or self._decided_at <= self.clock.now() < self._decided_at + LEASE:
            return
        _LOGGER.warning("no plan could be made while the last one's lease ran: batteries are released")
        self._decision = self.plan = self._decided_at = None
        self._steered, self._shown = set(), set()
        self.peaks_shaved_w = {}

    async def _run_in_thread[**P, T](
        self, step: Step, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self.steps.run(step, lambda: asyncio.to_thread(work, *args, **kwargs))

    @contextmanager
    def _contained(self, step: Step, consequence: str) -> Iterator[None]:
        """Tell what goes wrong within, and go on without."""
        try:
            yield
        except Exception as error:
            _LOGGER.exception("step failed", step=step, kind=type(error).__name__, consequence=consequence)

    def _tariff_at(self, moment: datetime) -> Tariff:
        return self.settings.tariff.at(moment)

    def _take_stock(self, now: datetime) -> tuple[Situation, dict[str, dict[datetime, float]]]:
        """Return how the village stands, and each transformer's load by slot since local midnight."""
        self.settings = self.store.settings()
        self.experiment = self.store.experiment_going_on(now)
        self.compared = self.experiment.model_at(now) if self.experiment else None
        situation = self._stock_taker.take_stock(now)
        if self.model is ControlModel.M6:
            self._planner.residents = announced_residents(self.store, situation.transformers, now)
        return situation, self._today(situation)

    async def _forecasts(self, situation: Situation) -> Mapping[str, LoadForecast]:
        """Return the forecasts that could be made in time, by transformer or FEEDER."""
        made: dict[str, LoadForecast] = {}
        with self._contained(Step.FORECAST, "what is not forecast yet is expected to go on as it did"):
            await self._run_in_thread(Step.FORECAST, self._forecast_into, made, situation)
        return dict(made)

    def _forecast_into(self, made: dict[str, LoadForecast], situation: Situation) -> None:
        """Forecast series by series. Raises ExceptionGroup, after them all, where some could not be."""
        failures = []
        for name, make in self._planner.forecasts(situation):
            try:
                made[name] = make()
            except Exception as error:  # noqa: BLE001 - raised below, when the others have had their turn
                error.add_note(f"forecast of {name}")
                failures.append(error)
        if failures:
            raise ExceptionGroup("not every forecast could be made", failures)

    async def _send(
        self, situation: Situation, decision: Decision, today_w: Mapping[str, Mapping[datetime, float]]
    ) -> None:
        """Send a plan, and have it in force. Raises StoreError."""
        await self.dispatcher.dispatch(decision.plan)
        # Only now: a plan that could not be recorded was sent to nobody.
        self._decision, self.plan, self._decided_at = decision, decision.plan, situation.now
        self._situation = situation
        self._batteries = {battery.id: battery for battery in situation.batteries}
        self._steered, self._shown = set(situation.stored_wh), set(situation.shadow_wh)
        self._changed_at = {transformer.id: situation.now for transformer in situation.transformers}
        self.estimated = situation.estimated
        self.peaks_shaved_w = _peaks_shaved_w(situation, decision.plan, today_w)
        self._score(situation, decision)
        if decision.plan.model != self.model:
            _LOGGER.warning("no feeder to steer by", model=self.model, instead=decision.plan.model)

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
        """Train what is due, beside everything else. What fails is tried again after the next tick."""
        with self._contained(Step.TRAIN, "forecasts rest on what was learned before"):
            await self._run_in_thread(Step.TRAIN, self._planner.train, situation)


def _corrections(plan: Plan, changed: Collection[str], now: datetime) -> list[Correction]:
    slot = (now - plan.grid.start) // SLOT
    return [
        Correction(each.battery_id, now, power_w)
        for each in plan.batteries
        if each.battery_id in changed and (power_w := each.power_w[slot]) is not None
    ]


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
    if decision.outlook.prices.guessed[0]:
        _LOGGER.warning("no price of now: guessed from the days before")
    elif decision.outlook.prices.guessed_slots:
        _LOGGER.info("prices guessed", slots=decision.outlook.prices.guessed_slots)
    plan = decision.plan
    _LOGGER.info(
        "plan sent",
        model=plan.model,
        batteries=len(plan.batteries),
        steered=sum(battery.power_w[0] is not None and not battery.shadow for battery in plan.batteries),
    )
