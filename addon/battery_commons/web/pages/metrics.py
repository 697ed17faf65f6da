"""What Prometheus asks: how the village's coordinator runs. Sums and ages only, nothing of any household.

A scraper shows a token that is made of the village's key; a signed-in volunteer needs none, nor does who
comes by Home Assistant's ingress.
"""

import asyncio
import base64
import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import override

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from battery_commons.openadr.ven import OperatorLines
from battery_commons.store import Store
from battery_commons.web.pages.operator_metrics import of_operators
from battery_commons.web.server import VillageServer

PATH = "/metrics"
_PREFIX = "battery_commons_"


def metrics_token(key: Ed25519PrivateKey) -> str:
    """Return what a scraper shows to be let in; nothing of the key can be learned from it."""
    secret = HKDF(SHA256(), 32, None, b"battery-commons metrics").derive(key.private_bytes_raw())
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def metrics_routes(village: VillageServer, lines: OperatorLines) -> list[web.RouteDef]:
    """Return where metrics are, for whom the pages let in; `lines` are those to grid operators."""

    async def metrics(_request: web.Request) -> web.Response:
        return await _answer(village, lines)

    return [web.get(PATH, metrics)]


def letting_in_scrapers(village: VillageServer, lines: OperatorLines) -> Middleware:
    """Return what answers a scraper that shows the token, before anybody is asked to sign in."""
    right = f"Bearer {metrics_token(village.key)}".encode()

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        shown = request.headers.get(hdrs.AUTHORIZATION, "").encode(errors="replace")
        if request.path == PATH and request.method == hdrs.METH_GET and hmac.compare_digest(shown, right):
            return await _answer(village, lines)
        return await handler(request)

    return checked


async def _answer(village: VillageServer, lines: OperatorLines) -> web.Response:
    online = village.attendance.online()
    text = await asyncio.to_thread(_exposed, village, lines, online)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _exposed(village: VillageServer, lines: OperatorLines, online: int | None) -> bytes:
    """Return all of it as Prometheus reads it. Raises StoreError."""
    registry = CollectorRegistry()
    registry.register(
        _Collected(
            [
                *_of_ticks(village),
                *_of_homes(village, online),
                *_of_data(village),
                *of_operators(village.store, village.clock, lines),
            ]
        )
    )
    return generate_latest(registry)


class _Collected(Collector):
    """Metrics that were gathered before."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    @override
    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _of_ticks(village: VillageServer) -> Iterator[Metric]:
    figures = village.tick_figures()
    yield _counter("ticks", "Ticks begun since the start.", figures.ticks)
    yield _counter("ticks_failed", "Ticks that made no plan.", figures.failed)
    took = SummaryMetricFamily(
        f"{_PREFIX}step_seconds", "How long steps of a tick took, failed ones too.", labels=["step"]
    )
    failed = CounterMetricFamily(f"{_PREFIX}step_failures", "Steps that failed or overran.", labels=["step"])
    for step, record in figures.steps.items():
        took.add_metric([step.value], count_value=record.done + record.failed, sum_value=record.seconds)
        failed.add_metric([step.value], record.failed)
    yield took
    yield failed


def _of_homes(village: VillageServer, online: int | None) -> Iterator[Metric]:
    counted = dict(village.links.plans)
    yield _by("plans", "Plans by what became of them.", "fate", counted, kind=CounterMetricFamily)
    quality = village.link_quality().values()
    ways = {"webhook": 0, "stream": 0, "none": 0}
    for link in quality:
        ways[link.way.value if link.way else "none"] += 1
    yield _by("homes_reached", "Homes by the way on which they answered last.", "way", ways)
    yield _gauge("streams_open", "Streams that homes hold open.", sum(each.stream_open for each in quality))
    if online is not None:
        yield _gauge("homes_online", "Homes that called in the last two minutes.", online)
    yield _gauge("leases", "Homes that hold a plan whose lease runs.", village.leases())
    counted = dict(village.readings)
    yield _by("readings", "Battery readings by what became of them.", "fate", counted, CounterMetricFamily)


def _of_data(village: VillageServer) -> Iterator[Metric]:
    store, now = village.store, village.clock.now()
    yield _gauge("homes", "Homes that take part.", store.home_count())
    ages = {id_: (now - at).total_seconds() for id_, at in _newest(store).items()}
    yield _by("meter_age_seconds", "Age of a transformer's newest measurement.", "transformer", ages)
    skill = GaugeMetricFamily(
        f"{_PREFIX}forecast_skill",
        "How much smaller forecast errors are than persistence's, from 1 down; by lead time.",
        labels=["transformer", "lead"],
    )
    for id_, report in village.forecast_scores().items():
        if isinstance(report, Mapping):
            for lead, scores in report.items():
                if scores["skill"] is not None:
                    skill.add_metric([id_, lead], scores["skill"])
    yield skill
    yield _gauge("store_bytes", "Room that the database takes.", store.size_bytes())


def _newest(store: Store) -> dict[str, datetime]:
    found = {each.id: store.latest_meter_reading(each.id) for each in store.transformers()}
    return {id_: reading.at for id_, reading in found.items() if reading is not None}


def _counter(name: str, what: str, value: float) -> Metric:
    return CounterMetricFamily(f"{_PREFIX}{name}", what, value=value)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}{name}", what, value=value)


def _by(
    name: str,
    what: str,
    label: str,
    values: Mapping[str, float],
    kind: type[CounterMetricFamily | GaugeMetricFamily] = GaugeMetricFamily,
) -> Metric:
    metric = kind(f"{_PREFIX}{name}", what, labels=[label])
    for of, value in values.items():
        metric.add_metric([of], value)
    return metric
