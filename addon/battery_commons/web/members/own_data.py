"""A home's own data as JSON, in pieces: a year of it must not fill the coordinator's memory."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from battery_commons.domain.flash_mob import CodeBaseline, of_home
from battery_commons.domain.time import Clock, slot_start
from battery_commons.store import Store
from battery_commons.store.records import Home

IN_FULL = timedelta(days=1)
"""How far back readings and plans are told in full; older readings as means of quarter hours."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

_BASELINE = TypeAdapter(CodeBaseline)

type Items = list[dict[str, object]]


def everything(store: Store, clock: Clock, home: Home, now: datetime) -> Iterator[bytes]:
    """Return what is kept of `home`: the last day in full, readings before that per quarter hour.

    Reads the store on the way. Raises StoreError, and NotFoundError for a home that has left.
    """
    data = _OwnData(store, clock, home)
    since = slot_start(now - IN_FULL)
    yield from _written(
        data.introduction(now),
        quarter_hours=data.quarter_hours(since),
        # A reading may be stamped a little ahead of the village's clock.
        readings=data.readings(since, now + HOUR),
        plans=data.plans(since, now + HOUR),
        grid_quarter_hours=data.grid_quarter_hours(since),
        grid_readings=data.grid_readings(since, now + HOUR),
    )


def one_day(store: Store, clock: Clock, home: Home, start: datetime, end: datetime) -> Iterator[bytes]:
    """Return a home's readings and plans in [start, end), in full. Reads the store on the way.

    Of what is too old to be kept in full, the means of quarter hours take the place.
    """
    data = _OwnData(store, clock, home)
    yield from _written(
        {"version": 1, "home_id": home.id},
        readings=data.readings(start, end),
        plans=data.plans(start, end),
        # After the readings: what is rolled up in between is told twice rather than not at all.
        quarter_hours=data.rolled_up(start, end),
        grid_readings=data.grid_readings(start, end),
        grid_quarter_hours=data.grid_rolled_up(start, end),
    )


