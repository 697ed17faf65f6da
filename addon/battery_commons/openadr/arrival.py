"""An event as it arrived: recognised by its content, and judged."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from battery_commons.openadr.acceptance import check
from battery_commons.openadr.dutch_profile.events import check_shape
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.intervals import windows
from battery_commons.openadr.objects import Event, parse_event
from battery_commons.store.operator_events import ArrivedEvent

LARGEST_EVENT = 256 * 1024
"""A week of quarter hours with ten payloads each is 200 kB."""
LONGEST_ID = 200
_LATE = timedelta(days=1)
"""So long after its end an event is still looked at, for clocks that are apart."""
_AHEAD = timedelta(days=400)
"""An event that lasts longer counts as open."""
_NO_ID = "(no id)"


def identity(event: object) -> tuple[str, str]:
    """Return the id of an event, in the one form, and its version.

    One that has no id that can be used is known by its content.
    """
    version = _digest(event)
    return _own_id(event) or f"{_NO_ID} {version[:12]}", version


def event_id_of(event: object) -> str:
    """Return the id of an event, as `identity` does, where its version does not matter."""
    return _own_id(event) or identity(event)[0]


def arrived(event: object, received_at: datetime) -> ArrivedEvent:
    """Return an event, in the one form, with its verdict; `received_at` is wall time."""
    event_id, version = identity(event)
    raw = json.dumps(event)
    said = event if isinstance(event, dict) else {}
    refusal, ends_at = ("too_large", None) if len(raw) > LARGEST_EVENT else _verdict(event, received_at)
    return ArrivedEvent(
        event_id=event_id,
        version=version,
        program_id=_kept(said.get("programID"))[:LONGEST_ID],
        modified=_moment(said.get("modificationDateTime")),
        raw=raw if len(raw) <= LARGEST_EVENT else "{}",
        refusal=refusal or ("no_id" if event_id.startswith(_NO_ID) else None),
        ends_at=ends_at,
    )


def _verdict(said: object, received_at: datetime) -> tuple[str | None, datetime | None]:
    """Return why an event is refused, if it is, and when it ends, if it does."""
    if not isinstance(said, dict):
        return "no_object", None
    try:
        event = parse_event(said)
        check(event, received_at)
        check_shape(said)
        return None, _end(event, received_at)
    except UnacceptableError as error:
        return error.reason, None


def _end(event: Event, received_at: datetime) -> datetime | None:
    """Return when an event has ended, wherever its start is moved to; None for one of which that is open.

    One whose intervals are repeated counts as open: looking through them all may take as long as they last.
    """
    if event.duration is not None:
        return None
    until = received_at + _AHEAD
    ends = [each.end for each in windows(event, received_at, until, received_at=received_at)]
    known = [each for each in ends if each is not None]
    if not known or len(known) < len(ends) or max(known) >= until:
        return None
    period = event.interval_period
    delay = period.randomize_start if period is not None else None
    return max(known) + _LATE + (timedelta(0) if delay is None else delay.exact)


def _own_id(event: object) -> str:
    """Return the id that an event has; nothing for one that cannot be used."""
    event_id = _kept(event.get("id")) if isinstance(event, dict) else ""
    return event_id if len(event_id) <= LONGEST_ID else ""


def _kept(text: object) -> str:
    """Return an id as a database takes it: nothing for half a character, NUL and the like."""
    return text if isinstance(text, str) and text.isprintable() else ""


def _digest(event: object) -> str:
    """Return what is the same for the same content, whichever way and in whichever form it came."""
    content = event
    if isinstance(event, dict):
        content = {key: value for key, value in event.items() if key != "objectType" and value != []}
        for name in ("createdDateTime", "modificationDateTime"):
            if (moment := _moment(event.get(name))) is not None:
                content[name] = moment.isoformat()
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except ValueError, OverflowError:
        return None
