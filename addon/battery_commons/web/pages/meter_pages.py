"""The volunteer's pages about where a meter is read, and files of its readings."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp.web import FileField

from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.meter_source import MeterSource, SourceKind, kind_of
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.csv_file import MeterFile, MeterFileError, Zone, read_meter_file
from battery_commons.sense.meters.intake import take_in
from battery_commons.sense.meters.keeper import MeterKeeper
from battery_commons.sense.meters.presets import PRESETS
from battery_commons.sense.meters.trouble import MeterSourceError
from battery_commons.sense.telemetry import IntakeWindow
from battery_commons.store import NotFoundError
from battery_commons.store.audit import Author
from battery_commons.web.pages.forms import field
from battery_commons.web.pages.meter_source_form import MeterSourceForm
from battery_commons.web.pages.overview import age_of
from battery_commons.web.pages.rendering import Renderer, go_to
from battery_commons.web.pages.shelf import Shelf
from battery_commons.web.server import VillageServer

FILE_PATH = "/transformers/meter/file"
LARGEST_FILE = 4 * 1024 * 1024
"""A year of quarter hours is 1 MB."""
_MOST_GAPS_SHOWN = 20

type _Meter = Transformer | Feeder


class MeterPages:
    """One method per page or form."""

    def __init__(
        self,
        village: VillageServer,
        renderer: Renderer,
        keeper: MeterKeeper,
        author: Callable[[web.Request], Author],
    ) -> None:
        """Tell `keeper` what is chosen for meters of `village`, by whom `author` says it is."""
        self._village = village
        self._store = village.store
        self._renderer = renderer
        self._keeper = keeper
        self._author = author
        self._tried = Shelf[MeterSource]()

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/transformers/meter", self._of_meter(self.meter)),
            web.post("/transformers/meter", self._of_meter(self.choose)),
            web.post("/transformers/meter/drop", self._of_meter(self.drop)),
            web.post(FILE_PATH, self._of_meter(self.bring_file)),
            web.get("/transformers/meter/drop", self._back),
            web.get(FILE_PATH, self._back),
        ]

    async def meter(self, request: web.Request, meter: _Meter) -> web.Response:
        """Show how a meter is read, how that goes, and the forms that change it."""
        chosen = await self._chosen(meter)
        kind = _kind(request)
        if kind is None:
            return await self._page(request, meter)
        is_of_kind = chosen is not None and kind_of(chosen) is kind
        form = MeterSourceForm.of(chosen) if chosen and is_of_kind else MeterSourceForm.empty(kind)
        if (preset := PRESETS.get(request.query.get("preset", ""))) is not None:
            form = form.with_preset(preset)
        return await self._page(request, meter, form=form)

    async def choose(self, request: web.Request, meter: _Meter) -> web.Response:
        """Try a source, or have the meter read there from now on."""
        kind = _kind(request)
        if kind is None:
            return await self._back(request)
        tried = self._tried.get(await field(request, "tried"))
        known = [each for each in (tried, await self._chosen(meter)) if each is not None]
        has_own = self._keeper.has_home_assistant
        form = await MeterSourceForm.filled_in(request, kind, known, has_own=has_own)
        if form.source is None:
            return await self._page(request, meter, form=form)
        if await field(request, "do") == "try":
            return await self._try(request, meter, form, form.source)
        await asyncio.to_thread(self._store.choose_meter_source, meter.id, form.source, self._author(request))
        self._keeper.changed()
        return go_to(request, "transformers/meter", id=meter.id, told="meter_source_chosen")

    async def drop(self, request: web.Request, meter: _Meter) -> web.Response:
        """Have a meter read nowhere: it reports over HTTP, or its readings come in files."""
        await asyncio.to_thread(self._store.drop_meter_source, meter.id, self._author(request))
        self._keeper.changed()
        return go_to(request, "transformers/meter", id=meter.id, told="meter_source_dropped")

    async def bring_file(self, request: web.Request, meter: _Meter) -> web.Response:
        """Take in a file of readings: the whole of it, or nothing."""
        sent = await request.post()
        file, zone = sent.get("file"), sent.get("zone")
        data = await asyncio.to_thread(file.file.read) if isinstance(file, FileField) else b""
        zone = Zone(zone) if isinstance(zone, str) and zone in set(Zone) else Zone.OWN
        clock = self._village.clock
        newest = IntakeWindow.for_meters(clock, clock.now()).newest
        try:
            found = await asyncio.to_thread(read_meter_file, data, zone, meter.id, meter.limit_w, newest)
        except MeterFileError as error:
            return await self._page(request, meter, file_error=error, zone=zone)
        return await self._keep(request, meter, found)

    async def _keep(self, request: web.Request, meter: _Meter, found: MeterFile) -> web.Response:
        author = self._author(request)
        taken = await asyncio.to_thread(
            take_in, self._store, self._village.clock, meter.id, found.readings, author
        )
        return self._renderer.page(
            request,
            "meter_file.html",
            meter=meter,
            found=found,
            taken=taken,
            gaps=found.gaps[:_MOST_GAPS_SHOWN],
            more_gaps=max(0, len(found.gaps) - _MOST_GAPS_SHOWN),
        )

    async def _try(
        self, request: web.Request, meter: _Meter, form: MeterSourceForm, source: MeterSource
    ) -> web.Response:
        outcome: MeterReading | MeterSourceError
        try:
            outcome = await self._keeper.try_now(source)
        except MeterSourceError as error:
            outcome = error
        tried = self._tried.put(source)
        if isinstance(outcome, MeterSourceError):
            return await self._page(request, meter, form=form, tried=tried, try_error=outcome)
        return await self._page(request, meter, form=form, tried=tried, try_reading=outcome)

    async def _page(
        self,
        request: web.Request,
        meter: _Meter,
        *,
        form: MeterSourceForm | None = None,
        tried: str = "",
        try_reading: MeterReading | None = None,
        try_error: MeterSourceError | None = None,
        file_error: MeterFileError | None = None,
        zone: Zone = Zone.OWN,
    ) -> web.Response:
        last = await asyncio.to_thread(self._store.latest_meter_reading, meter.id)
        is_wrong = file_error is not None or (form is not None and bool(form.errors))
        return self._renderer.page(
            request,
            "meter.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK,
            meter=meter,
            is_feeder=isinstance(meter, Feeder),
            chosen=await self._chosen(meter),
            kind_of=kind_of,
            kinds=list(SourceKind),
            going=self._keeper.status(meter.id),
            last=last,
            age=age_of(last.at if last else None, self._village.clock.now()),
            form=form,
            has_own=self._keeper.has_home_assistant,
            presets=PRESETS,
            tried=tried,
            try_reading=try_reading,
            try_error=try_error,
            file_error=file_error,
            zones=list(Zone),
            zone=zone,
        )

    async def _chosen(self, meter: _Meter) -> MeterSource | None:
        return (await asyncio.to_thread(self._store.meter_sources)).get(meter.id)

    async def _back(self, request: web.Request) -> web.Response:
        """Answer a browser that asks for a form's address as if it were a page, as after going back."""
        return go_to(request, "transformers/meter", id=request.query.get("id", ""))

    def _of_meter(self, handler: Callable[[web.Request, _Meter], Awaitable[web.Response]]) -> Handler:
        """Return what answers a request about a meter; one that is not there is said not to be."""

        async def answer(request: web.Request) -> web.Response:
            meters: list[_Meter] = [*await asyncio.to_thread(self._store.transformers)]
            if feeder := await asyncio.to_thread(self._store.feeder):
                meters.append(feeder)
            named = [each for each in meters if each.id == request.query.get("id")]
            try:
                if named:
                    return await handler(request, named[0])
            except NotFoundError:
                pass  # It was taken away meanwhile.
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="transformer")

        return answer


def _kind(request: web.Request) -> SourceKind | None:
    kind = request.query.get("kind", "")
    return SourceKind(kind) if kind in set(SourceKind) else None