class _OwnData:
    """What is kept of one home, in wall time."""

    def __init__(self, store: Store, clock: Clock, home: Home) -> None:
        self._store = store
        self._clock = clock
        self._home = home

    def introduction(self, now: datetime) -> dict[str, object]:
        """Return what is not a series."""
        store, home = self._store, self._home
        return {
            "version": 1,
            "at": self._wall(now),
            "home": {
                "id": home.id,
                "name": home.name,
                "transformer_id": home.transformer_id,
                "webhook_urls": home.webhook_urls,
                "consented_at": self._wall(store.consented_at(home.id)),
                "suspended_at": self._wall(home.suspended_at),
                "first_plan_at": self._wall(store.first_dispatch(home.id)),
                "shown_by_name_since": self._wall(store.shown_homes().get(home.id)),
                "ean": store.connection_of(home.id),
            },
            "batteries": [
                asdict(each.battery) | {"battery_id": each.battery_id, "name": each.name}
                for each in store.batteries()
                if each.home_id == home.id
            ],
            "account": _account(store, home.id),
            "findings": [
                {
                    "source": found.source.kind,
                    "battery_id": found.source.id.partition("/")[2] or None,
                    "kind": found.kind,
                    "quality": found.quality,
                    "since": self._wall(found.since),
                    "until": self._wall(found.until),
                    "figures": dict(found.figures),
                }
                for found in store.findings_of(home.id)
            ],
            "code_answers": [
                {
                    "code_id": answer.window.id,
                    "code": answer.window.code,
                    "start": self._wall(answer.window.start),
                    "end": self._wall(answer.window.end),
                    "joins": answer.window.joins,
                    "at": self._wall(answer.at),
                }
                for answer in store.code_answers(home.id)
            ],
            "votes": [
                {
                    "vote_id": vote.id,
                    "title": vote.motion.title,
                    "proposed": vote.proposed_by == home.id,
                    "papers": on_roll.papers,
                    "signed": list(on_roll.signed),
                    "effect": on_roll.effect and asdict(on_roll.effect),
                }
                for vote, on_roll in store.votes_of(home.id)
            ],
            "code_deeds": [
                {"code_id": code_id, "did": did} for code_id, did in store.deeds_of(home.id).items()
            ],
            "code_responses": self._code_responses(),
        }

    def _code_responses(self) -> list[dict[str, object]]:
        """Return what would have been drawn in each code, and what was done."""
        subject = of_home(self._home.id)
        responses = self._store.responses_of(subject)
        return [
            {
                "code_id": code_id,
                "baseline": _BASELINE.dump_python(baseline, mode="json"),
                "response": asdict(responses[code_id]) if code_id in responses else None,
            }
            for code_id, baseline in self._store.baselines_of(subject).items()
        ]

    def quarter_hours(self, until: datetime) -> Iterator[Items]:
        """Return the means of each battery's readings before `until`, day by day."""
        for battery_id, first in self._store.first_heard(self._home.id).items():
            for start, end in _spans(first, until, DAY):
                yield self._means(battery_id, start, end)

    def rolled_up(self, start: datetime, end: datetime) -> Iterator[Items]:
        """Return the means in [start, end) of what is not kept in full any more."""
        for battery_id in self._store.first_heard(self._home.id):
            until = self._store.rolled_up_until(self._home.id, battery_id)
            if until is not None and start < until:
                yield self._means(battery_id, start, min(end, until))

    def _means(self, battery_id: str, start: datetime, end: datetime) -> Items:
        return [
            {
                "battery_id": battery_id,
                "start": self._wall(slot.start),
                "power_w": round(slot.power_w, 1),
                "state_of_charge": round(slot.state_of_charge, 4),
            }
            for slot in self._store.battery_quarter_hours(self._home.id, battery_id, start, end)
        ]

    def readings(self, since: datetime, until: datetime) -> Iterator[Items]:
        """Return each battery's readings as they came in, hour by hour."""
        for battery_id in self._store.first_heard(self._home.id):
            for start, end in _spans(since, until, HOUR):
                yield [
                    asdict(reading) | {"battery_id": battery_id, "at": self._wall(reading.at)}
                    for reading in self._store.battery_readings(self._home.id, battery_id, start, end)
                ]

    def grid_quarter_hours(self, until: datetime) -> Iterator[Items]:
        """Return the means of what the home's connection carried before `until`, day by day."""
        heard = self._store.houses_heard([self._home.id]).get(self._home.id)
        for start, end in _spans(slot_start(heard.first), until, DAY) if heard else ():
            yield self._grid_means(start, end)

    def grid_rolled_up(self, start: datetime, end: datetime) -> Iterator[Items]:
        """Return the means in [start, end) of what is not kept in full any more."""
        heard = self._store.houses_heard([self._home.id]).get(self._home.id)
        if heard and heard.means_until and start < heard.means_until:
            yield self._grid_means(start, min(end, heard.means_until))

    def _grid_means(self, start: datetime, end: datetime) -> Items:
        means = self._store.house_quarter_hours(self._home.id, start, end)
        return [{"start": self._wall(slot), "power_w": round(power_w, 1)} for slot, power_w in means.items()]

    def grid_readings(self, since: datetime, until: datetime) -> Iterator[Items]:
        """Return what the meter of the home's connection said, as it came in, hour by hour."""
        for start, end in _spans(since, until, HOUR):
            yield [
                {"at": self._wall(reading.at), "power_w": reading.power_w}
                for reading in self._store.house_readings(self._home.id, start, end)
            ]

    def plans(self, since: datetime, until: datetime) -> Iterator[Items]:
        """Return the plans that the home was sent and what became of them, hour by hour."""
        for start, end in _spans(since, until, HOUR):
            yield [
                {
                    "sequence": sent.sequence,
                    "issued_at": self._wall(sent.issued_at),
                    "lease_until": self._wall(sent.lease_until),
                    "accepted": sent.accepted,
                    "answered_at": self._wall(sent.answered_at),
                    "reason": sent.reason,
                    "attempts": sent.attempts,
                    "last_attempt_at": self._wall(sent.last_attempt_at),
                    "last_error": sent.last_error,
                    "message": json.loads(sent.plan_json),
                }
                for sent in self._store.dispatches_of(self._home.id, start, end)
            ]

    def _wall(self, village: datetime | None) -> str | None:
        return None if village is None else self._clock.to_wall(village).isoformat()


def _account(store: Store, home_id: str) -> dict[str, object]:
    """Return what is kept of a home's money, but for the ledger: that is told by a call of its own."""
    members = [each for each in store.memberships() if each.home_id == home_id]
    bank = store.bank_accounts().get(home_id)
    return {
        "number": members[0].account if members else None,
        "tariffs": [
            {"first_day": first_day.isoformat()} | asdict(tariff)
            for first_day, tariff in store.home_tariffs().get(home_id, [])
        ],
        "bank_account": {"holder": bank.holder, "iban": bank.iban} if bank else None,
    }


def _spans(start: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + length, end)
        start += length


def _written(introduction: dict[str, object], **series: Iterable[Items]) -> Iterator[bytes]:
    """Return one JSON object in pieces: the introduction, and under each name a list."""
    yield json.dumps(introduction, allow_nan=False)[:-1].encode()
    for name, pieces in series.items():
        yield f', "{name}": ['.encode()
        separator = ""
        for items in pieces:
            if items:
                yield (separator + json.dumps(items, allow_nan=False)[1:-1]).encode()
                separator = ", "
        yield b"]"
    yield b"}"
