"""The volunteer's page about taking part in Dutch grid operators' flexibility: as whom, where, with whom."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as fields
from http import HTTPStatus

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from battery_commons.domain.dutch_flex import (
    CongestionPoint,
    DutchParticipation,
    FlexGroup,
    MaxDuration,
    Takers,
    home_of,
)
from battery_commons.domain.ean import GRID_OPERATORS, is_ean13, is_ean18
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.time import Clock
from battery_commons.openadr.dutch_profile.in_force import dutch_states, is_dutch
from battery_commons.openadr.dutch_profile.objects import asset_of
from battery_commons.openadr.dutch_profile.own_side import taking_part
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.store import NotFoundError, Store
from battery_commons.store.audit import Author
from battery_commons.store.records import Home
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.server import VillageServer

PATH = "/operator/flexibility"
_POINT = TypeAdapter(CongestionPoint)


@dataclass(frozen=True, slots=True)
class DutchFlexForm:
    """What stands in the form, as it was typed."""

    provider: str = ""
    operator: str = next(iter(GRID_OPERATORS))
    points: Mapping[str, str] = fields(default_factory=dict)
    """By the transformer's id, or FEEDER_ID; empty where there is none."""
    durations: Mapping[str, str] = fields(default_factory=dict)
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/dutch_flex.py)."""

    @classmethod
    def of(cls, participation: DutchParticipation | None) -> DutchFlexForm:
        """Return the form for changing how the village takes part, or for the first time."""
        if participation is None:
            return cls()
        points = participation.points.items()
        return cls(
            participation.provider,
            participation.operator,
            {subject: point.id for subject, point in points},
            {subject: point.max_duration.value for subject, point in points},
        )

    @classmethod
    async def filled_in(cls, request: web.Request, subjects: Sequence[str]) -> DutchFlexForm:
        """Return the form that was sent; `subjects` are the parts of the village that are there."""
        provider = (await field(request, "provider")).replace(" ", "")
        operator = await field(request, "operator")
        points = {each: await field(request, f"point-{each}") for each in subjects}
        durations = {each: await field(request, f"duration-{each}") for each in subjects}
        errors = {}
        if not is_ean13(provider):
            errors["provider"] = "flex_provider_wrong"
        if operator not in GRID_OPERATORS:
            errors["operator"] = "flex_operator_wrong"
        for each in subjects:
            if points[each] and _point(points[each], durations[each]) is None:
                errors[f"point-{each}"] = "flex_point_wrong"
        if points.get(FEEDER_ID) and sum(map(bool, points.values())) > 1:
            errors[f"point-{FEEDER_ID}"] = "flex_point_both"
        return cls(provider, operator, points, durations, errors)

    def chosen(self) -> dict[str, CongestionPoint]:
        """Return the congestion points of a form without errors."""
        read = {each: _point(text, self.durations[each]) for each, text in self.points.items() if text}
        return {each: point for each, point in read.items() if point is not None}


@dataclass(frozen=True, slots=True)
class PointView:
    """A congestion point with who is behind it, and what the operator has of it."""

    takers: Takers
    homes: Sequence[Home]
    group: FlexGroup | None
    rejected: Sequence[tuple[str, str, str]] = ()
    """Batteries that the operator does not take into it: of which home, what it is called, and why."""


@dataclass(frozen=True, slots=True)
class DutchFlexView:
    """How the village takes part."""

    participation: DutchParticipation | None
    has_line: bool
    """Whether a line calls the village by its EAN."""
    points: Sequence[PointView]
    refused: Sequence[UnacceptableError] = ()
    """Calls that are not followed."""


class DutchFlexPages:
    """One method per page or form."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        author: Callable[[web.Request], Author],
        rejected: Callable[[], Mapping[str, str]],
    ) -> None:
        """Keep how `village` takes part, by whom `author` says it is.

        `rejected` tells by Asset-ID why the operator does not take a battery into its group.
        """
        self._store = village.store
        self._clock = village.clock
        self._renderer = renderer
        self._author = author
        self._rejected = rejected

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get(PATH, self.page),
            web.post(PATH, self.take_part),
            web.get(f"{PATH}/connection", self._back),
            web.post(f"{PATH}/connection", self.connection),
            web.get(f"{PATH}/end", self.ask_to_end),
            web.post(f"{PATH}/end", self.end),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show how the village takes part, and the forms that change it."""
        view = await self._view()
        return await self._page(request, DutchFlexForm.of(view.participation), view)

    async def take_part(self, request: web.Request) -> web.Response:
        """Take part as was filled in."""
        form = await DutchFlexForm.filled_in(request, [id_ for id_, _ in await self._subjects()])
        if form.errors:
            return await self._page(request, form, await self._view())
        await asyncio.to_thread(
            self._store.take_part_in_dutch_flex,
            form.provider,
            form.operator,
            form.chosen(),
            self._author(request),
        )
        return go_to(request, PATH[1:], told="flex_changed")

    async def connection(self, request: web.Request) -> web.Response:
        """Keep the EAN of a home's connection, or forget it where none was filled in."""
        home_id, ean = request.query.get("home", ""), (await field(request, "ean")).replace(" ", "")
        view = await self._view()
        if view.participation is None:
            return go_to(request, PATH[1:])
        if ean and not is_ean18(ean):
            form = DutchFlexForm.of(view.participation)
            return await self._page(request, form, view, wrong=(home_id, ean))
        author = self._author(request)
        if not ean:
            await asyncio.to_thread(self._store.withdraw_connection, home_id, author)
            return go_to(request, PATH[1:], told="flex_connection_withdrawn")
        try:
            await asyncio.to_thread(self._store.give_connection, home_id, ean, author)
        except NotFoundError:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="home")
        return go_to(request, PATH[1:], told="flex_connection_kept")

    async def ask_to_end(self, request: web.Request) -> web.Response:
        """Say what is about to happen, and ask whether it should."""
        return self._renderer.page(request, "dutch_flex_end.html")

    async def end(self, request: web.Request) -> web.Response:
        """Take part no longer."""
        await asyncio.to_thread(self._store.end_dutch_flex, self._author(request))
        return go_to(request, PATH[1:], told="flex_ended")

    async def _view(self) -> DutchFlexView:
        return await asyncio.to_thread(_view, self._store, self._clock, self._rejected())

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, PATH[1:])

    async def _subjects(self) -> list[tuple[str, str]]:
        """Return the parts of the village that can lie behind a congestion point, with their names."""
        feeder = await asyncio.to_thread(self._store.feeder)
        transformers = await asyncio.to_thread(self._store.transformers)
        named = [(each.id, each.name) for each in transformers]
        return [*named, (feeder.id, feeder.name)] if feeder else named

    async def _page(
        self,
        request: web.Request,
        form: DutchFlexForm,
        view: DutchFlexView,
        wrong: tuple[str, str] = ("", ""),
    ) -> web.Response:
        is_wrong = bool(form.errors or wrong[0])
        return self._renderer.page(
            request,
            "dutch_flex.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK,
            form=form,
            view=view,
            subjects=await self._subjects(),
            operators=GRID_OPERATORS,
            durations=list(MaxDuration),
            wrong_home=wrong[0],
            wrong_ean=wrong[1],
        )


