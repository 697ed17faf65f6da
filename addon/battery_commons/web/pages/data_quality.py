"""The page about what readings are worth: what is there, what is missing, what is wrong and what to do."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus

from aiohttp import web

from battery_commons.domain.quality import Finding, Source, SourceKind
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.time import MARKET_ZONE, SLOT
from battery_commons.store import Store
from battery_commons.web.pages.naming import in_order
from battery_commons.web.pages.overview import age_of
from battery_commons.web.pages.rendering import Renderer
from battery_commons.web.pages.views import Age
from battery_commons.web.server import VillageServer

DAYS = 30
_SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=DAYS)}
LATELY = timedelta(days=7)
"""How long what is over stays on the page."""


@dataclass(frozen=True, slots=True)
class DayOfReports:
    """How much of a day a source reported."""

    day: date
    share: float
    """Of the quarter hours that there have been, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source of readings, and how well it reports."""

    source: Source
    name: str
    newest: Age
    shares: Mapping[str, float]
    """By `day`, `week` and `month` back from now, the share of quarter hours in which anything came."""
    days: Sequence[DayOfReports]
    """The oldest first, today last."""
    estimate: EstimatedLoad | None = None
    """What stands in for a transformer's meter, where something does."""


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A home, and how old its newest readings are."""

    home_id: str
    name: str
    battery: Age | None
    """Of its battery that was silent the longest; None without any."""
    house: Age | None
    """Of its connection's meter; None where its resident does not share that."""
    findings: int
    """That are open."""


@dataclass(frozen=True, slots=True)
class NamedFinding:
    """A finding, and what its source is called."""

    finding: Finding
    name: str


@dataclass(frozen=True, slots=True)
class QualityView:
    """What all sources are worth."""

    open: Sequence[NamedFinding]
    over: Sequence[NamedFinding]
    """Lately."""
    meters: Sequence[SourceView]
    homes: Sequence[HomeRow]


class DataQuality:
    """One method per page."""

    def __init__(self, village: VillageServer, renderer: Renderer) -> None:
        """Show what is known of `village`."""
        self._village = village
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [web.get("/quality", self.page), web.get("/quality/{home_id}", self.home)]

    async def page(self, request: web.Request) -> web.Response:
        """Show findings, the grid's meters, and all homes."""
        now = self._village.clock.now()
        view = await asyncio.to_thread(quality_view, self._village.store, self._village.estimated(), now)
        return self._renderer.page(request, "data_quality.html", view=view)

    async def home(self, request: web.Request) -> web.Response:
        """Show the sources of one home."""
        home_id, now = request.match_info["home_id"], self._village.clock.now()
        name, views, findings = await asyncio.to_thread(home_sources, self._village.store, home_id, now)
        if name is None:
            return self._renderer.page(request, "gone.html", status=HTTPStatus.NOT_FOUND, about="home")
        return self._renderer.page(
            request, "data_quality_home.html", name=name, home_id=home_id, sources=views, findings=findings
        )


def quality_view(store: Store, estimated: Mapping[str, EstimatedLoad], now: datetime) -> QualityView:
    """Return what the page shows at the village time `now`. Raises StoreError."""
    names = {Source(SourceKind.METER, each.id): each.name for each in store.transformers()}
    if feeder := store.feeder():
        names[Source(SourceKind.METER, feeder.id)] = feeder.name
    meters = [
        _source_view(store, source, name, now, estimated.get(source.id)) for source, name in names.items()
    ]
    homes = sorted(store.homes(), key=lambda home: in_order(home.name))
    batteries = store.batteries()
    names |= {Source(SourceKind.HOUSE, home.id): home.name for home in homes}
    home_names = {home.id: home.name for home in homes}
    names |= {
        Source(SourceKind.BATTERY, each.battery.id): f"{home_names.get(each.home_id, '')}, {each.name}"
        for each in batteries
    }
    findings = store.findings(now - LATELY)
    named = [NamedFinding(each, names.get(each.source, each.source.id)) for each in findings]
    newest = store.latest_battery_readings()
    heard = store.houses_heard([home.id for home in homes])
    rows = []
    for home in homes:
        own = [
            reading.at if (reading := newest.get(each.battery.id)) else None
            for each in batteries
            if each.home_id == home.id
        ]
        oldest = None if None in own else min((at for at in own if at), default=None)
        house = heard.get(home.id)
        rows.append(
            HomeRow(
                home.id,
                home.name,
                age_of(oldest, now) if own else None,
                age_of(house.last, now) if house else None,
                sum(each.source.home_id == home.id and each.until is None for each in findings),
            )
        )
    return QualityView(
        open=[each for each in named if each.finding.until is None],
        over=[each for each in named if each.finding.until is not None],
        meters=meters,
        homes=rows,
    )


def home_sources(
    store: Store, home_id: str, now: datetime
) -> tuple[str | None, list[SourceView], list[NamedFinding]]:
    """Return a home's name, None where it has left, its sources, and what was wrong with them lately."""
    name = next((home.name for home in store.homes() if home.id == home_id), None)
    names = {
        Source(SourceKind.BATTERY, each.battery.id): each.name
        for each in store.batteries()
        if each.home_id == home_id
    }
    if store.houses_heard([home_id]):
        names[Source(SourceKind.HOUSE, home_id)] = ""
    findings = [
        NamedFinding(each, names.get(each.source, ""))
        for each in store.findings_of(home_id)
        if each.until is None or each.until >= now - LATELY
    ]
    return name, [_source_view(store, source, each, now) for source, each in names.items()], findings


def _source_view(
    store: Store, source: Source, name: str, now: datetime, estimate: EstimatedLoad | None = None
) -> SourceView:
    today = now.astimezone(MARKET_ZONE).date()
    first_day = today - timedelta(days=DAYS - 1)
    start = min(datetime.combine(first_day, time(), MARKET_ZONE), now - _SPANS["month"])
    reported = store.presence(source, start, now)
    return SourceView(
        source=source,
        name=name,
        newest=age_of(store.last_report(source), now),
        shares={span: _share(reported, now - length, now) for span, length in _SPANS.items()},
        days=[day_of_reports(reported, first_day + timedelta(days=n), now) for n in range(DAYS)],
        estimate=estimate,
    )


def day_of_reports(reported: Iterable[datetime], day: date, now: datetime) -> DayOfReports:
    """Return how much of a Dutch day, as far as it has gone by `now`, is in the slots `reported`."""
    start = datetime.combine(day, time(), MARKET_ZONE)
    end = datetime.combine(day + timedelta(days=1), time(), MARKET_ZONE)
    return DayOfReports(day, _share(reported, start, min(end, now)))


def _share(reported: Iterable[datetime], start: datetime, end: datetime) -> float:
    """Return the share of the quarter hours in [start, end) that are in `reported`."""
    # Aware moments of one zone are subtracted by the clock on the wall, which is wrong when that is changed.
    length = end.timestamp() - start.timestamp()
    slots = max(1, round(length / SLOT.total_seconds()))
    return min(1.0, sum(start <= slot < end for slot in reported) / slots)
