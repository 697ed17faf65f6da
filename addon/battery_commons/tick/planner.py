"""One tick of the village, from what is known to a plan: forecast, then control.

The live service and the backtest call the same code; they differ in where the situation comes from, and in
what becomes of the plan.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import numpy as np

from battery_commons.control.announcements import Announcements, Residents
from battery_commons.control.asking import asked_limits
from battery_commons.control.bands import Extremes, Promise, promise
from battery_commons.control.models import make_plan
from battery_commons.control.possible import NEEDS_FEEDER
from battery_commons.control.problem import BillingMeter, Bools, ControlProblem, Floats
from battery_commons.control.schedule import SolverError
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import OperatorSignals
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.situation import Situation
from battery_commons.domain.tariff import Tariff
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY, TimeGrid, slot_start
from battery_commons.forecast.forecaster import Forecaster
from battery_commons.forecast.load import LoadForecast
from battery_commons.forecast.persistence import persist
from battery_commons.forecast.price import PriceForecast, extend_prices
from battery_commons.forecast.told import told_forecast
from battery_commons.tick.feeder_ahead import feeder_outlook

LEAST_HORIZON_SLOTS = SLOTS_PER_DAY
MOST_HORIZON_SLOTS = 144
FEEDER = "feeder/"
"""The name of the feeder's series: no transformer's id has a slash."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is expected of the horizon, and how old what it rests on is."""

    grid: TimeGrid
    transformers: Mapping[str, LoadForecast]
    """By id: the load without the batteries."""
    feeder: LoadForecast | None
    """The whole feeder's load without the village's batteries."""
    prices: PriceForecast
    feeder_seen: Bools | None = None
    """(T,) in which slots anything is known of the feeder's load; None is all of them."""


@dataclass(frozen=True, eq=False)
class Decision:
    """What a tick decided, and what it rested on."""

    plan: Plan
    """For every battery of the village; one that cannot be steered is left to its own house."""
    outlook: Outlook
    promise: Promise | None
    """What the guard holds the grid to until the next plan; None where nothing is steered."""
    problem: ControlProblem
    """What the model was given: with it, the same plan can be made again."""


def horizon(now: datetime, prices: Mapping[datetime, float]) -> TimeGrid:
    """Return the slots to plan for: to the end of the known prices, at least 24 and at most 36 hours."""
    start = slot_start(now)
    slots = LEAST_HORIZON_SLOTS
    while slots < MOST_HORIZON_SLOTS and start + slots * SLOT in prices:
        slots += 1
    return TimeGrid(start, slots)


