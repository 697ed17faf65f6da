"""What Prometheus is told of the lines to grid operators."""

from contextlib import suppress
from typing import cast

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from battery_commons.domain.time import WallClock
from battery_commons.openadr.trouble import LineError
from battery_commons.store import Store
from battery_commons.web.pages.operator_metrics import of_operators
from tests.village.openadr.village_line import Village, line_to, running
from tests.village.openadr.vtn_peer import vtn


def told(village: Village) -> dict[tuple[str, ...], float]:
    """Return each figure of the village's line by its name, without the prefix, and what became of it."""

    class Lines:
        def collect(self) -> list[object]:
            return list(of_operators(village.store, WallClock(), village.lines))

    registry = CollectorRegistry()
    registry.register(cast("Collector", Lines()))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    found = [sample for family in families for sample in family.samples]
    assert {(each.labels["line"], each.labels["operator"]) for each in found} == {(village.line_id, "Enexis")}
    prefix = "battery_commons_operator_"
    return {
        (
            each.name.removeprefix(prefix),
            *([each.labels["fate"]] if "fate" in each.labels else []),
        ): each.value
        for each in found
    }


async def test_a_line_that_is_up_tells_its_age_and_what_became_of_events_and_reports(store: Store) -> None:
    async with vtn() as fake:
        good = fake.add_event(100)["id"]
        fake.add_event(-1)
        async with running(store, line_to(fake)) as village:
            await village.until_asked({good: 100})
            await village.until_heard()
            [(_, client)] = village.lines.clients().values()
            await client.post("reports", {"eventID": good})
            with suppress(LineError):
                await client.put("reports/unknown", {"eventID": good})
            figures = told(village)

    assert figures["line_up",] == 1
    assert 0 <= figures["heard_age_seconds",] < 60
    assert figures["events_in_force",] == 1
    assert (figures["events_total", "accepted"], figures["events_total", "refused"]) == (1, 1)
    assert (figures["reports_total", "sent"], figures["reports_total", "failed"]) == (1, 1)


async def test_a_line_that_was_never_up_has_no_age(store: Store) -> None:
    async with vtn() as fake:
        fake.down = lambda: web.json_response({}, status=500)
        async with running(store, line_to(fake)) as village:
            await village.until(lambda: village.status.trouble is not None)
            figures = told(village)

    assert figures["line_up",] == 0
    assert ("heard_age_seconds",) not in figures


async def test_the_age_goes_on_after_a_restart(store: Store) -> None:
    async with vtn() as fake:
        fake.add_event(100)
        async with running(store, line_to(fake)) as village:
            await village.until_heard()
    async with running(store) as village:
        await village.until(lambda: village.status.trouble is not None)
        figures = told(village)

    assert figures["line_up",] == 0
    assert figures["heard_age_seconds",] >= 0
    assert figures["events_in_force",] == 1
