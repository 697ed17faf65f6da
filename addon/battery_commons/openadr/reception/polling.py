"""Asks a VTN for all its events: the only way to know what it holds to, and what it no longer does."""

import asyncio
from collections.abc import Collection

from battery_commons.domain.operator_line import KeptLine, OperatorLine
from battery_commons.openadr.intake import EventIntake
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store


async def reconcile(
    client: VtnClient, kept: KeptLine, programs: Collection[str], store: Store, intake: EventIntake
) -> bool:
    """Bring what is kept in line with what the VTN holds to; return whether anything was different.

    What is missing is only taken for withdrawn when it is missing twice: while pages are read, others may be
    taken away, and what follows moves up past the reader.

    Raises:
        LineError: The VTN did not answer the whole of it; nothing is taken for withdrawn then.
        StoreError: The database cannot be used.
    """
    since = await asyncio.to_thread(store.newest_operator_rank, kept.id)
    shown, is_different = await intake.listed(await _events(client, kept.line, programs), since)
    held = await asyncio.to_thread(store.held_operator_events, kept.id, since)
    if not (missing := [each for each in held if each not in shown]):
        return is_different
    since = await asyncio.to_thread(store.newest_operator_rank, kept.id)
    shown, _ = await intake.listed(await _events(client, kept.line, programs), since)
    gone = [each for each in missing if each not in shown]
    await intake.withdraw(gone)
    return is_different or bool(gone)


async def _events(client: VtnClient, line: OperatorLine, programs: Collection[str]) -> list[object]:
    if not line.programs:
        return await client.listed("events")
    return [each for id_ in programs for each in await client.listed("events", {"programID": id_})]