@dataclass(slots=True)
class VillagePlanner:
    """Makes plans, tick by tick, and remembers what it learned on the way."""

    model: ControlModel
    tariff_at: Callable[[datetime], Tariff]
    residents: Residents = field(default_factory=Announcements)
    """Who is asked by code red and code green, and what they are expected to do; M6 only."""
    congestion_weight: float = 1.0
    """How much heavier than usual congestion weighs, as the village chose."""
    _transformers: dict[str, Forecaster] = field(default_factory=dict)
    _feeder: Forecaster = field(default_factory=Forecaster)
    _former: Plan | None = None
    """The plan in force: another is only better where it is worth more."""
    _former_shown: Plan | None = None
    """The plan as if batteries in shadow took part."""

    def train(self, situation: Situation) -> None:
        """Train the forecasters that are due. Takes seconds; plans can be made meanwhile.

        One that cannot be trained does not keep the others from it: ExceptionGroup is raised after them all.
        """
        failures = []
        for forecaster, history in self._series(situation).values():
            try:
                if forecaster.needs_training(situation.now, situation.weather):
                    forecaster.train(history, situation.weather, situation.now)
            except Exception as error:  # noqa: BLE001 - raised below, when the others have had their turn
                failures.append(error)
        if failures:
            raise ExceptionGroup("not every forecaster could be trained", failures)

    def forecasts(self, situation: Situation) -> Iterator[tuple[str, Callable[[], LoadForecast]]]:
        """Return what makes the forecast of each series, by a transformer's id or FEEDER."""
        grid = horizon(situation.now, situation.prices)
        for name, (forecaster, history) in self._series(situation).items():
            yield name, partial(forecaster.forecast, history, situation.weather, grid, situation.now)

    def decide(
        self,
        situation: Situation,
        so_far: Extremes,
        forecasts: Mapping[str, LoadForecast] | None = None,
    ) -> Decision:
        """Return the plan from what is known; `so_far` is how today's loads have been.

        A series that `forecasts` lacks is expected to go on as it did; without any, all are made here.

        Raises SolverError without any plan, ValueError where the model needs a feeder and there is none.
        """
        if self.model in NEEDS_FEEDER and situation.feeder is None:
            raise ValueError(f"{self.model} needs the load of the feeder, and this village has none")
        if forecasts is None:
            forecasts = {name: make() for name, make in self.forecasts(situation)}
        outlook = _look_ahead(situation, forecasts)
        steered = [battery for battery in situation.batteries if battery.id in situation.stored_wh]
        tariff = self.tariff_at(situation.now)
        problem = replace(
            _problem(situation, steered, outlook, tariff, self._former),
            congestion_weight=self.congestion_weight,
        )
        if self.model == ControlModel.M6:
            problem = self.residents.shift(problem, situation)
        self._former = plan = make_plan(problem, self.model)
        promised = None
        if steered and self.model != ControlModel.M1:
            promised = promise(problem, self.model, _powers_w(plan), so_far)
        planned = [*plan.batteries, *self._as_if(problem, situation)]
        known = {battery.battery_id for battery in planned}
        others = [battery for battery in situation.batteries if battery.id not in known]
        everyone = replace(
            plan,
            batteries=[*planned, *(_own_house(battery, outlook.grid) for battery in others)],
            unmeasured={id_ for id_, load in outlook.transformers.items() if load.age is None},
            estimated=set(situation.estimated),
            untold={id_ for id_, each in situation.estimated.items() if not each.may_be_told},
            feeder_base_w=None if outlook.feeder is None else outlook.feeder.load_w.tolist(),
            import_price=_import_price(tariff, outlook.prices),
        )
        return Decision(everyone, outlook, promised, problem)

    def _as_if(self, problem: ControlProblem, situation: Situation) -> list[BatteryPlan]:
        """Return what batteries in shadow would be asked if they took part beside the steered ones.

        Nothing else of this second plan is used: what is steered, promised and guarded is as if they were
        not there.
        """
        shown = [battery for battery in situation.batteries if battery.id in situation.shadow_wh]
        if not shown:
            self._former_shown = None
            return []
        batteries = [*problem.batteries, *shown]
        with_shown = replace(
            problem,
            batteries=batteries,
            stored_wh=np.append(problem.stored_wh, [situation.shadow_wh[battery.id] for battery in shown]),
            former_power_w=_former_powers_w(self._former_shown, batteries, problem.grid),
        )
        try:
            self._former_shown = plan = make_plan(with_shown, self.model)
        except SolverError:
            return []  # The village has its plan; nothing to show is no reason to lose it.
        return [replace(each, shadow=True) for each in plan.batteries[len(problem.batteries) :]]

    def _series(self, situation: Situation) -> dict[str, tuple[Forecaster, MeasuredSeries]]:
        series = {
            id_: (self._transformers.setdefault(id_, Forecaster()), history)
            for id_, history in situation.base_load.items()
        }
        if situation.feeder_load is not None:
            series[FEEDER] = self._feeder, situation.feeder_load
        return series


def _look_ahead(situation: Situation, forecasts: Mapping[str, LoadForecast]) -> Outlook:
    grid = horizon(situation.now, situation.prices)

    def of(name: str, history: MeasuredSeries) -> LoadForecast:
        found = forecasts.get(name)
        return persist(history, grid, situation.now) if found is None else found

    transformers = {id_: of(id_, history) for id_, history in situation.base_load.items()}
    told = situation.operator.told_loads
    for id_, own in transformers.items():
        # What was measured is known better than any operator can tell.
        unmetered = own.age is None or id_ in situation.estimated
        if unmetered and (better := told_forecast(told, id_, own, grid, situation.now)):
            transformers[id_] = better.load
    feeder = None if situation.feeder_load is None else of(FEEDER, situation.feeder_load)
    of_feeder = told_forecast(told, FEEDER_ID, feeder, grid, situation.now) if situation.feeder else None
    return Outlook(
        grid=grid,
        transformers=transformers,
        feeder=of_feeder.load if of_feeder else feeder,
        prices=extend_prices(situation.prices, grid),
        feeder_seen=of_feeder.covered if of_feeder and feeder is None else None,
    )


