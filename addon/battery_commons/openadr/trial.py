"""Tries a line to an operator, step by step, without changing anything there."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import ClientSession, DummyCookieJar

from battery_commons.domain.operator_line import OperatorLine, Reception
from battery_commons.openadr.reception.notifiers import offered
from battery_commons.openadr.registration import find_ven, programs_of
from battery_commons.openadr.trouble import OF_ONE_CALL, LineError
from battery_commons.openadr.vtn_client import VtnClient


class TrialStep(StrEnum):
    """What is tried, in this order."""

    TOKEN = "token"  # noqa: S105 - the name of a step
    PROGRAMS = "programs"
    VEN = "ven"
    EVENTS = "events"
    RECEPTION = "reception"


@dataclass(frozen=True, slots=True)
class Tried:
    """How a step went."""

    step: TrialStep
    found: Sequence[str] = ()
    """What it showed: programs by name, the VEN's id, how many events, or by which way they will come."""
    trouble: LineError | None = None
    """Why it came to nothing; the steps behind it are then not tried. But without a VEN events come too."""


async def try_line(line: OperatorLine) -> AsyncIterator[Tried]:
    """Tell of each step when it is done, up to the first that fails."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        async for each in _steps(VtnClient(session, line), line):
            yield each


async def _steps(client: VtnClient, line: OperatorLine) -> AsyncIterator[Tried]:
    step = TrialStep.TOKEN
    try:
        await client.token()
        yield Tried(step)
        step = TrialStep.PROGRAMS
        programs = await programs_of(client, line)
        yield Tried(step, sorted(each.name for each in programs.values()))
        step = TrialStep.VEN
        ven_id, trouble = None, None
        try:
            ven_id = await find_ven(client, line)
        except LineError as error:
            if error.trouble not in OF_ONE_CALL:
                raise
            trouble = error
        yield Tried(step, [ven_id] if ven_id else [], trouble)
        step = TrialStep.EVENTS
        events = await client.listed("events")
        yield Tried(step, [str(len(events))])
        step = TrialStep.RECEPTION
        broker = await offered(client, line, ven_id, list(programs))
        if broker is not None:
            yield Tried(step, [Reception.MQTT])
        else:
            yield Tried(step, [Reception.WEBHOOK if line.callback_url else Reception.POLLING])
    except LineError as error:
        yield Tried(step, trouble=error)