def _view(store: Store, clock: Clock, rejected: Mapping[str, str]) -> DutchFlexView:
    participation = store.dutch_participation()
    if participation is None:
        return DutchFlexView(None, has_line=False, points=())
    homes = {each.id: each for each in store.homes()}
    names = {each.battery.id: each.name for each in store.batteries()}
    lines = [each.id for each in store.operator_lines() if is_dutch(each, participation)]
    groups = [group for line_id in lines for group in store.dutch_groups(line_id)]
    found = taking_part(store, participation)
    return DutchFlexView(
        participation,
        has_line=bool(lines),
        points=[
            PointView(
                each,
                [homes[id_] for id_ in dict.fromkeys(map(home_of, each.batteries)) if id_ in homes],
                next((group for group in groups if group.point == each.point), None),
                [
                    (homes[home_of(battery)].name, names.get(battery.id, ""), rejected[asset_of(battery)])
                    for battery in each.batteries
                    if asset_of(battery) in rejected and home_of(battery) in homes
                ],
            )
            for each in found
        ],
        refused=[
            refused
            for state in dutch_states(store, participation, clock)
            for refused in state.understood(participation).refused
        ],
    )


def _point(text: str, duration: str) -> CongestionPoint | None:
    """Return a congestion point that was typed; None for what is none."""
    try:
        return _POINT.validate_python({"id": text, "max_duration": duration})
    except ValidationError:
        return None
