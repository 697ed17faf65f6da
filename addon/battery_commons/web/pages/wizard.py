"""Setting an empty village up, step by step, to its first plan.

Nothing is remembered of it: which steps are done is seen from the village itself, so that it can be left and
taken up again at any time.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import Plan
from battery_commons.domain.settings import TariffChoice
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.database import DEFAULT_VILLAGE_NAME
from battery_commons.web.pages.administration import Administration
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.settings import LONGEST_NAME, chosen_in, place_typed, read_place
from battery_commons.web.server import VillageServer
from battery_commons.wire.messages import MAX_POWER_W

RATED_KVA = (100, 160, 250, 400, 630)
"""The transformers that villages commonly have."""
POWER_FACTOR = 0.95
"""How many kW a kVA usually carries in a street of houses: the rest is reactive."""
FIRST_ID = "t1"


class Step(StrEnum):
    """The steps, in their order."""

    VILLAGE = "village"
    PLACE = "place"
    TRANSFORMER = "transformer"
    METER = "meter"
    INVITATION = "invitation"
    HOME = "home"
    PLAN = "plan"


class Wizard:
    """One page per step; each can be skipped, and come back to."""

    def __init__(self, village: VillageServer, renderer: Renderer, administration: Administration) -> None:
        """Set `village` up; invitations and meters' tokens are made by `administration`."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._administration = administration

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/setup", self.resume),
            web.get("/setup/{step}", self.step),
            web.post("/setup/village", self._form(Step.VILLAGE, self._name)),
            web.post("/setup/place", self._form(Step.PLACE, self._place)),
            web.post("/setup/transformer", self._form(Step.TRANSFORMER, self._transformer)),
        ]

    async def resume(self, request: web.Request) -> web.Response:
        """Show the first step that is not done, or the end."""
        done = await self._done()
        step = next((step for step in Step if not done[step]), Step.PLAN)
        return await self._page(request, step, await self._typed_before(), {})

    async def step(self, request: web.Request) -> web.Response:
        """Show one step."""
        name = request.match_info["step"]
        if name not in set(Step):
            return go_to(request, "setup")
        return await self._page(request, Step(name), await self._typed_before(), {})

    def _form(self, step: Step, carry_out: Callable[[Mapping[str, str], Author], dict[str, str]]) -> Handler:
        """Return what takes a step's form: it is carried out, or shown again with what is wrong."""

        async def answer(request: web.Request) -> web.Response:
            names = ("name", "tariff", "latitude", "longitude", "rated_kva", "limit_kw")
            typed = {each: await field(request, each) for each in names}
            errors = await asyncio.to_thread(carry_out, typed, self._administration.author(request))
            if errors:
                return await self._page(request, step, typed, errors)
            self._village.settings_changed()
            return go_to(request, f"setup/{_after(step)}")

        return answer

    def _name(self, typed: Mapping[str, str], author: Author) -> dict[str, str]:
        if not 1 <= len(typed["name"]) <= LONGEST_NAME:
            return {"name": "name_wrong"}
        self._store.rename_village(typed["name"], author)
        return {}

    def _place(self, typed: Mapping[str, str], author: Author) -> dict[str, str]:
        place, errors = read_place(typed["latitude"], typed["longitude"])
        if typed["tariff"] not in set(TariffChoice):
            errors["tariff"] = "tariff_wrong"
        if not errors:
            tariff = TariffChoice(typed["tariff"])
            self._store.change_settings(lambda former: replace(former, tariff=tariff, place=place), author)
        return errors

    def _transformer(self, typed: Mapping[str, str], author: Author) -> dict[str, str]:
        errors = {}
        if not 1 <= len(typed["name"]) <= LONGEST_NAME:
            errors["name"] = "name_wrong"
        limit_w = limit_typed(typed["limit_kw"], typed["rated_kva"])
        if limit_w is None:
            errors["limit_kw"] = "setup_limit_wrong"
        if errors or limit_w is None:
            return errors
        known = {each.id: each for each in self._store.transformers()}
        former = known.get(FIRST_ID)
        first = Transformer(FIRST_ID, typed["name"], limit_w)
        if former:
            first = replace(former, name=first.name, limit_w=first.limit_w)
        self._store.put_transformer(first, author)
        return {}

    async def _done(self) -> dict[Step, bool]:
        plan = self._village.current_plan()
        return await asyncio.to_thread(steps_done, self._store, self._village, plan)

    async def _typed_before(self) -> dict[str, str]:
        """Return what the forms show at first: what the village has chosen so far."""
        chosen = await asyncio.to_thread(chosen_in, self._store)
        latitude, longitude = place_typed(chosen.settings.place)
        return {
            "name": "" if chosen.name == DEFAULT_VILLAGE_NAME else chosen.name,
            "tariff": chosen.settings.tariff.value,
            "latitude": latitude,
            "longitude": longitude,
            "rated_kva": "",
            "limit_kw": "",
        }

    async def _page(
        self, request: web.Request, step: Step, typed: Mapping[str, str], errors: Mapping[str, str]
    ) -> web.Response:
        transformers = await asyncio.to_thread(self._store.transformers)
        first = next((each for each in transformers if each.id == FIRST_ID), None)
        if step is Step.TRANSFORMER and not errors:
            name, limit_kw = (first.name, f"{first.limit_w / 1000:g}") if first else ("", "")
            typed = {**typed, "name": name, "limit_kw": limit_kw}
        return self._renderer.page(
            request,
            "setup.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
            step=step,
            steps=list(Step),
            following=_after(step),
            done=await self._done(),
            typed=typed,
            errors=errors,
            tariffs=list(TariffChoice),
            rated_kva=RATED_KVA,
            transformers=transformers,
            address=self._administration.address(request),
        )


def limit_typed(limit_kw: str, rated_kva: str) -> float | None:
    """Return the limit in W: as it was typed in kW, or else of the rated kVA; None for what is none."""
    try:
        limit_w = 1000 * (float(limit_kw.replace(",", ".")) if limit_kw else POWER_FACTOR * float(rated_kva))
    except ValueError:
        return None
    return limit_w if 0 < limit_w <= MAX_POWER_W else None


def steps_done(store: Store, village: VillageServer, plan: Plan | None) -> dict[Step, bool]:
    """Return which steps are done. Raises StoreError."""
    transformers, homes, batteries = store.transformers(), store.homes(), store.batteries()
    return {
        Step.VILLAGE: store.village().name != DEFAULT_VILLAGE_NAME,
        Step.PLACE: store.settings().place is not None,
        Step.TRANSFORMER: bool(transformers),
        Step.METER: any(store.latest_meter_reading(each.id) for each in transformers),
        Step.INVITATION: bool(homes or store.invitations(village.clock.now())),
        Step.HOME: bool(batteries),
        Step.PLAN: plan is not None and bool({b.battery_id for b in plan.batteries}),
    }


def _after(step: Step) -> Step:
    steps = list(Step)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]
