"""Tables to work on elsewhere: CSV, with times in UTC and as a Dutch clock shows them.

docs/operations.md describes the columns.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from aiohttp import hdrs, web

from battery_commons.domain.csv_rows import Cell, both_times, lines
from battery_commons.domain.time import MARKET_ZONE, slot_start
from battery_commons.store import Store

type Part = Sequence[Sequence[Cell]]

_DAY = timedelta(days=1)
_ENTRIES = 1000


class Tables:
    """One method per table: each gives its rows part by part, from a thread."""

    def __init__(self, store: Store) -> None:
        """Read from `store`."""
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.get("/tables/homes.csv", _streamed(self.homes)),
            web.get("/tables/loads.csv", _streamed(self.loads)),
            web.get("/tables/plans.csv", _streamed(self.plans)),
            web.get("/tables/prices.csv", _streamed(self.prices)),
            web.get("/tables/audit.csv", _streamed(self.audit)),
        ]

    def homes(self) -> Iterator[Part]:
        """Give every home, without anything that it measured."""
        names = {each.id: each.name for each in self._store.transformers()}
        batteries = self._store.batteries()
        yield [
            _columns(
                "home_id", "name", "transformer_id", "transformer", "batteries", "capacity_kwh", "@suspended"
            )
        ]
        for home in self._store.homes():
            own = [each for each in batteries if each.home_id == home.id]
            yield [
                [
                    *(home.id, home.name, home.transformer_id, names.get(home.transformer_id), len(own)),
                    sum(each.battery.capacity_wh for each in own) / 1000,
                    *both_times(home.suspended_at, MARKET_ZONE),
                ]
            ]

    def loads(self) -> Iterator[Part]:
        """Give the mean load of each transformer in each quarter hour that has one."""
        yield [_columns("@start", "transformer_id", "transformer", "mean_load_w")]
        transformers = self._store.transformers()
        for start, end in _days(self._store.span_of_loads()):
            for each in transformers:
                means = self._store.meter_slot_means(each.id, start, end)
                yield [
                    [*both_times(at, MARKET_ZONE), each.id, each.name, power_w]
                    for at, power_w in sorted(means.items())
                ]

    def plans(self) -> Iterator[Part]:
        """Give what the plans of each quarter hour asked of all homes, over the whole of their leases."""
        yield [_columns("@start", "plans", "accepted", "refused", "charge_kwh", "discharge_kwh")]
        for start, end in _days(self._store.span_of_plans()):
            yield [
                [
                    *both_times(at, MARKET_ZONE),
                    *(
                        sums.plans,
                        sums.accepted,
                        sums.refused,
                        sums.charge_wh / 1000,
                        sums.discharge_wh / 1000,
                    ),
                ]
                for at, sums in self._store.plan_sums(start, end).items()
            ]

    def prices(self) -> Iterator[Part]:
        """Give every price."""
        yield [_columns("@start", "eur_per_kwh", "source")]
        for start, end in _days(self._store.span_of_prices()):
            yield [
                [*both_times(at, MARKET_ZONE), price.eur_per_kwh, price.source]
                for at, price in self._store.prices(start, end).items()
            ]

    def audit(self) -> Iterator[Part]:
        """Give the whole audit log, the oldest act first."""
        yield [_columns("number", "@at", "administrator", "act", "about", "detail")]
        number = 0
        while entries := self._store.audit_from(number, _ENTRIES):
            yield [
                [
                    each.number,
                    *both_times(each.at, MARKET_ZONE),
                    *(each.administrator, each.act.value, each.about, each.detail),
                ]
                for each in entries
            ]
            number = entries[-1].number + 1


def _columns(*names: str) -> list[str]:
    """Return the heads of columns; one that begins with @ is a time, which has two."""
    return list(
        chain.from_iterable(
            [f"{name[1:]}_utc", f"{name[1:]}_local"] if name.startswith("@") else [name] for name in names
        )
    )


def _days(span: tuple[datetime, datetime] | None) -> Iterator[tuple[datetime, datetime]]:
    """Give spans of a day that together hold the first and the last moment of `span`."""
    if span is None:
        return
    start = slot_start(span[0])
    while start <= span[1]:
        yield start, start + _DAY
        start += _DAY


def _streamed(table: Callable[[], Iterator[Part]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return what answers with a table, sent as it is read."""

    async def answer(request: web.Request) -> web.StreamResponse:
        parts = table()
        # An unusable store is said as on every page: that cannot be done any more once the answer has begun.
        part = await asyncio.to_thread(next, parts, None)
        response = web.StreamResponse(
            headers={
                hdrs.CONTENT_TYPE: "text/csv; charset=utf-8; header=present",
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{request.path.rpartition("/")[2]}"',
                hdrs.CACHE_CONTROL: "no-store",
            }
        )
        await response.prepare(request)
        while part is not None:
            await response.write(lines(part).encode())
            part = await asyncio.to_thread(next, parts, None)
        return response

    return answer
