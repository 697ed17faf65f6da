"""The page on which a volunteer writes down what the members' meeting agreed."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as fields
from http import HTTPStatus
from math import isfinite

from aiohttp import web

from battery_commons.domain.bylaws import MOST_PER_WEEK, Bounds, Bylaws
from battery_commons.store.audit import Author
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.server import VillageServer

BOUNDS = ("congestion_weight", "minimum_reserve", "fund_share", "codes_per_week")
PERCENT = frozenset({"quorum", "minimum_reserve", "fund_share"})
_POSSIBLE = {
    "quorum": (0.0, 1.0),
    "vote_days": (1.0, 60.0),
    "fund_need_eur": (0.0, 1e7),
    "congestion_weight_least": (0.0, 100.0),
    "congestion_weight_most": (0.0, 100.0),
    "minimum_reserve_least": (0.0, 1.0),
    "minimum_reserve_most": (0.0, 1.0),
    "fund_share_least": (0.0, 1.0),
    "fund_share_most": (0.0, 1.0),
    "codes_per_week_least": (0.0, float(MOST_PER_WEEK)),
    "codes_per_week_most": (0.0, float(MOST_PER_WEEK)),
}
"""What each figure can be at all."""
SWITCHES = ("battery_votes", "owners_bear_shortage")


@dataclass(frozen=True, slots=True)
class BylawsForm:
    """What stands in the form, as it was typed, by the bylaws' own names."""

    figures: Mapping[str, str]
    """Bounds as `<name>_least` and `<name>_most`."""
    switches: frozenset[str]
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/votes.py)."""

    @classmethod
    def of(cls, bylaws: Bylaws) -> BylawsForm:
        """Return the form with what is in force."""
        figures = {
            "quorum": _typed("quorum", bylaws.quorum),
            "vote_days": f"{bylaws.vote_days}",
            "fund_need_eur": f"{bylaws.fund_need_eur:g}",
        }
        for name in BOUNDS:
            bounds: Bounds = getattr(bylaws, name)
            figures[f"{name}_least"] = _typed(name, bounds.least)
            figures[f"{name}_most"] = _typed(name, bounds.most)
        return cls(figures, frozenset(name for name in SWITCHES if getattr(bylaws, name)))

    @classmethod
    async def filled_in(cls, request: web.Request) -> BylawsForm:
        """Return the form that was sent."""
        figures = {name: await field(request, name) for name in cls.of(Bylaws()).figures}
        return cls(figures, frozenset([name for name in SWITCHES if await field(request, name)]))

    def checked(self) -> BylawsForm:
        """Return the form with what is wrong in it."""
        figures = {name: _read(name, text) for name, text in self.figures.items()}
        errors = {name: "bylaws_wrong_figure" for name, figure in figures.items() if figure is None}
        for name, (least, most) in _POSSIBLE.items():
            figure = figures.get(name)
            if figure is not None and not least <= figure <= most:
                errors[name] = "bylaws_wrong_range"
        days = figures["vote_days"]
        if days is not None and not days.is_integer():
            errors["vote_days"] = "bylaws_wrong_range"
        for name in BOUNDS:
            least_figure, most_figure = figures[f"{name}_least"], figures[f"{name}_most"]
            if least_figure is not None and most_figure is not None and least_figure > most_figure:
                errors[f"{name}_most"] = "bylaws_wrong_bounds"
        return replace(self, errors=errors)

    def bylaws(self, former: Bylaws) -> Bylaws:
        """Return what a form without errors says; of what it does not ask, `former` counts."""
        figures = {name: _read(name, text) or 0.0 for name, text in self.figures.items()}
        return replace(
            former,
            quorum=figures["quorum"],
            vote_days=int(figures["vote_days"]),
            fund_need_eur=figures["fund_need_eur"],
            battery_votes="battery_votes" in self.switches,
            owners_bear_shortage="owners_bear_shortage" in self.switches,
            congestion_weight=_bounds(figures, "congestion_weight"),
            minimum_reserve=_bounds(figures, "minimum_reserve"),
            fund_share=_bounds(figures, "fund_share"),
            codes_per_week=_bounds(figures, "codes_per_week"),
        )


class BylawsPages:
    """The page and its form."""

    def __init__(
        self, village: VillageServer, renderer: Renderer, author: Callable[[web.Request], Author]
    ) -> None:
        """Keep the bylaws of `village`, written down by whom `author` says it is."""
        self._store = village.store
        self._renderer = renderer
        self._author = author

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [web.get("/bylaws", self.bylaws), web.post("/bylaws", self.change)]

    async def bylaws(self, request: web.Request) -> web.Response:
        """Show what is in force."""
        settings = await asyncio.to_thread(self._store.settings)
        return self._page(request, BylawsForm.of(settings.bylaws))

    async def change(self, request: web.Request) -> web.Response:
        """Write down what the form says."""
        form = (await BylawsForm.filled_in(request)).checked()
        if form.errors:
            return self._page(request, form)
        await asyncio.to_thread(
            self._store.change_settings,
            lambda former: replace(former, bylaws=form.bylaws(former.bylaws)),
            self._author(request),
        )
        return go_to(request, "bylaws", told="bylaws_changed")

    def _page(self, request: web.Request, form: BylawsForm) -> web.Response:
        return self._renderer.page(
            request,
            "bylaws.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
            form=form,
            bounds=BOUNDS,
            switches=SWITCHES,
        )


def _typed(name: str, value: float) -> str:
    return f"{100 * value:g}" if name in PERCENT else f"{value:g}"


def _read(name: str, text: str) -> float | None:
    """Return what was typed; None for what is no figure."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    if not isfinite(value):
        return None
    return round(value / 100, 6) if name.removesuffix("_least").removesuffix("_most") in PERCENT else value


def _bounds(figures: Mapping[str, float], name: str) -> Bounds:
    return Bounds(figures[f"{name}_least"], figures[f"{name}_most"])
