"""Takes in what an operator sends: judged, kept in every version, told once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from battery_commons.domain.time import Clock
from battery_commons.openadr.arrival import arrived, event_id_of, identity
from battery_commons.openadr.forms import UnreadableError, one_form, read_json
from battery_commons.openadr.targets import ResourceTargets
from battery_commons.openadr.units import ProgramUnits
from battery_commons.store import Store
from battery_commons.store.group_commit import GroupCommit
from battery_commons.store.operator_events import ArrivedEvent, KeptEvent

_OPERATIONS = {"CREATE": False, "POST": False, "UPDATE": False, "PUT": False, "DELETE": True}
"""As OpenADR 3.1 calls them, and as 3.0 did: whether it takes the event away."""

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Notification:
    event: Mapping[str, object] | None = None
    is_deletion: bool = False
    is_understood: bool = True
    wants_listing: bool = False


@dataclass(frozen=True, slots=True)
class Notified:
    """What came of notifications."""

    is_understood: bool
    wants_listing: bool
    """Whether only a full listing can tell how things are now."""


class EventIntake:
    """What comes over one line."""

    def __init__(
        self, store: Store, clock: Clock, line_id: str, changed: Callable[[], None], commit: GroupCommit
    ) -> None:
        """Keep it in `store`; `changed` is told when what is asked of the village changes."""
        self._store = store
        self._clock = clock
        self._line_id = line_id
        self._changed = changed
        self._commit = commit
        self.counts: Counter[str] = Counter()
        """Since the start: `accepted`, `refused`, `withdrawn`, `unreadable`, `oversized`, `elsewhere`."""
        self.programs: Collection[str] | None = None
        """By id, of which events are taken in; None for all."""
        self.units = ProgramUnits()
        self.targets = ResourceTargets()

    async def notified(self, bodies: Sequence[bytes]) -> Notified:
        """Take in notifications, in their order: messages of a webhook or of a broker. Raises StoreError."""
        read = [self._read(each) for each in bodies]
        wants_listing = any(each.wants_listing for each in read)
        kept: list[KeptEvent] = []
        waiting: list[object] = []
        for each in read:
            if each.event is None:
                continue
            if not each.is_deletion:
                waiting.append(each.event)
                continue
            kept += await self._keep(waiting, None)
            waiting = []
            await self._deleted(each.event)
        kept += await self._keep(waiting, None)
        return Notified(
            is_understood=all(each.is_understood for each in read),
            wants_listing=wants_listing
            or bool(self.units.wanted)
            or any(each.is_after_withdrawal for each in kept),
        )

    async def listed(self, objects: Sequence[object], since: int) -> tuple[set[str], bool]:
        """Take in a full listing, asked for when the newest rank was `since`.

        Return the ids in it, and whether it brought what no notification had. Raises StoreError.
        """
        # A server need not know the filter by which it was asked.
        ours = [each for each in objects if self._is_of_ours(each)]
        kept = await self._keep(ours, since)
        return await asyncio.to_thread(lambda: {event_id_of(each) for each in ours}), bool(kept)

    async def withdraw(self, event_ids: Sequence[str]) -> None:
        """Take note that the operator no longer holds to these. Raises StoreError."""
        self._tell_withdrawn(await self._commit.write(partial(self._withdraw, list(event_ids))))

    def too_large(self) -> None:
        """Take note of a message that was not read, since it is too large."""
        self.counts["oversized"] += 1
        _LOGGER.warning("operator_message_refused", line=self._line_id, reason="oversized")

    def _read(self, body: bytes) -> _Notification:
        try:
            said = read_json(body)
            event = one_form(said.get("object")) if isinstance(said, dict) else None
        except UnreadableError as error:
            return self._not_understood(str(error))
        if not isinstance(said, dict):
            return self._not_understood("no object")
        if said.get("objectType", "EVENT") != "EVENT":
            # Another program may hold other events.
            return _Notification(wants_listing=said["objectType"] == "PROGRAM")
        is_deletion = _OPERATIONS.get(str(said.get("operation")).upper())
        if not isinstance(event, dict) or is_deletion is None:
            return self._not_understood("no event or no operation")
        if not is_deletion and not self._is_of_ours(event):
            self.counts["elsewhere"] += 1  # Of a program that the village takes no part in.
            return _Notification()
        return _Notification(event, is_deletion=is_deletion)

    def _is_of_ours(self, event: object) -> bool:
        """Return whether an event is of a program that the village takes part in, or of none."""
        program = event.get("programID") if isinstance(event, dict) else None
        return self.programs is None or not isinstance(program, str) or program in self.programs

    async def _keep(self, objects: Sequence[object], since: int | None) -> list[KeptEvent]:
        events = await asyncio.to_thread(self._unknown, objects, since)
        if not events:
            return []
        keep = partial(
            self._store.keep_operator_events, self._line_id, events, self._clock.now(), listed_since=since
        )
        kept = await self._commit.write(keep)
        for each in kept:
            self._tell(each)
        if any(each.event.refusal is None and each.counts for each in kept):
            self._changed()
        return kept

    async def _deleted(self, event: Mapping[str, object]) -> None:
        """Take note of a deletion, and of the version that it shows where that was not seen before.

        Both at once: that version asks nothing, not even for a moment.
        """
        is_whole = "programID" in event and self._is_of_ours(event)
        shown = await asyncio.to_thread(self._unknown, [event], None) if is_whole else []

        def write() -> tuple[list[KeptEvent], list[str]]:
            kept = self._store.keep_operator_events(self._line_id, shown, self._clock.now())
            return kept, self._withdraw([event_id_of(event)])

        kept, withdrawn = await self._commit.write(write)
        for each in kept:
            self._tell(each)
        self._tell_withdrawn(withdrawn)

    def _withdraw(self, event_ids: Sequence[str]) -> list[str]:
        return self._store.withdraw_operator_events(self._line_id, event_ids, self._clock.now())

    def _unknown(self, objects: Sequence[object], since: int | None) -> list[ArrivedEvent]:
        """Return the events, without those of a listing that stand as they are known."""
        known = self._store.newest_operator_versions(self._line_id) if since is not None else {}
        now = self._clock.to_wall(self._clock.now())
        return [
            arrived(each, now)
            for each in map(self.targets.fill_in, map(self.units.fill_in, objects))
            for event_id, version in [identity(each)]
            if known.get(event_id) != version
        ]

    def _tell(self, kept: KeptEvent) -> None:
        event = kept.event
        verdict = "accepted" if event.refusal is None else "refused"
        if not kept.is_new:
            _LOGGER.info("operator_event_back", line=self._line_id, event_id=event.event_id)
            return
        self.counts[verdict] += 1
        log = _LOGGER.info if event.refusal is None else _LOGGER.warning
        log(
            "operator_event",
            line=self._line_id,
            event_id=event.event_id,
            verdict=verdict,
            reason=event.refusal,
            overtaken=not kept.counts,
        )

    def _tell_withdrawn(self, event_ids: Sequence[str]) -> None:
        for event_id in event_ids:
            _LOGGER.info("operator_event_withdrawn", line=self._line_id, event_id=event_id)
        self.counts["withdrawn"] += len(event_ids)
        if event_ids:
            self._changed()

    def _not_understood(self, why: str) -> _Notification:
        self.counts["unreadable"] += 1
        _LOGGER.warning("operator_message_refused", line=self._line_id, reason="unreadable", detail=why)
        return _Notification(is_understood=False, wants_listing=True)
