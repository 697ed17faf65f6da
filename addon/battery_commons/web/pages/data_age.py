"""The page about the age of data: how old it is today, and what old data would have cost this village."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from importlib import import_module

from aiohttp import web

from battery_commons.domain.quality import Source, SourceKind
from battery_commons.domain.time import SLOT, SLOTS_PER_DAY
from battery_commons.own_past.data_age import About, OwnDataAges, Result, longest
from battery_commons.own_past.village import LEAST, OwnRecord, own_record
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.data_age_csv import data_age_csv
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.store import Store
from battery_commons.web.pages.data_age_chart import peak_chart, skill_chart
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.looking import LookedUp, Started, Starting
from battery_commons.web.pages.outside import WeatherView, outside
from battery_commons.web.pages.overview import age_of
from battery_commons.web.pages.paper_desk import Paper, PaperDesk
from battery_commons.web.pages.rendering import Renderer, download, go_to, words_for
from battery_commons.web.pages.views import Age
from battery_commons.web.pages.words import data_age_sentences
from battery_commons.web.pages.words.words import Words
from battery_commons.web.server import VillageServer

FILE = "data-age"
_EXAMPLE_FROM_DAY, _EXAMPLE_DAYS = 116, 56
"""Eight weeks up to the middle of June: long enough for forecasts that are learned."""


@dataclass(frozen=True, slots=True)
class TodayView:
    """How old what plans rest on is at this moment."""

    meters: Sequence[tuple[Source, str, Age]]
    """Of the transformers and the feeder, with what they are called."""
    has_feeder: bool
    weather: WeatherView | None
    """None where the village has not said where it lies."""
    prices_until: datetime | None
    prices_known: bool
    """Whether that is still to come."""


class DataAgePages:
    """One method per page or form."""

    def __init__(self, village: VillageServer, renderer: Renderer, ages: OwnDataAges | None) -> None:
        """Tell of `village`; `ages` are reckoned where there is a folder to keep them in."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._ages = ages
        self._desk = PaperDesk()
        self._known = LookedUp[tuple[int, bool]]()
        """How many days are known, and whether anything can be made of them."""
        self._starting = Starting()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/data-age", self.page),
            web.post("/data-age", self.start),
            web.get("/data-age/cancel", self._back),
            web.post("/data-age/cancel", self.cancel),
            web.get("/data-age/paper", self.paper),
            web.get(f"/data-age/{FILE}.{{kind:csv|pdf}}", self.file),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show how old data is, and the last reckoning."""
        return await self._page(request)

    async def start(self, request: web.Request) -> web.Response:
        """Start a reckoning: on the village's own past, or on the example."""
        if self._ages is None:
            return go_to(request, "data-age")
        if self._ages.must_wait:
            return go_to(request, "data-age", told="data_age_running")
        is_example = await field(request, "village") == "example"
        now = self._village.clock.now()
        match await self._starting.begin(
            partial(_start, self._store, self._ages, now, is_example=is_example)
        ):
            case Started.TOO_LITTLE:
                return await self._page(request, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            case Started.BUSY:
                return go_to(request, "data-age", told="data_age_running")
            case Started.YES | None:
                return go_to(request, "data-age", told="data_age_started")

    async def cancel(self, request: web.Request) -> web.Response:
        """End the reckoning that runs."""
        if self._ages is not None:
            await self._starting.ended()
            await asyncio.to_thread(self._ages.cancel)
        return go_to(request, "data-age", told="data_age_cancelled")

    async def file(self, request: web.Request) -> web.Response:
        """Give the last result, as a table or on paper."""
        result = await asyncio.to_thread(self._ages.result) if self._ages else None
        if result is None:
            return go_to(request, "data-age")
        if request.match_info["kind"] == "csv":
            return download(data_age_csv(result.figures).encode(), f"{FILE}.csv", "text/csv")
        body = (await self._paper(request, result)).content
        if body is None:
            return go_to(request, "data-age/paper")
        return download(body, f"{FILE}.pdf", "application/pdf")

    async def paper(self, request: web.Request) -> web.Response:
        """Have the last result drawn on paper, and show how far that is."""
        result = await asyncio.to_thread(self._ages.result) if self._ages else None
        if result is None:
            return go_to(request, "data-age")
        return self._renderer.page(
            request,
            "paper.html",
            paper=await self._paper(request, result),
            part="quality",
            name=words_for(request)("data_age"),
            again="data-age/paper",
            file=f"data-age/{FILE}.pdf",
            label=words_for(request)("data_age_pdf"),
            back="data-age",
            query={},
        )

    async def _paper(self, request: web.Request, result: Result) -> Paper:
        words = words_for(request)
        return await asyncio.to_thread(
            self._desk.ask, (result, words.language), partial(_on_paper, result, words)
        )

    async def _back(self, request: web.Request) -> web.Response:
        return go_to(request, "data-age")

    async def _page(self, request: web.Request, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        now = self._village.clock.now()
        ages = self._ages
        share = 0.0 if self._starting.is_under_way else ages.share_done if ages else None
        look = partial(_summary, self._store, now)
        record = await self._known.ask(look) if ages and share is None else None
        result = await asyncio.to_thread(ages.result) if ages else None
        words = words_for(request)
        return self._renderer.page(
            request,
            "data_age.html",
            status=status,
            today=await asyncio.to_thread(today_view, self._store, now),
            has_folder=ages is not None,
            share=share,
            failed=self._starting.failed or (ages is not None and ages.failed),
            record=record,
            least_days=LEAST.days,
            most_days=(await asyncio.to_thread(longest, self._store)).days,
            result=result,
            charts=(skill_chart(result.figures), peak_chart(result.figures)) if result else (),
            age_name=partial(data_age_sentences.age_name, words),
            findings=partial(data_age_sentences.findings, words),
            columns=data_age_sentences.columns,
            rows=partial(data_age_sentences.rows, words),
            pilot=data_age_sentences.pilot(words),
        )


def today_view(store: Store, now: datetime) -> TodayView:
    """Return how old data is at the village time `now`. Raises StoreError."""
    feeder = store.feeder()
    named = [(each.id, each.name) for each in store.transformers()]
    if feeder:
        named.append((feeder.id, feeder.name))
    sources = [(Source(SourceKind.METER, id_), name) for id_, name in named]
    span = store.span_of_prices()
    until = span[1] + SLOT if span else None
    return TodayView(
        meters=[(source, name, age_of(store.last_report(source), now)) for source, name in sources],
        has_feeder=feeder is not None,
        weather=outside(store, now).weather,
        prices_until=until,
        prices_known=until is not None and until > now,
    )


def _start(store: Store, ages: OwnDataAges, now: datetime, *, is_example: bool) -> Started:
    """Start a reckoning: on the village's own past, or on the example."""
    record = OwnRecord(_EXAMPLE_DAYS, _example()) if is_example else _own(store, now)
    if record.village is None:
        return Started.TOO_LITTLE
    choice = store.settings().tariff
    about = About(now, is_example, choice.value, tuple(record.left_out))
    return Started.YES if ages.start(record.village, choice.at(now), about) else Started.BUSY


def _summary(store: Store, now: datetime) -> tuple[int, bool]:
    """Return how many days are known, and whether a reckoning can be made of them."""
    record = _own(store, now)
    return record.days, record.village is not None


def _own(store: Store, now: datetime) -> OwnRecord:
    return own_record(store, now, longest(store))


def _on_paper(result: Result, words: Words, _tell: Callable[[float], None]) -> bytes:
    """Return a result on paper: one sheet, which is drawn at once."""
    drawing = import_module("battery_commons.web.pages.data_age_pdf")
    pdf: bytes = drawing.data_age_pdf(
        result.figures, words, result.about.made_at, made_up_prices=result.about.is_example
    )
    return pdf


def _example() -> RecordedVillage:
    return record_builtin().part(_EXAMPLE_FROM_DAY * SLOTS_PER_DAY, _EXAMPLE_DAYS * SLOTS_PER_DAY)