def _problem(
    situation: Situation,
    batteries: Sequence[Battery],
    outlook: Outlook,
    tariff: Tariff,
    former: Plan | None,
) -> ControlProblem:
    loads = [outlook.transformers[transformer.id] for transformer in situation.transformers]
    shape = len(loads), outlook.grid.slots
    base_load_w = np.array([load.load_w for load in loads]).reshape(shape)
    above_w = _margins_w(situation, [load.high_w - load.load_w for load in loads]).reshape(shape)
    below_w = _margins_w(situation, [load.load_w - load.low_w for load in loads]).reshape(shape)
    signals = situation.operator
    return ControlProblem(
        grid=outlook.grid,
        batteries=batteries,
        stored_wh=np.array([situation.stored_wh[battery.id] for battery in batteries], dtype=float),
        transformers=situation.transformers,
        base_load_w=base_load_w,
        meters=[
            BillingMeter(
                net_w=base_load_w.sum(axis=0),
                import_price=tariff.import_price(outlook.prices.eur_per_kwh),
                export_price=_export_price(tariff, outlook, signals),
            )
        ],
        feeder=feeder_outlook(
            (situation.feeder, outlook.feeder) if situation.feeder and outlook.feeder else None,
            signals,
            base_load_w,
            np.maximum(above_w, below_w),
            outlook.grid,
            carries=_on_feeder(situation),
            seen=outlook.feeder_seen,
        ),
        former_power_w=_former_powers_w(former, batteries, outlook.grid),
        import_margin_w=above_w,
        export_margin_w=below_w,
        asked=asked_limits(signals, [each.id for each in situation.transformers], outlook.grid),
    )


def _on_feeder(situation: Situation) -> Bools:
    """Return (K,) which transformers FEEDER_ID stands for."""
    on_it = situation.on_feeder
    return np.array([on_it is None or each.id in on_it for each in situation.transformers], dtype=bool)


def _export_price(tariff: Tariff, outlook: Outlook, signals: OperatorSignals) -> Floats:
    """Return (T,) what a kWh fed in earns: as operators tell, and by the tariff where they do not."""
    by_tariff = tariff.export_price(outlook.prices.eur_per_kwh)
    told = signals.export_prices
    return np.array([told.get(*each) for each in zip(outlook.grid.starts(), by_tariff, strict=True)])


def _margins_w(situation: Situation, forecast_w: Sequence[Floats]) -> Floats:
    """Return (K, T) how much of each limit to keep free: what a forecast, and an estimate, may miss."""
    ids = [transformer.id for transformer in situation.transformers]
    spreads_w = [each.spread_w if (each := situation.estimated.get(id_)) else 0.0 for id_ in ids]
    # The two have nothing to do with one another.
    margins: Floats = np.hypot(np.array(forecast_w), np.array(spreads_w)[:, np.newaxis])
    return margins


def _import_price(tariff: Tariff, prices: PriceForecast) -> list[float | None]:
    """Return what importing a kWh costs in each slot; None where the day-ahead price is a guess."""
    costs = tariff.import_price(prices.eur_per_kwh)
    return [
        None if guessed else round(float(cost), 5)
        for cost, guessed in zip(costs, prices.guessed, strict=True)
    ]


def _powers_w(plan: Plan) -> Floats:
    """Return (N, T) the planned powers; a battery left to its own house counts as standing still."""
    return np.array([[power or 0.0 for power in battery.power_w] for battery in plan.batteries])


def _former_powers_w(former: Plan | None, batteries: Sequence[Battery], grid: TimeGrid) -> Floats | None:
    """Return (N, T) what the plan in force asks in the slots of `grid`, NaN where it says nothing."""
    if former is None:
        return None
    asked = {battery.battery_id: battery.power_w for battery in former.batteries}
    silent = [None] * former.grid.slots
    return np.array(
        [
            MeasuredSeries(former.grid.start, np.array(asked.get(battery.id, silent), dtype=float)).over(grid)
            for battery in batteries
        ]
    ).reshape(len(batteries), grid.slots)


def _own_house(battery: Battery, grid: TimeGrid) -> BatteryPlan:
    return BatteryPlan(battery.id, [None] * grid.slots, [PlanReason.OWN_HOUSE] * grid.slots)
