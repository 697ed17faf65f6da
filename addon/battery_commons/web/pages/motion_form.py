"""The form that puts something to the vote."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as fields
from datetime import datetime, timedelta
from typing import Self

from aiohttp import web

from battery_commons.domain.bylaws import Bounds, SharingRule
from battery_commons.domain.plan import ControlModel, Plan
from battery_commons.domain.settings import VillageSettings
from battery_commons.model_obstacles import model_obstacles
from battery_commons.store import Store
from battery_commons.voting.keeping.proposal import motion_problems
from battery_commons.voting.motion import MOST_OPTIONS, Motion, Subject, Value, Wrong, bounds_of, present
from battery_commons.voting.vote import Refusal
from battery_commons.voting.words import option_text, subject_text
from battery_commons.web.pages.dutch_moment import read_moment, write_moment
from battery_commons.web.pages.forms import field

VALUES = tuple(f"value{number}" for number in range(1, MOST_OPTIONS + 1))
"""The fields of the options."""
PERCENT = frozenset({Subject.MINIMUM_RESERVE, Subject.FUND_SHARE})
"""Shares that are typed as percentages."""
_TEXTS = ("title", "explanation", "opens", "closes", "takes_effect")
_FIELD_OF = {
    Wrong.TITLE: "title",
    Wrong.EXPLANATION: "explanation",
    Wrong.OPENS_IN_PAST: "opens",
    Wrong.TOO_SHORT: "closes",
    Wrong.TAKES_EFFECT_FIRST: "takes_effect",
    Wrong.FAR_AHEAD: "takes_effect",
}
"""Where each problem is shown; those of the options at the first of them."""


@dataclass(frozen=True, slots=True)
class MotionForm:
    """What stands in the form, as it was typed."""

    subject: Subject
    values: Sequence[str]
    """As many as there are fields; those left open are empty."""
    title: str = ""
    explanation: str = ""
    opens: str = ""
    """Dutch time; open for as soon as may be."""
    closes: str = ""
    takes_effect: str = ""
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/votes.py)."""

    @classmethod
    def empty(cls, subject: Subject, settings: VillageSettings, now: datetime) -> Self:
        """Return the form before it is filled in: with what is in force as the first option."""
        # An hour more, since it takes a while to fill it in.
        closes = write_moment(now + timedelta(days=settings.bylaws.vote_days, hours=1))
        stands = present(settings, subject)
        first = "" if stands is None else typed(subject, stands)
        return cls(subject, [first, *[""] * (MOST_OPTIONS - 1)], closes=closes, takes_effect=closes)

    @classmethod
    async def filled_in(cls, request: web.Request, subject: Subject) -> Self:
        """Return the form that was sent."""
        title, explanation, opens, closes, takes_effect = [await field(request, each) for each in _TEXTS]
        values = [await field(request, each) for each in VALUES]
        return cls(subject, values, " ".join(title.split()), explanation, opens, closes, takes_effect)

    def motion(self, now: datetime) -> tuple[Motion | None, Mapping[str, str]]:
        """Return what the form says, or what is wrong with it by field."""
        errors: dict[str, str] = {}
        opens_at = now if not self.opens else read_moment(self.opens)
        closes_at, takes_effect_at = read_moment(self.closes), read_moment(self.takes_effect)
        for name, moment in (("opens", opens_at), ("closes", closes_at), ("takes_effect", takes_effect_at)):
            if moment is None:
                errors[name] = "vote_time_wrong"
        values = [_read(self.subject, text) for text in self.values if text]
        if None in values:
            errors[VALUES[0]] = "vote_wrong_value"
        if errors or opens_at is None or closes_at is None or takes_effect_at is None:
            return None, errors
        read = [value for value in values if value is not None]
        motion = Motion(
            self.subject, self.title, self.explanation, read, opens_at, closes_at, takes_effect_at
        )
        return motion, {}


@dataclass(frozen=True, slots=True)
class FormLook:
    """What the form says beside its fields, in one language."""

    subject: str
    offered: Mapping[str, str]
    """What an option is chosen from, by its value; empty where it is typed."""
    stands: str | None
    """What is in force; None where that is no setting."""
    bounds: tuple[str, str] | None
    """What may be typed at least and at most, by the bylaws."""
    vote_days: int
    value_fields: Sequence[str] = VALUES


def form_look(store: Store, plan: Plan | None, subject: Subject, language: str) -> FormLook:
    """Return how the form for a question about `subject` looks in this village. Raises StoreError."""
    settings = store.settings()
    possible = [model for model, obstacle in model_obstacles(store, plan).items() if obstacle is None]
    stands = present(settings, subject)
    return FormLook(
        subject_text(subject, language),
        {choice: option_text(subject, choice, language) for choice in _offered(subject, possible)},
        None if stands is None else option_text(subject, stands, language),
        _shown_bounds(subject, bounds_of(subject, settings.bylaws)),
        settings.bylaws.vote_days,
    )


async def checked_form(
    request: web.Request, store: Store, plan: Plan | None, subject: Subject, now: datetime
) -> tuple[MotionForm, Motion | None]:
    """Return the form that was sent with what is wrong in it, and its motion where nothing is."""
    form = await MotionForm.filled_in(request, subject)
    motion, errors = form.motion(now)
    if motion is not None:
        errors = errors_of(await asyncio.to_thread(motion_problems, store, plan, motion, now))
    return replace(form, errors=errors), None if errors else motion


def subject_of(request: web.Request) -> Subject | None:
    """Return what the address asks about; None for what no vote is about."""
    named = request.match_info["subject"]
    return Subject(named) if named in set(Subject) else None


def errors_of(problems: Sequence[tuple[Wrong, str]]) -> Mapping[str, str]:
    """Return what is wrong by field, as the key of what to say."""
    return {_FIELD_OF.get(wrong, VALUES[0]): f"vote_wrong_{wrong}" for wrong, _ in problems}


def refused(form: MotionForm, refusal: Refusal) -> MotionForm:
    """Return the form with why the village did not take it."""
    return replace(form, errors={VALUES[0]: f"vote_wrong_{refusal}"})


def typed(subject: Subject, value: Value) -> str:
    """Return a value as it is typed."""
    if isinstance(value, str):
        return value
    return f"{100 * value:g}" if subject in PERCENT else f"{value:g}"


def _read(subject: Subject, text: str) -> Value | None:
    """Return what was typed; None for a figure that is none."""
    if subject in {Subject.CONTROL_MODEL, Subject.SHARING, Subject.FUND_USE}:
        return text
    try:
        figure = float(text.replace(",", ".").removesuffix("%"))
    except ValueError:
        return None
    return round(figure / 100, 6) if subject in PERCENT else figure


def _offered(subject: Subject, models: Sequence[ControlModel]) -> Sequence[str]:
    if subject is Subject.CONTROL_MODEL:
        return [model.value for model in models]
    return [rule.value for rule in SharingRule] if subject is Subject.SHARING else []


def _shown_bounds(subject: Subject, bounds: Bounds | None) -> tuple[str, str] | None:
    if bounds is None:
        return None
    least, most = bounds.least, bounds.most
    return (f"{100 * least:g} %", f"{100 * most:g} %") if subject in PERCENT else (f"{least:g}", f"{most:g}")
