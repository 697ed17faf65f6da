"""The standing question to those below: each quarter hour, how do your batteries stand, and what can they do?

It is an event of a week of quarter hours, made anew each week. Answers are kept for two days.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from threading import Lock
from typing import Any

import structlog

from battery_commons.domain.time import SLOT
from battery_commons.domain.vtn import Kind, Role, VtnObject
from battery_commons.openadr.vtn.objects import VtnObjects
from battery_commons.openadr.vtn.problems import RefusedError
from battery_commons.openadr.vtn.virtual_battery import COMING_TOLD, NOW_TOLD
from battery_commons.store import Store, StoreError
from battery_commons.store.vtn import OWN_CLIENT_ID

PROGRAM = "Virtual batteries"
WEEK = timedelta(weeks=1)
AHEAD = timedelta(days=1)
"""How long before its week a question is made."""
KEPT_FOR = timedelta(days=2)
"""How long an answer is kept, and a question after its week."""
SLOTS_AHEAD = 16
"""For how many quarter hours to come it is asked what the batteries can do."""
EVERY_S = 60.0

_LOGGER = structlog.get_logger(__name__)


@dataclass(slots=True)
class StandingQuestion:
    """Sees that there is one, for as long as somebody is below."""

    store: Store
    objects: VtnObjects
    wall_now: Callable[[], datetime]
    is_needed: bool = False
    """Whether there was somebody below when it was last looked."""
    _asking: Lock = field(default_factory=Lock)
    """Held meanwhile: a page looks too, and there is to be one question."""

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.ask)
            except StoreError as error:
                _LOGGER.warning("those below not asked; trying again", problem=str(error))
            await asyncio.sleep(EVERY_S)

    def ask(self) -> None:
        """Have a question for now, and in time for the coming week; drop old ones. Raises StoreError."""
        with self._asking:
            self.is_needed = any(each.role is Role.VEN for each in self.store.vtn_clients())
            if not self.is_needed:
                return
            try:
                self._ask()
            except RefusedError as error:
                # Business logic threw our program away at this moment.
                _LOGGER.warning("those below not asked; trying again", problem=error.detail)

    def _ask(self) -> None:
        now = self.wall_now()
        own = self.store.own_vtn_client(now)
        program_id = self.objects.own_program(own, PROGRAM)
        asked = {each.name: each for each in self.store.vtn_objects(Kind.EVENT, parent_id=program_id)}
        for start in sorted({_week_of(now), _week_of(now + AHEAD)}):
            if _name(start) not in asked:
                self.objects.make(own, Kind.EVENT, _event(program_id, start))
        for each in asked.values():
            if _is_over(each, now):
                self.objects.delete(own, Kind.EVENT, each.id)
            else:
                self.store.drop_vtn_reports(each.id, now - KEPT_FOR)


def _week_of(moment: datetime) -> datetime:
    """Return the start of a week: Monday, in UTC."""
    day = moment.astimezone(UTC).date()
    return datetime.combine(day - timedelta(days=day.weekday()), time(), UTC)


def _name(start: datetime) -> str:
    return f"Virtual batteries, week of {start.date().isoformat()}"


def _is_over(event: VtnObject, now: datetime) -> bool:
    started = event.name.rpartition(" ")[2]
    try:
        start = datetime.combine(datetime.fromisoformat(started).date(), time(), UTC)
    except ValueError:
        return False  # Not one of ours.
    return event.client_id == OWN_CLIENT_ID and now >= start + WEEK + KEPT_FOR


def _event(program_id: str, start: datetime) -> dict[str, Any]:
    quarters = WEEK // SLOT

    def asked(name: str, slots: int) -> dict[str, Any]:
        return {
            "payloadType": name,
            "aggregate": True,
            "startInterval": 0,
            "numIntervals": slots,
            "historical": False,
            "frequency": 1,
            "repeat": quarters,
        }

    return {
        "programID": program_id,
        "eventName": _name(start),
        "duration": f"PT{quarters * 15 + SLOTS_AHEAD * 15}M",
        "intervalPeriod": {"start": start.isoformat().replace("+00:00", "Z"), "duration": "PT15M"},
        "intervals": [{"id": 0, "payloads": [{"type": "VIRTUAL_BATTERY", "values": [True]}]}],
        "reportDescriptors": [
            *(asked(name, 1) for name in NOW_TOLD),
            *(asked(name, SLOTS_AHEAD) for name in COMING_TOLD),
        ],
    }
