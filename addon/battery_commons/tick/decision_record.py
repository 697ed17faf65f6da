"""A decision as it is kept: all that it takes to tell it, and to make it, again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from math import isnan
from typing import Any

import numpy as np

from battery_commons.control.asked_limits import AskedLimits
from battery_commons.control.models import make_plan
from battery_commons.control.problem import BillingMeter, ControlProblem, FeederOutlook, Floats
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.domain.situation import Situation
from battery_commons.domain.time import TimeGrid
from battery_commons.store.decisions import KeptDecision
from battery_commons.tick.planner import Decision

FORMAT = 1


@dataclass(frozen=True, eq=False, slots=True)
class RecordedBattery:
    """A battery in a decision: how it stood and what it was asked."""

    battery: Battery
    stored_wh: float | None
    """None where it could not be planned for."""
    shadow: bool
    power_w: Sequence[float | None]
    reasons: Sequence[PlanReason]


@dataclass(frozen=True, eq=False, slots=True)
class RecordedDecision:
    """A decision, read back. What erased homes had in it is gone."""

    at: datetime
    model: ControlModel
    program: str
    """The version of Battery Commons that made it."""
    problem: ControlProblem
    """Of the batteries that it steered."""
    guessed: Sequence[bool]
    """By slot, whether its price was a guess."""
    forecasts: Mapping[str, tuple[str, float | None]]
    """By transformer, how its load was forecast, and the age in seconds of what that rests on."""
    estimated: frozenset[str]
    """Transformers whose newest loads were estimates."""
    batteries: Mapping[str, RecordedBattery]
    erased: int
    """How many of the batteries that it steered are gone with their homes."""


def record_of(decision: Decision, situation: Situation) -> KeptDecision:
    """Return what is kept of a decision: what is the village's, and apart from it what is each home's."""
    plan, problem = decision.plan, decision.problem
    village = {
        "format": FORMAT,
        "program": version("battery-commons"),
        "model": plan.model.value,
        "start": plan.grid.start.timestamp(),
        "slots": plan.grid.slots,
        "steered": len(problem.batteries),
        "transformers": [asdict(each) for each in problem.transformers],
        "base_load_w": problem.base_load_w.tolist(),
        "import_margin_w": _listed(problem.import_margin_w),
        "export_margin_w": _listed(problem.export_margin_w),
        "meters": [
            {
                "net_w": meter.net_w.tolist(),
                "import_price": meter.import_price.tolist(),
                "export_price": meter.export_price.tolist(),
            }
            for meter in problem.meters
        ],
        "guessed": decision.outlook.prices.guessed.tolist(),
        "forecasts": {
            id_: [load.method.value, None if load.age is None else load.age.total_seconds()]
            for id_, load in decision.outlook.transformers.items()
        },
        "estimated": sorted(situation.estimated),
        "feeder": problem.feeder
        and {
            "id": problem.feeder.feeder.id,
            "name": problem.feeder.feeder.name,
            "limit_w": None if np.isinf(problem.feeder.feeder.limit_w) else problem.feeder.feeder.limit_w,
            "background_w": problem.feeder.background_w.tolist(),
            "spread_w": _listed(problem.feeder.spread_w),
            "asked": _asks(problem.feeder.asked),
            "called": None if problem.feeder.called is None else problem.feeder.called.tolist(),
            "carries": None if problem.feeder.carries is None else problem.feeder.carries.tolist(),
        },
        "asked": _asks(problem.asked),
        "had_former": problem.former_power_w is not None,
        "congestion_weight": problem.congestion_weight,
    }
    return KeptDecision(situation.now, json.dumps(village, allow_nan=False), _homes(decision, situation))


def _homes(decision: Decision, situation: Situation) -> dict[str, str]:
    problem = decision.problem
    place = {battery.id: n for n, battery in enumerate(problem.batteries)}
    batteries = {battery.id: battery for battery in situation.batteries}
    homes: dict[str, list[dict[str, object]]] = {}
    for planned in decision.plan.batteries:
        n = place.get(planned.battery_id)
        former = None if n is None or problem.former_power_w is None else problem.former_power_w[n]
        stored_wh = situation.shadow_wh if planned.shadow else situation.stored_wh
        homes.setdefault(planned.battery_id.partition("/")[0], []).append(
            {
                "battery": asdict(batteries[planned.battery_id]),
                "place": n,
                "stored_wh": stored_wh.get(planned.battery_id),
                "shadow": planned.shadow,
                "power_w": _runs([power if power is None else round(power) for power in planned.power_w]),
                "reasons": _runs([reason.value for reason in planned.reasons]),
                # Mostly the same again: what differs takes the room.
                "former_w": None if former is None else _former(former, planned.power_w),
            }
        )
    return {home_id: json.dumps(each, allow_nan=False) for home_id, each in homes.items()}


def read_record(kept: KeptDecision) -> RecordedDecision:
    """Return a kept decision. Raises ValueError for one that this version cannot read."""
    try:
        return _read(kept)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"the decision of {kept.at.isoformat()} cannot be read by this version") from error


def _read(kept: KeptDecision) -> RecordedDecision:
    village = json.loads(kept.village)
    if village["format"] != FORMAT:
        raise ValueError(f"the decision of {kept.at.isoformat()} is of another version's format")
    grid = TimeGrid(datetime.fromtimestamp(village["start"], UTC), village["slots"])
    rows = [row for home in kept.homes.values() for row in json.loads(home)]
    batteries = {row["battery"]["id"]: _battery(row) for row in rows}
    steered = sorted((row for row in rows if row["place"] is not None), key=lambda row: row["place"])
    planned = [batteries[row["battery"]["id"]] for row in steered]
    shape = len(village["transformers"]), grid.slots
    former = None
    if village["had_former"]:
        former = np.array([_formerly(row, grid.slots) for row in steered]).reshape(len(steered), grid.slots)
    problem = ControlProblem(
        grid=grid,
        batteries=[each.battery for each in planned],
        stored_wh=np.array([each.stored_wh for each in planned], dtype=float),
        transformers=[Transformer(**each) for each in village["transformers"]],
        base_load_w=np.array(village["base_load_w"]).reshape(shape),
        meters=[
            BillingMeter(
                net_w=np.array(meter["net_w"]),
                import_price=np.array(meter["import_price"]),
                export_price=np.array(meter["export_price"]),
            )
            for meter in village["meters"]
        ],
        feeder=village["feeder"] and _feeder(village["feeder"], grid.slots),
        import_margin_w=_array(village["import_margin_w"], shape),
        export_margin_w=_array(village["export_margin_w"], shape),
        former_power_w=former,
        asked=_asked(village.get("asked"), shape),
        # Records of before members could vote say nothing of it.
        congestion_weight=village.get("congestion_weight", 1.0),
    )
    return RecordedDecision(
        at=kept.at,
        model=ControlModel(village["model"]),
        program=village["program"],
        problem=problem,
        guessed=village["guessed"],
        forecasts={id_: (method, age) for id_, (method, age) in village["forecasts"].items()},
        estimated=frozenset(village["estimated"]),
        batteries=batteries,
        erased=village["steered"] - len(steered),
    )


def model_of(village: str) -> ControlModel:
    """Return which model made a kept decision, from the village's part of it.

    Raises ValueError for one that this version cannot read.
    """
    try:
        return ControlModel(json.loads(village)["model"])
    except (KeyError, TypeError) as error:
        raise ValueError("a kept decision cannot be read by this version") from error


def replayed(record: RecordedDecision) -> bool:
    """Return whether the model, given the same again, asks the same of every battery that it steered.

    Raises SolverError, and ValueError where a battery is gone with its home: the village was another then.
    """
    if record.erased:
        raise ValueError(f"{record.erased} of the batteries that were steered are gone with their homes")
    again = make_plan(record.problem, record.model)
    return all(
        list(plan.power_w) == list(record.batteries[plan.battery_id].power_w)
        and list(plan.reasons) == list(record.batteries[plan.battery_id].reasons)
        for plan in again.batteries
    )


def _battery(row: Mapping[str, Any]) -> RecordedBattery:
    return RecordedBattery(
        battery=Battery(**row["battery"]),
        stored_wh=row["stored_wh"],
        shadow=row["shadow"],
        power_w=_unrolled(row["power_w"]),
        reasons=[PlanReason(each) for each in _unrolled(row["reasons"])],
    )


def _feeder(kept: Mapping[str, Any], slots: int) -> FeederOutlook:
    called = kept.get("called")
    # Records of before transformers could hang elsewhere counted all of them.
    carries = kept.get("carries")
    limit_w = float("inf") if kept["limit_w"] is None else kept["limit_w"]
    return FeederOutlook(
        Feeder(kept["id"], kept["name"], limit_w),
        np.array(kept["background_w"]),
        None if kept["spread_w"] is None else np.array(kept["spread_w"]),
        _asked(kept.get("asked"), (slots,)),
        None if called is None else np.array(called, dtype=bool),
        None if carries is None else np.array(carries, dtype=bool),
    )


def _asks(asked: AskedLimits | None) -> dict[str, object] | None:
    """Return what is asked, with None where that is nothing: JSON has nothing infinite."""
    if asked is None:
        return None
    return {
        name: _runs([float(each) if np.isfinite(each) else None for each in limits_w.ravel()])
        for name, limits_w in asked.by_name().items()
    }


def _asked(kept: Mapping[str, Any] | None, shape: tuple[int, ...]) -> AskedLimits | None:
    """Return what was asked; nothing in records of before there were operators."""
    if kept is None:
        return None
    asked = AskedLimits.nothing(shape)
    for name, limits_w in asked.by_name().items():
        told = np.array(_unrolled(kept[name]), dtype=float).reshape(shape)
        np.copyto(limits_w, told, where=~np.isnan(told))
    return asked


def _former(former_w: Floats, power_w: Sequence[float | None]) -> list[list[Any]]:
    """Return the plan that was in force, as how far each slot is from the new one; None where it ended."""
    return _runs(
        [
            None if isnan(before) else round(before - (now or 0.0))
            for before, now in zip(former_w.tolist(), power_w, strict=True)
        ]
    )


def _formerly(row: Mapping[str, Any], slots: int) -> list[float]:
    if row["former_w"] is None:
        return [np.nan] * slots
    return [
        np.nan if difference is None else difference + (now or 0.0)
        for difference, now in zip(_unrolled(row["former_w"]), _unrolled(row["power_w"]), strict=True)
    ]


def _runs(values: Sequence[Any]) -> list[list[Any]]:
    """Return values as [value, how often it stands in a row]."""
    return [[value, len(list(same))] for value, same in groupby(values)]


def _unrolled(runs: Sequence[Sequence[Any]]) -> list[Any]:
    return [value for value, count in runs for _ in range(count)]


def _listed(array: Floats | None) -> list[Any] | None:
    return None if array is None else array.tolist()


def _array(kept: Sequence[Any] | None, shape: tuple[int, ...]) -> Floats | None:
    return None if kept is None else np.array(kept, dtype=float).reshape(shape)
