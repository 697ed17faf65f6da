"""The page on which a volunteer says what the village is called, what members pay and where it lies."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as fields
from http import HTTPStatus
from typing import Self

from aiohttp import web

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import Place, TariffChoice, VillageSettings
from battery_commons.model_obstacles import model_obstacles
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.server import VillageServer

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands on the page: the village's name beside its settings."""

    name: str
    settings: VillageSettings


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """What stands in the form, as it was typed."""

    name: str
    tariff: str
    model: str
    latitude: str
    longitude: str
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/steering.py)."""
    chosen: Chosen | None = None
    """What the form says; None while that makes no sense."""

    @classmethod
    def of(cls, chosen: Chosen) -> Self:
        """Return the form that shows what is chosen now."""
        settings = chosen.settings
        latitude, longitude = place_typed(settings.place)
        return cls(chosen.name, settings.tariff.value, settings.control_model.value, latitude, longitude)

    @classmethod
    async def filled_in(cls, request: web.Request, now: VillageSettings, models: set[ControlModel]) -> Self:
        """Return the form that was sent, on the settings of `now`; `models` can be chosen."""
        names = ("name", "tariff", "model", "latitude", "longitude")
        name, tariff, model, latitude, longitude = [await field(request, each) for each in names]
        errors = {}
        if not 1 <= len(name) <= LONGEST_NAME:
            errors["name"] = "name_wrong"
        if tariff not in set(TariffChoice):
            errors["tariff"] = "tariff_wrong"
        if model not in models:
            errors["model"] = "model_wrong"
        place, wrong = read_place(latitude, longitude)
        errors |= wrong
        chosen = None
        if not errors:
            settings = replace(
                now, control_model=ControlModel(model), tariff=TariffChoice(tariff), place=place
            )
            chosen = Chosen(name, settings)
        return cls(name, tariff, model, latitude, longitude, errors, chosen)


def place_typed(place: Place | None) -> tuple[str, str]:
    """Return a place as a form's two fields have it; empty for none."""
    return (f"{place.latitude:g}", f"{place.longitude:g}") if place else ("", "")


def read_place(latitude: str, longitude: str) -> tuple[Place | None, dict[str, str]]:
    """Return the place that was typed, None where both are empty, and what is wrong with it by field."""
    if not latitude and not longitude:
        return None, {}
    errors = {}
    degrees = {"latitude": _degrees(latitude, 90), "longitude": _degrees(longitude, 180)}
    for name, value in degrees.items():
        if value is None:
            errors[name] = f"{name}_wrong"
    north, east = degrees.values()
    return (None if north is None or east is None else Place(north, east)), errors


def _degrees(text: str, most: float) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) <= most else None


class SettingsPages:
    """The page, its form, and the way back."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        author: Callable[[web.Request], Author],
        home_place: Callable[[], Awaitable[Place | None]] | None,
    ) -> None:
        """Keep the settings of `village`; `home_place` asks Home Assistant where it is, if there is one."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._author = author
        self._home_place = home_place
        self._last_change: tuple[Chosen, Chosen] | None = None
        """What was chosen before the last change here, and after it."""

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/settings", self.settings),
            web.post("/settings", self.change),
            web.post("/settings/undo", self.undo),
            web.get("/settings/undo", self._back),
        ]

    async def settings(self, request: web.Request) -> web.Response:
        """Show what is chosen."""
        chosen = await asyncio.to_thread(chosen_in, self._store)
        return await self._page(request, SettingsForm.of(chosen), chosen)

    async def change(self, request: web.Request) -> web.Response:
        """Choose what the form says, or fill Home Assistant's place in."""
        chosen = await asyncio.to_thread(chosen_in, self._store)
        obstacles = await asyncio.to_thread(model_obstacles, self._store, self._village.current_plan())
        models = {model for model, obstacle in obstacles.items() if obstacle is None}
        form = await SettingsForm.filled_in(
            request, chosen.settings, models | {chosen.settings.control_model}
        )
        if await field(request, "fill") == "home_place" and self._home_place is not None:
            place = await self._home_place()
            latitude, longitude = place_typed(place)
            if place is None:
                form = replace(form, errors={"latitude": "home_place_wrong"})
            else:
                form = replace(form, latitude=latitude, longitude=longitude, errors={})
            return await self._page(request, form, chosen)
        if form.chosen is None:
            return await self._page(request, form, chosen)
        await self._choose(form.chosen, request)
        self._last_change = chosen, form.chosen
        return go_to(request, "settings", told="settings_changed")

    async def undo(self, request: web.Request) -> web.Response:
        """Take the last change back, unless something was chosen since."""
        now = await asyncio.to_thread(chosen_in, self._store)
        if self._last_change is None or self._last_change[1] != now:
            return go_to(request, "settings", told="settings_not_undone")
        await self._choose(self._last_change[0], request)
        self._last_change = None
        return go_to(request, "settings", told="settings_undone")

    async def _choose(self, chosen: Chosen, request: web.Request) -> None:
        await asyncio.to_thread(choose, self._store, chosen, self._author(request))
        self._village.settings_changed()

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "settings")

    async def _page(self, request: web.Request, form: SettingsForm, now: Chosen) -> web.Response:
        undoable = self._last_change is not None and self._last_change[1] == now
        return self._renderer.page(
            request,
            "settings.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            form=form,
            tariffs=list(TariffChoice),
            obstacles=await asyncio.to_thread(model_obstacles, self._store, self._village.current_plan()),
            can_ask_place=self._home_place is not None,
            undoable=undoable,
        )


def chosen_in(store: Store) -> Chosen:
    """Return what the village chose. Raises StoreError."""
    return Chosen(store.village().name, store.settings())


def choose(store: Store, chosen: Chosen, author: Author) -> None:
    """Have the village choose this. Raises StoreError."""
    if store.village().name != chosen.name:
        store.rename_village(chosen.name, author)
    store.change_settings(lambda _: chosen.settings, author)
