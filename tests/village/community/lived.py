"""A village of six homes that lived through a month, with codes, a vote and a closed account."""

from datetime import datetime, timedelta
from math import exp

from sqlalchemy import delete, insert, select, update

from battery_commons.community.keeping.keeper import CommunityKeeper
from battery_commons.domain.flash_mob import (
    VILLAGE,
    Baseline,
    Change,
    CodeBaseline,
    MeasuredResponse,
    of_home,
)
from battery_commons.domain.grid import CongestionSignal
from battery_commons.store import Store, schema
from battery_commons.store.audit import Author
from battery_commons.store.votes import Opening
from battery_commons.voting.blind import SigningKey
from battery_commons.voting.motion import Motion, Subject
from tests.village.account_store import Kept, with_month

MAY = "2026-05"
NAMES = ("De Eik", "De Linde", "De Beuk", "De Es", "De Wilg", "De Els")
LIMIT_W = 18_000.0


def village_of_may(store: Store, *names: str) -> Kept:
    """Return a village that is a week into June; its transformer carries the homes and their neighbours."""
    store.rename_village("Ansen")
    village = with_month(store, MAY, *(names or NAMES))
    _carried(store)
    CommunityKeeper(store, village.books, village.clock).look()
    return village


def with_codes(store: Store, start: datetime) -> None:
    """Have a code red and a code green be over, the first measured, and half of the homes join."""
    homes = store.homes()
    for n, (code, watts) in enumerate(
        (
            (CongestionSignal.RED, -3_200.0),
            (CongestionSignal.GREEN, 2_100.0),
            (CongestionSignal.RED, -1_400.0),
        )
    ):
        begins = start + timedelta(days=3 * n)
        ends = begins + timedelta(hours=2)
        id_ = store.announce_code(code, begins, ends, begins - timedelta(hours=5))
        for home in homes[: 3 + n]:
            store.answer_code(id_, home.id, begins - timedelta(hours=1), joins=True)
        part = Baseline((10_000.0,) * 8, 0.0, 600.0, 20.0, 30, (begins.date(),))
        baselines = {VILLAGE: CodeBaseline(part, None), of_home(homes[0].id): CodeBaseline(part, None)}
        store.fix_baselines(id_, baselines, len(homes), begins)
        change = Change(watts, watts - 1_200.0, watts + 1_200.0, 600.0)
        own = Change(watts / 6, watts / 6 - 400.0, watts / 6 + 400.0, 200.0)
        responses = {
            VILLAGE: MeasuredResponse(change, None, (9_000.0,) * 8),
            of_home(homes[0].id): MeasuredResponse(own, None, (900.0,) * 8),
        }
        store.keep_responses(id_, responses, ends, closed=True)


def with_vote(store: Store, closes_at: datetime) -> None:
    """Have a vote be over in which nobody voted."""
    opens_at = closes_at - timedelta(days=8)
    by = Author("Anna", opens_at)
    motion = Motion(
        Subject.CONTROL_MODEL, "How we steer this summer", "", ["M4", "M2"], opens_at, closes_at, closes_at
    )
    vote_id = store.propose(motion, by)
    roll = {home.id: 1 for home in store.homes()}
    store.open_vote(vote_id, motion, Opening(SigningKey.generate(), 0.3, roll), by)
    store.close_vote(vote_id, closes_at)


def _carried(store: Store) -> None:
    """Have the transformer carry what the homes do, and neighbours who cook in the evening."""
    house, meter = schema.house_quarter_hour, schema.meter_quarter_hour
    with store._write() as connection:
        homes_w: dict[datetime, float] = {}
        for row in connection.execute(select(house)):
            homes_w[row.start] = homes_w.get(row.start, 0.0) + row.power_w
        rows = [
            {"transformer_id": "t1", "start": at, "power_w": power_w + _neighbours_w(at)}
            for at, power_w in homes_w.items()
        ]
        connection.execute(delete(meter))
        connection.execute(insert(meter), rows)
        connection.execute(update(schema.transformer).values(limit_w=LIMIT_W))


def _neighbours_w(at: datetime) -> float:
    return 4_000 + 14_000 * exp(-(((at.hour + at.minute / 60 - 19) / 2) ** 2))
