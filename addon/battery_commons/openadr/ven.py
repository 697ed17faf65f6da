"""The village as a VEN: all its lines to grid operators, for as long as it has them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial

import structlog
from aiohttp import ClientSession, DummyCookieJar, web

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator_line import KeptLine, OperatorLine
from battery_commons.domain.time import Clock
from battery_commons.openadr.dutch_profile.in_force import is_dutch
from battery_commons.openadr.line_keeper import LineKeeper, LineStatus
from battery_commons.openadr.pace import Pace
from battery_commons.openadr.reception.webhook import webhook_routes
from battery_commons.openadr.registration import WantedResource
from battery_commons.openadr.trial import Tried, try_line
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store, StoreError

_LOGGER = structlog.get_logger(__name__)


class OperatorLines:
    """Keeps every line up, each in a task of its own."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        operator_changed: Callable[[], None] = lambda: None,
        *,
        resources: Callable[[Store, KeptLine], Sequence[WantedResource]] | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Keep lines of `store` up.

        `operator_changed` is told as soon as an operator asks something else of the village, and `resources`
        says which of its parts the operator at a line can address.
        """
        self._store = store
        self._clock = clock
        self._operator_changed = operator_changed
        self._resources = resources or village_resources
        self._pace = pace or Pace()
        self._changed = asyncio.Event()
        self._keepers: dict[str, tuple[OperatorLine, LineKeeper, asyncio.Task[None]]] = {}

    def changed(self) -> None:
        """Take note that there are other lines, or that one was changed."""
        self._changed.set()

    def status(self, line_id: str) -> LineStatus:
        """Return how a line is doing."""
        found = self._keepers.get(line_id)
        return found[1].status if found else LineStatus()

    def clients(self) -> Mapping[str, tuple[KeptLine, VtnClient]]:
        """Return, by its id, each line and what calls its VTN."""
        return {id_: (keeper.kept, keeper.client) for id_, (_, keeper, _) in self._keepers.items()}

    def routes(self) -> list[web.RouteDef]:
        """Return what operators call, for the listener that they can reach."""
        return webhook_routes(self._hook_of)

    def try_now(self, line: OperatorLine) -> AsyncIterator[Tried]:
        """Try a line without keeping it, and tell of each step when it is done."""
        return try_line(line)

    async def run(self) -> None:
        """Keep lines up, until cancelled."""
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            try:
                while True:
                    self._changed.clear()
                    try:
                        await self._follow(session, await asyncio.to_thread(self._store.operator_lines))
                    except StoreError as error:
                        _LOGGER.warning("lines to operators not known; trying again", problem=str(error))
                        await asyncio.sleep(self._pace.first_wait_s)
                        continue
                    await self._changed.wait()
            finally:
                await _cancelled([task for _, _, task in self._keepers.values()])
                self._keepers.clear()

    async def _follow(self, session: ClientSession, lines: Sequence[KeptLine]) -> None:
        """Let go of lines that are gone or changed, and take up those that are new or changed."""
        wanted = {each.id: each for each in lines}
        ended = [id_ for id_, (line, _, _) in self._keepers.items() if _line(wanted.get(id_)) != line]
        former = [self._keepers.pop(id_) for id_ in ended]
        await _cancelled([task for _, _, task in former])
        await asyncio.gather(
            *(
                keeper.leave()
                for line, keeper, _ in former
                if not _has_same_subscription(line, _line(wanted.get(keeper.kept.id)))
            )
        )
        for id_, kept in wanted.items():
            if id_ not in self._keepers:
                keeper = LineKeeper(
                    kept,
                    self._store,
                    self._clock,
                    session,
                    resources=partial(self._resources, self._store, kept),
                    changed=self._operator_changed,
                    pace=self._pace,
                )
                self._keepers[id_] = kept.line, keeper, asyncio.create_task(keeper.run())
        if former:
            self._operator_changed()  # What a line that is gone asked is asked no longer.

    def _hook_of(self, key: str) -> LineKeeper | None:
        keepers = (keeper for _, keeper, _ in self._keepers.values())
        return next((each for each in keepers if each.kept.webhook_key == key), None)


def village_resources(store: Store, kept: KeptLine) -> list[WantedResource]:
    """Return the parts of a village that an operator can address: its transformers and its feeder.

    Each is called as the village calls it itself, and is to the operator one virtual battery: all those
    behind it together. A line of the Dutch profile knows batteries only, which
    dutch_profile/participant.py registers. Raises StoreError.
    """
    if is_dutch(kept, store.dutch_participation()):
        return []
    batteries = [each.battery for each in store.batteries()]
    resources = [
        WantedResource(part.id, _powers([each for each in batteries if each.transformer_id == part.id]))
        for part in store.transformers()
    ]
    if store.feeder() is not None:
        on_it = store.on_feeder()
        behind = [each for each in batteries if each.transformer_id in on_it]
        resources.append(WantedResource(FEEDER_ID, _powers(behind)))
    return resources


def _powers(batteries: Sequence[Battery]) -> list[dict[str, object]]:
    """Return the most that batteries draw and give together (kW), as OpenADR's attributes of a resource."""
    if not batteries:
        return []
    charge_w = sum(each.max_charge_w for each in batteries)
    discharge_w = sum(each.max_discharge_w for each in batteries)
    return [
        {"type": "MAX_POWER_CONSUMPTION", "values": [charge_w / 1000]},
        {"type": "MAX_POWER_EXPORT", "values": [discharge_w / 1000]},
    ]


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _line(kept: KeptLine | None) -> OperatorLine | None:
    return kept.line if kept is not None else None


def _has_same_subscription(former: OperatorLine, line: OperatorLine | None) -> bool:
    """Return whether the subscription of `former` goes on to serve `line`."""
    return (
        line is not None
        and all(getattr(former, each) == getattr(line, each) for each in ("url", "client_id", "ven_name"))
        and bool(line.callback_url)
    )
