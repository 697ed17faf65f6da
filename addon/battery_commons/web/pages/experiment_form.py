"""The form that plans an experiment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as fields
from datetime import date, datetime, timedelta
from secrets import randbelow
from typing import Self

from aiohttp import web

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.experiment.record import MAX_NAME
from battery_commons.experiment.schedule import (
    LEAST_MODELS,
    LEAST_REPEATS,
    MOST_DAYS,
    MOST_MODELS,
    MOST_PERIOD_DAYS,
    MOST_REPEATS,
    MOST_SEED,
    Design,
    longest_washout_hours,
)
from battery_commons.web.pages.forms import field

MODELS = tuple(f"model{number}" for number in range(1, MOST_MODELS + 1))
"""The fields of the models; those beyond the second may be left open."""
NUMBERS = ("period_days", "repeats", "washout_hours")
CARRIED = ("name", *MODELS, "first_day", *NUMBERS, "seed")
"""All fields, as the preview hands them on."""
_FAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ExperimentForm:
    """What stands in the form, as it was typed."""

    typed: Mapping[str, str]
    """By field."""
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/experiment.py)."""
    design: Design | None = None
    """What the form says; None while that makes no sense."""

    @classmethod
    def empty(cls, chosen: ControlModel, possible: Collection[ControlModel], now: datetime) -> Self:
        """Return the form before it is filled in: the chosen model against M1, in periods of one day."""
        second = next(model for model in ControlModel if model in possible and model is not ControlModel.M1)
        other = chosen if chosen in possible and chosen is not ControlModel.M1 else second
        return cls(
            {
                "name": "",
                **dict.fromkeys(MODELS, ""),
                "model1": ControlModel.M1.value,
                "model2": other.value,
                "first_day": (_today(now) + timedelta(days=1)).isoformat(),
                "period_days": "1",
                "repeats": "21",
                "washout_hours": "6",
                "seed": str(randbelow(MOST_SEED + 1)),
            }
        )

    @classmethod
    async def filled_in(cls, request: web.Request, possible: Collection[ControlModel], now: datetime) -> Self:
        """Return the form that was sent at `now`."""
        typed = {each: await field(request, each) for each in CARRIED}
        typed["name"] = " ".join(typed["name"].split())
        errors: dict[str, str] = {}
        if not 1 <= len(typed["name"]) <= MAX_NAME:
            errors["name"] = "experiment_wrong_name"
        models = _models(typed, possible, errors)
        first_day = _first_day(typed["first_day"], now, errors)
        numbers = {name: _whole(typed[name]) for name in (*NUMBERS, "seed")}
        days, repeats, hours, seed = numbers.values()
        if days is None or not 1 <= days <= MOST_PERIOD_DAYS:
            errors["period_days"] = "experiment_wrong_period"
        elif hours is None or hours > longest_washout_hours(days):
            errors["washout_hours"] = "experiment_wrong_washout"
        if repeats is None or not LEAST_REPEATS <= repeats <= MOST_REPEATS:
            errors["repeats"] = "experiment_wrong_repeats"
        elif days is not None and len(models) * days * repeats > MOST_DAYS:
            errors["repeats"] = "experiment_wrong_long"
        if seed is None or seed > MOST_SEED:
            errors["seed"] = "experiment_wrong_seed"
        if errors or first_day is None or None in {days, repeats, hours, seed}:
            return cls(typed, errors)
        return cls(
            typed,
            errors,
            Design(tuple(models), first_day, days or 0, repeats or 0, hours or 0, seed or 0),
        )


def _models(
    typed: Mapping[str, str], possible: Collection[ControlModel], errors: dict[str, str]
) -> list[ControlModel]:
    """Return the models that are named, in their order."""
    models = {each.value: each for each in possible}
    named = {name: typed[name] for name in MODELS if typed[name]}
    found: list[ControlModel] = []
    for name, value in named.items():
        if value not in models:
            errors[name] = "experiment_wrong_model"
        elif models[value] in found:
            errors[name] = "experiment_wrong_twice"
        else:
            found.append(models[value])
    if len(named) < LEAST_MODELS:
        errors["model2"] = "experiment_wrong_models"
    return found


def _first_day(text: str, now: datetime, errors: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["first_day"] = "experiment_wrong_day"
        return None
    today = _today(now)
    if not today < day <= today + _FAR_AHEAD:
        errors["first_day"] = "experiment_wrong_first"
    return day


def _today(now: datetime) -> date:
    return now.astimezone(MARKET_ZONE).date()


def _whole(text: str) -> int | None:
    """Return a whole number of a few digits, none below zero."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_SEED)) else None
