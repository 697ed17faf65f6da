"""What each option of a vote would have done: a backtest of every one, on the village's own past."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from battery_commons.control.possible import NEEDS_FEEDER, usable
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.tariff import Tariff
from battery_commons.simulation.backtest import BacktestRequest, run_backtest
from battery_commons.simulation.chosen import Chosen
from battery_commons.simulation.measures.calendar import SLOTS_PER_MONTH
from battery_commons.simulation.measures.measure import ModelMeasures, measure
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.voting.motion import STEERS, Motion, Subject, in_force
from battery_commons.voting.vote import (
    Effects,
    EffectSource,
    HomeEffect,
    OptionEffect,
    Reckoned,
    TransformerEffect,
)

RECKONED: TypeAdapter[Reckoned] = TypeAdapter(Reckoned)


@dataclass(frozen=True, eq=False)
class EffectsTask:
    """What is to be reckoned."""

    village: RecordedVillage
    source: EffectSource
    tariff: Tariff
    options: Mapping[str, tuple[ControlModel, Chosen]]
    """By option, what the village would be steered by."""
    as_usual: frozenset[str] = frozenset()
    """Homes of the record that are not measured, by id."""


def steering(motion: Motion, settings: VillageSettings) -> Mapping[str, tuple[ControlModel, Chosen]]:
    """Return by option what the village would be steered by; nothing where the vote is about something else.

    Records have no feeder: a model that is for the feeder cannot be reckoned, and where the vote is about
    something else, what steers without a feeder stands in for it.
    """
    if motion.subject not in STEERS:
        return {}
    steered = {}
    for choice, value in motion.options().items():
        then = in_force(settings, motion.subject, value)
        model = then.control_model
        if motion.subject is not Subject.CONTROL_MODEL:
            model = usable(model, None)
        if model not in NEEDS_FEEDER:
            steered[choice] = model, Chosen(then.congestion_weight, then.minimum_reserve)
    return steered


def reckon(task: EffectsTask, tell: Callable[[float], None]) -> bytes:
    """Return what comes of each option, as JSON of RECKONED. Raises SolverError."""
    effects: dict[str, OptionEffect] = {}
    bills: dict[str, dict[str, float]] = {}
    for number, (choice, (model, chosen)) in enumerate(task.options.items()):

        def told(done: dict[ControlModel, float], number: int = number) -> None:
            tell((number + sum(done.values()) / len(done)) / len(task.options))

        request = BacktestRequest(task.village, task.tariff, [model], Mode.ROLLING, chosen=chosen)
        measured = measure(run_backtest(request, told, workers=1))[-1]
        per_month = SLOTS_PER_MONTH / task.village.grid.slots
        effects[choice] = _effect(measured, per_month)
        for home in measured.homes:
            of_home = bills.setdefault(home.site_id, {})
            of_home[choice] = (home.bill_eur - home.stored_eur) * per_month
    grid = task.village.grid
    days = round((grid.end - grid.start).total_seconds() / 86_400)
    homes = {}
    if task.source is EffectSource.OWN:
        homes = {
            id_: HomeEffect(of_home, is_estimated=id_ in task.as_usual) for id_, of_home in bills.items()
        }
    return RECKONED.dump_json((Effects(task.source, grid.start, days, effects), homes))


def _effect(measured: ModelMeasures, per_month: float) -> OptionEffect:
    return OptionEffect(
        transformers=[
            TransformerEffect(each.name, each.highest_import_w, each.highest_feed_in_w, each.slots_over / 4)
            for each in measured.grid.transformers
        ],
        cost_eur_per_month=(measured.money.bill_eur - measured.money.stored_eur) * per_month,
        self_consumption=measured.energy.self_consumption,
    )
