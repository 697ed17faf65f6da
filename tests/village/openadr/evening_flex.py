"""FLEX as a Dutch grid operator calls it the day before: batteries taken into a group, a baseline, the call.

The operator is `openadr3_client`, with the grid operators' own validator judging what passes.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from battery_commons.domain.dutch_flex import CongestionPoint, MaxDuration
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.vtn import Role
from battery_commons.openadr.dutch_profile.participant import DutchParticipant
from battery_commons.store import Store
from tests.village.openadr.dutch_profile.grid_operator import GridOperator
from tests.village.openadr.dutch_profile.judge import judging
from tests.village.openadr.dutch_profile.written import ENEXIS, PROVIDER, anchor, baseline, flex

BASELINE_W, FLEX_W = 4_000.0, 8_000.0
PROGRAM = "Congestion"
_EANS = ("871687120052345702", "871687120052345719", "871687120052345726", "871687120052345733")


def take_part(store: Store, above: Store, url: str, home_ids: Sequence[str], at: datetime) -> None:
    """Have a village's homes behind `t1` take part, with a line of its own to the operator's VTN."""
    point = CongestionPoint("MSR-1234", MaxDuration.FOUR_HOURS)
    store.take_part_in_dutch_flex(PROVIDER, ENEXIS, {"t1": point})
    for home_id, ean in zip(home_ids, _EANS, strict=True):
        store.give_connection(home_id, ean)
    client_id, secret = above.add_vtn_client(PROVIDER, Role.VEN, at)
    line = OperatorLine("Enexis, flexibility", url, client_id, PROVIDER, secret, programs=(PROGRAM,))
    store.add_operator_line(line)


class EveningFlex:
    """One call, from the program to the report of what was delivered."""

    def __init__(self, url: str, credentials: tuple[str, str], participant: DutchParticipant) -> None:
        """Call as the operator's server at `url` knows the operator; `participant` is the village's side."""
        self._operator = GridOperator(url, *credentials)
        self._participant = participant
        self._event_id = ""

    async def begin(self) -> None:
        """Offer the profile's program."""
        with judging():
            await asyncio.to_thread(self._operator.make_program)

    async def call(self, store: Store, window: datetime) -> str:
        """Take the village's batteries into a group and call on them; return the call's event.

        The operator's clock is at least a day before `window`: noon. FLEX is for 18:00 to 20:00.
        """
        with judging():
            return await self._call(store, window)

    async def _call(self, store: Store, window: datetime) -> str:
        says, operator = asyncio.to_thread, self._operator
        anchored = await says(operator.make_event, anchor())
        group = await says(operator.make_group)
        await self._until_known(store, anchored.id)
        await self._participant.round()
        await self._participant.round()  # By now the server has its own ids for the batteries.
        await says(operator.enroll, group.id, [each.id for each in await says(operator.resources)])
        counted = await says(operator.make_event, baseline(BASELINE_W / 1000))
        await self._until_known(store, counted.id)
        await self._participant.round()
        called = await says(operator.make_event, flex((6, 2, FLEX_W / 1000), window=window))
        self._event_id = called.id
        await self._until_known(store, called.id)
        return called.id

    async def is_acknowledged(self) -> bool:
        """Return whether the village says that the call has arrived."""
        await self._participant.round()
        return await self._told("ACK") == [True]

    async def delivered_kw(self) -> list[float]:
        """Return what the village reports to have delivered, by the quarter hour."""
        await self._participant.round()
        return [float(str(each)) for each in await self._told("DELIVERED_FLEX")]

    async def close(self) -> None:
        """Let go of the connections."""
        await asyncio.to_thread(self._operator.close)

    async def _told(self, kind: str) -> list[object]:
        with judging():
            reports = await asyncio.to_thread(self._operator.reports, self._event_id)
        return [
            value
            for report in reports
            for interval in report.resources[0].intervals
            for payload in interval.payloads
            if payload.type == kind
            for value in payload.values
        ]

    async def _until_known(self, store: Store, event_id: str) -> None:
        async with asyncio.timeout(10):
            while event_id not in {each.event_id for each in store.operator_events()}:
                await asyncio.sleep(0.01)
